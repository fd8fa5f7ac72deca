"""What is kept of one column in the panes of all keys: arrays of slots by keys, a pane's slot being its number modulo the slots."""

from collections import Counter
from typing import Any, Final

import numpy as np

from opsloom.rules.detectors.measures import Asked, Lane, word_of
from opsloom.rules.detectors.sketch import buckets_of, percentile
from opsloom.rules.document import MeasureFunction
from opsloom.rules.facts import Batch, Floats, Ints
from opsloom.rules.kernels import column_numbers, column_present, column_values

_NUMBERS: Final = {"members": 0.0, "total": 0.0, "mean": 0.0, "spread": 0.0, "least": np.inf, "greatest": -np.inf}
_Tallies = list[dict[int, Counter[int]]]
_WORD_BYTES: Final = 100


class Ring:
    """One lane."""

    def __init__(self, lane: Lane, slots: int) -> None:
        self.lane = lane
        names = (["count"] if lane.counted else []) + (list(_NUMBERS) if lane.numbers else [])
        self.arrays: dict[str, Floats] = {name: np.zeros((slots, 0)) for name in names}
        self.buckets: _Tallies = [{} for _ in range(slots if lane.buckets else 0)]
        self.words: _Tallies = [{} for _ in range(slots if lane.words else 0)]

    def grow(self, room: int) -> None:
        """Make place for so many more keys."""
        for name, kept in self.arrays.items():
            fresh = np.full((len(kept), room), _NUMBERS.get(name, 0.0))
            self.arrays[name] = np.concatenate([kept, fresh], axis=1)

    def clear(self, slot: int, codes: Ints) -> None:
        """Begin a new pane for keys."""
        for name, kept in self.arrays.items():
            kept[slot, codes] = _NUMBERS.get(name, 0.0)
        for tallies in (self.buckets, self.words):
            if tallies:
                for code in codes.tolist():
                    tallies[slot].pop(code, None)

    def add(self, slot: int, codes: Ints, batch: Batch) -> None:
        """Take in facts of one pane; `codes` are their keys."""
        lane = self.lane
        if lane.counted:
            present = column_present(lane.column, batch)
            np.add.at(self.arrays["count"][slot], codes[present], 1.0)
        if lane.numbers or lane.buckets:
            numbers = column_numbers(lane.column, batch)
            known = ~np.isnan(numbers)
            own, numbers = (codes, numbers) if known.all() else (codes[known], numbers[known])
            if lane.numbers and len(numbers):
                self._add_numbers(slot, own, numbers)
            if lane.buckets:
                _count(self.buckets[slot], own, buckets_of(numbers).tolist())
        if lane.words:
            self._add_words(slot, codes, batch)

    def _add_words(self, slot: int, codes: Ints, batch: Batch) -> None:
        values = column_values(self.lane.column, batch)
        words = [
            (code, word_of(value)) for code, value in zip(codes.tolist(), values, strict=True) if value is not None
        ]
        for code, word in words:
            self.words[slot].setdefault(code, Counter())[word] += 1

    def _add_numbers(self, slot: int, codes: Ints, numbers: Floats) -> None:
        keys, of_key = np.unique(codes, return_inverse=True)
        of_key = of_key.reshape(-1)
        members, total = np.bincount(of_key).astype(np.float64), np.bincount(of_key, weights=numbers)
        kept = {name: self.arrays[name][slot] for name in _NUMBERS}
        mean = total / members
        spread = np.bincount(of_key, weights=(numbers - mean[of_key]) ** 2)
        before = kept["members"][keys]
        both, apart = before + members, mean - kept["mean"][keys]
        kept["spread"][keys] += spread + apart * apart * before * members / both
        kept["mean"][keys] += apart * members / both
        kept["members"][keys], kept["total"][keys] = both, kept["total"][keys] + total
        np.minimum.at(kept["least"], codes, numbers)
        np.maximum.at(kept["greatest"], codes, numbers)

    def measure(self, asked: Asked, codes: Ints, seconds: float) -> Floats:
        """A measure over all slots of keys; NaN for NULL."""
        match asked.function:
            case MeasureFunction.COUNT:
                return self._sum("count", codes)
            case MeasureFunction.DISTINCT:
                return np.array([float(len(_together(self.words, code))) for code in codes.tolist()])
            case MeasureFunction.PERCENTILE:
                found = [percentile(_together(self.buckets, code), asked.at) for code in codes.tolist()]
                return np.array([np.nan if one is None else one for one in found], dtype=np.float64)
            case _:
                return self._of_numbers(asked.function, codes, seconds)

    def _of_numbers(self, function: MeasureFunction, codes: Ints, seconds: float) -> Floats:
        members = self._sum("members", codes)
        found: Floats
        match function:
            case MeasureFunction.SUM:
                found = self._sum("total", codes)
            case MeasureFunction.RATE:
                found = self._sum("total", codes) / seconds
            case MeasureFunction.AVG:
                found = self._sum("total", codes) / members
            case MeasureFunction.MIN:
                found = self.arrays["least"][:, codes].min(axis=0)
            case MeasureFunction.MAX:
                found = self.arrays["greatest"][:, codes].max(axis=0)
            case _:
                found = self._deviation(members, codes)
        known = np.isfinite(found) & (members >= (2 if function is MeasureFunction.STDDEV else 1))
        return np.where(known, found, np.nan)

    def _deviation(self, members: Floats, codes: Ints) -> Floats:
        own, means = self.arrays["members"][:, codes], self.arrays["mean"][:, codes]
        mean = (own * means).sum(axis=0) / members
        spread = self._sum("spread", codes) + (own * (means - mean) ** 2).sum(axis=0)
        deviation: Floats = np.sqrt(spread / (members - 1))
        return deviation

    def _sum(self, name: str, codes: Ints) -> Floats:
        total: Floats = self.arrays[name][:, codes].sum(axis=0)
        return total

    def stored(self, slot: int, code: int) -> dict[str, Any]:
        """One pane of a key."""
        shown: dict[str, Any] = {name: float(kept[slot, code]) for name, kept in self.arrays.items()}
        if self.arrays and self.lane.numbers and not shown["members"]:
            del shown["least"], shown["greatest"]  # no numbers: infinity has no JSON
        for name, tallies in (("buckets", self.buckets), ("words", self.words)):
            if tallies:
                shown[name] = list(tallies[slot].get(code, {}).items())
        return shown

    def restore(self, slot: int, code: int, shown: dict[str, Any]) -> None:
        """Bring back one pane of a key."""
        for name, kept in self.arrays.items():
            if name in shown:
                kept[slot, code] = shown[name]
        for name, tallies in (("buckets", self.buckets), ("words", self.words)):
            if tallies and shown.get(name):
                tallies[slot][code] = Counter(dict(shown[name]))

    def size(self) -> int:
        """About how many bytes it takes."""
        tallied = sum(len(each) for slot in (*self.buckets, *self.words) for each in slot.values())
        return sum(kept.nbytes for kept in self.arrays.values()) + tallied * _WORD_BYTES


def _count(tallies: dict[int, Counter[int]], codes: Ints, things: list[int]) -> None:
    for code, thing in zip(codes.tolist(), things, strict=True):
        own = tallies.get(code)
        if own is None:
            own = tallies[code] = Counter()
        own[thing] += 1


def _together(tallies: _Tallies, code: int) -> Counter[int]:
    found: Counter[int] = Counter()
    for slot in tallies:
        if code in slot:
            found.update(slot[code])
    return found
