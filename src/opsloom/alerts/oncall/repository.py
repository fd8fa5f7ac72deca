"""Every query of on-call schedules. Row security limits each to the session's tenant."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.oncall.models import OncallContact, OncallOverride, OncallSchedule


async def load(session: AsyncSession, schedule_id: UUID, *, lock: bool = False) -> OncallSchedule | None:
    """One schedule; `lock` holds it until the transaction ends."""
    query = select(OncallSchedule).where(OncallSchedule.id == schedule_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalar_one_or_none()


async def page(session: AsyncSession, *, limit: int, before: UUID | None) -> list[OncallSchedule]:
    """Newest first, one more than `limit`."""
    query = select(OncallSchedule).order_by(OncallSchedule.id.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(OncallSchedule.id < before)
    return list((await session.execute(query)).scalars())


async def of_feed(session: AsyncSession, feed_hash: bytes) -> OncallSchedule | None:
    """The schedule whose feed has a token with this hash."""
    query = select(OncallSchedule).where(OncallSchedule.feed_hash == feed_hash)
    return (await session.execute(query)).scalar_one_or_none()


async def overrides(
    session: AsyncSession, schedule_ids: Sequence[UUID], start: datetime, end: datetime
) -> list[OncallOverride]:
    """Overrides that touch a stretch of time, in the order they were made."""
    query = select(OncallOverride).where(
        OncallOverride.schedule_id.in_(schedule_ids), OncallOverride.start_at < end, OncallOverride.end_at > start
    )
    return list((await session.execute(query.order_by(OncallOverride.created_at, OncallOverride.id))).scalars())


async def override(session: AsyncSession, schedule_id: UUID, override_id: UUID) -> OncallOverride | None:
    """One override of a schedule."""
    query = select(OncallOverride).where(OncallOverride.id == override_id, OncallOverride.schedule_id == schedule_id)
    return (await session.execute(query)).scalar_one_or_none()


async def contacts(session: AsyncSession, user_ids: Sequence[UUID] | None = None) -> dict[UUID, list[UUID]]:
    """How people are reached: all who said so, or those named."""
    query = select(OncallContact)
    if user_ids is not None:
        query = query.where(OncallContact.user_id.in_(user_ids))
    found = (await session.execute(query)).scalars()
    return {row.user_id: [UUID(each) for each in row.channels] for row in found}


async def put_contact(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """How somebody is reached from now on."""
    made = insert(OncallContact).values(dict(values))
    changes = {name: made.excluded[name] for name in ("channels", "updated_at", "updated_by")}
    await session.execute(made.on_conflict_do_update(index_elements=["tenant_id", "user_id"], set_=changes))
