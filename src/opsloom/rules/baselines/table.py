"""Numbers kept for each series, in columns over all series, so that one numpy call serves as many series as have a point.

Slots are given out in turn and used again when a series is forgotten. A slot's numbers are written as bytes in the order of the
columns and come back exactly: a restart must not learn anew, nor judge otherwise.
"""

import struct
from collections.abc import Mapping
from typing import Final

import numpy as np

from opsloom.rules.facts import Floats

_HEAD: Final = struct.Struct("<HH")
_FORMAT: Final = 1
_FIRST_ROOM: Final = 16


class BaselineUnreadable(ValueError):
    """Stored numbers are of another shape than the detector keeps; the series learns anew."""


class Table:
    """`columns` maps each name to how many numbers a series has of it; `blank` is what a fresh series begins with."""

    def __init__(self, columns: Mapping[str, int], blank: Mapping[str, float]) -> None:
        self._widths = dict(columns)
        self._blank = {name: blank.get(name, 0.0) for name in columns}
        self._columns = {name: self._fresh(name, _FIRST_ROOM) for name in columns}
        self._room, self._used = _FIRST_ROOM, 0
        self._free: list[int] = []

    def __getitem__(self, name: str) -> Floats:
        """A column of every slot: one number a slot, or a row of them."""
        return self._columns[name]

    def add(self) -> int:
        """A slot for a fresh series."""
        if self._free:
            slot = self._free.pop()
        else:
            slot = self._used
            self._used += 1
            if self._used > self._room:
                self._grow()
        for name, column in self._columns.items():
            column[slot] = self._blank[name]
        return slot

    def drop(self, slot: int) -> None:
        """The series is forgotten."""
        self._free.append(slot)

    def dump(self, slot: int) -> bytes:
        """A slot's numbers."""
        numbers = [np.atleast_1d(column[slot]) for column in self._columns.values()]
        together = np.concatenate(numbers)
        return _HEAD.pack(_FORMAT, len(together)) + together.tobytes()

    def load(self, slot: int, stored: bytes) -> bytes:
        """Put stored numbers into a slot; what follows them is given back. Raises BaselineUnreadable."""
        width = sum(self._widths.values())
        end = _HEAD.size + 8 * width
        if len(stored) < end or _HEAD.unpack_from(stored) != (_FORMAT, width):
            raise BaselineUnreadable("The stored baseline is of another shape.")
        numbers, place = np.frombuffer(stored[_HEAD.size : end], dtype=np.float64), 0
        for name, column in self._columns.items():
            wide = self._widths[name]
            column[slot] = numbers[place] if wide == 1 else numbers[place : place + wide]
            place += wide
        return stored[end:]

    @property
    def size_bytes(self) -> int:
        """What all columns take."""
        return sum(column.nbytes for column in self._columns.values())

    def _grow(self) -> None:
        for name, column in self._columns.items():
            self._columns[name] = np.concatenate([column, self._fresh(name, self._room)])
        self._room *= 2

    def _fresh(self, name: str, room: int) -> Floats:
        wide = self._widths[name]
        return np.full(room if wide == 1 else (room, wide), self._blank[name], dtype=np.float64)


class Kept:
    """What detectors that keep nothing beside a table have in common."""

    def __init__(self, columns: Mapping[str, int], blank: Mapping[str, float] | None = None) -> None:
        self._table = Table(columns, blank or {})

    def add(self) -> int:
        """A slot for a fresh series."""
        return self._table.add()

    def drop(self, slot: int) -> None:
        """Forget a series."""
        self._table.drop(slot)

    def dump(self, slot: int) -> bytes:
        """All numbers of a series."""
        return self._table.dump(slot)

    def load(self, slot: int, stored: bytes) -> None:
        """Bring them back exactly. Raises BaselineUnreadable."""
        self._table.load(slot, stored)

    @property
    def size_bytes(self) -> int:
        """What all series take."""
        return self._table.size_bytes
