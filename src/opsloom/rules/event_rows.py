"""Events as columns from the start. JSON is decoded once however many rules read it, and only where one does."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import numpy as np
import orjson

from opsloom.events.service import FeedColumns
from opsloom.rules.facts import Batch, Fact, Ints, Json, Words, as_attribute, encode, step_into
from opsloom.rules.predicate import Column, PathStep

_SINCE_2000_US: Final = 946_684_800_000_000
_ID_BYTES: Final = 16


class _Decoded:
    """A column of JSON texts, decoded where somebody asked."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._values: list[Any] = [None] * len(texts)
        self._known = np.zeros(len(texts), dtype=np.bool_)

    def at(self, row: int) -> Any:
        """One value."""
        if not self._known[row]:
            self._values[row], self._known[row] = _lenient(self._texts[row]), True
        return self._values[row]

    def of(self, rows: Ints | None) -> list[Any]:
        """The values of rows; None is all."""
        wanted = np.flatnonzero(~self._known) if rows is None else np.unique(rows[~self._known[rows]])
        if len(wanted):
            self._decode(wanted)
        values = self._values
        return values if rows is None else [values[row] for row in rows.tolist()]

    def _decode(self, rows: Ints) -> None:
        texts = self._texts
        chosen = texts if len(rows) == len(texts) else [texts[row] for row in rows.tolist()]
        try:
            found = orjson.loads(f"[{','.join(chosen)}]")
        except orjson.JSONDecodeError:
            found = [_lenient(text) for text in chosen]
        if len(rows) == len(texts):
            self._values = found
        else:
            for row, value in zip(rows.tolist(), found, strict=True):
                self._values[row] = value
        self._known[rows] = True


def _lenient(text: str) -> Any:
    """A stored number may be beyond float64; what cannot be read is NULL to every rule."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


@dataclass(slots=True)
class _Piece:
    """What the feed gave, shared by every selection of its rows."""

    columns: FeedColumns
    data: _Decoded
    attributes: _Decoded
    words: dict[Column, Words] = field(default_factory=dict)

    def text(self, column: Column) -> Words:
        """A plain text column of all rows."""
        found = self.words.get(column)
        if found is None:
            found = self.words[column] = encode(self._plain(column.name))
        return found

    def _plain(self, name: str) -> Sequence[str | None]:
        columns = self.columns
        plain: dict[str, Sequence[str | None]] = {
            "source": columns.sources,
            "type": columns.types,
            "subject": columns.subjects,
            "severity": columns.severities,
        }
        return plain.get(name) or [None] * len(columns)


@dataclass(frozen=True, slots=True)
class EventRows:
    """Rows of a piece of the feed; `rows` is None for all of them."""

    piece: _Piece
    times: Ints
    rows: Ints | None = None

    def __len__(self) -> int:
        return len(self.times)

    def fact(self, row: int) -> Fact:
        """One of them, whole."""
        place, columns = row if self.rows is None else int(self.rows[row]), self.piece.columns
        at = place * _ID_BYTES
        return Fact(
            time=int(self.times[row]),
            ref=f"event:{UUID(bytes=columns.ids[at : at + _ID_BYTES])}",
            source=columns.sources[place],
            type=columns.types[place],
            subject=columns.subjects[place],
            severity=columns.severities[place],
            attrs=self.piece.attributes.at(place) or {},
            data=self.piece.data.at(place),
        )

    def text(self, column: Column) -> Words:
        """A text column or one attribute."""
        if column.name == "attrs":
            key = str(column.path[0])
            return encode([as_attribute((each or {}).get(key)) for each in self.piece.attributes.of(self.rows)])
        words = self.piece.text(column)
        return words if self.rows is None else Words(words.codes[self.rows], words.words)

    def series(self) -> Words:
        """Events are of no series."""
        return Words(np.zeros(len(self), dtype=np.int32), [""])

    def json(self, path: Sequence[PathStep]) -> list[Json]:
        """One path of each event's data."""
        values = self.piece.data.of(self.rows)
        if len(path) == 1 and isinstance(path[0], str):
            key = path[0]
            return [value.get(key) if type(value) is dict else None for value in values]
        return [step_into(value, path) for value in values]

    def take(self, rows: Ints) -> "EventRows":
        """The chosen ones."""
        return EventRows(self.piece, self.times[rows], rows if self.rows is None else self.rows[rows])


def event_batch(columns: FeedColumns) -> Batch:
    """A piece of the feed as facts, in order of arrival."""
    times = np.frombuffer(columns.moments, dtype=">i8").astype(np.int64) + _SINCE_2000_US
    piece = _Piece(columns, _Decoded(columns.data), _Decoded(columns.attributes))
    return Batch(EventRows(piece, times), times, np.full(len(columns), np.nan))
