"""From a presented token or key to a proven caller."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from opsloom.identity import repository
from opsloom.identity.errors import CredentialInvalid
from opsloom.identity.permissions import Permission, Role, permissions_of
from opsloom.identity.scope import Actor, ActorKind, Scope
from opsloom.identity.sessions import COOKIE_IDLE_S
from opsloom.identity.tokens import Claim, TokenKind, read
from opsloom.infra.db import Database

_TOUCH_AFTER_S: Final = 60
_OPENING: Final = frozenset({TokenKind.ACCESS, TokenKind.COOKIE, TokenKind.KEY})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, proven. `role` is the person's role in the tenant, also for a key; `csrf_hash` is set for cookies."""

    scope: Scope
    role: Role
    email: str
    session_id: UUID | None
    csrf_hash: bytes | None


async def identify(db: Database, text: str, now: datetime, trace_id: str) -> Caller:
    """The caller behind a token, cookie or key. Raises CredentialInvalid, the same for every reason."""
    claim = read(text)
    if claim is None or claim.kind not in _OPENING:
        raise _invalid()
    async with db.raw(Scope.claimed(claim.tenant_id)) as connection:
        if claim.kind is TokenKind.KEY:
            return await _by_key(connection, claim, now, trace_id)
        return await _by_session(connection, claim, now, trace_id)


async def _by_session(connection: repository.Connection, claim: Claim, now: datetime, trace_id: str) -> Caller:
    row = await connection.fetchrow(repository.OPEN_SESSION, claim.tenant_id, claim.digest, claim.kind.stored, now)
    is_cookie = claim.kind is TokenKind.COOKIE
    if row is None or (is_cookie and _older(row["last_seen_at"], COOKIE_IDLE_S, now)):
        raise _invalid()
    if _older(row["last_seen_at"], _TOUCH_AFTER_S, now):
        await connection.execute(repository.TOUCH_SESSION, claim.tenant_id, row["session_id"], now)
    role = Role(row["role"])
    scope = Scope(claim.tenant_id, Actor(ActorKind.USER, row["user_id"], row["name"]), permissions_of(role), trace_id)
    return Caller(scope, role, row["email"], row["session_id"], row["csrf_hash"] if is_cookie else None)


async def _by_key(connection: repository.Connection, claim: Claim, now: datetime, trace_id: str) -> Caller:
    row = await connection.fetchrow(repository.OPEN_KEY, claim.tenant_id, claim.digest, now)
    if row is None:
        raise _invalid()
    if row["last_used_at"] is None or _older(row["last_used_at"], _TOUCH_AFTER_S, now):
        await connection.execute(repository.TOUCH_KEY, claim.tenant_id, row["id"], now)
    role = Role(row["role"])
    actor = Actor(ActorKind.KEY, row["id"], row["name"], on_behalf_of=row["user_id"])
    scope = Scope(claim.tenant_id, actor, key_permissions(row["scopes"], role), trace_id)
    return Caller(scope, role, row["email"], None, None)


def key_permissions(scopes: list[str], role: Role) -> frozenset[Permission]:
    """A key can do what it was made for and its maker may still do; a permission that no longer exists is nothing."""
    return frozenset(one for one in permissions_of(role) if one.value in scopes)


def _older(moment: datetime, seconds: int, now: datetime) -> bool:
    return moment < now - timedelta(seconds=seconds)


def _invalid() -> CredentialInvalid:
    return CredentialInvalid("The credential is unknown, expired or revoked.", hint="Sign in again or use another key.")
