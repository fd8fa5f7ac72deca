"""Puts a delivery's next attempt into the job queue, in the caller's transaction."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.infra import jobs
from opsloom.notifications.models import Delivery, DeliveryKind

DELIVER: Final = "notifications.deliver"
SWEEP: Final = "notifications.sweep"


async def schedule(session: AsyncSession, delivery: Delivery, at: datetime | None = None) -> None:
    """The attempt after the ones counted so far; a job for an attempt that has begun since does nothing. `counted`: it is first
    to be decided whether the line goes out by itself."""
    args: dict[str, object] = {
        "tenant_id": str(delivery.tenant_id),
        "delivery_id": str(delivery.id),
        "channel_id": str(delivery.channel_id),
        "attempt": delivery.attempts,
    }
    if delivery.grouping is not None and delivery.kind == DeliveryKind.TRANSITION:
        args["counted"] = True
    await jobs.defer(session, DELIVER, args, at=at)
