"""The lanes of a process: connections for users' SQL, shared so that slow statements cannot starve fast ones.

Invariant: at most `fast` calls that are not known to be slow run at once, and no call of an API known to be slow starts while
`slow` of them run. A call that turns out slow while others wait for a fast place is counted as slow from then on, and so is
its API: hanging APIs hold the fast places for the time of one overrun, never longer. There are never more than `most`
connections. They are opened as needed and kept.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from opsloom.apis.engines.lane import Lane
from opsloom.apis.engines.protocol import Pace
from opsloom.apis.engines.wires import Wires
from opsloom.apis.errors import RunsBusy
from opsloom.infra.db.dsn import Dsn

_Waiter = tuple["asyncio.Future[_Group]", Pace]


class _Group:
    """Places of one kind; first come, first served."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.running = 0
        self.waiting: deque[_Waiter] = deque()


class _Lease:
    __slots__ = ("group", "pace", "started")

    def __init__(self, group: _Group, pace: Pace) -> None:
        self.group = group
        self.pace = pace
        self.started = time.monotonic()


class Lanes:
    """`async with lanes.lease(pace) as lane`. Raises RunsBusy after `wait_s`, ConnectionLost. `wires` are for calls of APIs known
    to be quick."""

    def __init__(self, dsn: Dsn, *, fast: int = 8, slow: int = 6, most: int = 24, wait_s: float = 2.0) -> None:
        self._dsn = dsn
        self.wires = Wires(dsn)
        self._fast = _Group(fast)
        self._slow = _Group(slow)
        self._most = most
        self._wait_s = wait_s
        self._idle: list[Lane] = []
        self._leases: set[_Lease] = set()
        self._sweeper: asyncio.TimerHandle | None = None
        self._recovering: set[asyncio.Task[None]] = set()

    @property
    def in_use(self) -> dict[str, int]:
        """Calls by group, and connections at rest."""
        return {"fast": self._fast.running, "slow": self._slow.running, "idle": len(self._idle)}

    @asynccontextmanager
    async def lease(self, pace: Pace) -> AsyncIterator[Lane]:
        """A connection for one call of an API with this pace."""
        lease = _Lease(await self._enter(pace), pace)
        self._leases.add(lease)
        try:
            lane = await self._lane()
            try:
                yield lane
            except BaseException:
                self._check(lane)
                raise
            self._give_back(lane)
        finally:
            self._leases.discard(lease)
            self._leave(lease.group)

    async def _enter(self, pace: Pace) -> _Group:
        group = self._slow if pace.is_slow else self._fast
        if group.running < group.size and not group.waiting:
            group.running += 1
            return group
        place: asyncio.Future[_Group] = asyncio.get_running_loop().create_future()
        group.waiting.append((place, pace))
        self._sweep()
        try:
            async with asyncio.timeout(self._wait_s):
                return await place
        except BaseException as error:
            if place.done() and not place.cancelled():  # the place came together with the end of the wait
                self._leave(place.result())
            if isinstance(error, TimeoutError):
                hint = "Slow APIs share a few connections; make the statement faster or try again shortly."
                raise RunsBusy("No database connection became free.", hint=hint, retry_after_s=1) from None
            raise

    def _leave(self, group: _Group) -> None:
        group.running -= 1
        self._wake()

    def _wake(self) -> None:
        """Give free places to whoever waits; a call whose API was found slow meanwhile waits with the slow ones."""
        for group in (self._fast, self._slow):
            while group.waiting and group.running < group.size:
                place, pace = group.waiting.popleft()
                if place.done():
                    continue
                if group is self._fast and pace.is_slow:
                    self._slow.waiting.append((place, pace))
                    continue
                group.running += 1
                place.set_result(group)

    def _sweep(self) -> None:
        """Count calls that overran as slow, while somebody waits for a fast place."""
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        if not self._fast.waiting:
            return
        now = time.monotonic()
        overrun_s = Pace.OVERRUN_MS / 1e3
        for lease in [lease for lease in self._leases if lease.group is self._fast]:
            if now - lease.started >= overrun_s:
                lease.pace.overran()
                if self._slow.running + self._fast.size < self._most:
                    lease.group = self._slow
                    self._slow.running += 1
                    self._fast.running -= 1
        self._wake()
        if self._fast.waiting:
            self._sweeper = asyncio.get_running_loop().call_later(overrun_s / 5, self._sweep)

    async def _lane(self) -> Lane:
        while self._idle:
            lane = self._idle.pop()
            if lane.is_open:
                return lane
        return await Lane.open(self._dsn)

    def _give_back(self, lane: Lane) -> None:
        if lane.is_open and len(self._idle) < self._fast.size + self._slow.size:
            self._idle.append(lane)
        else:
            lane.close()

    def _check(self, lane: Lane) -> None:
        """After an error or a cancelled call: a lane whose answer is still to come is brought to rest beside our way out."""
        if not lane.is_answering:
            self._give_back(lane)
            return
        task = asyncio.get_running_loop().create_task(self._recover(lane))
        self._recovering.add(task)
        task.add_done_callback(self._recovering.discard)

    async def _recover(self, lane: Lane) -> None:
        await lane.recover()
        self._give_back(lane)

    async def close(self) -> None:
        """Close what is idle; running calls end by themselves."""
        await self.wires.close()
        if self._sweeper is not None:
            self._sweeper.cancel()
        if self._recovering:
            await asyncio.wait(self._recovering, timeout=5)
        while self._idle:
            self._idle.pop().close()
