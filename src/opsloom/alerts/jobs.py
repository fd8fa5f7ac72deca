"""Background work: posted alerts whose sender has said no more of them."""

from typing import Final

from opsloom.alerts import service
from opsloom.alerts.transitions import Listeners
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task


async def lapse(core: Core) -> None:
    """End what nobody has spoken of in time, tenant by tenant."""
    for tenant_id in await core.db.tenant_ids():
        scope = Scope.system(tenant_id)
        async with core.db.transaction(scope) as session:
            await service.lapse(session, scope, core.clock.now(), core.part(Listeners))


LAPSE: Final = Task("alerts.lapse", lapse)
TASKS: Final = (LAPSE,)
SCHEDULES: Final = (Schedule("* * * * * */15", LAPSE),)
