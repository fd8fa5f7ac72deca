"""How much of the log a tenant keeps: days, runs and bytes, held by a job that goes through the day partitions."""

from datetime import timedelta
from typing import Final

from opsloom.apis.logs import repository
from opsloom.apis.logs.metrics import HOURS_DAYS, MINUTES_DAYS
from opsloom.apis.logs.schemas import Keeping, KeepingShown
from opsloom.apis.run_counts import HOUR_S, MINUTE_S
from opsloom.identity import audit
from opsloom.identity.access import Work
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.keeping import Bounds, DayLog

LOG: Final = DayLog("api_runs", "at", "at, id", "forget_api_runs")


async def keep(core: Core, scope: Scope) -> int:
    """Hold a tenant's bounds; returns how many runs went."""
    now = core.clock.now()
    async with core.db.transaction(scope) as session:
        for span_s, kept_days in ((MINUTE_S, MINUTES_DAYS), (HOUR_S, HOURS_DAYS)):
            await repository.forget_counts(session, scope.tenant_id, span_s, now - timedelta(days=kept_days))
        bounds = _bounds(core, await repository.keeping(session, scope.tenant_id))
    held = await LOG.hold(core.db, scope, bounds, now)
    async with core.db.transaction(scope) as session:
        values = {"kept_rows": held.rows, "kept_bytes": held.size, "measured_at": now}
        await repository.set_keeping(session, scope.tenant_id, values)
    return held.gone


def _bounds(core: Core, repository_row: object) -> Bounds:
    """The tenant's bounds; its days are never more than the server's."""
    own = Keeping.model_validate(repository_row, from_attributes=True) if repository_row is not None else Keeping()
    server = core.settings.api_log_retention_days
    return Bounds(min(own.days or server, server), own.max_rows, own.max_bytes)


async def show(w: Work) -> KeepingShown:
    """What is kept, and since when."""
    row = await repository.keeping(w.session, w.scope.tenant_id)
    return KeepingShown(
        days=None if row is None else row.days,
        max_rows=None if row is None else row.max_rows,
        max_bytes=None if row is None else row.max_bytes,
        server_days=w.core.settings.api_log_retention_days,
        oldest_at=await LOG.oldest(w.session, w.scope.tenant_id),
        kept_rows=None if row is None else row.kept_rows,
        kept_bytes=None if row is None else row.kept_bytes,
        measured_at=None if row is None else row.measured_at,
        changed_at=None if row is None else row.changed_at,
        changed_by=None if row is None else row.changed_by,
        minutes_days=MINUTES_DAYS,
        hours_days=HOURS_DAYS,
    )


async def change(w: Work, wanted: Keeping) -> None:
    """Put other bounds in place; the next run of the job holds them."""
    values = wanted.model_dump()
    by = {"changed_at": w.core.clock.now(), "changed_by": w.scope.actor.name}
    await repository.set_keeping(w.session, w.scope.tenant_id, values | by)
    await audit.record(w.session, w.scope, "api_log.keeping_changed", "tenant", w.scope.tenant_id, values)
