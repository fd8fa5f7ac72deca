"""What the clock does for tools."""

from typing import Final

from sqlalchemy import text

from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task
from opsloom.infra.telemetry import get_logger

log = get_logger(__name__)

RETENTION_DAYS: Final = 30


async def keep_partitions(core: Core) -> None:
    """Make the coming days' partitions of the history, drop those past their keeping."""
    async with core.db.transaction(Scope.outside()) as session:
        await session.execute(text("select ensure_tool_run_partitions(3)"))
        dropped = await session.scalar(text("select drop_tool_run_partitions(:days)"), {"days": RETENTION_DAYS})
    if dropped:
        log.info("tools.days_dropped", days=dropped)


KEEP_PARTITIONS: Final = Task("tools.keep_partitions", keep_partitions, retries=3)
TASKS: Final = (KEEP_PARTITIONS,)
SCHEDULES: Final = (Schedule("23 * * * *", KEEP_PARTITIONS),)
