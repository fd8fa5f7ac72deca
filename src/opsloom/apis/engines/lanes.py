"""The lanes of a process: connections for users' SQL. Who may have one when is said by `places`; here they are opened as needed, kept
and brought to rest."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from opsloom.apis.engines.lane import Lane
from opsloom.apis.engines.places import Places, Sizes
from opsloom.apis.engines.protocol import Pace
from opsloom.apis.engines.wires import Wires
from opsloom.infra.db.dsn import Dsn

SIZES: Final = Sizes(fast=8, slow=6, most=24, wait_s=2.0)


class Lanes:
    """`async with lanes.lease(pace) as lane`. Raises RunsBusy, ConnectionLost. `wires` are for calls of APIs known to be quick."""

    def __init__(self, dsn: Dsn, sizes: Sizes = SIZES) -> None:
        self._dsn = dsn
        self.wires = Wires(dsn)
        self._places = Places(sizes, "database connection")
        self._most_idle = sizes.fast + sizes.slow
        self._idle: list[Lane] = []
        self._recovering: set[asyncio.Task[None]] = set()

    @property
    def in_use(self) -> dict[str, int]:
        """Calls by group, and connections at rest."""
        return self._places.in_use | {"idle": len(self._idle)}

    @asynccontextmanager
    async def lease(self, pace: Pace) -> AsyncIterator[Lane]:
        """A connection for one call of an API with this pace."""
        async with self._places.one(pace):
            lane = await self._lane()
            try:
                yield lane
            except BaseException:
                self._check(lane)
                raise
            self._give_back(lane)

    async def _lane(self) -> Lane:
        while self._idle:
            lane = self._idle.pop()
            if lane.is_open:
                return lane
        return await Lane.open(self._dsn)

    def _give_back(self, lane: Lane) -> None:
        if lane.is_open and len(self._idle) < self._most_idle:
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
        self._places.close()
        if self._recovering:
            await asyncio.wait(self._recovering, timeout=5)
        while self._idle:
            self._idle.pop().close()
