"""Bulkheads: an upstream that hangs can hold only its own share of the process.

Invariant, per key: at most `limit` bodies run and at most `queue` callers wait; everybody else is refused at once. A
caller waits no longer than `wait_s` or its own deadline. Order is first come, first served.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from opsloom.kit.resilience.deadline import bounded
from opsloom.kit.resilience.errors import BulkheadFull


@dataclass(frozen=True, slots=True)
class BulkheadPolicy:
    limit: int = 8
    queue: int = 16
    wait_s: float = 2.0

    def __post_init__(self) -> None:
        if self.limit < 1 or self.queue < 0 or self.wait_s < 0:
            raise ValueError("a bulkhead needs room for one call, and no negative queue or wait")


_Place = asyncio.Future[bool]


class _Room:
    __slots__ = ("running", "waiting")

    def __init__(self) -> None:
        self.running = 0
        self.waiting: deque[_Place] = deque()

    def give_up(self, place: _Place) -> None:
        """The wait was long enough."""
        if not place.done():
            self.waiting.remove(place)
            place.set_result(False)


class Bulkheads:
    """Rooms by key; a room exists only while somebody is in it or waits for it."""

    def __init__(self, policy: BulkheadPolicy | None = None) -> None:
        self.policy = policy or BulkheadPolicy()
        self._rooms: dict[str, _Room] = {}

    def running(self, key: str) -> int:
        """Who is inside, or was just given a place."""
        room = self._rooms.get(key)
        return 0 if room is None else room.running

    def waiting(self, key: str) -> int:
        room = self._rooms.get(key)
        return 0 if room is None else len(room.waiting)

    @asynccontextmanager
    async def slot(self, key: str) -> AsyncIterator[None]:
        """Hold one of the key's places. Raises BulkheadFull."""
        if not self.enter_now(key):
            await self.enter(key)
        try:
            yield
        finally:
            self.leave(key)

    def enter_now(self, key: str) -> bool:
        """Take a place if one is free, to be given back with `leave`: the way of short calls, which nearly always find one."""
        room = self._rooms.get(key)
        if room is None:
            room = self._rooms[key] = _Room()
        if room.running < self.policy.limit:  # whoever leaves hands the place on, so nobody waits while one is free
            room.running += 1
            return True
        return False

    async def enter(self, key: str) -> None:
        """Wait for a place, to be given back with `leave`. Raises BulkheadFull."""
        if self.enter_now(key):
            return
        room = self._rooms[key]
        if len(room.waiting) >= self.policy.queue:
            raise self._full(key)
        loop = asyncio.get_running_loop()
        place: _Place = loop.create_future()
        room.waiting.append(place)
        timer = loop.call_later(bounded(self.policy.wait_s), room.give_up, place)
        try:
            entered = await place
        except asyncio.CancelledError:
            if not place.cancelled() and place.result():  # the place came together with the end of the wait
                self.leave(key)
            elif place in room.waiting:
                room.waiting.remove(place)
            raise
        finally:
            timer.cancel()
        if not entered:
            raise self._full(key)

    def leave(self, key: str) -> None:
        """Hand the place on, or back."""
        room = self._rooms[key]
        while room.waiting:
            place = room.waiting.popleft()
            if not place.done():
                place.set_result(True)
                return
        room.running -= 1
        if not room.running:
            del self._rooms[key]

    def _full(self, key: str) -> BulkheadFull:
        return BulkheadFull(
            f"{self.policy.limit} calls to {key} are already under way.",
            hint="Try again shortly; the upstream answers slowly.",
            retry_after_s=max(1.0, self.policy.wait_s),
        )
