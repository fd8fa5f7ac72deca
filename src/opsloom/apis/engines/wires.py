"""The wires of a process: which of them takes the next short call."""

import asyncio
import time

from opsloom.apis.engines.wire import Wire
from opsloom.infra.db.dsn import Dsn
from opsloom.infra.telemetry import note_failure
from opsloom.kit.errors import ConnectionLost

_STUCK_S = 0.005
_PAUSE_S = 1.0


class Wires:
    """`size` connections with at most `depth` calls each, opened as they are needed, beside the calls."""

    def __init__(self, dsn: Dsn, *, size: int = 4, depth: int = 16) -> None:
        self._dsn = dsn
        self._size = size if dsn.host.startswith("/") else 0
        self._depth = depth
        self._wires: list[Wire] = []
        self._opening: asyncio.Task[None] | None = None
        self._not_before = 0.0

    def pick(self) -> Wire | None:
        """The one with the least to do; None when there is none yet, or all have enough: lanes take the call then. One whose
        first call has not moved on for a while is passed over where another moves, so that what is slow holds up few."""
        best, least = None, self._depth
        stuck, fewest = None, self._depth
        late = time.perf_counter() - _STUCK_S
        for wire in self._wires:
            waiting = wire.under_way
            if not wire.is_open:
                self._wires = [each for each in self._wires if each.is_open]
            elif waiting and wire.since <= late:
                if waiting < fewest:
                    stuck, fewest = wire, waiting
            elif waiting < least:
                best, least = wire, waiting
        if least and len(self._wires) < self._size:
            self._open_one()
        return best or stuck

    def _open_one(self) -> None:
        if self._opening is None and time.monotonic() >= self._not_before:
            self._opening = asyncio.get_running_loop().create_task(self._open())

    async def _open(self) -> None:
        try:
            self._wires = [*self._wires, await Wire.open(self._dsn)]
        except ConnectionLost as error:  # the lanes go on trying, and answer for it
            note_failure("apis.wires", error)
            self._not_before = time.monotonic() + _PAUSE_S
        finally:
            self._opening = None

    async def close(self) -> None:
        """Close all."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait({self._opening})
        for wire in self._wires:
            wire.close()
        self._wires = []
