"""Background work: what Opsloom reports of itself, and hours that nobody looks at any more."""

from datetime import timedelta
from typing import Final

from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import OpsloomError
from opsloom.rules.performance import itself, repository

KEPT_DAYS: Final = 8
"""A day more than a page may ask for."""
_log = get_logger(__name__)


async def forget(core: Core) -> None:
    """Drop what is older."""
    before = core.clock.now() - timedelta(days=KEPT_DAYS)
    for tenant_id in await core.db.tenant_ids():
        async with core.db.transaction(Scope.system(tenant_id)) as session:
            await repository.forget(session, before)


async def report(core: Core) -> None:
    """What Opsloom reports of itself, to every tenant that watches it. One that fails costs the others nothing."""
    for tenant_id in await core.db.tenant_ids():
        try:
            await itself.report(core, Scope.system(tenant_id))
        except OpsloomError as error:
            note_failure("rules.report_itself", error)
            _log.warning("opsloom.report_failed", tenant=str(tenant_id), cause=error.message)


FORGET: Final = Task("rules.forget_meters", forget)
REPORT: Final = Task("rules.report_itself", report)
TASKS: Final = (FORGET, REPORT)
SCHEDULES: Final = (Schedule("40 3 * * *", FORGET), Schedule("* * * * *", REPORT))
