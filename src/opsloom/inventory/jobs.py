"""Upkeep of the sample partitions: days ahead exist before they are needed, days past their keeping go."""

from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task
from opsloom.infra.telemetry import get_logger
from opsloom.inventory import samples

log = get_logger(__name__)


async def keep_partitions(core: Core) -> None:
    """Makes the coming days' partitions and drops the ones past `metric_retention_days`."""
    async with core.db.raw(Scope.outside()) as connection:
        made = await samples.ensure_partitions(connection)
        dropped = await samples.drop_partitions(connection, core.settings.metric_retention_days)
    if made or dropped:
        log.info("metrics.partitions", made=made, dropped=dropped)


KEEP_PARTITIONS = Task("inventory.keep_partitions", keep_partitions, retries=3)
TASKS = (KEEP_PARTITIONS,)
SCHEDULES = (Schedule("17 * * * *", KEEP_PARTITIONS),)
