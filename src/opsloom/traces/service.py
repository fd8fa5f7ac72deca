"""Looking at traces: lists, one trace, one span, two side by side."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.parts import Intake
from opsloom.kit.paging import Page, decode_cursor, page_of
from opsloom.traces import repository
from opsloom.traces.collector import Collector
from opsloom.traces.compare import Pair, changed_values, compare
from opsloom.traces.errors import SpanNotFound, TraceNotFound
from opsloom.traces.filters import TraceFilter
from opsloom.traces.models import TracePart
from opsloom.traces.schemas import (
    AssetPair,
    ChangedValue,
    PartShown,
    SpanDetail,
    SpanPair,
    TraceComparison,
    TraceFacets,
    TraceFacetValue,
    TraceListQuery,
    TraceShown,
)
from opsloom.traces.tree import Node, Timed, build, walk

MOST_SPANS: Final = 50_000
MOST_PAIRS: Final = 5_000
_SEARCH_LIMIT: Final = text("set local statement_timeout = '10s'")


def intake(core: Core) -> Intake:
    """Where other domains bring parts that they have made themselves."""
    return core.part(Collector)


async def list_traces(session: AsyncSession, scope: Scope, query: TraceListQuery) -> Page[PartShown]:
    """Newest first. Raises InvalidInput for a foreign cursor."""
    place: Any = None if query.cursor is None else decode_cursor(query.cursor, datetime, UUID)
    await session.execute(_SEARCH_LIMIT)
    rows = await repository.newest(session, scope.tenant_id, query.filter(), limit=query.limit + 1, before=place)
    return page_of([PartShown.model_validate(row) for row in rows], query.limit, lambda part: (part.at, part.id))


async def count_facets(session: AsyncSession, scope: Scope, wanted: TraceFilter) -> TraceFacets:
    """What each field's choices would leave."""
    await session.execute(_SEARCH_LIMIT)
    looked_at, choices = await repository.facets(session, scope.tenant_id, wanted)
    fields: dict[str, list[TraceFacetValue]] = {
        name: [] for name in ("kinds", "statuses", "families", "callers", "assets")
    }
    for each in choices:
        fields[each.field].append(TraceFacetValue(value=each.value, label=each.label, count=each.parts))
    most = repository.MOST_COUNTED
    return TraceFacets(complete=looked_at <= most, counted=min(looked_at, most), **fields)


async def get_trace(session: AsyncSession, scope: Scope, trace_id: str) -> bytes:
    """A `TraceShown` with all spans in order, as JSON: of tens of thousands, making models would be most of the time. Raises
    TraceNotFound."""
    parts = await _parts(session, scope, trace_id)
    rows = await repository.spans_of(session, scope.tenant_id, parts, MOST_SPANS + 1)
    extra = {row.span_id: (row.part_id, row.has_payload) for row in rows}
    tops = build([_timed(row) for row in rows[:MOST_SPANS]])
    began = min((top.span.began_ns for top in tops), default=int(parts[0].at.timestamp() * 1e9))
    ended = max((node.end_ns for node in walk(tops)), default=began)
    whole = TraceShown(
        trace_id=trace_id,
        started_at=datetime.fromtimestamp(began / 1e9, UTC),
        duration_ms=_ms(ended - began),
        complete=len(rows) <= MOST_SPANS,
        parts=[PartShown.model_validate(part) for part in parts],
        spans=[],
    )
    spans = [_shown(node, began, extra[node.span.id]) for node in walk(tops)]
    return orjson.dumps(whole.model_dump(mode="json") | {"spans": spans}, default=str)


async def get_span(session: AsyncSession, scope: Scope, trace_id: str, span_id: str) -> SpanDetail:
    """What one span carries. Raises TraceNotFound, SpanNotFound."""
    parts = await _parts(session, scope, trace_id)
    row = await repository.span(session, scope.tenant_id, parts, span_id)
    if row is None:
        raise SpanNotFound("The trace has no such span.")
    return SpanDetail(
        id=row.span_id,
        part_id=row.part_id,
        name=row.name,
        started_at=datetime.fromtimestamp(row.began_ns / 1e9, UTC),
        duration_ms=_ms(row.ended_ns - row.began_ns),
        error=row.error,
        attributes=row.attributes,
        payload=row.payload,
    )


async def compare_traces(session: AsyncSession, scope: Scope, trace_id: str, other_id: str) -> TraceComparison:
    """Two traces by the paths of their spans. Raises TraceNotFound."""
    before, after = [await _parts(session, scope, one) for one in (trace_id, other_id)]
    tops = [await _tops(session, scope, parts) for parts in (before, after)]
    counts: Counter[str] = Counter()
    listed: list[Pair] = []
    for pair in compare(tops[0], tops[1]):
        counts[pair.change] += 1
        if len(listed) < MOST_PAIRS:
            listed.append(pair)
    values = [
        await repository.attributes_of(
            session, scope.tenant_id, parts, [side.span.id for side in sides if side is not None]
        )
        for parts, sides in (
            (before, [pair.before for pair in listed]),
            (after, [pair.after for pair in listed]),
        )
    ]
    return TraceComparison(
        before=PartShown.model_validate(_main(before)),
        after=PartShown.model_validate(_main(after)),
        complete=sum(counts.values()) <= MOST_PAIRS,
        counts=dict(counts),
        assets=_asset_pairs(before, after),
        pairs=[_pair_shown(pair, values[0], values[1]) for pair in listed],
    )


async def _parts(session: AsyncSession, scope: Scope, trace_id: str) -> Sequence[TracePart]:
    parts = await repository.parts_of(session, scope.tenant_id, trace_id)
    if not parts:
        raise TraceNotFound(
            "There is no such trace.",
            hint="It may not have been kept: plain requests and API runs are sampled, and old traces are forgotten.",
        )
    return parts


async def _tops(session: AsyncSession, scope: Scope, parts: Sequence[TracePart]) -> list[Node]:
    rows = await repository.spans_of(session, scope.tenant_id, parts, MOST_SPANS)
    return build([_timed(row) for row in rows])


def _timed(row: Any) -> Timed:
    return Timed(row.span_id, row.parent_id, row.name, row.began_ns, row.ended_ns, row.error)


def _shown(node: Node, began_ns: int, extra: tuple[UUID, bool]) -> dict[str, object]:
    """A `SpanShown`."""
    span = node.span
    return {
        "id": span.id,
        "parent_id": span.parent_id,
        "part_id": extra[0],
        "name": span.name,
        "depth": node.depth,
        "offset_ms": _ms(span.began_ns - began_ns),
        "duration_ms": _ms(node.end_ns - span.began_ns),
        "own_ms": _ms(node.own_ns),
        "critical_ms": _ms(node.critical_ns),
        "error": span.error,
        "has_payload": extra[1],
    }


def _ms(nanoseconds: int) -> float:
    return round(nanoseconds / 1e6, 3)


def _main(parts: Sequence[TracePart]) -> TracePart:
    """The part that says most about the trace: the highest kind, of those the first."""
    return max(parts, key=lambda part: (PartShown.model_validate(part).kind.rank, -part.at.timestamp()))


def _asset_pairs(before: Sequence[TracePart], after: Sequence[TracePart]) -> list[AssetPair]:
    sides = [
        {(each["kind"], each["name"]): int(each["version"]) for part in parts for each in part.assets}
        for parts in (before, after)
    ]
    keys = list(dict.fromkeys([*sides[0], *sides[1]]))
    return [AssetPair(kind=key[0], name=key[1], before=sides[0].get(key), after=sides[1].get(key)) for key in keys]


def _pair_shown(pair: Pair, before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> SpanPair:
    old, new = pair.before, pair.after
    changed = changed_values(before.get(old.span.id, {}), after.get(new.span.id, {})) if old and new else []
    return SpanPair(
        depth=pair.depth,
        name=pair.name,
        change=pair.change,
        before_id=old.span.id if old else None,
        after_id=new.span.id if new else None,
        before_ms=_ms(old.end_ns - old.span.began_ns) if old else None,
        after_ms=_ms(new.end_ns - new.span.began_ns) if new else None,
        values=[ChangedValue(name=name, before=left, after=right) for name, left, right in islice(changed, 20)],
    )
