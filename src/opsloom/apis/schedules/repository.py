"""Every query of schedules. Row security already limits each to the session's tenant."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis.schedules.models import ApiSchedule, ApiScheduleTick

KEPT_TICKS: Final = 500


async def load(session: AsyncSession, schedule_id: UUID, *, lock: bool = False) -> ApiSchedule | None:
    """One schedule; `lock` holds it until the transaction ends."""
    query = select(ApiSchedule).where(ApiSchedule.id == schedule_id).execution_options(populate_existing=True)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def page(session: AsyncSession, *, api_id: UUID | None, limit: int, before: UUID | None) -> list[ApiSchedule]:
    """Newest first, one more than `limit`."""
    query = select(ApiSchedule).order_by(ApiSchedule.id.desc()).limit(limit + 1)
    if api_id is not None:
        query = query.where(ApiSchedule.api_id == api_id)
    if before is not None:
        query = query.where(ApiSchedule.id < before)
    return list((await session.execute(query)).scalars())


async def overdue(session: AsyncSession, before: datetime) -> list[tuple[UUID, datetime]]:
    """Schedules whose job was lost, with the moment it was for."""
    query = select(ApiSchedule.id, ApiSchedule.next_at).where(ApiSchedule.next_at < before)
    return [(row.id, row.next_at) for row in await session.execute(query) if row.next_at is not None]


async def note(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """What became of a moment; the oldest go when there are many."""
    await session.execute(insert(ApiScheduleTick).values(**values).on_conflict_do_nothing())
    of = ApiScheduleTick.schedule_id == values["schedule_id"]
    kept = select(ApiScheduleTick.due_at).where(of).order_by(ApiScheduleTick.due_at.desc()).offset(KEPT_TICKS).limit(1)
    gone = delete(ApiScheduleTick).where(of, ApiScheduleTick.due_at <= kept.scalar_subquery())
    await session.execute(gone.execution_options(synchronize_session=False))


async def ticks(
    session: AsyncSession, schedule_id: UUID, *, limit: int, before: datetime | None
) -> list[ApiScheduleTick]:
    """Newest first, one more than `limit`."""
    query = select(ApiScheduleTick).where(ApiScheduleTick.schedule_id == schedule_id)
    if before is not None:
        query = query.where(ApiScheduleTick.due_at < before)
    return list((await session.execute(query.order_by(ApiScheduleTick.due_at.desc()).limit(limit + 1))).scalars())
