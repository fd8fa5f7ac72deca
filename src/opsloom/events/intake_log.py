"""What came in by each door: counts, and the last items that were refused with the reason."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.events.event import Rejection
from opsloom.events.flushing import Flushing
from opsloom.events.models import EventIntake, EventRefusal
from opsloom.infra.db import Database
from opsloom.kit.ids import new_id

KEPT: Final = 100
"""So many refusals of a door are kept, the newest."""
MAX_ITEM_CHARS: Final = 2_000
_MOST_DOORS: Final = 2_000


@dataclass
class _Noted:
    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    last_at: datetime | None = None
    last_refused_at: datetime | None = None
    refusals: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT))

    def add(self, newer: "_Noted") -> None:
        self.accepted += newer.accepted
        self.duplicates += newer.duplicates
        self.refused += newer.refused
        self.last_at = newer.last_at or self.last_at
        self.last_refused_at = newer.last_refused_at or self.last_refused_at
        self.refusals.extend(newer.refusals)


class IntakeLog(Flushing):
    """A part of the core, and a component."""

    name = "event-intake-log"

    def __init__(self, db: Database, *, interval_s: float = 1.0) -> None:
        super().__init__(db, interval_s=interval_s)
        self._noted: dict[tuple[UUID, str], _Noted] = {}
        self._writing: dict[tuple[UUID, str], _Noted] = {}

    def note(
        self, tenant_id: UUID, door: str, counts: tuple[int, int], refused: Sequence[Rejection], now: datetime
    ) -> None:
        """Remember what became of a request: accepted and duplicates, and what was refused."""
        key = (tenant_id, door)
        if key not in self._noted and len(self._noted) >= _MOST_DOORS:
            return
        refusals = deque((_row(door, each, now) for each in refused[-KEPT:]), maxlen=KEPT)
        newer = _Noted(*counts, len(refused), now, now if refused else None, refusals)
        self._noted.setdefault(key, _Noted()).add(newer)
        self._wake.set()

    def _tenants(self) -> list[UUID]:
        return list({tenant_id for tenant_id, _ in (*self._noted, *self._writing)})

    async def _write(self, session: AsyncSession, tenant_id: UUID) -> None:
        for key in [key for key in self._noted if key[0] == tenant_id]:
            self._writing.setdefault(key, _Noted()).add(self._noted.pop(key))
        for key in sorted(key for key in self._writing if key[0] == tenant_id):
            await _add_counts(session, tenant_id, key[1], self._writing[key])
            if self._writing[key].refusals:
                rows = [each | {"tenant_id": tenant_id} for each in self._writing[key].refusals]
                await session.execute(insert(EventRefusal), rows)
                await _forget(session, tenant_id, key[1])

    def _written(self, tenant_id: UUID) -> None:
        for key in [key for key in self._writing if key[0] == tenant_id]:
            del self._writing[key]


def _row(door: str, refused: Rejection, now: datetime) -> dict[str, Any]:
    text = refused.item[: MAX_ITEM_CHARS * 4].decode("utf-8", "replace").replace("\x00", "\ufffd")
    return {
        "id": new_id(),
        "door": door,
        "at": now,
        "code": refused.code.value,
        "detail": refused.detail.replace("\x00", "\ufffd")[:500],
        "pointer": refused.pointer.replace("\x00", "\ufffd")[:500],
        "item": text if len(text) <= MAX_ITEM_CHARS else f"{text[:MAX_ITEM_CHARS]}…",
    }


async def _add_counts(session: AsyncSession, tenant_id: UUID, door: str, noted: _Noted) -> None:
    of = EventIntake
    values = {
        "tenant_id": tenant_id, "door": door, "accepted": noted.accepted, "duplicates": noted.duplicates,
        "refused": noted.refused, "last_at": noted.last_at, "last_refused_at": noted.last_refused_at,
    }  # fmt: skip
    made = insert(of).values(values)
    changes = {
        "accepted": of.accepted + noted.accepted,
        "duplicates": of.duplicates + noted.duplicates,
        "refused": of.refused + noted.refused,
        "last_at": func.coalesce(made.excluded.last_at, of.last_at),
        "last_refused_at": func.coalesce(made.excluded.last_refused_at, of.last_refused_at),
    }
    await session.execute(made.on_conflict_do_update(index_elements=["tenant_id", "door"], set_=changes))


async def refused_since(session: AsyncSession, since: datetime) -> int:
    """How many items were refused since a moment, as far as they are kept: the newest of each door."""
    query = select(func.count()).where(EventRefusal.at >= since)
    return int((await session.execute(query)).scalar_one())


async def _forget(session: AsyncSession, tenant_id: UUID, door: str) -> None:
    of = EventRefusal
    mine = (of.tenant_id == tenant_id, of.door == door)
    oldest = select(of.id).where(*mine).order_by(of.id.desc()).offset(KEPT - 1).limit(1).scalar_subquery()
    await session.execute(delete(of).where(*mine, of.id < oldest))
