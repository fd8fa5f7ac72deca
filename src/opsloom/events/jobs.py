"""What the clock does for events."""

from typing import Final

from opsloom.events import service
from opsloom.events.keeping import service as keeping
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task
from opsloom.infra.telemetry import get_logger

log = get_logger(__name__)


async def keep_partitions(core: Core) -> None:
    """Make the coming days' partitions, drop those past their keeping, hold what each tenant has decided to keep."""
    await service.prepare(core.db)
    dropped = await service.keep_for(core.db, core.settings.event_retention_days)
    if dropped:
        log.info("events.days_dropped", days=dropped)
    touched = set()
    for tenant_id in await core.db.tenant_ids():
        gone, days = await keeping.hold(core, Scope.system(tenant_id))
        touched |= days
        if gone:
            log.info("events.forgotten", tenant=str(tenant_id), events=gone)
    freed = await keeping.compact(core, touched)
    if touched:
        log.info("events.compacted", days=len(touched), freed_bytes=freed)


KEEP_PARTITIONS: Final = Task("events.keep_partitions", keep_partitions, retries=3)
TASKS: Final = (KEEP_PARTITIONS,)
SCHEDULES: Final = (Schedule("17 * * * *", KEEP_PARTITIONS),)
