"""Lines of the ledger as they begin, and what follows from each: shown at once, given to a job, or ended before it began."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import orjson
from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity.scope import Scope
from opsloom.infra import stream
from opsloom.kit.ids import new_id
from opsloom.notifications import repository
from opsloom.notifications.attempts import DeliveryPolicy
from opsloom.notifications.content import Channel, ChannelType
from opsloom.notifications.models import Delivery, DeliveryKind, DeliveryStatus, Notification
from opsloom.notifications.pipeline import Message
from opsloom.notifications.routing import DIRECT, Way
from opsloom.notifications.scheduling import schedule
from opsloom.notifications.stages import Stopped
from opsloom.notifications.subject import Subject

TOPIC = "notifications"

_REPEATED: Final = (
    "tenant_id", "kind", "transition_id", "alert_id", "channel_id", "channel_name", "channel_type", "event_type", "title",
    "severity", "body", "route_id", "route_name", "template", "message_id", "dedup_key", "sent_title", "sent_text",
)  # fmt: skip

_RECORDED = Counter("opsloom_notifications_recorded_total", "Lines added to the ledger, by type of channel.", ["type"])


@dataclass(frozen=True)
class Line:
    """What a new line of the ledger says: of a transition (`subject`), of somebody's words (`message_id`), or a test."""

    channel: Channel
    message: Message
    subject: Subject | None = None
    message_id: UUID | None = None
    way: Way = DIRECT
    stopped: Stopped | None = None


async def record(session: AsyncSession, scope: Scope, line: Line) -> Delivery | None:
    """One line of the ledger and what follows from it; None when it is there already."""
    delivery = await repository.record(session, _values(scope, line, datetime.now(UTC)))
    if delivery is None:
        return None
    _RECORDED.labels(line.channel.type).inc()
    await begin(session, delivery)
    if delivery.status == DeliveryStatus.SENT:
        await _show(session, delivery, line.message, {} if line.subject is None else dict(line.subject.labels))
    return delivery


async def begin(session: AsyncSession, delivery: Delivery) -> None:
    """Give a new line to a job, if there is something to do, and tell open pages of it."""
    if delivery.next_attempt_at is not None:
        await schedule(session, delivery, delivery.next_attempt_at if delivery.kind == DeliveryKind.DIGEST else None)
    await tell(session, delivery)


def again(old: Delivery) -> Delivery:
    """A line that repeats a finished one: the same message, with attempts of its own."""
    now = datetime.now(UTC)
    kept = {name: getattr(old, name) for name in _REPEATED}
    return Delivery(
        **kept,
        id=new_id(),
        resent_from=old.id,
        status=DeliveryStatus.PENDING,
        attempts=0,
        attempts_allowed=DeliveryPolicy().attempts,
        maybe_repeated=False,
        created_at=now,
        next_attempt_at=now,
    )


async def stand_in(session: AsyncSession, scope: Scope, old: Delivery, channel: Channel) -> Delivery | None:
    """The line of a channel that gets what another had to give up; None when it has been told of the transition already."""
    return await _restate(session, scope, old, channel, {"fallback_for": old.id})


async def release(session: AsyncSession, scope: Scope, old: Delivery, channel: Channel) -> Delivery | None:
    """The line of a channel that gets what a stage had kept from it, now that nothing does."""
    kept = {"resent_from": old.id, "message_id": old.message_id, "grouping": old.grouping, "template": old.template}
    return await _restate(session, scope, old, channel, kept)


async def _restate(
    session: AsyncSession, scope: Scope, old: Delivery, channel: Channel, own: Mapping[str, object]
) -> Delivery | None:
    now, data = datetime.now(UTC), orjson.loads(old.body)["data"]
    message = Message(old.event_type, old.title, old.severity, dict(data["message"]), old.body)
    line = Line(channel, message, way=Way(old.route_id, old.route_name))
    kept = {name: getattr(old, name) for name in ("kind", "transition_id", "alert_id", "dedup_key")}
    delivery = await repository.record(session, {**_values(scope, line, now), **kept, **own})
    if delivery is None:
        return None
    await begin(session, delivery)
    if delivery.status == DeliveryStatus.SENT:
        await _show(session, delivery, message, dict(data.get("alert", {}).get("labels", {})))
    return delivery


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


def _values(scope: Scope, line: Line, now: datetime) -> Mapping[str, object]:
    channel, message, subject, way = line.channel, line.message, line.subject, line.way
    delivery_id = new_id()
    kind = DeliveryKind.TRANSITION if subject else DeliveryKind.MESSAGE if line.message_id else DeliveryKind.TEST
    return {
        "tenant_id": scope.tenant_id,
        "id": delivery_id,
        "kind": kind,
        "transition_id": line.message_id if subject is None else subject.transition_id,
        "alert_id": None if subject is None else subject.alert_id,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "channel_type": channel.type,
        "event_type": message.event_type,
        "title": message.title,
        "severity": message.severity,
        "body": message.body,
        "attempts": 0,
        "maybe_repeated": False,
        "created_at": now,
        "route_id": way.route_id,
        "route_name": way.route_name,
        "template": way.template or channel.content.template,
        "fallback_for": way.fallback_for,
        "grouping": None if subject is None else channel.grouping(subject.counted_by()),
        "message_id": delivery_id,
        "dedup_key": None if subject is None else f"alert-{subject.alert_id}",
        **_standing(line, now),
    }


def _standing(line: Line, now: datetime) -> Mapping[str, object]:
    """Where a line is when it begins."""
    stopped, done = line.stopped, line.channel.type is ChannelType.IN_APP
    going = DeliveryStatus.SENT if done else DeliveryStatus.PENDING
    over = done or stopped is not None
    tests = line.subject is None and line.message_id is None and line.way is DIRECT
    return {
        "status": DeliveryStatus.DROPPED if stopped else going,
        "reason": None if stopped is None else stopped.dropped.code,
        "stage": None if stopped is None else stopped.stage,
        "detail": "" if stopped is None else stopped.dropped.detail,
        "dropped_by": None if stopped is None else stopped.dropped.by,
        # A test is there to tell what the receiver says now, so it is not repeated.
        "attempts_allowed": 1 if done or tests else DeliveryPolicy().attempts,
        "next_attempt_at": None if over else now,
        "finished_at": now if over else None,
    }


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
