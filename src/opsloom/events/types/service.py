"""Reads what was learned of types. Also for who completes conditions: `types_of`, `type_of`."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.events.discovery import FieldSketch, TypeSketch
from opsloom.events.errors import TypeUnknown
from opsloom.events.models import EventType
from opsloom.events.type_book import sketch_of
from opsloom.events.types.schemas import EventFieldShown, EventTypeDetail, EventTypeShown, EventValueShown
from opsloom.identity.scope import Scope


async def types_of(session: AsyncSession, scope: Scope) -> Sequence[EventTypeShown]:
    """Every type that was seen, the last seen first; at most 500."""
    query = select(EventType).where(EventType.tenant_id == scope.tenant_id)
    rows = await session.scalars(query.order_by(EventType.last_seen.desc(), EventType.type))
    return [_shown(row, sketch_of(row)) for row in rows]


async def type_of(session: AsyncSession, scope: Scope, name: str) -> EventTypeDetail:
    """One type with its fields, the most often seen first. Raises TypeUnknown."""
    row = await session.get(EventType, (scope.tenant_id, name))
    if row is None:
        raise TypeUnknown("No event of that type was seen.", hint="What was just sent shows within a few seconds.")
    sketch = sketch_of(row)
    fields = sorted(sketch.fields.items(), key=lambda item: (-item[1].seen, item[0]))
    return EventTypeDetail(
        **_shown(row, sketch).model_dump(),
        looked_at=sketch.looked_at,
        left_out=sketch.left_out,
        details=[_field(path, each, sketch.looked_at) for path, each in fields],
    )


def _shown(row: EventType, sketch: TypeSketch) -> EventTypeShown:
    return EventTypeShown(
        type=row.type,
        events=row.events,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        fields=len(sketch.fields),
        sources=_values(sketch.sources),
    )


def _field(path: str, sketch: FieldSketch, looked_at: int) -> EventFieldShown:
    return EventFieldShown(
        path=path,
        kinds=dict(sketch.kinds),
        seen=sketch.seen,
        share=min(sketch.seen / looked_at, 1.0) if looked_at else 0.0,
        values=_values(sketch.values),
        many=sketch.many,
        low=sketch.low,
        high=sketch.high,
        first_seen=datetime.fromisoformat(sketch.first_seen),
        last_seen=datetime.fromisoformat(sketch.last_seen),
    )


def _values(counts: Mapping[str, int]) -> list[EventValueShown]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [EventValueShown(value=value, count=count) for value, count in ordered]
