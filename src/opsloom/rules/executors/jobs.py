"""Background work: a moment of an executor, and the sweep for moments whose job was lost."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task
from opsloom.rules.executors import scheduler

GRACE_S: Final = 120.0
"""How late a job may be before another is made; whichever comes second finds nothing to do."""


async def fire(core: Core, tenant_id: str, executor_id: str, due_at: str, asked_by: str | None = None) -> None:
    """One moment of one executor."""
    await scheduler.fire(core, UUID(tenant_id), UUID(executor_id), datetime.fromisoformat(due_at), asked_by)


async def sweep(core: Core) -> None:
    """Moments that nobody dealt with."""
    before = core.clock.now() - timedelta(seconds=GRACE_S)
    for tenant_id in await core.db.tenant_ids():
        await scheduler.fire_lost(core, tenant_id, before)


SWEEP: Final = Task("executors.sweep", sweep)
TASKS: Final = (Task(scheduler.FIRE, fire, retries=5), SWEEP)
SCHEDULES: Final = (Schedule("* * * * *", SWEEP),)
