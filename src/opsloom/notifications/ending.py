"""How a delivery goes on after an attempt: it waits, or it ends; and what follows its end: its digest's lines, and who stands in."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.assets.errors import AssetNotFound, NotPublished
from opsloom.identity.scope import Scope
from opsloom.infra.telemetry import get_logger
from opsloom.notifications import directory, repository
from opsloom.notifications.attempts import FailReason
from opsloom.notifications.kinds import KIND
from opsloom.notifications.models import Delivery, DeliveryKind, DeliveryStatus
from opsloom.notifications.recording import stand_in, tell
from opsloom.notifications.scheduling import schedule

_ON_PURPOSE: Final = {FailReason.CHANNEL_GONE, FailReason.CHANNEL_DISABLED}
_TELLS: Final = {DeliveryKind.TRANSITION, DeliveryKind.DIGEST}

_log = get_logger(__name__)


async def wait(session: AsyncSession, delivery: Delivery, at: datetime, reason: FailReason | None) -> None:
    """Try again at a time."""
    delivery.status, delivery.reason, delivery.next_attempt_at = DeliveryStatus.RETRYING, reason, at
    await session.flush()
    await schedule(session, delivery, at)
    await tell(session, delivery)


async def finish(
    session: AsyncSession, scope: Scope, delivery: Delivery, reason: FailReason | None, now: datetime
) -> None:
    """The end: sent, or given up with a reason. What a digest gathered ends as it did; what was given up goes to who stands in."""
    delivery.status = DeliveryStatus.SENT if reason is None else DeliveryStatus.FAILED
    delivery.reason, delivery.next_attempt_at, delivery.finished_at = reason, None, now
    await session.flush()
    if delivery.kind == DeliveryKind.DIGEST:
        await repository.settle_gathered(session, delivery)
    await tell(session, delivery)
    if reason is None:
        return
    _log.warning("delivery.given_up", delivery=str(delivery.id), channel=str(delivery.channel_id), reason=reason)
    if reason not in _ON_PURPOSE and delivery.kind in _TELLS:
        await _fall_back(session, scope, delivery)


async def _fall_back(session: AsyncSession, scope: Scope, delivery: Delivery) -> None:
    channel = await directory.in_force(session, delivery.channel_id)
    if channel is None or channel.content.fallback is None:
        return
    try:
        asset, _ = await assets.in_force(session, KIND.name, channel.content.fallback)
    except (AssetNotFound, NotPublished):
        delivery.detail = f"There is no channel “{channel.content.fallback}” in force to stand in."
        return
    other = await directory.in_force(session, asset.id)
    if other is None or not other.content.enabled:
        delivery.detail = f"“{asset.name}”, which would stand in, is switched off."
        return
    if await stand_in(session, scope, delivery, other) is None:
        delivery.detail = f"“{other.name}”, which would stand in, had been told already."
