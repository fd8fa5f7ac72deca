"""What events of a type are made of, learned a little from each batch. Pure.

Every event counts towards its type; its parts are looked at for `LOOKED_AT` events of a type a batch only, so that a batch of a
thousand costs little more than one of ten. How often a field is there is therefore a share of the events that were looked at.
A sketch is bounded: so many fields, so many different values of a field; a field with more values than that says so.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import msgspec
import orjson

from opsloom.events.event import NewEvent

LOOKED_AT: Final = 8
MAX_TYPES: Final = 500
MAX_FIELDS: Final = 200
MAX_VALUES: Final = 20
MAX_SOURCES: Final = 20
MAX_VALUE_CHARS: Final = 80
MAX_DEPTH: Final = 4


class FieldSketch(msgspec.Struct):
    """`kinds` counts JSON types; `values` counts short values, the most common of those that were seen."""

    seen: int = 0
    first_seen: str = ""
    last_seen: str = ""
    kinds: dict[str, int] = {}
    values: dict[str, int] = {}
    low: float | None = None
    high: float | None = None
    many: bool = False

    def observe(self, value: Any, at: str) -> None:
        """One more event that has the field."""
        self.seen += 1
        self.first_seen = self.first_seen or at
        self.last_seen = at
        kind = kind_of(value)
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        if kind in {"object", "list", "null"}:
            return
        if kind == "number":
            self.low = value if self.low is None else min(self.low, value)
            self.high = value if self.high is None else max(self.high, value)
        text = value if isinstance(value, str) else orjson.dumps(value).decode()
        if len(text) <= MAX_VALUE_CHARS:
            self._count(text, 1)

    def merge(self, newer: "FieldSketch") -> None:
        """Add what was seen later."""
        self.seen += newer.seen
        self.first_seen = self.first_seen or newer.first_seen
        self.last_seen = newer.last_seen or self.last_seen
        for kind, count in newer.kinds.items():
            self.kinds[kind] = self.kinds.get(kind, 0) + count
        for text, count in newer.values.items():
            self._count(text, count)
        lows = [each for each in (self.low, newer.low) if each is not None]
        highs = [each for each in (self.high, newer.high) if each is not None]
        self.low, self.high = (min(lows) if lows else None), (max(highs) if highs else None)
        self.many = self.many or newer.many

    def _count(self, text: str, count: int) -> None:
        if text in self.values or len(self.values) < MAX_VALUES:
            self.values[text] = self.values.get(text, 0) + count
        else:
            self.many = True


class TypeSketch(msgspec.Struct):
    """`fields` by path as conditions write it: `severity`, `attributes.region`, `data.order.total`."""

    events: int = 0
    looked_at: int = 0
    first_seen: str = ""
    last_seen: str = ""
    fields: dict[str, FieldSketch] = {}
    sources: dict[str, int] = {}
    left_out: bool = False

    def count(self, events: int, at: str) -> None:
        """So many more events."""
        self.events += events
        self.first_seen = self.first_seen or at
        self.last_seen = at

    def look_at(self, event: NewEvent, at: str) -> None:
        """Learn from one event."""
        self.looked_at += 1
        self._source(event.source, 1)
        for path, value in fields_of(event):
            found = self._field(path)
            if found is not None:
                found.observe(value, at)

    def merge(self, newer: "TypeSketch") -> None:
        """Add what was seen later."""
        self.events += newer.events
        self.looked_at += newer.looked_at
        self.first_seen = self.first_seen or newer.first_seen
        self.last_seen = newer.last_seen or self.last_seen
        self.left_out = self.left_out or newer.left_out
        for source, count in newer.sources.items():
            self._source(source, count)
        for path, sketch in newer.fields.items():
            found = self._field(path)
            if found is not None:
                found.merge(sketch)

    def _field(self, path: str) -> FieldSketch | None:
        found = self.fields.get(path)
        if found is None:
            if len(self.fields) >= MAX_FIELDS:
                self.left_out = True
                return None
            found = self.fields[path] = FieldSketch()
        return found

    def _source(self, source: str, count: int) -> None:
        if source in self.sources or len(self.sources) < MAX_SOURCES:
            self.sources[source] = self.sources.get(source, 0) + count


def learn(events: Iterable[NewEvent], at: datetime, into: dict[str, TypeSketch]) -> None:
    """Add a batch to the sketches of its types."""
    moment = at.isoformat()
    counts: dict[str, int] = {}
    for event in events:
        seen = counts[event.type] = counts.get(event.type, 0) + 1
        if seen <= LOOKED_AT:
            sketch = into.get(event.type)
            if sketch is None:
                if len(into) >= MAX_TYPES:
                    continue
                sketch = into[event.type] = TypeSketch()
            sketch.look_at(event, moment)
    for name, count in counts.items():
        if name in into:
            into[name].count(count, moment)


def fields_of(event: NewEvent) -> Iterator[tuple[str, Any]]:
    """The parts of an event by path; lists are looked at as a whole."""
    if event.subject is not None:
        yield "subject", event.subject
    if event.severity is not None:
        yield "severity", event.severity
    yield from _inside("attributes", orjson.loads(event.attributes), 1)
    yield from _inside("data", orjson.loads(event.data), 1)


def _inside(path: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict):
        yield path, value
        return
    for name, each in value.items():
        inner = f"{path}.{name}"
        if len(inner) > 300:
            continue
        if isinstance(each, dict) and depth < MAX_DEPTH:
            yield from _inside(inner, each, depth + 1)
        else:
            yield inner, each


def kind_of(value: Any) -> str:
    """The JSON type in our words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    return "list" if isinstance(value, list) else "object"
