"""Background work: a schedule's moment, and the sweep for moments whose job was lost."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from opsloom.apis.schedules import service
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task

GRACE_S: Final = 120.0
"""How late a job may be before the sweep does its work; whichever comes second finds nothing to do."""


async def fire(core: Core, tenant_id: str, schedule_id: str, due_at: str) -> None:
    """One moment of one schedule."""
    await service.fire(core, UUID(tenant_id), UUID(schedule_id), datetime.fromisoformat(due_at))


async def sweep(core: Core) -> None:
    """Moments that nobody dealt with."""
    tenants = await core.db.tenant_ids()
    before = core.clock.now() - timedelta(seconds=GRACE_S)
    for tenant_id in tenants:
        await service.fire_lost(core, tenant_id, before)


SWEEP: Final = Task("schedules.sweep", sweep)
TASKS: Final = (Task(service.FIRE, fire, retries=5), SWEEP)
SCHEDULES: Final = (Schedule("* * * * *", SWEEP),)
