"""Background work: a timer's instant, and the sweep for those whose job was lost."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from opsloom.alerts.timers import service
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task
from opsloom.infra.telemetry import get_logger

GRACE_S: Final = 60.0
"""How late a job may be before the sweep does its work; whichever comes second finds nothing to do."""
_log = get_logger(__name__)


async def fire(core: Core, tenant_id: str, incident_id: str, key: str) -> None:
    """One timer of one incident."""
    await service.fire(core, UUID(tenant_id), UUID(incident_id), key)


async def sweep(core: Core) -> None:
    """Timers that nobody dealt with."""
    tenants = await core.db.tenant_ids()
    before = core.clock.now() - timedelta(seconds=GRACE_S)
    for tenant_id in tenants:
        async with core.db.transaction(Scope.system(tenant_id)) as session:
            found = await service.overdue(session, before)
        for incident_id, key in found:
            _log.warning("incident.timer_lost", tenant=str(tenant_id), incident=str(incident_id), key=key)
            await service.fire(core, tenant_id, incident_id, key)


SWEEP: Final = Task("incidents.sweep", sweep)
TASKS: Final = (Task(service.FIRE, fire, retries=10), SWEEP)
SCHEDULES: Final = (Schedule("* * * * *", SWEEP),)
