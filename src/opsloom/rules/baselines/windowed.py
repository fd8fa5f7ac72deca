"""Detectors that look at the last so many points of a series: z-score, median absolute deviation, interquartile fences, flat line.

The points stand in a ring for each series. Full rings are judged together, and so are those that are filled as far.
A spread below a twentieth of the deviation of everything seen counts as that much: in a flat window every wiggle would be endless.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np

from opsloom.rules.baselines.scored import Scored, Side, Usual, stray
from opsloom.rules.baselines.table import Kept, Table
from opsloom.rules.facts import Floats, Ints

FEWEST: Final = 10
"""With fewer points before it nothing is judged."""
_FLOOR: Final = 0.05
_TINY: Final = 1e-9
_AS_DEVIATION: Final = 1.4826
"""Median absolute deviation to standard deviation, of a normal distribution."""


class Shape(NamedTuple):
    """The middle of each window and its spread."""

    middle: Floats
    spread: Floats


def _mean(window: Floats) -> Shape:
    return Shape(window.mean(axis=1), window.std(axis=1))


def _median(window: Floats) -> Shape:
    middle = np.median(window, axis=1)
    return Shape(middle, _AS_DEVIATION * np.median(np.abs(window - middle[:, None]), axis=1))


class Spread:
    """Running deviation of everything a series has shown."""

    COLUMNS: Final = {"seen": 1, "mean": 1, "squares": 1}

    def __init__(self, table: Table) -> None:
        self._table = table

    def take(self, slots: Ints, values: Floats) -> None:
        """Take points in."""
        table = self._table
        n, mean = table["seen"][slots] + 1.0, table["mean"][slots]
        moved = mean + (values - mean) / n
        table["squares"][slots] += (values - mean) * (values - moved)
        table["seen"][slots], table["mean"][slots] = n, moved

    def floor(self, slots: Ints) -> Floats:
        """The least a spread counts as."""
        seen = np.maximum(self._table["seen"][slots], 1.0)
        found: Floats = _FLOOR * np.sqrt(self._table["squares"][slots] / seen) + _TINY
        return found


class Windowed(Kept):
    """A ring of points for each series; `_judge` says what a window means."""

    def __init__(self, *, side: Side, points: int, warm_up: int) -> None:
        super().__init__({**Spread.COLUMNS, "ring": points})
        self._side, self._points = side, points
        self._warm_up = max(warm_up, FEWEST)
        self._spread = Spread(self._table)

    def score(self, slots: Ints, times: Ints, values: Floats) -> Scored:
        """Judge one point for each slot and take it in."""
        del times
        seen, ring = self._table["seen"][slots].astype(np.int64), self._table["ring"]
        scores, middles = np.full(len(slots), np.nan), np.full(len(slots), np.nan)
        for rows, window in self._windows(slots, seen, ring):
            scores[rows], middles[rows] = self._judge(slots[rows], window, values[rows])
        scores[seen < self._warm_up] = np.nan
        ring[slots, seen % self._points] = values
        self._spread.take(slots, values)
        return Scored(scores, {"usual": middles})

    def _windows(self, slots: Ints, seen: Ints, ring: Floats) -> list[tuple[Ints, Floats]]:
        full = np.flatnonzero(seen >= self._points)
        found: list[tuple[Ints, Floats]] = [(full, ring[slots[full]])] if len(full) else []
        filling = np.unique(seen[(seen >= FEWEST) & (seen < self._points)]).tolist()
        alike = [(np.flatnonzero(seen == size), size) for size in filling]
        return found + [(rows, ring[slots[rows], :size]) for rows, size in alike]

    def _judge(self, slots: Ints, window: Floats, values: Floats) -> tuple[Floats, Floats]:
        raise NotImplementedError

    def _held(self, slot: int) -> Floats:
        seen = int(self._table["seen"][slot])
        held: Floats = self._table["ring"][slot, : min(seen, self._points)]
        return held

    def usual(self, slot: int) -> Usual:
        """What has been learnt of a series."""
        held, seen = self._held(slot), int(self._table["seen"][slot])
        if not len(held):
            return Usual(0, self._warm_up, None, None)
        return Usual(seen, self._warm_up, float(held.mean()), float(held.std()))


class Deviation(Windowed):
    """Distance from the middle of the window in its own spread: mean and deviation, or medians."""

    def __init__(self, *, median: bool, side: Side, points: int, warm_up: int) -> None:
        super().__init__(side=side, points=points, warm_up=warm_up)
        self._shape: Callable[[Floats], Shape] = _median if median else _mean

    def _judge(self, slots: Ints, window: Floats, values: Floats) -> tuple[Floats, Floats]:
        middle, spread = self._shape(window)
        return stray(self._side, values, middle) / np.maximum(spread, self._spread.floor(slots)), middle


class Fences(Windowed):
    """Distance outside the quartiles, in interquartile ranges; 0 between them."""

    def _judge(self, slots: Ints, window: Floats, values: Floats) -> tuple[Floats, Floats]:
        low, middle, high = np.percentile(window, (25, 50, 75), axis=1)
        over = stray(Side.UP, values, high) if self._side is not Side.DOWN else np.zeros(len(values))
        under = stray(Side.DOWN, values, low) if self._side is not Side.UP else np.zeros(len(values))
        return np.maximum(over, under) / np.maximum(high - low, self._spread.floor(slots)), middle


class Flat(Windowed):
    """1 where the window and the point together move by no more than the tolerance, else 0."""

    def __init__(self, *, tolerance: float, points: int, warm_up: int) -> None:
        super().__init__(side=Side.BOTH, points=points - 1, warm_up=max(warm_up, points - 1))
        self._tolerance = tolerance

    def _windows(self, slots: Ints, seen: Ints, ring: Floats) -> list[tuple[Ints, Floats]]:
        full = np.flatnonzero(seen >= self._points)
        return [(full, ring[slots[full]])] if len(full) else []

    def _judge(self, slots: Ints, window: Floats, values: Floats) -> tuple[Floats, Floats]:
        high, low = np.maximum(window.max(axis=1), values), np.minimum(window.min(axis=1), values)
        return (high - low <= self._tolerance).astype(np.float64), window.mean(axis=1)

    def usual(self, slot: int) -> Usual:
        """The spread of a flat line is what it moved by."""
        held = self._held(slot)
        found = super().usual(slot)
        return found._replace(spread=float(held.max() - held.min())) if len(held) else found
