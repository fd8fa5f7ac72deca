"""Background work: attempts, and the sweep that picks up what a dead process left lying."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task
from opsloom.infra.telemetry import get_logger
from opsloom.notifications import delivery as deliveries
from opsloom.notifications import flow, repository
from opsloom.notifications.delivery import Job
from opsloom.notifications.models import DeliveryStatus
from opsloom.notifications.scheduling import DELIVER, SWEEP, schedule

GRACE_S: Final = 60.0
"""How late a queued attempt may be before the sweep queues it again; a doubled job does nothing."""
_BATCH: Final = 500

_log = get_logger(__name__)


async def deliver(
    core: Core, tenant_id: str, delivery_id: str, channel_id: str, attempt: int, counted: bool = False
) -> None:
    """One attempt of one delivery; nothing when it goes out with a digest."""
    scope = Scope.system(UUID(tenant_id))
    if counted and await flow.gathered(core, scope, UUID(delivery_id)):
        return
    await deliveries.attempt(core, Job(scope, UUID(delivery_id), UUID(channel_id), attempt))


async def sweep(core: Core) -> None:
    """Queue again what is overdue: attempts whose lease is over, and lines whose job was lost."""
    tenants = await core.db.tenant_ids()
    for tenant_id in tenants:
        await sweep_tenant(core, Scope.system(tenant_id))


async def sweep_tenant(core: Core, scope: Scope) -> int:
    """The same for one tenant; returns how many were queued again."""
    now = core.clock.now()
    queued = 0
    async with core.db.transaction(scope) as session:
        for delivery in await repository.overdue(session, now, _BATCH):
            lost = delivery.status == DeliveryStatus.SENDING
            assert delivery.next_attempt_at is not None
            if not lost and delivery.next_attempt_at > now - timedelta(seconds=GRACE_S):
                continue
            if not lost:
                # Pushed on, so that a long queue is not filled with copies by every sweep.
                delivery.next_attempt_at = now
            await schedule(session, delivery)
            queued += 1
    if queued:
        _log.warning("deliveries.queued_again", tenant=str(scope.tenant_id), count=queued)
    return queued


TASKS: Final = (Task(DELIVER, deliver, retries=10), Task(SWEEP, sweep))
SCHEDULES: Final = (Schedule("* * * * *", TASKS[1]),)
