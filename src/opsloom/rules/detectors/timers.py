"""When something falls due for a key, by the key's own clock."""

from typing import Final

import numpy as np

from opsloom.rules.facts import Ints
from opsloom.rules.keys import KeyTable

NEVER: Final = 1 << 62


class Timers:
    """One time for each key, in microseconds."""

    def __init__(self, table: KeyTable) -> None:
        self._table = table
        self._due: Ints = np.full(0, NEVER, dtype=np.int64)
        self._set: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self._set)

    def set(self, code: int, due: int | None) -> None:
        """Set or, with None, take away a key's time."""
        if due is None:
            if code in self._set:
                self._set.discard(code)
                self._due[code] = NEVER
            return
        if code >= len(self._due):
            more = np.full(max(64, code + code // 2) - len(self._due) + 1, NEVER, dtype=np.int64)
            self._due = np.concatenate([self._due, more])
        self._due[code] = due
        self._set.add(code)

    def passed(self, now: int) -> list[tuple[int, int]]:
        """Keys whose time has come by their clock, with what the clock shows."""
        if not self._set:
            return []
        clocks = self._table.clocks(now)
        count = min(len(clocks), len(self._due))
        codes = np.flatnonzero(self._due[:count] <= clocks[:count])
        return list(zip(codes.tolist(), clocks[codes].tolist(), strict=True))
