"""The open connections of one process, one for each version in use.

Invariant: a call runs on the version that was in force, with the secrets as they were, when it began. A line whose version
or secrets have changed, or that was withdrawn, takes no new call and is closed when its last one has ended.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from opsloom.connections.opened import Opened
from opsloom.kit.resilience.bulkhead import BulkheadPolicy, Bulkheads

_WAIT_S = 10.0
_LAST_S = 4.0
"""How long calls may still run when the process stops; then their connections are closed under them."""

Stamp = tuple[object, ...]
"""What an open connection rests on: its version and each secret's."""


@dataclass(eq=False)
class Line:
    """One open connection and how many calls use it."""

    stamp: Stamp
    opened: Opened
    pool: int
    room: Bulkheads
    users: int = 0
    retired: bool = False
    closing: asyncio.Task[None] | None = field(default=None, repr=False)


def new_line(stamp: Stamp, opened: Opened, pool: int) -> Line:
    """A line that takes `pool` calls at once and lets a few more wait."""
    return Line(stamp, opened, pool, Bulkheads(BulkheadPolicy(pool, queue=4 * pool, wait_s=_WAIT_S)))


class Lines:
    """By tenant and connection."""

    def __init__(self) -> None:
        self._lines: dict[tuple[UUID, UUID], Line] = {}
        self._alive: set[Line] = set()
        self._gone = asyncio.Event()

    def held(self, tenant_id: UUID, asset_id: UUID, stamp: Stamp) -> Line | None:
        """The open line, if it has that stamp."""
        line = self._lines.get((tenant_id, asset_id))
        return line if line is not None and line.stamp == stamp else None

    def put(self, tenant_id: UUID, asset_id: UUID, line: Line) -> Line:
        """Take the place of the line that was there."""
        if (tenant_id, asset_id) in self._lines:
            self._retire((tenant_id, asset_id))
        self._lines[tenant_id, asset_id] = line
        self._alive.add(line)
        return line

    @asynccontextmanager
    async def use(self, line: Line) -> AsyncIterator[Line]:
        """One call on a line, when there is room. Enter it without awaiting anything after `held` or `put`."""
        line.users += 1
        try:
            async with line.room.slot("this connection"):
                yield line
        finally:
            line.users -= 1
            self._close_if_idle(line)

    def peek(self, tenant_id: UUID, asset_id: UUID) -> Line | None:
        """The line as it is, to be looked at."""
        return self._lines.get((tenant_id, asset_id))

    def retire_tenant(self, tenant_id: UUID | None) -> None:
        """Something changed there (None: anywhere): later calls open anew."""
        for place in [each for each in self._lines if tenant_id is None or each[0] == tenant_id]:
            self._retire(place)

    async def close(self) -> None:
        """Close everything: what is idle at once, what is in use after a last moment."""
        self.retire_tenant(None)
        await self._all_closed(_LAST_S)
        for line in list(self._alive):
            self._end(line)
        await self._all_closed(_LAST_S)

    async def _all_closed(self, limit_s: float) -> None:
        """Wait until no line is left, or for so long."""
        if self._alive:
            self._gone.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._gone.wait(), limit_s)

    def _retire(self, place: tuple[UUID, UUID]) -> None:
        line = self._lines.pop(place)
        line.retired = True
        self._close_if_idle(line)

    def _close_if_idle(self, line: Line) -> None:
        if line.retired and not line.users:
            self._end(line)

    def _end(self, line: Line) -> None:
        if line.closing is None:
            line.closing = asyncio.get_running_loop().create_task(line.opened.close())
            line.closing.add_done_callback(lambda _task: self._forget(line))

    def _forget(self, line: Line) -> None:
        self._alive.discard(line)
        if not self._alive:
            self._gone.set()
