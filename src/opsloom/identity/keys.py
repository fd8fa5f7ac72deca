"""API keys: shown once, stored as a hash, bounded by their scopes and by what their maker may still do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity import audit, repository
from opsloom.identity.errors import AboveOwnRole, KeyNotFound
from opsloom.identity.models import ApiKey
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.identity.tokens import TokenKind, digest, issue, visible_prefix
from opsloom.kit.errors import FieldProblem, InvalidInput
from opsloom.kit.ids import new_id


@dataclass(frozen=True, slots=True)
class NewKey:
    """`expires_at` None: until revoked."""

    name: str
    scopes: frozenset[Permission]
    expires_at: datetime | None


async def create(session: AsyncSession, scope: Scope, new: NewKey, now: datetime) -> tuple[ApiKey, str]:
    """A key and its text, which is not stored. Raises AboveOwnRole for a scope the maker does not hold."""
    assert scope.user_id is not None, "keys are made by people, or by their keys"
    beyond = sorted(one.value for one in new.scopes if not scope.allows(one))
    if beyond:
        raise AboveOwnRole(f"You do not have the permission {beyond[0]}.", hint="Leave it out of the key's scopes.")
    if new.expires_at is not None and new.expires_at <= now:
        problem = FieldProblem(pointer="/expires_at", detail="must be in the future", code="past")
        raise InvalidInput("The key would be expired from the start.", details=[problem])
    member = await repository.membership(session, scope.tenant_id, scope.user_id)
    assert member is not None, "an authenticated person has a membership"
    secret = issue(TokenKind.KEY, scope.tenant_id)
    key = ApiKey(
        tenant_id=scope.tenant_id,
        id=new_id(),
        name=new.name,
        prefix=visible_prefix(secret),
        hash=digest(secret),
        scopes=[one.value for one in Permission if one in new.scopes],
        created_by=member.user_id,
        created_by_name=member.name,
        created_at=now,
        expires_at=new.expires_at,
    )
    session.add(key)
    await session.flush()
    await audit.record(session, scope, "key.created", "key", key.id, {"name": key.name, "scopes": key.scopes})
    return key, secret


async def listed(
    session: AsyncSession, scope: Scope, *, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[ApiKey]:
    """One's own keys; all of the tenant for those who see its users."""
    of_user = None if scope.allows(Permission.USERS_READ) else scope.user_id
    return await repository.keys(session, scope.tenant_id, of_user=of_user, after=after, limit=limit)


async def get(session: AsyncSession, scope: Scope, key_id: UUID) -> ApiKey:
    """Raises KeyNotFound, also for a colleague's key when one does not see users."""
    return await _found(session, scope, key_id, Permission.USERS_READ)


async def revoke(session: AsyncSession, scope: Scope, key_id: UUID, now: datetime) -> None:
    """The key stays listed. Revoking it again changes nothing. Raises KeyNotFound."""
    key = await _found(session, scope, key_id, Permission.USERS_WRITE)
    if key.revoked_at is None:
        key.revoked_at = now
        await audit.record(session, scope, "key.revoked", "key", key.id, {"name": key.name})


async def _found(session: AsyncSession, scope: Scope, key_id: UUID, to_others: Permission) -> ApiKey:
    key = await session.scalar(select(ApiKey).where(ApiKey.tenant_id == scope.tenant_id, ApiKey.id == key_id))
    if key is None or (key.created_by != scope.user_id and not scope.allows(to_others)):
        raise KeyNotFound("There is no such key.")
    return key
