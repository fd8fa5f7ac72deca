"""Every statement on events but the reading of the feed (`feed`). The insert is hot and goes through the driver itself."""

from __future__ import annotations  # asyncpg's types take parameters only in its stubs

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Select, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.events.event import NewEvent
from opsloom.events.filters import EventFilter
from opsloom.events.models import Event

Connection = asyncpg.pool.PoolConnectionProxy  # what Database.raw and .connection hand out

# `$2` is the arrival, `$3` and `$4` make the first id, `$13` and `$14` bound the other days (`other_days`). Each column comes as one text
# with separators: a quarter of the cost of arrays in the driver, which looks at every element's type several times.
# A sender's id is looked up in those row by row, as a sub-select with a limit, because a join would let the
# planner read whole days.
INSERT = """
insert into events (tenant_id, received_at, id, source, event_id, type, subject, severity, time, data, attributes)
select $1, $2, u.id, u.source, coalesce(u.event_id, u.id::text), u.type, u.subject, u.severity, u.time::timestamptz,
       u.data::jsonb, u.attributes::jsonb
from (select ($3 || lpad(to_hex($4::bigint + n - 1), 16, '0'))::uuid as id, *
      from unnest(string_to_array($5, E'\\x1f'), string_to_array($6, E'\\x1f', E'\\x1e'), string_to_array($7, E'\\x1f'),
                  string_to_array($8, E'\\x1f', E'\\x1e'), string_to_array($9, E'\\x1f', E'\\x1e'),
                  string_to_array($10, E'\\x1f'), string_to_array($11, E'\\x1f'), string_to_array($12, E'\\x1f'))
      with ordinality x (source, event_id, type, subject, severity, time, data, attributes, n)) u
where u.event_id is null or (
    select true from events b
    where b.tenant_id = $1 and b.source = u.source and b.event_id = u.event_id
      and b.received_at >= $13 and b.received_at < $14 limit 1) is null
on conflict do nothing
"""
_SEPARATOR, _NULL = "\x1f", "\x1e"  # decoding lets no control character into these values; JSON text escapes them
SET_TENANT = "select set_config('opsloom.tenant', $1, true), pg_notify('opsloom_ingest', $1)"
NEAR_MIDNIGHT = timedelta(minutes=5)
# Two writers on two sides of midnight would not see each other's rows; near it they go one after the other.
LOCK_TENANT = "select pg_advisory_xact_lock(hashtextextended('opsloom events ' || $1, 0))"
STORED = "select id from events where tenant_id = $1 and received_at = $2 and id between $3 and $4"
ENSURE_PARTITIONS = "select ensure_event_partitions($1, 1)"
DROP_PARTITIONS = "select drop_event_partitions($1)"

FEED_END = "select pg_snapshot_xmin(pg_current_snapshot())"


class Misaligned(ValueError):
    """A value holds the separator; stored, it would shift its column against the others."""


async def insert(
    connection: Connection[Any], tenant_id: UUID, received_at: datetime, first_id: UUID, events: Sequence[NewEvent]
) -> set[int]:
    """Store one tenant's events under ids that count up from `first_id`; returns the places of those known before.

    Raises Misaligned.
    """
    since, until = other_days(received_at)
    count = len(events)
    columns = [
        _joined([event.source for event in events]),
        _joined([event.event_id or _NULL for event in events]),
        _joined([event.type for event in events]),
        _joined([event.subject or _NULL for event in events]),
        _joined([event.severity or _NULL for event in events]),
        _joined([event.time.isoformat() for event in events]),
        _joined([event.data for event in events]),
        _joined([event.attributes for event in events]),
    ]
    high, low = divmod(first_id.int, 1 << 64)
    done = await connection.execute(
        INSERT, tenant_id, received_at, f"{high:016x}", low - (1 << 64), *columns, since, until
    )
    if int(done.rsplit(" ", 1)[1]) == count:
        return set()
    last_id = UUID(int=first_id.int + count - 1)
    stored = await connection.fetch(STORED, tenant_id, received_at, first_id, last_id)
    return set(range(count)) - {record["id"].int - first_id.int for record in stored}


def other_days(received_at: datetime) -> tuple[datetime, datetime]:
    """Where else than in its own day an event may have been stored: the day before; near midnight, when another
    writer's clock may be ahead, also the day after."""
    day = received_at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=1), day + timedelta(days=2) if near_midnight(received_at) else day


def near_midnight(moment: datetime) -> bool:
    """Whether a writer whose clock is a little off may be in another day."""
    utc = moment.astimezone(UTC)
    return (utc + NEAR_MIDNIGHT).date() != (utc - NEAR_MIDNIGHT).date()


def _joined(values: list[str]) -> str:
    text = _SEPARATOR.join(values)
    if text.count(_SEPARATOR) != len(values) - 1:
        raise Misaligned("a value holds a separator character")
    return text


def by_id(tenant_id: UUID, event_id: UUID) -> Select[Event]:
    """One event. The id tells when it arrived (the row's arrival is stamped a little later), so one or two days are read."""
    found = select(Event).where(Event.tenant_id == tenant_id, Event.id == event_id)
    made = made_at(event_id)
    return found.where(Event.received_at >= made - timedelta(hours=1), Event.received_at < made + timedelta(hours=1))


def made_at(event_id: UUID) -> datetime:
    """The moment in a version 7 id; for any other id a moment at which nothing arrived."""
    if event_id.version != 7:
        return datetime(1970, 1, 2, tzinfo=UTC)
    millis = min(event_id.int >> 80, 250_000_000_000_000)
    return datetime(1970, 1, 2, tzinfo=UTC) + timedelta(milliseconds=millis - 86_400_000)


async def newest(
    session: AsyncSession, tenant_id: UUID, wanted: EventFilter, limit: int, before: tuple[datetime, UUID] | None
) -> list[Event]:
    """Up to `limit` events, newest first."""
    statement = select(Event).where(Event.tenant_id == tenant_id, *wanted.conditions(Event.__table__.c))
    if before is not None:
        statement = statement.where(tuple_(Event.time, Event.id) < before)
    statement = statement.order_by(Event.time.desc(), Event.id.desc()).limit(limit)
    return list((await session.scalars(statement)).all())
