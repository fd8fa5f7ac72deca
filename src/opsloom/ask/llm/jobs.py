"""What the clock does for the log of calls."""

from datetime import timedelta
from typing import Final

from opsloom.ask.llm import repository
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task
from opsloom.infra.telemetry import get_logger

_log = get_logger(__name__)


async def forget_calls(core: Core) -> None:
    """Drop what is older than is kept."""
    before = core.clock.now() - timedelta(days=core.settings.llm_log_retention_days)
    for tenant_id in await core.db.tenant_ids():
        async with core.db.transaction(Scope.system(tenant_id)) as session:
            gone = await repository.forget(session, before)
        if gone:
            _log.info("llm.calls_forgotten", tenant=str(tenant_id), calls=gone)


FORGET: Final = Task("llm.forget_calls", forget_calls, retries=3)
TASKS: Final = (FORGET,)
SCHEDULES: Final = (Schedule("50 3 * * *", FORGET),)
