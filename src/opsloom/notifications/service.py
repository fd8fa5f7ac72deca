"""What people and programs do with channels and the ledger: tests, words of their own, resends, reading."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.notifications import directory, repository
from opsloom.notifications.acknowledging import ACKNOWLEDGE_PURPOSE, LinkSays, read_link
from opsloom.notifications.content import ChannelType
from opsloom.notifications.errors import DeliveryNotFound, DeliveryUnderWay
from opsloom.notifications.kinds import KIND
from opsloom.notifications.models import (
    Delivery,
    DeliveryAttempt,
    Notification,
)
from opsloom.notifications.pipeline import render_message, render_test
from opsloom.notifications.recording import Line, again, begin, record
from opsloom.notifications.repository import DeliveryFilters

_NOBODY = UUID(int=0)

__all__ = ["ACKNOWLEDGE_PURPOSE", "LinkSays", "read_link"]


async def send_test(session: AsyncSession, scope: Scope, channel_id: UUID) -> Delivery:
    """Send something recognisable through the channel, the way everything else goes. Raises AssetNotFound, NotPublished."""
    channel = await directory.need_in_force(session, channel_id)
    recorded = await record(session, scope, Line(channel, render_test(channel, scope.actor.name)))
    assert recorded is not None  # only transitions can be there already
    await audit.record(session, scope, "channel.tested", KIND.name, channel_id, {"delivery": recorded.id})
    return recorded


async def send_message(
    session: AsyncSession, scope: Scope, channel_key: str | None, text: tuple[str, str], message_id: UUID
) -> list[Delivery]:
    """Tell something (title, text) through the channel with a key, or through every in-app channel; the same `message_id` again
    tells nobody twice. Raises AssetNotFound, NotPublished."""
    if channel_key is None:
        channels = [each for each in await directory.published(session, scope) if each.type is ChannelType.IN_APP]
    else:
        asset, _ = await assets.in_force(session, KIND.name, channel_key)
        channels = [await directory.need_in_force(session, asset.id)]
    title, said = text
    recorded = []
    for channel in channels:
        message = render_message(channel, title, said)
        delivery = await record(session, scope, Line(channel, message, message_id=message_id))
        if delivery is not None:
            recorded.append(delivery)
    return recorded


async def resend(session: AsyncSession, scope: Scope, delivery_id: UUID) -> Delivery:
    """Send what a finished delivery was to tell again: a new line that names the old one, with the same id for the receiver.

    Raises DeliveryNotFound, DeliveryUnderWay.
    """
    old = await repository.delivery(session, delivery_id, lock=True)
    if old is None:
        raise DeliveryNotFound("There is no such delivery.")
    if old.finished_at is None:
        raise DeliveryUnderWay("It has not ended yet.", hint="Wait for its next attempt, or for it to be given up.")
    if old.channel_type == ChannelType.IN_APP:
        raise DeliveryUnderWay("What is shown inside Opsloom cannot be sent again.")
    delivery = again(old)
    session.add(delivery)
    await session.flush()
    await begin(session, delivery)
    detail = {"channel": old.channel_id, "line": delivery.id}
    await audit.record(session, scope, "delivery.resent", "delivery", old.id, detail)
    return delivery


async def find_deliveries(
    session: AsyncSession, asked: DeliveryFilters, *, limit: int, before: UUID | None
) -> list[Delivery]:
    """Lines of the ledger, newest first, one more than `limit`."""
    return await repository.deliveries(session, asked, limit=limit, before=before)


async def failed_since(session: AsyncSession, since: datetime) -> int:
    """How many deliveries were given up since a moment."""
    return await repository.failed_since(session, since)


async def get_delivery(session: AsyncSession, delivery_id: UUID) -> tuple[Delivery, list[DeliveryAttempt]]:
    """One line with its attempts. Raises DeliveryNotFound."""
    delivery = await repository.delivery(session, delivery_id)
    if delivery is None:
        raise DeliveryNotFound("There is no such delivery.")
    return delivery, await repository.attempts_of(session, delivery_id)


async def find_notifications(
    session: AsyncSession, scope: Scope, *, limit: int, before: UUID | None, unread: bool
) -> list[tuple[Notification, bool]]:
    """In-app notifications, newest first, with whether the caller has read them; one more than `limit`."""
    return await repository.notifications(session, _reader(scope), limit=limit, before=before, unread=unread)


async def mark_read(session: AsyncSession, scope: Scope, ids: Sequence[UUID] | None) -> int:
    """Note that the caller has read these, or all; returns how many are left."""
    await repository.mark_read(session, _reader(scope), ids, datetime.now(UTC))
    return await unread(session, scope)


async def unread(session: AsyncSession, scope: Scope) -> int:
    """How many the caller has not read."""
    return await repository.unread_count(session, _reader(scope))


def webhook_id(delivery: Delivery) -> str:
    """What receivers tell repeats by: one for all attempts of a delivery and of its resends."""
    return f"msg_{delivery.message_id.hex}"


def _reader(scope: Scope) -> UUID:
    return scope.user_id or _NOBODY
