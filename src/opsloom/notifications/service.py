"""Telling: a transition becomes lines of the ledger, and what people see of them.

Invariant: for one transition there is at most one line a channel, in the transaction that made the transition. If that commits,
each line is either delivered already (in-app) or has a job that will try; if it does not, there is nothing.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.infra import stream
from opsloom.infra.telemetry import get_logger
from opsloom.kit.ids import new_id
from opsloom.notifications import directory, repository
from opsloom.notifications.attempts import DeliveryPolicy
from opsloom.notifications.content import Channel, ChannelType
from opsloom.notifications.errors import DeliveryNotFound, DeliveryUnderWay
from opsloom.notifications.models import (
    Delivery,
    DeliveryAttempt,
    DeliveryKind,
    DeliveryStatus,
    Notification,
)
from opsloom.notifications.pipeline import DropReason, Message, plan, render, render_message, render_test
from opsloom.notifications.repository import DeliveryFilters
from opsloom.notifications.scheduling import schedule
from opsloom.notifications.subject import AlertLike, Subject, TransitionLike, subject_of

TOPIC = "notifications"
_NOBODY = UUID(int=0)

_RECORDED = Counter("opsloom_notifications_recorded_total", "Lines added to the ledger, by type of channel.", ["type"])
_DROPPED = Counter("opsloom_notifications_dropped_total", "Channels passed over for a transition.", ["reason"])

_log = get_logger(__name__)


async def on_transition(session: AsyncSession, scope: Scope, alert: AlertLike, transition: TransitionLike) -> None:
    """Record what each channel gets of an alert's transition, in the caller's transaction. Calling it again adds nothing."""
    subject = subject_of(alert, transition)
    routed = plan(subject, await directory.published(session, scope))
    for channel, reason in routed.dropped:
        _drop(subject, channel, reason)
    if not routed.channels:
        return
    message = render(subject)
    for channel in routed.channels:
        if await _record(session, scope, channel, message, subject) is None:
            _drop(subject, channel, DropReason.ALREADY_RECORDED)


async def send_test(session: AsyncSession, scope: Scope, channel_id: UUID) -> Delivery:
    """Send something recognisable through the channel, the way everything else goes. Raises AssetNotFound, NotPublished."""
    channel = await directory.need_in_force(session, channel_id)
    recorded = await _record(session, scope, channel, render_test(channel, scope.actor.name), None)
    assert recorded is not None  # only transitions can be there already
    await audit.record(session, scope, "channel.tested", directory.KIND.name, channel_id, {"delivery": recorded.id})
    return recorded


async def send_message(
    session: AsyncSession, scope: Scope, channel_key: str | None, text: tuple[str, str], message_id: UUID
) -> list[Delivery]:
    """Tell something (title, text) through the channel with a key, or through every in-app channel; the same `message_id` again
    tells nobody twice. Raises AssetNotFound, NotPublished."""
    if channel_key is None:
        channels = [each for each in await directory.published(session, scope) if each.type is ChannelType.IN_APP]
    else:
        asset, _ = await assets.in_force(session, directory.KIND.name, channel_key)
        channels = [await directory.need_in_force(session, asset.id)]
    title, said = text
    recorded = []
    for channel in channels:
        message = render_message(channel, title, said)
        delivery = await _record(session, scope, channel, message, None, message_id=message_id)
        if delivery is not None:
            recorded.append(delivery)
    return recorded


async def resend(session: AsyncSession, scope: Scope, delivery_id: UUID, policy: DeliveryPolicy) -> Delivery:
    """Try a finished delivery again, with the same id for the receiver. Raises DeliveryNotFound, DeliveryUnderWay."""
    delivery = await repository.delivery(session, delivery_id, lock=True)
    if delivery is None:
        raise DeliveryNotFound("There is no such delivery.")
    if delivery.finished_at is None:
        raise DeliveryUnderWay("It has not ended yet.", hint="Wait for its next attempt, or for it to be given up.")
    if delivery.channel_type == ChannelType.IN_APP:
        raise DeliveryUnderWay("What is shown inside Opsloom cannot be sent again.")
    delivery.status, delivery.reason, delivery.finished_at = DeliveryStatus.PENDING, None, None
    delivery.next_attempt_at = datetime.now(UTC)
    delivery.attempts_allowed = delivery.attempts + policy.attempts
    await session.flush()
    await schedule(session, delivery)
    await audit.record(session, scope, "delivery.resent", "delivery", delivery.id, {"channel": delivery.channel_id})
    await tell(session, delivery)
    return delivery


async def find_deliveries(
    session: AsyncSession, asked: DeliveryFilters, *, limit: int, before: UUID | None
) -> list[Delivery]:
    """Lines of the ledger, newest first, one more than `limit`."""
    return await repository.deliveries(session, asked, limit=limit, before=before)


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
    """What receivers tell repeats by: one for all attempts of a delivery."""
    return f"msg_{delivery.id.hex}"


async def tell(session: AsyncSession, delivery: Delivery) -> None:
    """Let open pages know where a delivery is."""
    message = {
        "type": f"delivery.{delivery.status}",
        "id": delivery.id,
        "channel_id": delivery.channel_id,
        "alert_id": delivery.alert_id,
        "status": delivery.status,
    }
    await stream.publish(session, delivery.tenant_id, TOPIC, message)


async def _record(
    session: AsyncSession,
    scope: Scope,
    channel: Channel,
    message: Message,
    subject: Subject | None,
    *,
    message_id: UUID | None = None,
) -> Delivery | None:
    """One line of the ledger and what follows from it; None when it is there already."""
    now = datetime.now(UTC)
    kind = DeliveryKind.TRANSITION if subject else DeliveryKind.MESSAGE if message_id else DeliveryKind.TEST
    done = channel.type is ChannelType.IN_APP
    values = {
        "tenant_id": scope.tenant_id,
        "id": new_id(),
        "kind": kind,
        "transition_id": message_id if subject is None else subject.transition_id,
        "alert_id": None if subject is None else subject.alert_id,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "channel_type": channel.type,
        "event_type": message.event_type,
        "title": message.title,
        "severity": message.severity,
        "body": message.body,
        "status": DeliveryStatus.SENT if done else DeliveryStatus.PENDING,
        "reason": None,
        "attempts": 0,
        "attempts_allowed": 1 if done else DeliveryPolicy().attempts,
        "maybe_repeated": False,
        "created_at": now,
        "next_attempt_at": None if done else now,
        "finished_at": now if done else None,
    }
    delivery = await repository.record(session, values)
    if delivery is None:
        return None
    _RECORDED.labels(channel.type).inc()
    if done:
        await _show(session, delivery, message, {} if subject is None else dict(subject.labels))
    else:
        await schedule(session, delivery)
    await tell(session, delivery)
    return delivery


async def _show(session: AsyncSession, delivery: Delivery, message: Message, labels: dict[str, str]) -> None:
    shown = Notification(
        tenant_id=delivery.tenant_id,
        id=new_id(),
        delivery_id=delivery.id,
        alert_id=delivery.alert_id,
        channel_id=delivery.channel_id,
        event_type=message.event_type,
        title=message.title,
        severity=message.severity,
        message=message.message,
        labels=labels,
        created_at=delivery.created_at,
    )
    session.add(shown)
    await session.flush()
    told = {
        "type": "notification.created",
        "id": shown.id,
        "alert_id": shown.alert_id,
        "event_type": shown.event_type,
        "title": shown.title,
        "severity": shown.severity,
        "message": shown.message,
    }
    await stream.publish(session, shown.tenant_id, TOPIC, told)


def _drop(subject: Subject, channel: Channel, reason: DropReason) -> None:
    _DROPPED.labels(reason).inc()
    _log.debug("notification.dropped", channel=str(channel.id), transition=str(subject.transition_id), reason=reason)


def _reader(scope: Scope) -> UUID:
    return scope.user_id or _NOBODY
