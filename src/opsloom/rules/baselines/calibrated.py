"""The detector that is calibrated by each series itself: two distances, each made a probability by its own tail, added as -log10.

- level: from the moving average with weight 0.02;
- season: from the usual value of the half hour of the UTC day, weight 0.15.

The first points of a series are only kept; from them the tails begin.
"""

from typing import Final

import numpy as np

from opsloom.rules.baselines.scored import Scored, Side, Usual, stray
from opsloom.rules.baselines.table import Kept
from opsloom.rules.baselines.tail import MAX_LEARNING, MIN_LEARNING, Tails, distance_at, learnt, score
from opsloom.rules.facts import Bools, Floats, Ints

PARTS_OF_DAY: Final = 48
_PART_US: Final = 1_800_000_000
_DAY_US: Final = 86_400_000_000
_LEVEL_WEIGHT: Final = 0.02
_SEASON_WEIGHT: Final = 0.15
_NAMES: Final = ("level", "season")
_EDGE: Final = 4.0
"""The score at which the drawn spread of a series ends: one point in ten thousand."""


class Calibrated(Kept):
    """Many series, each with its level, its day and a tail for either."""

    def __init__(self, *, side: Side, season: bool, warm_up: int) -> None:
        self._side, self._names = side, _NAMES if season else _NAMES[:1]
        self._learning = max(MIN_LEARNING, min(warm_up, MAX_LEARNING))
        self._warm_up = max(warm_up, self._learning)
        widths = {"seen": 1, "level": 1} | ({"profile": PARTS_OF_DAY} if season else {})
        widths |= {f"{name}.{column}": 1 for name in self._names for column in Tails._fields}
        super().__init__(widths, {"level": np.nan, "profile": np.nan})
        self._first: dict[int, Floats] = {}

    def add(self) -> int:
        """A slot for a fresh series."""
        slot = super().add()
        self._first[slot] = np.empty((len(self._names), self._learning))
        return slot

    def drop(self, slot: int) -> None:
        """Forget a series."""
        super().drop(slot)
        self._first.pop(slot, None)

    def score(self, slots: Ints, times: Ints, values: Floats) -> Scored:
        """Judge one point for each slot and take it in."""
        middles = self._middles(slots, times, values)
        seen = self._table["seen"][slots]
        self._table["seen"][slots] = seen + 1
        learning = seen < self._learning
        total = np.zeros(len(slots))
        parts: dict[str, Floats] = {}
        for place, (name, middle) in enumerate(middles.items()):
            distance = stray(self._side, values, middle)
            rare = self._rare(place, name, slots, distance, learning)
            total += rare
            parts[name], parts[f"{name}_usual"] = rare, middle
        if learning.any():
            self._finish(slots[learning])
        total[seen < self._warm_up] = np.nan
        return Scored(total, parts)

    def usual(self, slot: int) -> Usual:
        """What has been learnt of a series."""
        table, seen = self._table, int(self._table["seen"][slot])
        profile = table["profile"][slot].tolist() if "season" in self._names else []
        spread = None
        if seen >= self._learning:
            q, e, v = (float(table[f"level.{column}"][slot]) for column in ("q", "e", "v"))
            spread = distance_at(_EDGE, q, e, v)
        level = float(table["level"][slot]) if seen else None
        return Usual(seen, self._warm_up, level, spread, tuple(None if np.isnan(one) else one for one in profile))

    def dump(self, slot: int) -> bytes:
        """All numbers of a series, with the first points as long as they are kept."""
        kept = self._first.get(slot)
        seen = int(self._table["seen"][slot])
        return super().dump(slot) + (b"" if kept is None else np.ascontiguousarray(kept[:, :seen]).tobytes())

    def load(self, slot: int, stored: bytes) -> None:
        """Bring them back exactly. Raises BaselineUnreadable."""
        rest = self._table.load(slot, stored)
        seen = int(self._table["seen"][slot])
        if seen >= self._learning:
            self._first.pop(slot, None)
            return
        kept = np.frombuffer(rest, dtype=np.float64).reshape(len(self._names), seen)
        self._first[slot][:, :seen] = kept

    @property
    def size_bytes(self) -> int:
        """What all series take."""
        return super().size_bytes + sum(kept.nbytes for kept in self._first.values())

    def _middles(self, slots: Ints, times: Ints, values: Floats) -> dict[str, Floats]:
        """What each point is compared with; the averages then take it in."""
        level = self._table["level"]
        before = level[slots]
        before = np.where(np.isnan(before), values, before)
        level[slots] = before + _LEVEL_WEIGHT * (values - before)
        if "season" not in self._names:
            return {"level": before}
        profile, part = self._table["profile"], (times % _DAY_US) // _PART_US
        usual = profile[slots, part]
        usual = np.where(np.isnan(usual), values, usual)
        profile[slots, part] = usual + _SEASON_WEIGHT * (values - usual)
        return {"level": before, "season": usual}

    def _rare(self, place: int, name: str, slots: Ints, distance: Floats, learning: Bools) -> Floats:
        tails = Tails(*(self._table[f"{name}.{column}"] for column in Tails._fields))
        if not learning.any():
            return score(tails, slots, distance)
        seen = self._table["seen"][slots].astype(np.int64) - 1
        for row in np.flatnonzero(learning).tolist():
            self._first[int(slots[row])][place, seen[row]] = distance[row]
        scores = np.zeros(len(slots))
        judged = np.flatnonzero(~learning)
        scores[judged] = score(tails, slots[judged], distance[judged])
        return scores

    def _finish(self, slots: Ints) -> None:
        """Series that have come to the end of their first points."""
        for slot in slots[self._table["seen"][slots] == self._learning].tolist():
            kept = self._first.pop(slot)
            for place, name in enumerate(self._names):
                for column, number in zip(Tails._fields, learnt(kept[place]), strict=True):
                    self._table[f"{name}.{column}"][slot] = number
