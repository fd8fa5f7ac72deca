"""Background work: hours that nobody looks at any more."""

from datetime import timedelta
from typing import Final

from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task
from opsloom.rules.performance import repository

KEPT_DAYS: Final = 8
"""A day more than a page may ask for."""


async def forget(core: Core) -> None:
    """Drop what is older."""
    before = core.clock.now() - timedelta(days=KEPT_DAYS)
    for tenant_id in await core.db.tenant_ids():
        async with core.db.transaction(Scope.system(tenant_id)) as session:
            await repository.forget(session, before)


FORGET: Final = Task("rules.forget_meters", forget)
TASKS: Final = (FORGET,)
SCHEDULES: Final = (Schedule("40 3 * * *", FORGET),)
