"""Metric samples on the driver itself: bulk insert, the feed rules read, partitions.

Invariant of the feed: a reader that has seen everything up to a cursor never meets an older row later. Only rows of transactions that were
finished before every running one are returned, ordered by (transaction, sequence).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from opsloom.infra.wakeups import INGEST
from opsloom.inventory.errors import SampleRefused
from opsloom.inventory.metrics import unit_of
from opsloom.inventory.query import labels_text

Connection = Any  # an asyncpg connection or its pooled proxy
Cursor = tuple[int, int]
START: Cursor = (0, 0)
SeriesKey = tuple[UUID, UUID, str, str]  # tenant, item, metric, labels
_NEVER = datetime.min.replace(tzinfo=UTC)

_NEW_SERIES = """
insert into metric_series (tenant_id, ci_id, metric, labels, unit)
select $1, wanted.ci_id, wanted.metric, wanted.labels::jsonb, wanted.unit
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[]) as wanted(ci_id, metric, labels, unit)
on conflict do nothing
"""
_FIND_SERIES = """
select s.id, s.ci_id, s.metric, wanted.labels
from unnest($2::uuid[], $3::text[], $4::text[]) as wanted(ci_id, metric, labels)
join metric_series s on s.tenant_id = $1 and s.ci_id = wanted.ci_id and s.metric = wanted.metric
                    and s.labels = wanted.labels::jsonb
"""
_INSERT = """
insert into metric_samples (tenant_id, series_id, time, value)
select $1, * from unnest($2::bigint[], $3::timestamptz[], $4::float8[])
on conflict do nothing
"""
# Transaction 0 lies before every place a follower may have: history is there to be asked about, and is no news to any rule.
_INSERT_HISTORY = """
insert into metric_samples (tenant_id, series_id, time, value, seq, txid)
select $1, ($2::bigint[])[1 + (v.n - 1) / $5], $4::timestamptz + ((v.n - 1) % $5) * make_interval(secs => $6),
       v.value, $7 + v.n, '0'::xid8
from unnest($3::float8[]) with ordinality as v(value, n)
"""
_READ = """
select m.txid::text::bigint as txid, m.seq, m.time, m.value, s.metric, s.unit, s.labels::text as labels,
       s.ci_id as item_id, i.name as item, i.type as item_type
from metric_samples m
join metric_series s on s.tenant_id = m.tenant_id and s.id = m.series_id
join configuration_items i on i.tenant_id = s.tenant_id and i.id = s.ci_id
where m.tenant_id = $1 and (m.txid, m.seq) > ($2::text::xid8, $3)
  and m.txid < pg_snapshot_xmin(pg_current_snapshot())
order by m.txid, m.seq limit $4
"""
_END = """
select txid::text::bigint as txid, seq from metric_samples
where tenant_id = $1 and txid < pg_snapshot_xmin(pg_current_snapshot())
order by txid desc, seq desc limit 1
"""


@dataclass(frozen=True)
class Sample:
    item_id: UUID
    metric: str
    time: datetime
    value: float
    labels: dict[str, str] = field(default_factory=dict)
    unit: str | None = None  # None: the canonical metric's


@dataclass(frozen=True)
class FeedSample:
    """A stored sample with what it measures; `labels` is JSON text, equal for equal labels."""

    cursor: Cursor
    time: datetime
    value: float
    metric: str
    unit: str
    labels: str
    item_id: UUID
    item: str
    item_type: str


class SeriesBook:
    """Series numbers a writer has already met. Only numbers read back in a later transaction are kept, so a rollback leaves none behind."""

    def __init__(self) -> None:
        self.ids: dict[SeriesKey, int] = {}


async def insert_samples(
    connection: Connection, tenant_id: UUID, samples: Sequence[Sample], book: SeriesBook | None = None
) -> int:
    """Stores samples in the caller's transaction; a sample already there is left alone. Returns how many were new.

    Raises SampleRefused when an item is unknown or a time lies outside the kept days.
    """
    if not samples:
        return 0
    try:
        ids = await _series_ids(connection, tenant_id, samples, book)
        times, numbers = [one.time for one in samples], [one.value for one in samples]
        status = await connection.execute(_INSERT, tenant_id, ids, times, numbers)
    except asyncpg.ForeignKeyViolationError as error:
        raise SampleRefused("A sample names an item that does not exist.", hint="Create the item first.") from error
    except asyncpg.CheckViolationError as error:
        raise SampleRefused("A sample's time lies outside the days that are kept.") from error
    await connection.execute("select pg_notify($1, $2)", INGEST, str(tenant_id))
    return int(str(status).rsplit(" ", 1)[-1])


@dataclass(frozen=True)
class History:
    """Equally spaced values of several series from `start` on, one series after the other."""

    series_ids: Sequence[int]
    start: datetime
    step_s: float
    values: Sequence[float]


async def insert_history(connection: Connection, tenant_id: UUID, history: History, seq: int) -> int:
    """Stores samples of the past that nobody follows; `seq` is how many the tenant's history has before them.

    Their partitions exist and none of them is there yet. Returns how many there are.
    """
    each = len(history.values) // max(len(history.series_ids), 1)
    await connection.execute(
        _INSERT_HISTORY, tenant_id, list(history.series_ids), history.values, history.start, each, history.step_s, seq
    )
    return len(history.values)


async def series_ids(connection: Connection, tenant_id: UUID, wanted: Sequence[tuple[UUID, str]]) -> list[int]:
    """The numbers of the unlabelled series of (item, metric), made where they are missing."""
    return await _series_ids(
        connection, tenant_id, [Sample(item, metric, _NEVER, 0.0) for item, metric in wanted], None
    )


async def _series_ids(
    connection: Connection, tenant_id: UUID, samples: Sequence[Sample], book: SeriesBook | None
) -> list[int]:
    known = book.ids if book else {}
    keys: list[SeriesKey] = [(tenant_id, one.item_id, one.metric, labels_text(one.labels)) for one in samples]
    units = {
        key: one.unit if one.unit is not None else unit_of(one.metric) for key, one in zip(keys, samples, strict=True)
    }
    missing = [key for key in units if key not in known]
    if not missing:
        return [known[key] for key in keys]
    found = await _find(connection, tenant_id, missing)
    known.update(found)
    fresh = [key for key in missing if key not in found]
    if fresh:
        columns = _columns(fresh)
        await connection.execute(_NEW_SERIES, tenant_id, *columns, [units[key] for key in fresh])
        found |= await _find(connection, tenant_id, fresh)
    merged = known | found
    return [merged[key] for key in keys]


def _columns(keys: Iterable[SeriesKey]) -> tuple[list[UUID], list[str], list[str]]:
    rows = list(keys)
    return [key[1] for key in rows], [key[2] for key in rows], [key[3] for key in rows]


async def _find(connection: Connection, tenant_id: UUID, keys: Sequence[SeriesKey]) -> dict[SeriesKey, int]:
    rows = await connection.fetch(_FIND_SERIES, tenant_id, *_columns(keys))
    return {(tenant_id, row["ci_id"], row["metric"], row["labels"]): row["id"] for row in rows}


async def read_after(connection: Connection, tenant_id: UUID, cursor: Cursor, limit: int) -> list[FeedSample]:
    """The next settled samples after a cursor, oldest first."""
    rows = await connection.fetch(_READ, tenant_id, str(cursor[0]), cursor[1], limit)
    return [
        FeedSample(
            (row["txid"], row["seq"]), row["time"], row["value"], row["metric"], row["unit"], row["labels"],
            row["item_id"], row["item"], row["item_type"],
        )
        for row in rows
    ]  # fmt: skip


async def end(connection: Connection, tenant_id: UUID) -> Cursor:
    """The cursor of the newest settled sample: where a reader starts that wants only what comes."""
    row = await connection.fetchrow(_END, tenant_id)
    return (row["txid"], row["seq"]) if row else START


async def ensure_partitions(connection: Connection, days: int = 7, back: int = 1) -> int:
    """Makes the day partitions from `back` days ago to `days` ahead; returns how many were missing."""
    return int(await connection.fetchval("select ensure_sample_partitions($1, $2)", days, back))


async def drop_partitions(connection: Connection, keep_days: int) -> int:
    """Drops the days before the kept ones; returns how many."""
    return int(await connection.fetchval("select drop_sample_partitions($1)", keep_days))
