"""Samples as columns from the start: what tells one series from another is kept once for each series, not for each sample."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

import numpy as np

from opsloom.rules.facts import Batch, Codes, Fact, Floats, Ints, Json, Words, as_attribute
from opsloom.rules.predicate import Column, PathStep


class Series(NamedTuple):
    """What all samples of a series have in common. `name` is unique."""

    name: str
    metric: str
    item: str | None = None
    unit: str | None = None
    attrs: Mapping[str, str] = {}
    item_id: UUID | None = None

    def read(self, column: Column) -> str | None:
        """A text column or one attribute."""
        if column.name == "attrs":
            return as_attribute(self.attrs.get(str(column.path[0])))
        found: str | None = getattr(self, column.name, None)
        return found


@dataclass(slots=True)
class _Spelled:
    """A text column of every series: its words, and which of them each series has."""

    index: dict[str, int] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    codes: Codes = field(default_factory=lambda: np.empty(0, dtype=np.int32))


class SeriesTable:
    """Every series met so far, by code. Codes and words stay as they are while the table lives."""

    def __init__(self) -> None:
        self.known: list[Series] = []
        self.names: list[str] = []
        self._spelled: dict[Column, _Spelled] = {}

    def add(self, series: Series) -> int:
        """Take in a series that was not met before; its code."""
        self.known.append(series)
        self.names.append(series.name)
        return len(self.known) - 1

    def text(self, column: Column, codes: Codes) -> Words:
        """A text column of samples, by the series they are of."""
        spelled = self._spelled.get(column)
        if spelled is None:
            spelled = self._spelled[column] = _Spelled()
        if len(spelled.codes) < len(self.known):
            self._spell(spelled, column)
        return Words(spelled.codes[codes], spelled.words)

    def _spell(self, spelled: _Spelled, column: Column) -> None:
        fresh = []
        for series in self.known[len(spelled.codes) :]:
            word = series.read(column)
            if word is None:
                fresh.append(-1)
                continue
            code = spelled.index.setdefault(word, len(spelled.words))
            if code == len(spelled.words):
                spelled.words.append(word)
            fresh.append(code)
        spelled.codes = np.concatenate([spelled.codes, np.array(fresh, dtype=np.int32)])


@dataclass(frozen=True, slots=True)
class SampleRows:
    """Samples as columns; `refs` find them again in their feed."""

    table: SeriesTable
    codes: Codes
    times: Ints
    values: Floats
    refs: Ints

    def __len__(self) -> int:
        return len(self.codes)

    def fact(self, row: int) -> Fact:
        """One of them, whole."""
        series, value = self.table.known[self.codes[row]], float(self.values[row])
        return Fact(
            time=int(self.times[row]),
            ref=f"sample:{self.refs[row]}",
            metric=series.metric,
            value=None if math.isnan(value) else value,
            item=series.item,
            unit=series.unit,
            attrs=series.attrs,
            series=series.name,
            item_id=series.item_id,
        )

    def text(self, column: Column) -> Words:
        """A text column or one attribute."""
        return self.table.text(column, self.codes)

    def series(self) -> Words:
        """What names each sample's series."""
        return Words(self.codes, self.table.names)

    def json(self, path: Sequence[PathStep]) -> list[Json]:
        """Samples have no data."""
        return [None] * len(self)

    def take(self, rows: Ints) -> "SampleRows":
        """The chosen ones."""
        return SampleRows(self.table, self.codes[rows], self.times[rows], self.values[rows], self.refs[rows])


def sample_batch(
    table: SeriesTable, codes: Sequence[int], times: Sequence[int], values: Sequence[float | None], refs: Sequence[int]
) -> Batch:
    """Samples of series of the table, in order of arrival."""
    numbers = np.array([math.nan if value is None else value for value in values], dtype=np.float64)
    numbers[~np.isfinite(numbers)] = np.nan
    rows = SampleRows(
        table,
        np.array(codes, dtype=np.int32),
        np.array(times, dtype=np.int64),
        numbers,
        np.array(refs, dtype=np.int64),
    )
    return Batch(rows, rows.times, numbers)
