"""Sign-ins: a session is a family of tokens (access, refresh, cookie) that ends as one.

A refresh token works once. It stays in the table after its use: whoever presents it again has copied it, or was copied
from, and since nobody can tell which, the whole session ends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity import audit, repository
from opsloom.identity.attempts import Origin
from opsloom.identity.chain import clean
from opsloom.identity.claims import inside_tenant
from opsloom.identity.errors import CredentialInvalid, RefreshTokenReused, SessionNotFound, TenantNotFound
from opsloom.identity.models import Membership, Session, SessionToken
from opsloom.identity.permissions import Role, permissions_of
from opsloom.identity.repository import Place
from opsloom.identity.scope import Actor, ActorKind, Scope
from opsloom.identity.tokens import TokenKind, digest, issue, read
from opsloom.infra.db import Database
from opsloom.kit.ids import new_id

ACCESS_S: Final = 15 * 60
REFRESH_S: Final = 14 * 24 * 3600
COOKIE_IDLE_S: Final = 24 * 3600
SESSION_S: Final = 30 * 24 * 3600


class Ended(StrEnum):
    """Why a session opens nothing any more."""

    SIGNED_OUT = "signed_out"
    REVOKED = "revoked"
    SWITCHED = "switched_tenant"
    REFRESH_REUSED = "refresh_reused"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    MEMBER_CHANGED = "member_changed"


@dataclass(frozen=True, slots=True)
class SignIn:
    """The secrets of a session, as texts. They exist only here and with their owner."""

    place: Place
    user_id: UUID
    access: str
    refresh: str
    cookie: str
    csrf: str


@dataclass(frozen=True, slots=True)
class Renewed:
    access: str
    refresh: str


def user_scope(place: Place, user_id: UUID, trace_id: str) -> Scope:
    """The scope of a person in one of his tenants."""
    actor = Actor(ActorKind.USER, user_id, place.name)
    return Scope(place.tenant_id, actor, permissions_of(Role(place.role)), trace_id)


async def start(session: AsyncSession, scope: Scope, place: Place, origin: Origin, now: datetime) -> SignIn:
    """Open a session of the scope's user in the scope's tenant."""
    assert scope.user_id is not None, "sessions belong to people"
    row = Session(
        tenant_id=scope.tenant_id,
        id=new_id(),
        user_id=scope.user_id,
        csrf_hash=b"",
        address=clean(origin.address, 100),
        agent=clean(origin.agent, 300),
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(seconds=SESSION_S),
    )
    csrf = issue(TokenKind.CSRF, scope.tenant_id)
    row.csrf_hash = digest(csrf)
    session.add(row)
    await session.flush()
    access = _add_token(session, row, TokenKind.ACCESS, now, ACCESS_S)
    refresh = _add_token(session, row, TokenKind.REFRESH, now, REFRESH_S)
    cookie = _add_token(session, row, TokenKind.COOKIE, now, SESSION_S)
    await audit.record(session, scope, "session.started", "session", row.id, {"address": row.address})
    return SignIn(place, scope.user_id, access, refresh, cookie, csrf)


async def refresh(db: Database, text: str, now: datetime, trace_id: str) -> Renewed:
    """Trade a refresh token for new ones. Raises CredentialInvalid, or RefreshTokenReused after ending the session."""
    claim = read(text)
    if claim is None or claim.kind is not TokenKind.REFRESH:
        raise CredentialInvalid("The refresh token is not valid.", hint="Sign in again.")
    async with db.transaction(Scope.claimed(claim.tenant_id, trace_id=trace_id)) as session:
        renewed = await _rotate(session, claim.tenant_id, claim.digest, now, trace_id)
    # The end of a copied session must be committed before the caller is told.
    if renewed is None:
        raise RefreshTokenReused("This refresh token was used before.", hint="Sign in again.")
    return renewed


async def _rotate(
    session: AsyncSession, tenant_id: UUID, token_hash: bytes, now: datetime, trace_id: str
) -> Renewed | None:
    found = (
        await session.execute(
            select(SessionToken, Session, Membership)
            .join(Session, (Session.tenant_id == SessionToken.tenant_id) & (Session.id == SessionToken.session_id))
            .join(
                Membership,
                (Membership.tenant_id == Session.tenant_id) & (Membership.user_id == Session.user_id),
            )
            .where(
                SessionToken.tenant_id == tenant_id,
                SessionToken.hash == token_hash,
                SessionToken.kind == TokenKind.REFRESH.stored,
            )
            .with_for_update(of=[SessionToken, Session])
        )
    ).one_or_none()
    if found is None:
        raise CredentialInvalid("The refresh token is not valid.", hint="Sign in again.")
    token, row, member = found
    if row.revoked_at is not None or min(row.expires_at, token.expires_at) <= now or not member.active:
        raise CredentialInvalid("The refresh token is not valid.", hint="Sign in again.")
    if token.used_at is not None:
        actor = Actor(ActorKind.USER, row.user_id, member.name)
        scope = Scope(tenant_id, actor, frozenset(), trace_id)
        await _end(session, scope, row, Ended.REFRESH_REUSED, now)
        return None
    token.used_at = now
    await session.execute(
        delete(SessionToken).where(
            SessionToken.tenant_id == tenant_id,
            SessionToken.session_id == row.id,
            SessionToken.kind == TokenKind.ACCESS.stored,
        )
    )
    return Renewed(
        _add_token(session, row, TokenKind.ACCESS, now, ACCESS_S),
        _add_token(session, row, TokenKind.REFRESH, now, REFRESH_S),
    )


async def end(session: AsyncSession, scope: Scope, session_id: UUID, because: Ended, now: datetime) -> None:
    """End one of the caller's own sessions. Raises SessionNotFound."""
    row = await session.scalar(
        select(Session)
        .where(
            Session.tenant_id == scope.tenant_id,
            Session.id == session_id,
            Session.user_id == scope.user_id,
            Session.revoked_at.is_(None),
        )
        .with_for_update()
    )
    if row is None:
        raise SessionNotFound("There is no such session.")
    await _end(session, scope, row, because, now)


async def end_all_of(
    session: AsyncSession, scope: Scope, user_id: UUID, because: Ended, now: datetime, *, keep: UUID | None = None
) -> None:
    """End every session of a user that the transaction may see: those in its tenant, and all of its own user's."""
    query = update(Session).where(Session.user_id == user_id, Session.revoked_at.is_(None))
    if keep is not None:
        query = query.where(Session.id != keep)
    ended = (
        await session.execute(
            query.values(revoked_at=now, revoked_because=because.value).returning(Session.tenant_id, Session.id)
        )
    ).all()
    if ended:
        detail = {"because": because.value, "sessions": len(ended)}
        await audit.record(session, scope, "sessions.ended", "user", user_id, detail)


async def switch(
    session: AsyncSession, scope: Scope, current: UUID, tenant_id: UUID, origin: Origin, now: datetime
) -> SignIn:
    """End the current session and open one in another tenant of the same user. Raises TenantNotFound."""
    assert scope.user_id is not None, "sessions belong to people"
    place = next((p for p in await repository.places_of(session, scope.user_id) if p.tenant_id == tenant_id), None)
    if place is None:
        raise TenantNotFound("There is no such tenant among yours.")
    await end(session, scope, current, Ended.SWITCHED, now)
    there = user_scope(place, scope.user_id, scope.trace_id)
    async with inside_tenant(session, tenant_id):
        return await start(session, there, place, origin, now)


async def listed(
    session: AsyncSession, scope: Scope, now: datetime, *, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Session]:
    if scope.user_id is None:
        return []
    return await repository.live_sessions(session, scope.tenant_id, scope.user_id, now, after=after, limit=limit)


async def purge(session: AsyncSession, scope: Scope, now: datetime) -> None:
    """Drop what opens nothing any more. Used refresh tokens stay as long as their session may live."""
    long_ended = now - timedelta(days=7)
    await session.execute(
        delete(Session).where(
            Session.tenant_id == scope.tenant_id,
            (Session.expires_at < now) | (Session.revoked_at < long_ended),
        )
    )
    await session.execute(
        delete(SessionToken).where(
            SessionToken.tenant_id == scope.tenant_id,
            SessionToken.kind == TokenKind.ACCESS.stored,
            SessionToken.expires_at < now,
        )
    )


async def _end(session: AsyncSession, scope: Scope, row: Session, because: Ended, now: datetime) -> None:
    row.revoked_at, row.revoked_because = now, because.value
    await audit.record(session, scope, "session.ended", "session", row.id, {"because": because.value})


def _add_token(session: AsyncSession, row: Session, kind: TokenKind, now: datetime, life_s: int) -> str:
    text = issue(kind, row.tenant_id)
    session.add(
        SessionToken(
            tenant_id=row.tenant_id,
            hash=digest(text),
            session_id=row.id,
            kind=kind.stored,
            issued_at=now,
            expires_at=now + timedelta(seconds=life_s),
        )
    )
    return text
