"""Detectors with a few numbers a series: the exponential moving average and its deviation, and the change against the point before."""

from typing import Final

import numpy as np

from opsloom.rules.baselines.scored import Scored, Side, Usual, stray
from opsloom.rules.baselines.table import Kept
from opsloom.rules.baselines.windowed import FEWEST, Spread
from opsloom.rules.facts import Floats, Ints

_SECOND_US: Final = 1e6


class Smoothed(Kept):
    """Distance from the moving average, in moving standard deviations."""

    def __init__(self, *, side: Side, weight: float, warm_up: int) -> None:
        super().__init__({**Spread.COLUMNS, "average": 1, "variance": 1}, {"average": np.nan})
        self._side, self._weight, self._warm_up = side, weight, max(warm_up, FEWEST)
        self._spread = Spread(self._table)

    def score(self, slots: Ints, times: Ints, values: Floats) -> Scored:
        """Judge one point for each slot and take it in."""
        del times
        table, weight = self._table, self._weight
        before, variance = table["average"][slots], table["variance"][slots]
        before = np.where(np.isnan(before), values, before)
        apart, seen = values - before, table["seen"][slots]
        spread = np.maximum(np.sqrt(variance), self._spread.floor(slots))
        scores = np.where(seen < self._warm_up, np.nan, stray(self._side, values, before) / spread)
        table["average"][slots] = before + weight * apart
        table["variance"][slots] = (1.0 - weight) * (variance + weight * apart * apart)
        self._spread.take(slots, values)
        return Scored(scores, {"usual": before})

    def usual(self, slot: int) -> Usual:
        """What has been learnt of a series."""
        seen = int(self._table["seen"][slot])
        if not seen:
            return Usual(0, self._warm_up, None, None)
        return Usual(
            seen, self._warm_up, float(self._table["average"][slot]), float(self._table["variance"][slot] ** 0.5)
        )


class Rate(Kept):
    """Change per second against the point before; two points of one time say nothing."""

    def __init__(self, *, side: Side, warm_up: int) -> None:
        super().__init__({"seen": 1, "time": 1, "value": 1})
        self._side, self._warm_up = side, max(warm_up, 1)

    def score(self, slots: Ints, times: Ints, values: Floats) -> Scored:
        """Judge one point for each slot and take it in."""
        table = self._table
        seen, before = table["seen"][slots], table["value"][slots]
        elapsed = (times - table["time"][slots]) / _SECOND_US
        judged = (seen >= self._warm_up) & (elapsed > 0)
        scores = np.full(len(slots), np.nan)
        scores[judged] = stray(self._side, values, before)[judged] / elapsed[judged]
        table["seen"][slots], table["time"][slots], table["value"][slots] = seen + 1, times, values
        return Scored(scores, {"before": np.where(seen > 0, before, np.nan)})

    def usual(self, slot: int) -> Usual:
        """The last value."""
        seen = int(self._table["seen"][slot])
        return Usual(seen, self._warm_up, float(self._table["value"][slot]) if seen else None, None)
