"""Bulkheads: an upstream that hangs can hold only its own share of the process.

Invariant, per key: at most `limit` bodies run and at most `queue` callers wait; everybody else is refused at once. A
caller waits no longer than `wait_s` or its own deadline. Order is first come, first served.
"""

import asyncio
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


class _Room:
    __slots__ = ("running", "semaphore", "users")

    def __init__(self, limit: int) -> None:
        self.semaphore = asyncio.Semaphore(limit)
        self.running = 0
        self.users = 0


class Bulkheads:
    """Rooms by key; a room exists only while somebody is in it or waits for it."""

    def __init__(self, policy: BulkheadPolicy | None = None) -> None:
        self.policy = policy or BulkheadPolicy()
        self._rooms: dict[str, _Room] = {}

    def running(self, key: str) -> int:
        room = self._rooms.get(key)
        return 0 if room is None else room.running

    def waiting(self, key: str) -> int:
        """Callers not inside yet, also those who were just given a place."""
        room = self._rooms.get(key)
        return 0 if room is None else room.users - room.running

    @asynccontextmanager
    async def slot(self, key: str) -> AsyncIterator[None]:
        """Hold one of the key's places. Raises BulkheadFull."""
        room = self._rooms.setdefault(key, _Room(self.policy.limit))
        if room.users >= self.policy.limit + self.policy.queue:
            raise self._full(key)
        room.users += 1
        try:
            await self._enter(key, room)
            room.running += 1
            try:
                yield
            finally:
                room.running -= 1
                room.semaphore.release()
        finally:
            room.users -= 1
            if not room.users:
                del self._rooms[key]

    async def _enter(self, key: str, room: _Room) -> None:
        if not room.semaphore.locked():
            await room.semaphore.acquire()
            return
        try:
            async with asyncio.timeout(bounded(self.policy.wait_s)):
                await room.semaphore.acquire()
        except TimeoutError:
            raise self._full(key) from None

    def _full(self, key: str) -> BulkheadFull:
        return BulkheadFull(
            f"{self.policy.limit} calls to {key} are already under way.",
            hint="Try again shortly; the upstream answers slowly.",
            retry_after_s=max(1.0, self.policy.wait_s),
        )
