"""Which of many rules a batch could possibly concern, without asking each.

Most rules compare the value, or one number of an event's data, with a number, often for one item or label only:
`value > 90 AND item = 'web-1'`. Those are kept by the columns they fix, then by what they fix them to, with their thresholds
sorted. For a batch it is enough to know the highest and lowest number within each fixed combination: the rules whose threshold lies
beyond it surely have no true fact. Every other rule is named always. What is named may still turn out false; what is not named is
not true anywhere, and neither is a row that is not named with it.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np

from opsloom.rules.facts import Batch, Fact, Floats, Ints, WordTable, finite, step_into
from opsloom.rules.predicate import And, Column, Compare, Number, Predicate, Text

_VALUE: Final = Column("value")
_NOWHERE: Final = np.empty(0, dtype=np.int64)
_MIRROR: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Bound(NamedTuple):
    """A number that a column (the value, or a path of the data) must be above or below, exclusive."""

    column: Column
    above: bool
    threshold: float


class Shape(NamedTuple):
    """A condition this index can keep: fixed columns, their values, and a bound that must be passed."""

    columns: tuple[Column, ...]
    values: tuple[str, ...]
    bound: Bound

    def truth(self, fact: Fact) -> bool | None:
        """What the condition says of one fact: what `reference.truth` says, without walking the tree."""
        known = True
        for column, wanted in zip(self.columns, self.values, strict=True):
            found = fact.read(column)
            if found is None:
                known = False
            elif found != wanted:
                return False
        bound = self.bound
        value = finite(fact.value if bound.column == _VALUE else step_into(fact.data, bound.column.path))
        if value is None:
            return None
        passed = value > bound.threshold if bound.above else value < bound.threshold
        return (True if known else None) if passed else False


def shape_of(predicate: Predicate) -> Shape | None:
    """The shape of a condition, or None when it must always be asked."""
    parts = predicate.parts if isinstance(predicate, And) else (predicate,)
    fixed: dict[Column, str] = {}
    bound: Bound | None = None
    for part in parts:
        if not isinstance(part, Compare):
            return None
        if part.op == "=" and isinstance(part.left, Column) and isinstance(part.right, Text):
            if part.left.name == "data" or part.left in fixed:
                return None
            fixed[part.left] = part.right.value
        elif bound is None and (found := _bound(part)) is not None:
            bound = found
        else:
            return None
    if bound is None:
        return None
    ordered = sorted(fixed, key=str)
    return Shape(tuple(ordered), tuple(fixed[column] for column in ordered), bound)


def _bound(part: Compare) -> Bound | None:
    op, left, right = part.op, part.left, part.right
    if isinstance(left, Number) and isinstance(right, Column) and op in _MIRROR:
        op, left, right = _MIRROR[op], right, left
    if not isinstance(left, Column) or not isinstance(right, Number) or op not in _MIRROR:
        return None
    if left != _VALUE and left.name != "data":
        return None
    above = op[0] == ">"
    threshold = right.value if len(op) == 1 else math.nextafter(right.value, -math.inf if above else math.inf)
    return Bound(left, above, threshold)


@dataclass(slots=True)
class _Bucket:
    """Rules of one combination. `above` are thresholds to exceed, ascending; `below` are negated ones, ascending too."""

    above: Floats
    above_rules: list[int]
    below: Floats
    below_rules: list[int]


@dataclass(slots=True)
class _Dimension:
    """Rules that fix the same columns and bound the same one."""

    columns: tuple[Column, ...]
    bounded: Column
    numbers: dict[tuple[str, ...], int] = field(default_factory=dict)
    buckets: list[_Bucket] = field(default_factory=list)
    least_above: Floats = field(default_factory=lambda: np.empty(0))
    least_below: Floats = field(default_factory=lambda: np.empty(0))
    of_word: WordTable = field(init=False)

    def __post_init__(self) -> None:
        self.of_word = WordTable(lambda word: self.numbers.get((word,), -1))

    def near(self, numbers: Ints, values: Floats) -> Ints:
        """Rows that pass the least threshold of their bucket. A row without one, whose number is -1, meets the infinity at the end."""
        passed = None
        for least, own in ((self.least_above, values), (self.least_below, -values)):
            if least.min() < math.inf:
                some = own > least[numbers]
                passed = some if passed is None else passed | some
        return _NOWHERE if passed is None else np.flatnonzero(passed)


class Candidates(NamedTuple):
    """Rows of a batch, and rules that may be true for one of them; they are true for none of the others."""

    rows: list[int]
    rules: list[int]


class PredicateIndex:
    """Built once for a set of rules, which it knows by their position."""

    def __init__(self, shapes: Iterable[Shape | None]) -> None:
        self.always: list[int] = []
        gathered: dict[tuple[tuple[Column, ...], Column], dict[tuple[str, ...], list[tuple[Bound, int]]]] = {}
        for position, shape in enumerate(shapes):
            if shape is None:
                self.always.append(position)
            else:
                place = (shape.columns, shape.bound.column)
                gathered.setdefault(place, defaultdict(list))[shape.values].append((shape.bound, position))
        self._dimensions = [_dimension(_Dimension(*place), members) for place, members in gathered.items()]

    def candidates(self, batch: Batch) -> Iterator[Candidates]:
        """Which rules may be true and where, besides those in `always`. A rule is named at most once."""
        for dimension in self._dimensions:
            numbers = _bucket_numbers(dimension, batch) if dimension.columns else np.zeros(len(batch), dtype=np.int64)
            values = batch.values if dimension.bounded == _VALUE else batch.numbers(dimension.bounded.path)
            rows = dimension.near(numbers, values)
            if len(rows):
                yield from _near(dimension, numbers[rows], rows, values[rows])


def _dimension(dimension: _Dimension, combinations: dict[tuple[str, ...], list[tuple[Bound, int]]]) -> _Dimension:
    for values, members in combinations.items():
        dimension.numbers[values] = len(dimension.buckets)
        above = sorted((bound.threshold, rule) for bound, rule in members if bound.above)
        below = sorted((-bound.threshold, rule) for bound, rule in members if not bound.above)
        bucket = _Bucket(*_split(above), *_split(below))
        dimension.buckets.append(bucket)
    dimension.least_above = np.array([*(_least(bucket.above) for bucket in dimension.buckets), math.inf])
    dimension.least_below = np.array([*(_least(bucket.below) for bucket in dimension.buckets), math.inf])
    return dimension


def _split(pairs: list[tuple[float, int]]) -> tuple[Floats, list[int]]:
    return np.array([threshold for threshold, _ in pairs], dtype=np.float64), [rule for _, rule in pairs]


def _least(thresholds: Floats) -> float:
    return float(thresholds[0]) if len(thresholds) else math.inf


def _near(dimension: _Dimension, numbers: Ints, rows: Ints, values: Floats) -> Iterator[Candidates]:
    """Of rows that pass the least threshold of their bucket: all rules of the bucket that one of its rows passes."""
    by_bucket: dict[int, tuple[list[int], list[float]]] = {}
    for number, row, value in zip(numbers.tolist(), rows.tolist(), values.tolist(), strict=True):
        own = by_bucket.setdefault(number, ([], []))
        own[0].append(row)
        own[1].append(value)
    for number, (own_rows, own_values) in by_bucket.items():
        bucket = dimension.buckets[number]
        above = bucket.above_rules[: int(np.searchsorted(bucket.above, max(own_values)))]
        below = bucket.below_rules[: int(np.searchsorted(bucket.below, -min(own_values)))]
        yield Candidates(own_rows, above + below)


def _bucket_numbers(dimension: _Dimension, batch: Batch) -> Ints:
    """The bucket of each row, -1 where no rule fixes its combination. Looked up once for each distinct combination."""
    columns = [batch.text(column) for column in dimension.columns]
    if len(columns) == 1:
        return dimension.of_word.of(columns[0])
    combined = np.stack([words.codes for words in columns], axis=1)
    distinct, place = np.unique(combined, axis=0, return_inverse=True)
    spelled = (
        None if -1 in codes else tuple(words.words[code] for words, code in zip(columns, codes, strict=True))
        for codes in distinct.tolist()
    )
    table = np.array([-1 if one is None else dimension.numbers.get(one, -1) for one in spelled], dtype=np.int64)
    picked: Ints = table[place.reshape(-1)]
    return picked
