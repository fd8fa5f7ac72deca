"""Queries of identity that belong to no single flow. Everything runs under row security; nothing here widens it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity.models import ApiKey, Membership, Session, Tenant, User
from opsloom.kit.errors import InvalidInput
from opsloom.kit.paging import decode_cursor

Connection = asyncpg.pool.PoolConnectionProxy

OPEN_SESSION: Final = """
select s.id as session_id, s.user_id, s.csrf_hash, s.last_seen_at, m.role, m.name, m.email
from session_tokens t
join sessions s on s.tenant_id = t.tenant_id and s.id = t.session_id
join memberships m on m.tenant_id = s.tenant_id and m.user_id = s.user_id
where t.tenant_id = $1 and t.hash = $2 and t.kind = $3 and t.expires_at > $4
  and s.revoked_at is null and s.expires_at > $4 and m.active
"""
TOUCH_SESSION: Final = "update sessions set last_seen_at = $3 where tenant_id = $1 and id = $2"

OPEN_KEY: Final = """
select k.id, k.name, k.scopes, k.last_used_at, k.created_by as user_id, m.role, m.email
from api_keys k
join memberships m on m.tenant_id = k.tenant_id and m.user_id = k.created_by
where k.tenant_id = $1 and k.hash = $2 and k.revoked_at is null
  and (k.expires_at is null or k.expires_at > $3) and m.active
"""
TOUCH_KEY: Final = "update api_keys set last_used_at = $3 where tenant_id = $1 and id = $2"


@dataclass(frozen=True, slots=True)
class Place:
    """A tenant somebody belongs to, and as what."""

    tenant_id: UUID
    tenant_name: str
    tenant_slug: str
    role: str
    name: str


async def places_of(session: AsyncSession, user_id: UUID) -> list[Place]:
    """The tenants of a user, oldest membership first; sees them all only where the user is claimed."""
    rows = await session.execute(
        select(Tenant.id, Tenant.name, Tenant.slug, Membership.role, Membership.name)
        .join(Membership, Membership.tenant_id == Tenant.id)
        .where(Membership.user_id == user_id, Membership.active)
        .order_by(Membership.created_at, Tenant.id)
    )
    return [Place(*row) for row in rows]


async def accounts_with(session: AsyncSession, email: str, limit: int) -> Sequence[User]:
    """Accounts with an address; those in use first. Visible only after `claim_login`."""
    return (
        await session.scalars(
            select(User)
            .where(User.email == email)
            .order_by(User.last_login_at.desc().nulls_last(), User.created_at, User.id)
            .limit(limit)
        )
    ).all()


async def membership(session: AsyncSession, tenant_id: UUID, user_id: UUID, *, lock: bool = False) -> Membership | None:
    query = select(Membership).where(Membership.tenant_id == tenant_id, Membership.user_id == user_id)
    return await session.scalar(query.with_for_update() if lock else query)


async def memberships(
    session: AsyncSession, tenant_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[Membership]:
    query = select(Membership).where(Membership.tenant_id == tenant_id)
    if after is not None:
        query = query.where(tuple_(Membership.created_at, Membership.user_id) > after)
    return (await session.scalars(query.order_by(Membership.created_at, Membership.user_id).limit(limit + 1))).all()


async def active_owners(session: AsyncSession, tenant_id: UUID) -> list[UUID]:
    """Owners who can act, locked, so that two of them cannot step down at the same time."""
    rows = await session.scalars(
        select(Membership.user_id)
        .where(Membership.tenant_id == tenant_id, Membership.role == "owner", Membership.active)
        .order_by(Membership.user_id)
        .with_for_update()
    )
    return list(rows)


async def keys(
    session: AsyncSession, tenant_id: UUID, *, of_user: UUID | None, after: tuple[datetime, UUID] | None, limit: int
) -> Sequence[ApiKey]:
    """Latest first."""
    query = select(ApiKey).where(ApiKey.tenant_id == tenant_id)
    if of_user is not None:
        query = query.where(ApiKey.created_by == of_user)
    if after is not None:
        query = query.where(tuple_(ApiKey.created_at, ApiKey.id) < after)
    return (await session.scalars(query.order_by(ApiKey.created_at.desc(), ApiKey.id.desc()).limit(limit + 1))).all()


async def live_sessions(
    session: AsyncSession,
    tenant_id: UUID,
    user_id: UUID,
    now: datetime,
    *,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> Sequence[Session]:
    """Sign-ins of one user in one tenant that still open something, latest first."""
    query = select(Session).where(
        Session.tenant_id == tenant_id,
        Session.user_id == user_id,
        Session.revoked_at.is_(None),
        Session.expires_at > now,
    )
    if after is not None:
        query = query.where(tuple_(Session.created_at, Session.id) < after)
    return (await session.scalars(query.order_by(Session.created_at.desc(), Session.id.desc()).limit(limit + 1))).all()


def position(cursor: str | None) -> tuple[datetime, UUID] | None:
    """Where a list ordered by time and id goes on. Raises InvalidInput."""
    if cursor is None:
        return None
    moment, row_id = decode_cursor(cursor, datetime, UUID)
    if not isinstance(moment, datetime) or not isinstance(row_id, UUID):
        raise InvalidInput("The cursor is not valid.")
    return moment, row_id
