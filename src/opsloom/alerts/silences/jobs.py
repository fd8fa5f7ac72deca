"""Background work: what was kept quiet is told when that is over."""

from typing import Final
from uuid import UUID

from opsloom.alerts.silences.release import release
from opsloom.alerts.silences.service import RELEASE
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task


async def release_tenant(core: Core, tenant_id: str) -> None:
    """One tenant, as soon as something was ended by hand."""
    scope = Scope.system(UUID(tenant_id))
    async with core.db.transaction(scope) as session:
        await release(session, scope, core.clock.now())


async def sweep(core: Core) -> None:
    """Every tenant: silences and windows end by the clock, inhibitions when an alert resolves."""
    for tenant_id in await core.db.tenant_ids():
        await release_tenant(core, str(tenant_id))


SWEEP: Final = Task("alerts.release_sweep", sweep)
TASKS: Final = (Task(RELEASE, release_tenant, retries=3), SWEEP)
SCHEDULES: Final = (Schedule("* * * * * */10", SWEEP),)
