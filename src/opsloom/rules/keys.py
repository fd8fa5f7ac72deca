"""Keys: how a group of rules parts its facts, and until when it has seen each part.

The newest time of a key depends only on which facts the group takes, not on any rule's condition, so it is kept once for all
rules that part the same facts the same way. A rule itself remembers only the keys that are not at rest.
"""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from opsloom.rules.facts import Batch, Fact, Value
from opsloom.rules.predicate import Column
from opsloom.rules.printing import show_operand
from opsloom.rules.program import GroupKey
from opsloom.rules.threshold import accepted_time

MAX_KEY_BYTES: Final = 600
NEVER: Final = 1 << 62
"""Arrival of a key's first fact, before it is there: later than any time, so that it never counts as silent."""

Identity = str | tuple[Value, ...]


@dataclass(slots=True)
class Admission:
    """Facts of a batch that count: their rows, key codes, times, and the key's newest time before each (None: none)."""

    batch: Batch
    codes: list[int]
    times: list[int]
    before: list[int | None]


@dataclass(slots=True)
class KeyTable:
    """Keys by code. `seen` is the newest event time of a key, `arrived` when (wall clock) that fact came in."""

    group: GroupKey
    texts: list[str] = field(default_factory=list)
    labels: list[dict[str, str]] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    arrived: list[int] = field(default_factory=list)
    dirty: set[int] = field(default_factory=set)
    late: int = 0
    items: dict[int, UUID | None] = field(default_factory=dict)
    _codes: dict[Identity, int] = field(default_factory=dict)
    _by_text: dict[str, int] = field(default_factory=dict)

    def restore(self, text: str, labels: dict[str, str], seen: int, arrived: int) -> int:
        """Bring back a key that was stored."""
        code = self._by_text[text] = len(self.texts)
        self.texts.append(text)
        self.labels.append(labels)
        self.seen.append(seen)
        self.arrived.append(arrived)
        return code

    def find(self, text: str) -> int | None:
        """The code of a key by its text."""
        return self._by_text.get(text)

    def admit(self, batch: Batch, arrived: int) -> Admission:
        """Give each fact its key and time; drop what is too late."""
        rows: list[int] = []
        admitted = Admission(batch, [], [], [])
        grace = self.group.grace_us
        for row, fact in enumerate(batch.facts):
            code = self.code_of(fact)
            newest = self.seen[code] if self.arrived[code] != NEVER else None
            time = accepted_time(fact.time, newest, grace)
            if time is None:
                self.late += 1
                continue
            self.seen[code], self.arrived[code] = time, arrived
            rows.append(row)
            admitted.codes.append(code)
            admitted.times.append(time)
            admitted.before.append(newest)
        self.dirty.update(admitted.codes)
        if len(rows) < len(batch):
            admitted.batch = batch.take_rows(rows)
        return admitted

    def clock(self, code: int, now: int) -> int:
        """The key's own time: its newest fact's, plus the wall time that has passed since that fact came in."""
        return self.seen[code] + max(0, now - self.arrived[code])

    def code_of(self, fact: Fact) -> int:
        """The code of a fact's key, a new one if it was never met."""
        keys = self.group.keys
        identity: Identity = fact.series if keys == (None,) else tuple(self._part(fact, key) for key in keys)
        code = self._codes.get(identity)
        if code is None:
            code = self._codes[identity] = self._new(fact)
        return code

    def _part(self, fact: Fact, key: Column | None) -> Value:
        value = fact.series if key is None else fact.read(key)
        return value if value is None or isinstance(value, int | float | str) else json.dumps(value, sort_keys=True)

    def _new(self, fact: Fact) -> int:
        labels: dict[str, str] = {}
        parts: list[str] = []
        for key in self.group.keys:
            own = series_labels(fact) if key is None else _label(key, fact.read(key))
            # A series is named by its item's id, so that renaming the item does not make another key of it.
            parts += (
                [fact.series]
                if key is None
                else [f"{name}={json.dumps(v, ensure_ascii=False)}" for name, v in own.items()]
            )
            labels |= own
        text = _short(",".join(parts))
        known = self._by_text.get(text)
        if known is None:
            known = self.restore(text, labels, 0, NEVER)
        self.items[known] = fact.item_id
        return known


def series_labels(fact: Fact) -> dict[str, str]:
    """What tells a series from others."""
    own = {"item": fact.item or ""}
    return own | {name: str(value) for name, value in sorted(fact.attrs.items()) if value is not None}


def _short(text: str) -> str:
    """A key is part of index entries, whose size PostgreSQL limits."""
    raw = text.encode()
    if len(raw) <= MAX_KEY_BYTES:
        return text
    return f"{raw[: MAX_KEY_BYTES - 70].decode(errors='ignore')}…#{hashlib.sha256(raw).hexdigest()}"


def _label(key: Column, value: Value) -> dict[str, str]:
    name = ".".join(str(step) for step in key.path) or show_operand(key)
    if value is None:
        return {name: ""}
    return {name: value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)}
