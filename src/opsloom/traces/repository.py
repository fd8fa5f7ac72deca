"""The queries of the inspector. Row security limits each to the session's tenant; the tenant also stands in the statement, for its
indexes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    CompoundSelect,
    FromClause,
    Select,
    Text,
    and_,
    case,
    cast,
    column,
    func,
    literal,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from opsloom.traces.filters import Columns, TraceFilter
from opsloom.traces.models import SpanRow, TraceKeeping, TracePart

MOST_COUNTED: Final = 50_000
"""Facets look at so many of the newest parts at most."""
MOST_PARTS: Final = 200
_MOST_CHOICES: Final = 30
_PARTS: Final = TracePart.__table__.c
_FIELDS: Final = ("kinds", "statuses", "families", "callers", "assets")

Place = tuple[datetime, UUID]


async def newest(
    session: AsyncSession, tenant_id: UUID, wanted: TraceFilter, *, limit: int, before: Place | None
) -> Sequence[TracePart]:
    """Newest first, up to `limit`."""
    conditions = [*wanted.spanned(_PARTS), *wanted.searched(_PARTS), *wanted.chosen(_PARTS).values()]
    query = select(TracePart).where(TracePart.tenant_id == tenant_id, *conditions)
    if before is not None:
        query = query.where(tuple_(TracePart.at, TracePart.id) < before)
    return (await session.scalars(query.order_by(TracePart.at.desc(), TracePart.id.desc()).limit(limit))).all()


async def parts_of(session: AsyncSession, tenant_id: UUID, trace_id: str) -> Sequence[TracePart]:
    """The parts of a trace, oldest first."""
    query = select(TracePart).where(TracePart.tenant_id == tenant_id, TracePart.trace_id == trace_id)
    return (await session.scalars(query.order_by(TracePart.at, TracePart.id).limit(MOST_PARTS))).all()


def _within(tenant_id: UUID, parts: Sequence[TracePart]) -> ColumnElement[bool]:
    keys = [(part.at, part.id) for part in parts]
    return and_(SpanRow.tenant_id == tenant_id, tuple_(SpanRow.at, SpanRow.part_id).in_(keys))


async def spans_of(session: AsyncSession, tenant_id: UUID, parts: Sequence[TracePart], most: int) -> Sequence[Any]:
    """What the tree needs of each span, oldest first; payloads stay where they are."""
    of = SpanRow
    query = (
        select(
            of.part_id, of.span_id, of.parent_id, of.name, of.began_ns, of.ended_ns, of.error,
            of.payload.is_not(None).label("has_payload"),
        )
        .where(_within(tenant_id, parts))
        .order_by(of.began_ns, of.span_id)
        .limit(most)
    )  # fmt: skip
    return (await session.execute(query)).all()


async def span(session: AsyncSession, tenant_id: UUID, parts: Sequence[TracePart], span_id: str) -> SpanRow | None:
    """One span with what it carries."""
    query = select(SpanRow).where(_within(tenant_id, parts), SpanRow.span_id == span_id)
    return (await session.scalars(query.options(undefer(SpanRow.payload)).limit(1))).one_or_none()


async def attributes_of(
    session: AsyncSession, tenant_id: UUID, parts: Sequence[TracePart], span_ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """The attributes of some spans."""
    query = select(SpanRow.span_id, SpanRow.attributes)
    rows = await session.execute(query.where(_within(tenant_id, parts), SpanRow.span_id.in_(span_ids)))
    return {span_id: attributes for span_id, attributes in rows}


class Choice(NamedTuple):
    """A value of a field and how many parts have it."""

    field: str
    value: str
    label: str
    parts: int


async def facets(session: AsyncSession, tenant_id: UUID, wanted: TraceFilter) -> tuple[int, list[Choice]]:
    """How many parts were looked at, and the choices of each field among them."""
    newest_parts = (
        select(TracePart.__table__)
        .where(TracePart.tenant_id == tenant_id, *wanted.spanned(_PARTS))
        .order_by(TracePart.at.desc(), TracePart.id.desc())
        .limit(MOST_COUNTED + 1)
        .subquery("newest")
    )
    searched = case((and_(literal(value=True), *wanted.searched(newest_parts.c)), True), else_=False)
    base = select(newest_parts, searched.label("found")).cte("base")
    total = select(
        literal("").label("field"), literal("").label("value"), literal("").label("label"), func.count().label("n")
    )
    query: CompoundSelect[Any] = union_all(total.select_from(base), *(_counted(name, base, wanted) for name in _FIELDS))
    rows = (await session.execute(query)).all()
    return int(rows[0][3]), [Choice(*row) for row in rows[1:]]


def _counted(name: str, base: CTE, wanted: TraceFilter) -> Select[Any]:
    of: Columns = base.c
    source: FromClause = base
    others = [condition for field, condition in wanted.chosen(of).items() if field != name]
    value: ColumnElement[str]
    label: ColumnElement[str]
    if name == "assets":
        each = func.jsonb_array_elements(of.assets).table_valued(column("value", JSONB)).lateral("each")
        value, label = each.c.value["id"].astext, func.max(each.c.value["name"].astext)
        source = base.join(each, true())
    elif name == "callers":
        value, label = cast(of.actor_id, Text), func.max(of.actor_name)
    else:
        value = cast({"kinds": of.kind, "statuses": of.status, "families": of.family}[name], Text)
        label = func.max(value)
    inner = (
        select(literal(name).label("field"), value.label("value"), label.label("label"), func.count().label("n"))
        .select_from(source)
        .where(of.found, value.is_not(None), value != "", *others)
        .group_by(value)
        .order_by(func.count().desc(), value)
        .limit(_MOST_CHOICES)
    )
    return select(inner.subquery(f"of_{name}"))


async def keeping(session: AsyncSession, tenant_id: UUID) -> TraceKeeping | None:
    """The tenant's bounds and what was kept when they were last held."""
    return await session.get(TraceKeeping, tenant_id)


async def set_keeping(session: AsyncSession, tenant_id: UUID, values: dict[str, Any]) -> None:
    """Put some columns in place."""
    statement = insert(TraceKeeping).values(tenant_id=tenant_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=values))
