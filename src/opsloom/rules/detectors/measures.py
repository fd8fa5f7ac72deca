"""Numbers over windows of facts: what is counted of each column, how counts are added together, and the measures they give.

NULL does not count. A number that does not fit into float64 is NULL, as everywhere in conditions.
"""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from opsloom.rules.detectors.sketch import buckets_of, percentile
from opsloom.rules.document import Measure, MeasureFunction
from opsloom.rules.facts import Batch, Json, Value, finite
from opsloom.rules.kernels import column_numbers, column_values
from opsloom.rules.predicate import Column

FACTS: Final = "facts"
"""The name under which evidence shows how many facts a window had."""


class Moments(NamedTuple):
    """Of the numbers of a column: how many, their sum, mean, squared distances from it, least and greatest."""

    members: float = 0
    total: float = 0
    mean: float = 0
    spread: float = 0
    least: float = math.inf
    greatest: float = -math.inf

    @classmethod
    def of(cls, number: float) -> "Moments":
        """Those of one number."""
        return cls(1, number, number, 0, number, number)

    def plus(self, other: "Moments") -> "Moments":
        """Those of both together (Chan, Golub and LeVeque, 1979)."""
        if not self.members or not other.members:
            return other if other.members else self
        count, apart = self.members + other.members, other.mean - self.mean
        return Moments(
            count,
            self.total + other.total,
            self.mean + apart * other.members / count,
            self.spread + other.spread + apart * apart * self.members * other.members / count,
            min(self.least, other.least),
            max(self.greatest, other.greatest),
        )


@dataclass(frozen=True, slots=True)
class Lane:
    """A column that measures are of, and what must be kept of it."""

    column: Column
    counted: bool
    numbers: bool
    buckets: bool
    words: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A measure of a rule; `lane` is its column's place among the lanes, None when it counts facts."""

    name: str
    function: MeasureFunction
    lane: int | None
    at: float


class Part(NamedTuple):
    """What one fact adds to a lane: whether it has a value there, the number, its bucket, the value's word."""

    present: bool
    number: float | None
    bucket: int | None
    word: int | None


class Kept:
    """What is kept of one lane in one window."""

    __slots__ = ("buckets", "count", "moments", "words")

    def __init__(self) -> None:
        self.count = 0
        self.moments = Moments()
        self.buckets: Counter[int] = Counter()
        self.words: Counter[int] = Counter()

    def add(self, part: Part) -> None:
        """Take in one fact."""
        self.count += part.present
        if part.number is not None:
            self.moments = self.moments.plus(Moments.of(part.number))
        if part.bucket is not None:
            self.buckets[part.bucket] += 1
        if part.word is not None:
            self.words[part.word] += 1

    def uncount(self, part: Part) -> None:
        """Take one fact out of what is counted in whole numbers; moments stay as they are."""
        self.count -= part.present
        for counted, thing in ((self.buckets, part.bucket), (self.words, part.word)):
            if thing is not None:
                counted[thing] -= 1
                if not counted[thing]:
                    del counted[thing]


class Measures:
    """The measures of a rule."""

    def __init__(self, asked: Sequence[tuple[Measure, Column | None]]) -> None:
        columns = list(dict.fromkeys(column for _, column in asked if column is not None))
        of = {column: {measure.function for measure, own in asked if own == column} for column in columns}
        counted = {MeasureFunction.COUNT, MeasureFunction.DISTINCT, MeasureFunction.PERCENTILE}
        self.lanes = tuple(
            Lane(
                column,
                MeasureFunction.COUNT in of[column],
                bool(of[column] - counted),
                MeasureFunction.PERCENTILE in of[column],
                MeasureFunction.DISTINCT in of[column],
            )
            for column in columns
        )
        self.asked = tuple(
            Asked(one.name, one.function, None if column is None else columns.index(column), one.at or 0)
            for one, column in asked
        )
        self.names = tuple(one.name for one in self.asked)

    def parts(self, lane: Lane, batch: Batch) -> list[Part]:
        """What each fact of a batch adds to a lane."""
        count = len(batch)
        numbers: list[float | None] = [None] * count
        buckets: list[int | None] = [None] * count
        if lane.numbers or lane.buckets:
            column = column_numbers(lane.column, batch)
            known = ~np.isnan(column)
            numbers = [number if there else None for number, there in zip(column.tolist(), known.tolist(), strict=True)]
            if lane.buckets:
                found = buckets_of(np.where(known, column, 0.0)).tolist()
                buckets = [one if there else None for one, there in zip(found, known.tolist(), strict=True)]
        values = column_values(lane.column, batch)
        words = [word_of(value) if lane.words and value is not None else None for value in values]
        present = [value is not None for value in values]
        return [Part(*one) for one in zip(present, numbers, buckets, words, strict=True)]

    def values(self, facts: int, kept: Sequence[Kept], seconds: float) -> dict[str, Json]:
        """The measures of one window."""
        return {one.name: _value(one, facts, kept, seconds) for one in self.asked}


def _value(asked: Asked, facts: int, kept: Sequence[Kept], seconds: float) -> float | None:
    if asked.lane is None:
        return facts / seconds if asked.function is MeasureFunction.RATE else float(facts)
    lane = kept[asked.lane]
    match asked.function:
        case MeasureFunction.COUNT:
            return float(lane.count)
        case MeasureFunction.DISTINCT:
            return float(len(lane.words))
        case MeasureFunction.PERCENTILE:
            return percentile(lane.buckets, asked.at)
        case _:
            return _of_moments(asked.function, lane.moments, seconds)


def _of_moments(function: MeasureFunction, moments: Moments, seconds: float) -> float | None:
    count = moments.members
    if not count or (function is MeasureFunction.STDDEV and count < 2):
        return None
    match function:
        case MeasureFunction.SUM:
            return finite(moments.total)
        case MeasureFunction.RATE:
            return finite(moments.total / seconds)
        case MeasureFunction.AVG:
            return finite(moments.total / count)
        case MeasureFunction.MIN:
            return moments.least
        case MeasureFunction.MAX:
            return moments.greatest
        case _:
            return finite(math.sqrt(moments.spread / (count - 1)))


@lru_cache(maxsize=65_536)
def _word(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def word_of(value: Value) -> int:
    """A short name of a value: distinct values have distinct ones but for one chance in 10¹⁹ for each pair."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = finite(value)
    return _word(json.dumps(value, sort_keys=True))
