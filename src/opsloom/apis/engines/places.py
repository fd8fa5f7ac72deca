"""Places for work that takes something scarce (a connection, an interpreter), shared so that slow calls cannot starve quick ones.

Invariant: at most `fast` calls that are not known to be slow hold a place at once, and no call of an API known to be slow is let in
while `slow` of them run. While somebody waits for a fast place, a call that overruns holds one no longer: it goes on among the slow ones,
or, where `most` places are taken in all, it is ended and told to come back. So hanging calls hold fast places for the time of one
overrun, however many there are. An API that was found slow may prove itself again: one call now and then, never in more than half of the
fast places.
"""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from opsloom.apis.engines.protocol import Pace
from opsloom.apis.errors import RunsBusy

_Waiter = tuple["asyncio.Future[_Group]", Pace]


class _Group:
    """Places of one kind; first come, first served."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.running = 0
        self.waiting: deque[_Waiter] = deque()


@dataclass(slots=True, eq=False)
class _Lease:
    """A place that is taken. `limit` ends who has it; on trial is an API that was found slow and may prove itself."""

    group: _Group
    pace: Pace
    limit: asyncio.Timeout
    is_trial: bool
    started: float = field(default_factory=time.monotonic)
    is_ended: bool = False

    @property
    def has_overrun(self) -> bool:
        return time.monotonic() - self.started >= Pace.OVERRUN_MS / 1e3

    def end(self) -> None:
        """Take the place away."""
        if not self.is_ended:
            self.is_ended = True
            self.limit.reschedule(asyncio.get_running_loop().time())


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many places there are: for calls not known to be slow, for slow ones to begin with, in all."""

    fast: int
    slow: int
    most: int
    wait_s: float


class Places:
    """`async with places.one(pace)`. `of` names in the refusal what there is too little of."""

    def __init__(self, sizes: Sizes, of: str) -> None:
        self._sizes = sizes
        self._of = of
        self._fast = _Group(sizes.fast)
        self._slow = _Group(sizes.slow)
        self._leases: set[_Lease] = set()
        self._sweeper: asyncio.TimerHandle | None = None

    @property
    def in_use(self) -> dict[str, int]:
        """Calls by group."""
        return {"fast": self._fast.running, "slow": self._slow.running}

    @asynccontextmanager
    async def one(self, pace: Pace) -> AsyncIterator[None]:
        """A place for one call of an API with this pace. Raises RunsBusy: none came free in time, or it was taken away."""
        group = await self._enter(pace)
        lease = _Lease(group, pace, asyncio.timeout(None), is_trial=group is self._fast and pace.is_slow)
        self._leases.add(lease)
        try:
            async with lease.limit:
                yield
        except TimeoutError:
            if lease.is_ended:
                raise RunsBusy(
                    f"The call took long while others waited, and every {self._of} was in use.",
                    hint="Make it quicker, or try again when less is going on.",
                    retry_after_s=2,
                ) from None
            raise
        finally:
            self._leases.discard(lease)
            lease.group.running -= 1
            if lease.group is self._fast and not lease.has_overrun:
                pace.tried_at = 0.0  # one that was found slow has proved itself, and may go on doing so at once
            self._wake()

    def close(self) -> None:
        """Nobody is waited for any more."""
        if self._sweeper is not None:
            self._sweeper.cancel()

    async def _enter(self, pace: Pace) -> _Group:
        group = self._slow if pace.is_slow and not self._may_prove_itself(pace) else self._fast
        if group.running < group.size and not group.waiting:
            group.running += 1
            return group
        place: asyncio.Future[_Group] = asyncio.get_running_loop().create_future()
        group.waiting.append((place, pace))
        self._sweep()
        try:
            async with asyncio.timeout(self._sizes.wait_s):
                return await place
        except BaseException as error:
            if place.done() and not place.cancelled():  # the place came together with the end of the wait
                place.result().running -= 1
                self._wake()
            if isinstance(error, TimeoutError):
                hint = "Slow APIs share a few places; make it quicker, or try again shortly."
                raise RunsBusy(f"No {self._of} became free.", hint=hint, retry_after_s=1) from None
            raise

    def _may_prove_itself(self, pace: Pace) -> bool:
        now = time.monotonic()
        if self._fast.running >= self._fast.size // 2 or now - pace.tried_at < Pace.PROVES_ITSELF_S:
            return False
        pace.tried_at = now
        return True

    def _is_on_trial(self, pace: Pace) -> bool:
        """It was let in among the fast ones a moment ago, though it was found slow."""
        return pace.tried_at > pace.found_slow_at

    def _wake(self) -> None:
        """Give free places to whoever waits. A call whose API was found slow meanwhile waits with the slow ones, one whose API has
        proved itself with the others."""
        for waiter in [each for each in self._slow.waiting if not each[1].is_slow or self._may_prove_itself(each[1])]:
            self._slow.waiting.remove(waiter)
            self._fast.waiting.append(waiter)
        for group in (self._fast, self._slow):
            while group.waiting and group.running < group.size:
                place, pace = group.waiting.popleft()
                if place.done():
                    continue
                if group is self._fast and pace.is_slow and not self._is_on_trial(pace):
                    self._slow.waiting.append((place, pace))
                    continue
                group.running += 1
                place.set_result(group)

    def _sweep(self) -> None:
        """Take fast places from calls that overran while somebody waits; from those of slow APIs in any case, so that others may prove
        themselves."""
        self.close()
        self._sweeper = None
        if not self._fast.waiting and not self._slow.waiting:
            return
        for lease in [lease for lease in self._leases if lease.group is self._fast and lease.has_overrun]:
            lease.pace.overran()
            if self._slow.running + self._fast.size < self._sizes.most:
                lease.group = self._slow
                self._slow.running += 1
                self._fast.running -= 1
            elif self._fast.waiting or lease.is_trial:
                lease.end()
        self._wake()
        if self._fast.waiting or self._slow.waiting:
            self._sweeper = asyncio.get_running_loop().call_later(Pace.OVERRUN_MS / 5e3, self._sweep)
