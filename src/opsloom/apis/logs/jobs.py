"""What the clock does for the log."""

from typing import Final

from opsloom.apis.logs import keeping
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task
from opsloom.infra.telemetry import get_logger

log = get_logger(__name__)


async def keep_runs(core: Core) -> None:
    """Hold what each tenant has decided to keep."""
    for tenant_id in await core.db.tenant_ids():
        gone = await keeping.keep(core, Scope.system(tenant_id))
        if gone:
            log.info("apis.runs_forgotten", tenant=str(tenant_id), runs=gone)


KEEP_RUNS: Final = Task("apis.keep_runs", keep_runs, retries=3)
TASKS: Final = (KEEP_RUNS,)
SCHEDULES: Final = (Schedule("29 * * * *", KEEP_RUNS),)
