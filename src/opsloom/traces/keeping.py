"""How many traces a tenant keeps: days, spans and bytes, held by a job that goes through the day partitions."""

from typing import Final

from opsloom.identity import audit
from opsloom.identity.access import Work
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task
from opsloom.infra.keeping import Bounds, DayLog
from opsloom.infra.telemetry import get_logger
from opsloom.traces import repository
from opsloom.traces.schemas import TraceKeepingShown, TraceKeepingWanted

log = get_logger(__name__)

LOG: Final = DayLog("spans", "at", "at, part_id", "forget_spans")


async def keep(core: Core, scope: Scope) -> int:
    """Hold a tenant's bounds; returns how many spans went."""
    now = core.clock.now()
    async with core.db.transaction(scope) as session:
        row = await repository.keeping(session, scope.tenant_id)
    server = core.settings.trace_retention_days
    bounds = Bounds(server) if row is None else Bounds(min(row.days or server, server), row.max_rows, row.max_bytes)
    held = await LOG.hold(core.db, scope, bounds, now)
    async with core.db.transaction(scope) as session:
        values = {"kept_rows": held.rows, "kept_bytes": held.size, "measured_at": now}
        await repository.set_keeping(session, scope.tenant_id, values)
    return held.gone


async def show(w: Work) -> TraceKeepingShown:
    """What is kept, and since when."""
    row = await repository.keeping(w.session, w.scope.tenant_id)
    return TraceKeepingShown(
        days=None if row is None else row.days,
        max_rows=None if row is None else row.max_rows,
        max_bytes=None if row is None else row.max_bytes,
        hidden_names=[] if row is None else row.hidden_names,
        server_days=w.core.settings.trace_retention_days,
        share=w.core.settings.trace_share,
        oldest_at=await LOG.oldest(w.session, w.scope.tenant_id),
        kept_rows=None if row is None else row.kept_rows,
        kept_bytes=None if row is None else row.kept_bytes,
        measured_at=None if row is None else row.measured_at,
        changed_at=None if row is None else row.changed_at,
        changed_by=None if row is None else row.changed_by,
    )


async def change(w: Work, wanted: TraceKeepingWanted) -> None:
    """Put other bounds in place; the next run of the job holds them."""
    values = wanted.model_dump()
    by = {"changed_at": w.core.clock.now(), "changed_by": w.scope.actor.name}
    await repository.set_keeping(w.session, w.scope.tenant_id, values | by)
    await audit.record(w.session, w.scope, "traces.keeping_changed", "tenant", w.scope.tenant_id, values)


async def keep_traces(core: Core) -> None:
    """Hold what each tenant has decided to keep."""
    for tenant_id in await core.db.tenant_ids():
        gone = await keep(core, Scope.system(tenant_id))
        if gone:
            log.info("traces.forgotten", tenant=str(tenant_id), spans=gone)


KEEP_TRACES: Final = Task("traces.keep", keep_traces, retries=3)
TASKS: Final = (KEEP_TRACES,)
SCHEDULES: Final = (Schedule("41 * * * *", KEEP_TRACES),)
