"""Keeps what was learned of each type: gathered beside the intake, merged into the stored sketches every few seconds."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.events.discovery import MAX_TYPES, TypeSketch, learn
from opsloom.events.event import NewEvent
from opsloom.events.flushing import Flushing
from opsloom.events.models import EventType
from opsloom.infra.db import Database

_LARGEST = 2**62


class TypeBook(Flushing):
    """A part of the core, and a component."""

    name = "event-type-book"

    def __init__(self, db: Database, *, interval_s: float = 3.0) -> None:
        super().__init__(db, interval_s=interval_s)
        self._learned: dict[UUID, dict[str, TypeSketch]] = {}
        self._writing: dict[UUID, dict[str, TypeSketch]] = {}

    def observe(self, tenant_id: UUID, events: Sequence[NewEvent], now: datetime) -> None:
        """Learn from a batch that was stored."""
        if events:
            learn(events, now, self._learned.setdefault(tenant_id, {}))
            self._wake.set()

    def _tenants(self) -> list[UUID]:
        return list(self._learned.keys() | self._writing.keys())

    async def _write(self, session: AsyncSession, tenant_id: UUID) -> None:
        mine = self._writing.setdefault(tenant_id, {})
        for name, sketch in self._learned.pop(tenant_id, {}).items():
            if name in mine:
                mine[name].merge(sketch)
            else:
                mine[name] = sketch
        of = EventType
        query = select(of).where(of.tenant_id == tenant_id, of.type.in_(list(mine))).order_by(of.type)
        rows = {row.type: row for row in await session.scalars(query.with_for_update())}
        known = await session.scalar(select(func.count()).select_from(of).where(of.tenant_id == tenant_id)) or 0
        room = MAX_TYPES - known
        for name in sorted(mine):
            if name in rows:
                _merge(rows[name], mine[name])
            elif room > 0:
                room -= 1
                await session.execute(insert(of).values(_values(tenant_id, name, mine[name])).on_conflict_do_nothing())

    def _written(self, tenant_id: UUID) -> None:
        self._writing.pop(tenant_id, None)


def sketch_of(row: EventType) -> TypeSketch:
    """What is stored of a type."""
    return msgspec.convert(row.sketch, TypeSketch)


def _merge(row: EventType, newer: TypeSketch) -> None:
    sketch = sketch_of(row)
    sketch.merge(newer)
    row.sketch = msgspec.to_builtins(sketch)
    row.events = min(sketch.events, _LARGEST)
    row.last_seen = datetime.fromisoformat(sketch.last_seen)


def _values(tenant_id: UUID, name: str, sketch: TypeSketch) -> dict[str, object]:
    return {
        "tenant_id": tenant_id,
        "type": name,
        "first_seen": datetime.fromisoformat(sketch.first_seen),
        "last_seen": datetime.fromisoformat(sketch.last_seen),
        "events": sketch.events,
        "sketch": msgspec.to_builtins(sketch),
    }
