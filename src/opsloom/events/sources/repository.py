"""The queries of sources, receipts and what came in."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.events.models import EventIntake, EventReceipt, EventRefusal, EventSource


async def sources(session: AsyncSession, tenant_id: UUID) -> Sequence[EventSource]:
    """Every source by name."""
    query = select(EventSource).where(EventSource.tenant_id == tenant_id).order_by(EventSource.name, EventSource.id)
    return (await session.scalars(query)).all()


async def source(session: AsyncSession, tenant_id: UUID, source_id: UUID) -> EventSource | None:
    """One source."""
    return await session.get(EventSource, (tenant_id, source_id))


async def counts(session: AsyncSession, tenant_id: UUID) -> dict[str, EventIntake]:
    """What came in, by door."""
    rows = await session.scalars(select(EventIntake).where(EventIntake.tenant_id == tenant_id))
    return {row.door: row for row in rows}


async def refusals(
    session: AsyncSession, tenant_id: UUID, door: str | None, limit: int, before: UUID | None
) -> Sequence[EventRefusal]:
    """The newest first."""
    of = EventRefusal
    query = select(of).where(of.tenant_id == tenant_id)
    if door is not None:
        query = query.where(of.door == door)
    if before is not None:
        query = query.where(of.id < before)
    return (await session.scalars(query.order_by(of.id.desc()).limit(limit))).all()


async def was_taken(session: AsyncSession, tenant_id: UUID, source_id: UUID, digest: bytes) -> bool:
    """Whether this request was taken before."""
    return await session.get(EventReceipt, (tenant_id, source_id, digest)) is not None


async def add_receipt(session: AsyncSession, tenant_id: UUID, source_id: UUID, digest: bytes, now: datetime) -> None:
    """From now on the request counts as taken."""
    values = {"tenant_id": tenant_id, "source_id": source_id, "digest": digest, "received_at": now}
    await session.execute(insert(EventReceipt).values(values).on_conflict_do_nothing())


async def forget_receipts(session: AsyncSession, tenant_id: UUID, before: datetime) -> None:
    """Receipts older than the events they are of."""
    of = EventReceipt
    await session.execute(delete(of).where(of.tenant_id == tenant_id, of.received_at < before))


async def forget_door(session: AsyncSession, tenant_id: UUID, door: str) -> None:
    """What was counted and refused of a source that is gone."""
    for of in (EventIntake, EventRefusal):
        await session.execute(delete(of).where(of.tenant_id == tenant_id, of.door == door))
