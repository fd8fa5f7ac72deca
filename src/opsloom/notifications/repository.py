"""Every query of notifications. Row security already limits each to the session's tenant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, cast, exists, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.notifications.models import (
    ChannelFlow,
    ChannelSecret,
    Delivery,
    DeliveryAttempt,
    DeliveryKind,
    DeliveryStatus,
    Notification,
    NotificationRead,
)

_LONGEST = timedelta(days=2)
_ANY_CHANNEL = text("select exists (select from assets where kind = 'channel')")
_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended('opsloom.channels:' || :tenant, 0))")


@dataclass(frozen=True)
class DeliveryFilters:
    """Which lines of the ledger are asked for."""

    status: Sequence[DeliveryStatus] = ()
    channel_ids: Sequence[UUID] = ()
    types: Sequence[str] = ()
    severities: Sequence[str] = ()
    reasons: Sequence[str] = ()
    kind: DeliveryKind | None = None
    alert_id: UUID | None = None
    q: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def had_channels(session: AsyncSession) -> bool:
    """Whether the tenant has, or ever had, a channel."""
    return bool((await session.execute(_ANY_CHANNEL)).scalar_one())


async def one_at_a_time(session: AsyncSession, tenant_id: UUID) -> None:
    """Wait until no other transaction sets up the tenant's channels."""
    await session.execute(_ONE_AT_A_TIME, {"tenant": str(tenant_id)})


async def record(session: AsyncSession, values: Mapping[str, object]) -> Delivery | None:
    """A new line of the ledger; None when the transition is there already for that channel."""
    statement = insert(Delivery).values(dict(values)).on_conflict_do_nothing().returning(Delivery)
    return (await session.execute(statement)).scalar_one_or_none()


async def delivery(session: AsyncSession, delivery_id: UUID, *, lock: bool = False) -> Delivery | None:
    """One line of the ledger; `lock` holds it until the transaction ends."""
    query = select(Delivery).where(Delivery.id == delivery_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalar_one_or_none()


async def deliveries(
    session: AsyncSession, asked: DeliveryFilters, *, limit: int, before: UUID | None
) -> list[Delivery]:
    """Newest first, one more than `limit`."""
    query = _filtered(select(Delivery), asked).order_by(Delivery.id.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(Delivery.id < before)
    return list((await session.execute(query)).scalars())


_FACETS = {
    "status": Delivery.status,
    "channel_ids": Delivery.channel_id,
    "types": Delivery.channel_type,
    "severities": Delivery.severity,
    "reasons": Delivery.reason,
}
"""Each facet and the filter it ticks."""


async def facet_counts(session: AsyncSession, asked: DeliveryFilters) -> dict[str, list[tuple[str, str, int]]]:
    """For each facet its values with a name and how many lines have them, among those that the other filters let through."""
    counts: dict[str, list[tuple[str, str, int]]] = {}
    for name, column in _FACETS.items():
        value = cast(column, Text).label("value")
        named = (func.max(Delivery.channel_name) if name == "channel_ids" else cast(func.min(column), Text)).label(
            "name"
        )
        query = _filtered(select(value, named, func.count().label("n")), replace(asked, **{name: ()}))  # type: ignore[arg-type]
        query = query.where(column.is_not(None)).group_by(column).order_by(func.count().desc(), column).limit(50)
        counts[name] = [(row.value, row.name, row.n) for row in (await session.execute(query)).all()]
    return counts


def _filtered(query: Select[Any], asked: DeliveryFilters) -> Select[Any]:
    wanted: list[ColumnElement[bool] | None] = [
        Delivery.kind == asked.kind if asked.kind else None,
        Delivery.channel_id.in_(asked.channel_ids) if asked.channel_ids else None,
        Delivery.channel_type.in_(asked.types) if asked.types else None,
        Delivery.severity.in_(asked.severities) if asked.severities else None,
        Delivery.reason.in_(asked.reasons) if asked.reasons else None,
        Delivery.alert_id == asked.alert_id if asked.alert_id else None,
        Delivery.status.in_(asked.status) if asked.status else None,
        Delivery.created_at >= asked.since if asked.since else None,
        Delivery.created_at < asked.until if asked.until else None,
        _contains(asked.q) if asked.q else None,
    ]
    return query.where(*(each for each in wanted if each is not None))


def _contains(words: str) -> ColumnElement[bool]:
    return Delivery.title.icontains(words, autoescape=True) | Delivery.channel_name.icontains(words, autoescape=True)


async def flow(session: AsyncSession, tenant_id: UUID, place: tuple[UUID, str], now: datetime) -> ChannelFlow:
    """What a channel has sent lately under one of its counts, locked; a new one has sent nothing."""
    channel_id, grouping = place
    values = {"tenant_id": tenant_id, "channel_id": channel_id, "grouping": grouping, "since": now, "messages": 0}
    await session.execute(insert(ChannelFlow).values(values).on_conflict_do_nothing())
    query = select(ChannelFlow).where(ChannelFlow.channel_id == channel_id, ChannelFlow.grouping == grouping)
    return (await session.execute(query.with_for_update().execution_options(populate_existing=True))).scalar_one()


async def gathered_by(session: AsyncSession, digest_id: UUID) -> list[Delivery]:
    """The lines that go out with a digest, oldest first."""
    query = select(Delivery).where(Delivery.digest_id == digest_id).order_by(Delivery.id)
    return list((await session.execute(query)).scalars())


async def settle_gathered(session: AsyncSession, digest: Delivery) -> None:
    """The lines of a digest end as it did."""
    ended = (
        update(Delivery)
        .where(Delivery.digest_id == digest.id, Delivery.status == DeliveryStatus.GATHERED)
        .values(status=digest.status, reason=digest.reason, finished_at=digest.finished_at)
    )
    await session.execute(ended.execution_options(synchronize_session=False))


async def overdue(session: AsyncSession, before: datetime, limit: int) -> list[Delivery]:
    """Open deliveries whose next step should have happened; locked, those somebody holds left out."""
    query = select(Delivery).where(Delivery.next_attempt_at < before).order_by(Delivery.next_attempt_at).limit(limit)
    return list((await session.execute(query.with_for_update(skip_locked=True))).scalars())


async def failed_since(session: AsyncSession, since: datetime) -> int:
    """Transitions and messages that nobody got; a line began at most a day before it is given up."""
    query = select(func.count()).where(
        Delivery.status == DeliveryStatus.FAILED,
        Delivery.kind != DeliveryKind.TEST,
        Delivery.finished_at >= since,
        Delivery.created_at >= since - _LONGEST,
    )
    return int((await session.execute(query)).scalar_one())


async def attempts_of(session: AsyncSession, delivery_id: UUID) -> list[DeliveryAttempt]:
    """Every attempt, in order."""
    query = select(DeliveryAttempt).where(DeliveryAttempt.delivery_id == delivery_id)
    return list((await session.execute(query.order_by(DeliveryAttempt.number))).scalars())


async def attempt(session: AsyncSession, delivery_id: UUID, number: int) -> DeliveryAttempt | None:
    """One attempt."""
    query = select(DeliveryAttempt).where(DeliveryAttempt.delivery_id == delivery_id, DeliveryAttempt.number == number)
    return (await session.execute(query)).scalar_one_or_none()


async def sealed(session: AsyncSession, channel_id: UUID) -> ChannelSecret | None:
    """A channel's sealed secrets."""
    query = select(ChannelSecret).where(ChannelSecret.channel_id == channel_id)
    return (await session.execute(query)).scalar_one_or_none()


async def with_secrets(session: AsyncSession, channel_ids: Sequence[UUID]) -> set[UUID]:
    """Which of the channels have secrets."""
    query = select(ChannelSecret.channel_id).where(ChannelSecret.channel_id.in_(channel_ids))
    return set((await session.execute(query)).scalars())


def _unread(user_id: UUID) -> ColumnElement[bool]:
    return ~exists().where(
        NotificationRead.tenant_id == Notification.tenant_id,
        NotificationRead.notification_id == Notification.id,
        NotificationRead.user_id == user_id,
    )


async def notifications(
    session: AsyncSession, user_id: UUID, *, limit: int, before: UUID | None, unread: bool
) -> list[tuple[Notification, bool]]:
    """Newest first with whether the user has read it, one more than `limit`."""
    query = select(Notification, ~_unread(user_id)).order_by(Notification.id.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(Notification.id < before)
    if unread:
        query = query.where(_unread(user_id))
    return [(row, bool(read)) for row, read in (await session.execute(query)).all()]


async def unread_count(session: AsyncSession, user_id: UUID) -> int:
    """How many the user has not read."""
    query = select(func.count()).select_from(Notification).where(_unread(user_id))
    return int((await session.execute(query)).scalar_one())


async def mark_read(session: AsyncSession, user_id: UUID, ids: Sequence[UUID] | None, now: datetime) -> None:
    """Those named, or all; ids that do not exist here are passed over."""
    chosen = select(Notification.tenant_id, literal(user_id), Notification.id, literal(now)).where(_unread(user_id))
    if ids is not None:
        chosen = chosen.where(Notification.id.in_(ids))
    columns = ["tenant_id", "user_id", "notification_id", "read_at"]
    await session.execute(insert(NotificationRead).from_select(columns, chosen).on_conflict_do_nothing())
