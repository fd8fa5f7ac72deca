"""Points of other systems into the metric store, with a bound on how many wait.

Each request is one transaction of its own: senders of metrics batch by the thousand already. Things and series that were met
are remembered, so that a request of known series is one statement.
"""

import asyncio
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from opsloom.events.errors import EventsBacklogged
from opsloom.events.event import RejectCode, Rejection
from opsloom.events.formats.points import Point, Points, Thing
from opsloom.events.taking import Taken, note
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.inventory import service as inventory
from opsloom.inventory.service import Sample, SampleRefused, SeriesBook

SOURCE: Final = "metrics"
_MOST_REMEMBERED: Final = 100_000


class MetricIntake:
    """A part of the core: the process's one way to store points of others."""

    def __init__(self, *, writers: int = 2, most_waiting: int = 32) -> None:
        self._writers = asyncio.Semaphore(writers)
        self._most_waiting = most_waiting
        self._waiting = 0
        self._things: dict[tuple[UUID, Thing], UUID] = {}
        self._series = SeriesBook()

    async def take(self, core: Core, scope: Scope, door: str, read: Points) -> Taken:
        """Store what is good; points of one series and moment that were there before are duplicates.

        Raises EventsBacklogged, ConnectionLost.
        """
        if self._waiting >= self._most_waiting:
            raise EventsBacklogged(
                f"{self._waiting} requests with metrics wait to be stored; nothing of this one was taken.",
                hint="Send it again after the pause, and slow down.",
                retry_after_s=1,
            )
        self._waiting += 1
        try:
            async with self._writers:
                stored, refused = await self._stored(core, scope, read.points)
        finally:
            self._waiting -= 1
        good = len(read.points) - len(refused)
        taken = Taken(stored, good - stored, sorted([*read.rejections, *refused], key=lambda each: each.index))
        note(core, scope, door, taken)
        return taken

    async def _stored(self, core: Core, scope: Scope, points: Sequence[Point]) -> tuple[int, list[Rejection]]:
        if not points:
            return 0, []
        self._forget_when_full()
        try:
            return await self._store(core, scope, points), []
        except SampleRefused:
            # Something that was remembered may be gone; what is wrong beside that is said the second time.
            self._things.clear()
            self._series = SeriesBook()
        try:
            return await self._store(core, scope, points), []
        except SampleRefused as error:
            detail = error.message[0].lower() + error.message[1:].rstrip(".")
            return 0, [Rejection(each.index, RejectCode.NOT_STORABLE, detail, "", _shown(each)) for each in points]

    async def _store(self, core: Core, scope: Scope, points: Sequence[Point]) -> int:
        wanted = {each.thing for each in points}
        missing = {each for each in wanted if (scope.tenant_id, each) not in self._things}
        async with core.db.transaction(scope) as session:
            found: dict[tuple[UUID, Thing], UUID] = {}
            if missing:
                items = await inventory.measured_items(session, scope, missing, SOURCE, core.clock.now())
                found = {(scope.tenant_id, Thing(*name)): item_id for name, item_id in items.items()}
            ids = {each: found.get((scope.tenant_id, each)) or self._things[scope.tenant_id, each] for each in wanted}
            samples = [
                Sample(ids[each.thing], each.metric, each.time, each.value, dict(each.labels), each.unit or None)
                for each in points
            ]
            stored = await inventory.record_samples(await inventory.driver_of(session), scope, samples, self._series)
        self._things.update(found)
        return stored

    def _forget_when_full(self) -> None:
        if len(self._things) > _MOST_REMEMBERED:
            self._things.clear()
        if len(self._series.ids) > _MOST_REMEMBERED:
            self._series = SeriesBook()


def _shown(point: Point) -> bytes:
    return f"{point.metric} {dict(point.labels)} {point.value} @ {point.time.isoformat()}".encode()
