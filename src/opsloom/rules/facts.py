"""Facts (events and metric samples) as rows and as columns.

A batch holds columns: text as integer codes into a list of words (-1 is NULL), numbers as float64 with NaN for NULL,
times as int64 microseconds. A text predicate is then decided once for each distinct word, not for each row.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from opsloom.rules.predicate import Column, PathStep

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Value = float | str | bool | int | None | Json
Path = tuple[PathStep, ...]


class Fact(NamedTuple):
    """One event or one sample. `time` in microseconds; `ref` finds it again in its feed; `series` is empty for an event."""

    time: int
    ref: str = ""
    source: str | None = None
    type: str | None = None
    subject: str | None = None
    severity: str | None = None
    metric: str | None = None
    value: float | None = None
    item: str | None = None
    unit: str | None = None
    attrs: Mapping[str, Json] = {}
    data: Json = None
    series: str = ""
    item_id: UUID | None = None

    def read(self, column: Column) -> Value:
        """The value of a column as the condition language sees it."""
        if column.name == "attrs":
            return as_attribute(self.attrs.get(str(column.path[0])))
        if column.name == "data":
            return step_into(self.data, column.path)
        if column.name == "value":
            return finite(self.value)
        plain: int | str | None = getattr(self, column.name)
        return plain


def step_into(value: Json, path: Sequence[PathStep]) -> Json:
    """Follow a path; None where it ends early. Positions are only for lists, keys only for objects."""
    for step in path:
        if isinstance(step, str) and isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list | tuple) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def as_attribute(value: Json) -> str | None:
    """Attributes are text: numbers and booleans are written out, nested values count as absent."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else None


def finite(value: Json) -> float | None:
    """A JSON number as float64; anything else, and what does not fit, is None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


@dataclass(frozen=True, slots=True)
class Words:
    """A text column. Words may repeat (after lower(), say); codes are what the rows hold."""

    codes: Codes
    words: Sequence[str]

    def where(self, chosen: Sequence[bool]) -> Bools:
        """Rows whose word is chosen; NULL rows are not."""
        table = np.array([*chosen, False], dtype=np.bool_)  # code -1 lands on the added last place
        picked: Bools = table[self.codes]
        return picked

    def present(self) -> "Words":
        """The same rows with only the words they have. A dictionary kept over many batches has far more."""
        if len(self.words) <= 2 * len(self.codes):
            return self
        met, places = np.unique(self.codes, return_inverse=True)
        null = int(len(met) > 0 and met[0] < 0)
        return Words((places.reshape(-1) - null).astype(np.int32), [self.words[code] for code in met[null:].tolist()])


class WordTable:
    """What each word of a column means to somebody, looked up once for each word of a dictionary that lives long."""

    __slots__ = ("_meaning", "_numbers", "_words")

    def __init__(self, meaning: Callable[[str], int]) -> None:
        self._meaning = meaning
        self._words: Sequence[str] = ()
        self._numbers: Ints = _NONE

    def of(self, words: Words) -> Ints:
        """The number of each row's word; -1 for NULL."""
        return self.table(words)[words.codes]

    def table(self, words: Words) -> Ints:
        """The number of each word, and -1 at the end, where NULL's code points. Asks only for words that were not met yet."""
        if words.words is not self._words:
            self._words, self._numbers = words.words, _NONE
        known = len(self._numbers) - 1
        if known < len(words.words):
            fresh = [self._meaning(word) for word in words.words[known:]]
            self._numbers = np.concatenate([self._numbers[:-1], np.array([*fresh, -1], dtype=np.int64)])
        return self._numbers


_NONE: Final[Ints] = np.array([-1], dtype=np.int64)


def encode(values: Sequence[str | None]) -> Words:
    """Dictionary-encode text."""
    index: dict[str, int] = {}
    codes = [-1 if value is None else index.setdefault(value, len(index)) for value in values]
    return Words(np.array(codes, dtype=np.int32), list(index))


class Rows(Protocol):
    """Facts by position, however they are kept."""

    def __len__(self) -> int: ...

    def fact(self, row: int) -> Fact:
        """One of them, whole."""
        ...

    def text(self, column: Column) -> Words:
        """A text column or one attribute."""
        ...

    def series(self) -> Words:
        """What names each fact's series."""
        ...

    def json(self, path: Sequence[PathStep]) -> list[Json]:
        """One path of each fact's data."""
        ...

    def take(self, rows: Ints) -> "Rows":
        """The chosen ones, in their order."""
        ...


@dataclass(frozen=True, slots=True)
class FactRows:
    """Facts one by one, as events come."""

    facts: Sequence[Fact]

    def __len__(self) -> int:
        return len(self.facts)

    def fact(self, row: int) -> Fact:
        """One of them, whole."""
        return self.facts[row]

    def text(self, column: Column) -> Words:
        """A text column or one attribute."""
        if column.name == "attrs":
            key = str(column.path[0])
            return encode([as_attribute(fact.attrs.get(key)) for fact in self.facts])
        return encode([getattr(fact, column.name) for fact in self.facts])

    def series(self) -> Words:
        """What names each fact's series."""
        return encode([fact.series for fact in self.facts])

    def json(self, path: Sequence[PathStep]) -> list[Json]:
        """One path of each fact's data."""
        return [step_into(fact.data, path) for fact in self.facts]

    def take(self, rows: Ints) -> "FactRows":
        """The chosen ones."""
        return FactRows([self.facts[row] for row in rows.tolist()])


@dataclass(slots=True)
class Batch:
    """Facts as columns. `rows` are the facts themselves, needed for attributes, data and evidence.

    `named` are columns of numbers that no fact has: measures of windows, where a row is a window.
    """

    rows: Rows
    times: Ints
    values: Floats
    _texts: dict[Column, Words] = field(default_factory=dict)
    _series: Words | None = None
    named: Mapping[str, Floats] = field(default_factory=dict)
    _json: dict[Path, list[Json]] = field(default_factory=dict)
    _numbers: dict[Path, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.times)

    @classmethod
    def of(cls, facts: Sequence[Fact]) -> "Batch":
        """Columns of rows; text columns are encoded when a condition first asks for them."""
        times = np.fromiter((fact.time for fact in facts), np.int64, len(facts))
        numbers = (math.nan if fact.value is None else fact.value for fact in facts)
        values = np.fromiter(numbers, np.float64, len(facts))
        values[~np.isfinite(values)] = np.nan
        return cls(FactRows(facts), times, values)

    @classmethod
    def of_named(cls, named: Mapping[str, Floats], count: int) -> "Batch":
        """Rows that have nothing but numbers by name."""
        return cls(FactRows(()), np.zeros(count, dtype=np.int64), np.zeros(count), named=named)

    def fact(self, row: int) -> Fact:
        """One fact, whole."""
        return self.rows.fact(row)

    def facts(self) -> Iterator[Fact]:
        """Every fact, in order."""
        return (self.rows.fact(row) for row in range(len(self)))

    def text(self, column: Column) -> Words:
        """A text column or one attribute."""
        found = self._texts.get(column)
        if found is None:
            found = self._texts[column] = self.rows.text(column)
        return found

    def series(self) -> Words:
        """What names each fact's series."""
        if self._series is None:
            self._series = self.rows.series()
        return self._series

    def json(self, path: Path) -> list[Json]:
        """One path of every fact's data; read once however many rules ask."""
        found = self._json.get(path)
        if found is None:
            found = self._json[path] = self.rows.json(path)
        return found

    def numbers(self, path: Path) -> Floats:
        """The same as numbers; NaN for NULL and for what is no number."""
        found = self._numbers.get(path)
        if found is None:
            values = (value if type(value) is float else finite(value) for value in self.json(path))
            found = np.array([math.nan if value is None else value for value in values], dtype=np.float64)
            found[~np.isfinite(found)] = np.nan
            self._numbers[path] = found
        return found

    def take(self, rows: Ints) -> "Batch":
        """The chosen rows, in their order, with the columns read so far."""
        texts = {column: Words(words.codes[rows], words.words) for column, words in self._texts.items()}
        series = None if self._series is None else Words(self._series.codes[rows], self._series.words)
        numbers = {path: found[rows] for path, found in self._numbers.items()}
        return Batch(self.rows.take(rows), self.times[rows], self.values[rows], texts, series, _numbers=numbers)
