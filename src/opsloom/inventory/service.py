"""What the inventory does: items and relations, recording and reading metrics, the feed for rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity.scope import Scope
from opsloom.inventory import query as queries
from opsloom.inventory import repository, samples
from opsloom.inventory.errors import ItemNotFound, SampleRefused
from opsloom.inventory.measured import measured_items
from opsloom.inventory.metrics import METRICS, Bad, unit_of
from opsloom.inventory.models import ConfigurationItem
from opsloom.inventory.monitor import SOURCE, Found
from opsloom.inventory.query import Values, aggregate_sql, bound, nice_step
from opsloom.inventory.samples import Connection, Cursor, FeedSample, Sample, SeriesBook
from opsloom.inventory.schemas import (
    Item,
    ItemDetail,
    ItemMetric,
    MetricQuery,
    Query,
    RelationShown,
    Scalar,
    SeriesPoints,
    SeriesShown,
)
from opsloom.kit.ids import new_id
from opsloom.kit.paging import Page, decode_cursor, page_of

# What other domains use of the files below.
__all__ = [
    "METRICS",
    "Bad",
    "FeedSample",
    "Sample",
    "SampleRefused",
    "SeriesBook",
    "Values",
    "aggregate_sql",
    "bound",
    "measured_items",
    "nice_step",
    "unit_of",
]

MAX_RELATIONS_SHOWN = 500
MAX_ITEMS_NAMED = 20_000
MAX_EDGES_AROUND = 2_000


@dataclass(frozen=True)
class Answer:
    """Rows of a query and the query itself, ready to be shown as evidence."""

    query: Query
    rows: list[dict[str, Any]]


async def driver_of(session: AsyncSession) -> Connection:
    """The driver's connection inside a session's transaction, for bulk work that belongs to it."""
    return (await (await session.connection()).get_raw_connection()).driver_connection


# items and relations


async def get_item(session: AsyncSession, scope: Scope, item_id: UUID) -> ItemDetail:
    """An item with its direct relations. Raises ItemNotFound."""
    del scope  # the session carries the tenant
    row = await repository.item(session, item_id)
    if row is None:
        raise ItemNotFound("There is no such configuration item.")
    edges = await repository.relations_page(session, limit=MAX_RELATIONS_SHOWN, after=None, item_id=item_id, kind=None)
    shown = [RelationShown.model_validate(edge) for edge in edges[:MAX_RELATIONS_SHOWN]]
    return ItemDetail(**Item.model_validate(row).model_dump(), relations=shown)


async def find_items(
    session: AsyncSession,
    scope: Scope,
    *,
    limit: int,
    cursor: str | None = None,
    kind: str | None = None,
    words: str | None = None,
) -> Page[Item]:
    """Live items by name."""
    del scope
    after = decode_cursor(cursor, str, UUID) if cursor else None
    rows = await repository.items_page(session, limit=limit, after=after, kind=kind, words=words)  # type: ignore[arg-type]  # typed by decode_cursor
    return page_of([Item.model_validate(row) for row in rows], limit, lambda one: (one.name, one.id))


async def item_metrics(session: AsyncSession, scope: Scope, item_id: UUID, now: datetime) -> list[ItemMetric]:
    """An item's series with their newest values. Raises ItemNotFound."""
    del scope
    if await repository.item(session, item_id) is None:
        raise ItemNotFound("There is no such configuration item.")
    found = []
    for row in await repository.last_values(session, item_id, now):
        kind = METRICS.get(row.metric)
        title = {"en": kind.title_en, "ko": kind.title_ko} if kind else {"en": row.metric, "ko": row.metric}
        found.append(
            ItemMetric(
                series_id=row.id, metric=row.metric, unit=row.unit, labels=row.labels, title=title,
                last_time=row.time, last_value=row.value,
            )
        )  # fmt: skip
    return found


async def find_relations(
    session: AsyncSession,
    scope: Scope,
    *,
    limit: int,
    cursor: str | None,
    item_id: UUID | None = None,
    kind: str | None = None,
) -> Page[RelationShown]:
    """Relations between live items."""
    del scope
    after = decode_cursor(cursor, UUID)[0] if cursor else None
    rows = await repository.relations_page(session, limit=limit, after=after, item_id=item_id, kind=kind)  # type: ignore[arg-type]
    return page_of([RelationShown.model_validate(row) for row in rows], limit, lambda one: (one.id,))


async def edges_around(
    session: AsyncSession, scope: Scope, item_ids: Sequence[UUID], hops: int
) -> list[tuple[UUID, UUID, str]]:
    """Relations (source, target, type) on the ways of at most so many hops from any of the items, whichever way they point."""
    del scope  # the session carries the tenant
    found: dict[tuple[UUID, UUID, str], None] = {}
    seen: set[UUID] = set()
    edge = set(item_ids)
    for _ in range(hops):
        if not edge or len(found) >= MAX_EDGES_AROUND:
            break
        step = await repository.edges_of(session, sorted(edge), MAX_EDGES_AROUND - len(found))
        found.update(dict.fromkeys(step))
        seen |= edge
        edge = {end for source, target, _ in step for end in (source, target)} - seen
    return list(found)


async def items_named(session: AsyncSession, scope: Scope, item_ids: Sequence[UUID]) -> list[Item]:
    """Items by id, also such as have been retired."""
    del scope
    return [Item.model_validate(row) for row in await repository.named_items(session, item_ids)]


async def find_series(
    session: AsyncSession,
    scope: Scope,
    *,
    limit: int,
    cursor: str | None,
    metric: str | None = None,
    item_id: UUID | None = None,
) -> Page[SeriesShown]:
    """Series of live items."""
    del scope
    after = decode_cursor(cursor, int)[0] if cursor else None
    rows = await repository.series_page(session, limit=limit, after=after, metric=metric, item_id=item_id)  # type: ignore[arg-type]
    return page_of([SeriesShown.model_validate(row) for row in rows], limit, lambda one: (one.id,))


async def ensure_found(
    session: AsyncSession, scope: Scope, found: Found, now: datetime, source: str = SOURCE
) -> dict[str, UUID]:
    """Brings items and relations that a source sees up to date and retires those it no longer sees; returns item ids by key."""
    rows = [
        {
            "tenant_id": scope.tenant_id, "id": new_id(), "key": one.key, "type": one.type, "name": one.name,
            "display_name": {"en": one.name, "ko": one.name_ko or one.name}, "aliases": list(one.aliases),
            "addresses": list(one.addresses), "attributes": dict(one.attributes), "source": source,
            "created_at": now, "updated_at": now,
        }
        for one in found.items
    ]  # fmt: skip
    if not rows:
        return {}
    await repository.upsert_items(session, rows)
    ids = await repository.ids_by_key(session, [one.key for one in found.items])
    edges = [
        {
            "tenant_id": scope.tenant_id, "id": new_id(), "source_id": ids[one.source], "target_id": ids[one.target],
            "type": one.type, "created_at": now,
        }
        for one in found.relations
    ]  # fmt: skip
    await repository.add_relations(session, edges)
    await repository.retire_missing(session, list(ids), source, now)
    return ids


async def made_up_until(session: AsyncSession) -> datetime | None:
    """The moment at which the made-up company's history ends; None in a tenant that has none."""
    return await repository.made_up_until(session)


# metrics


async def record_samples(
    connection: Connection, scope: Scope, batch: Sequence[Sample], book: SeriesBook | None = None
) -> int:
    """Stores samples in one statement and wakes the engine at commit; returns how many were new. Raises SampleRefused."""
    return await samples.insert_samples(connection, scope.tenant_id, batch, book)


async def read_samples_after(connection: Connection, scope: Scope, cursor: Cursor, limit: int) -> list[FeedSample]:
    """The next samples of settled transactions, in the order every reader sees them."""
    return await samples.read_after(connection, scope.tenant_id, cursor, limit)


async def samples_end(connection: Connection, scope: Scope) -> Cursor:
    """Where a reader starts that wants only what comes."""
    return await samples.end(connection, scope.tenant_id)


def metric_sql(query: MetricQuery, conditions: Sequence[queries.Condition] = ()) -> Query:
    """The SQL of a metric query, for who runs it himself; `conditions` narrow it further."""
    return queries.build(query, conditions)


async def query_metric(connection: Connection, scope: Scope, query: MetricQuery) -> Answer:
    """Runs a metric query on a driver connection of the tenant's transaction."""
    del scope
    built = queries.build(query)
    rows = await connection.fetch(built.sql, *queries.bound(built.parameters))
    return Answer(built, [dict(row) for row in rows])


def as_series(answer: Answer, metric: str) -> list[SeriesPoints]:
    """Rows of a raw or bucketed query as one list of points for each series."""
    found: dict[tuple[UUID, str], SeriesPoints] = {}
    for row in answer.rows:
        labels = row["labels"]
        key = (row["item_id"], str(labels))
        if key not in found:
            found[key] = SeriesPoints(
                item_id=row["item_id"], item=row["item"], metric=metric, unit=row["unit"], labels=labels, points=[]
            )
        found[key].points.append((row["time"], row["value"]))
    return list(found.values())


# what a reader of questions needs to know


@dataclass(frozen=True)
class Named:
    """An item by all its names."""

    id: UUID
    type: str
    name: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    monitored: bool
    attributes: Mapping[str, Scalar] = field(default_factory=dict)


@dataclass(frozen=True)
class Catalog:
    """Names, metrics and parts of a tenant's items; `mark` changes when any of it does."""

    mark: str
    items: tuple[Named, ...]
    metrics: dict[str, frozenset[UUID]]
    parts: dict[UUID, tuple[UUID, ...]]


async def catalog_mark(session: AsyncSession, scope: Scope) -> str:
    """Changes whenever the catalog does."""
    del scope
    return await repository.inventory_mark(session)


async def read_catalog(session: AsyncSession, scope: Scope) -> Catalog:
    """Everything a question may name."""
    mark = await catalog_mark(session, scope)
    rows = await repository.all_items(session, MAX_ITEMS_NAMED)
    metrics: dict[str, set[UUID]] = {}
    for metric, item_id in await repository.metric_names(session):
        metrics.setdefault(metric, set()).add(item_id)
    parts: dict[UUID, list[UUID]] = {}
    for edge in await repository.relations_page(session, limit=100_000, after=None, item_id=None, kind=None):
        if edge.type in ("PART_OF", "RUNS_ON"):
            parts.setdefault(edge.target_id, []).append(edge.source_id)
    return Catalog(
        mark,
        tuple(_named(row) for row in rows),
        {metric: frozenset(ids) for metric, ids in metrics.items()},
        {whole: tuple(members) for whole, members in parts.items()},
    )


def _named(row: ConfigurationItem) -> Named:
    names = dict.fromkeys((row.name, *row.display_name.values(), *row.aliases))
    attributes = {key: value for key, value in row.attributes.items() if isinstance(value, str | int | float | bool)}
    monitored = bool(attributes.get("monitored"))
    return Named(row.id, row.type, row.name, tuple(names), tuple(row.addresses), monitored, attributes)
