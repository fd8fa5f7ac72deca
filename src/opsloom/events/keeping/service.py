"""Holds each tenant's bounds by age, number and bytes, and gives the disk back what was forgotten of days that are over."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.events.keeping.schemas import EventBounds, EventBoundsShown
from opsloom.events.models import EventKeeping
from opsloom.events.sources import repository as sources
from opsloom.identity import audit
from opsloom.identity.access import Work
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.keeping import Bounds, DayLog, midnight

LOG: Final = DayLog("events", "received_at", "id", "forget_events")
# A day that events still arrive in is not copied; neither is yesterday, where a clock that is behind may still write.
_OVER: Final = timedelta(days=2)


async def hold(core: Core, scope: Scope) -> tuple[int, set[datetime]]:
    """Hold a tenant's bounds; returns how many events went, and of which days."""
    now = core.clock.now()
    server = core.settings.event_retention_days
    async with core.db.transaction(scope) as session:
        row = await session.get(EventKeeping, scope.tenant_id)
        await sources.forget_receipts(session, scope.tenant_id, now - timedelta(days=server))
    bounds = Bounds(server) if row is None else Bounds(min(row.days or server, server), row.max_rows, row.max_bytes)
    held = await LOG.hold(core.db, scope, bounds, now)
    async with core.db.transaction(scope) as session:
        await _put(session, scope, {"kept_rows": held.rows, "kept_bytes": held.size, "measured_at": now})
    return held.gone, set(held.days_touched)


async def compact(core: Core, days: set[datetime]) -> int:
    """Copy days that are over and of which something went, so that the disk gets the room back; returns the bytes."""
    freed = 0
    for day in sorted(days):
        if day <= midnight(core.clock.now()) - _OVER:
            async with core.db.connection() as connection, connection.transaction():
                freed += int(await connection.fetchval("select compact_event_day($1)", day.date()))
    return freed


async def show(w: Work) -> EventBoundsShown:
    """What is kept, and since when."""
    row = await w.session.get(EventKeeping, w.scope.tenant_id) or EventKeeping()
    return EventBoundsShown(
        days=row.days,
        max_rows=row.max_rows,
        max_bytes=row.max_bytes,
        server_days=w.core.settings.event_retention_days,
        oldest_at=await LOG.oldest(w.session, w.scope.tenant_id),
        kept_rows=row.kept_rows,
        kept_bytes=row.kept_bytes,
        measured_at=row.measured_at,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
    )


async def change(w: Work, wanted: EventBounds) -> None:
    """Put other bounds in place; the next run of the job holds them."""
    values = wanted.model_dump()
    by = {"changed_at": w.core.clock.now(), "changed_by": w.scope.actor.name}
    await _put(w.session, w.scope, values | by)
    await audit.record(w.session, w.scope, "events.keeping_changed", "tenant", w.scope.tenant_id, values)


async def _put(session: AsyncSession, scope: Scope, values: dict[str, object]) -> None:
    statement = insert(EventKeeping).values(tenant_id=scope.tenant_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=values))
