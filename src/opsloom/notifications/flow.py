"""How often a channel speaks: at most so many messages in a time, the rest gathered into one message at its end.

Invariant: a line that is asked for the first time either counts as one of the messages and goes on, or belongs to exactly one digest,
which is a line of the ledger with a job of its own; nothing is lost, whatever ends in between. Decided when a line would be sent and not
when it is recorded, so that the transaction of a transition never waits for a channel's count.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from pydantic import JsonValue
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.ids import new_id
from opsloom.notifications import directory, repository
from opsloom.notifications.attempts import DeliveryPolicy
from opsloom.notifications.content import Limit
from opsloom.notifications.models import Delivery, DeliveryKind, DeliveryStatus
from opsloom.notifications.recording import begin, tell

DIGEST = "digest"
_LISTED = 50
_RANKS = {"critical": 0, "warning": 1, "info": 2}


@dataclass(frozen=True)
class Count:
    """Messages since a moment; `gathering` while a digest is open."""

    since: datetime
    messages: int
    gathering: bool = False


@dataclass(frozen=True)
class Held:
    """The line is gathered; its digest goes out then."""

    until: datetime


def step(count: Count | None, limit: Limit, now: datetime) -> Count | Held:
    """What becomes of one more message: the count with it, or that it is held. Pure.

    While a digest is open everything joins it, also past its time: what came first must not arrive last.
    """
    if count is None:
        return Count(now, 1)
    ends = count.since + timedelta(seconds=limit.per_s)
    if count.gathering:
        return Held(ends)
    if now >= ends:
        return Count(now, 1)
    return Count(count.since, count.messages + 1) if count.messages < limit.messages else Held(ends)


async def gathered(core: Core, scope: Scope, delivery_id: UUID) -> bool:
    """Whether a line that has not been tried yet goes out with a digest; it is one, and only one, of the channel's counts after this."""
    now = core.clock.now()
    async with core.db.transaction(scope) as session:
        delivery = await repository.delivery(session, delivery_id, lock=True)
        if delivery is None or delivery.finished_at is not None or delivery.status == DeliveryStatus.GATHERED:
            return True
        channel = await directory.in_force(session, delivery.channel_id)
        if channel is None or channel.content.limit is None or delivery.grouping is None:
            return False
        flow = await repository.flow(session, scope.tenant_id, (delivery.channel_id, delivery.grouping), now)
        count = Count(flow.since, flow.messages, flow.digest_id is not None) if flow.messages else None
        following = step(count, channel.content.limit, now)
        if isinstance(following, Count):
            flow.since, flow.messages = following.since, following.messages
            delivery.grouping = None
            return False
        if flow.digest_id is None:
            flow.digest_id = await _open(session, delivery, following.until)
        delivery.status, delivery.digest_id, delivery.next_attempt_at = DeliveryStatus.GATHERED, flow.digest_id, None
        await session.flush()
        await tell(session, delivery)
        return True


async def close(session: AsyncSession, digest: Delivery, now: datetime) -> None:
    """Take nothing more into a digest and write down what it says; called once, when its first attempt begins."""
    assert digest.grouping is not None
    flow = await repository.flow(session, digest.tenant_id, (digest.channel_id, digest.grouping), now)
    if flow.digest_id == digest.id:
        flow.since, flow.messages, flow.digest_id = now, 1, None
    lines = await repository.gathered_by(session, digest.id)
    digest.body = orjson.dumps(body_of(lines, now)).decode()
    digest.severity = min((line.severity for line in lines), key=lambda each: _RANKS.get(each, 9), default="info")
    digest.grouping = None


def body_of(lines: list[Delivery], now: datetime) -> dict[str, JsonValue]:
    """What a digest tells programs: how many, and the first of them."""
    alerts: list[JsonValue] = [
        {
            "delivery_id": str(line.id),
            "alert_id": None if line.alert_id is None else str(line.alert_id),
            "event_type": line.event_type,
            "title": line.title,
            "severity": line.severity,
            "at": line.created_at.isoformat(),
        }
        for line in lines[:_LISTED]
    ]
    count = len(lines)
    message: dict[str, JsonValue] = {"en": f"{count} more messages", "ko": f"알림 {count}건 모음"}
    data: dict[str, JsonValue] = {"count": count, "message": message, "alerts": alerts}
    return {"type": DIGEST, "timestamp": now.isoformat(), "data": data}


async def _open(session: AsyncSession, first: Delivery, due: datetime) -> UUID:
    digest_id = new_id()
    digest = Delivery(
        tenant_id=first.tenant_id,
        id=digest_id,
        kind=DeliveryKind.DIGEST,
        channel_id=first.channel_id,
        channel_name=first.channel_name,
        channel_type=first.channel_type,
        event_type=DIGEST,
        title=first.channel_name,
        severity=first.severity,
        body="{}",
        template=None,
        status=DeliveryStatus.PENDING,
        attempts=0,
        attempts_allowed=DeliveryPolicy().attempts,
        maybe_repeated=False,
        created_at=first.created_at,
        next_attempt_at=due,
        grouping=first.grouping,
        message_id=digest_id,
    )
    session.add(digest)
    await session.flush()
    await begin(session, digest)
    return digest_id
