"""What the clock does for events."""

from typing import Final

from opsloom.events import service
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task
from opsloom.infra.telemetry import get_logger

log = get_logger(__name__)


async def keep_partitions(core: Core) -> None:
    """Make the coming days' partitions, drop those past their keeping."""
    await service.prepare(core.db)
    dropped = await service.keep_for(core.db, core.settings.event_retention_days)
    if dropped:
        log.info("events.days_dropped", days=dropped)


KEEP_PARTITIONS: Final = Task("events.keep_partitions", keep_partitions, retries=3)
TASKS: Final = (KEEP_PARTITIONS,)
SCHEDULES: Final = (Schedule("17 * * * *", KEEP_PARTITIONS),)
