"""Keys: how a group of rules parts its facts, and until when it has seen each part.

The newest time of a key depends only on which facts the group takes, not on any rule's condition, so it is kept once for all
rules that part the same facts the same way. A rule itself remembers only the keys that are not at rest.
"""

import hashlib
import json
from bisect import bisect_left
from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Final
from uuid import UUID

import numpy as np

from opsloom.rules.facts import Batch, Fact, Ints, Value, WordTable
from opsloom.rules.key_columns import distinct, newest_so_far, part, part_of
from opsloom.rules.lifecycle import accepted_time
from opsloom.rules.ordering import Ordering
from opsloom.rules.parting import GroupKey
from opsloom.rules.predicate import Column
from opsloom.rules.printing import show_operand

MAX_KEY_BYTES: Final = 600
NEVER: Final = 1 << 62
"""Arrival of a key's first fact, before it is there: later than any time, so that it never counts as silent."""

UNSEEN: Final = -(1 << 62)
"""Stands where a key has no newest time yet."""

Identity = str | tuple[Value, ...]
_UNKNOWN: Final = -2
_FEW: Final = 32


class Admission:
    """Facts of a batch that count: their rows, key codes, times, and the key's newest time before the batch (UNSEEN: none)."""

    def __init__(self, batch: Batch, codes: Ints, times: Ints, first: Ints) -> None:
        self.batch, self.codes, self.times = batch, codes, times
        self._first = first
        self._rows: dict[int, list[int]] = {}
        self._asked = 0
        self._facts: dict[int, Fact] = {}

    def __len__(self) -> int:
        return len(self.codes)

    def met(self, codes: Collection[int]) -> list[int]:
        """Those of some keys that have a fact here."""
        if len(codes) > len(self):
            return [code for code in np.unique(self.codes).tolist() if code in codes]
        present = self._present
        return [code for code in codes if code < len(present) and present[code]]

    @cached_property
    def _present(self) -> bytes:
        """By key: whether it has a fact here."""
        mask = np.zeros(int(self.codes.max(initial=-1)) + 1, dtype=np.bool_)
        mask[self.codes] = True
        return mask.tobytes()

    def fact(self, row: int) -> Fact:
        """One fact, whole; made once however many rules ask."""
        found = self._facts.get(row)
        if found is None:
            found = self._facts[row] = self.batch.fact(row)
        return found

    def rows_of(self, code: int) -> list[int]:
        """The rows of a key, in order."""
        found = self._rows.get(code)
        if found is not None:
            return found
        self._asked += 1
        if self._asked > _FEW:
            self._part()
            return self._rows.get(code, [])
        found = self._rows[code] = np.flatnonzero(self.codes == code).tolist()
        return found

    def rows_of_all(self, codes: Iterable[int]) -> list[int]:
        """The rows of several keys, in order."""
        each = [self.rows_of(code) for code in codes]
        return each[0] if len(each) == 1 else sorted(row for rows in each for row in rows)

    def before(self, row: int) -> int | None:
        """The newest time of the fact's key before it."""
        rows = self.rows_of(int(self.codes[row]))
        place = bisect_left(rows, row)
        if place:
            return int(self.times[rows[place - 1]])
        first = int(self._first[row])
        return None if first == UNSEEN else first

    def _part(self) -> None:
        """The rows of every key at once."""
        rows: dict[int, list[int]] = {}
        for row, code in enumerate(self.codes.tolist()):
            rows.setdefault(code, []).append(row)
        self._rows = rows


class KeyTable:
    """Keys by code. `seen` is the newest event time of a key, `arrived` when (wall clock) that fact came in."""

    def __init__(self, group: GroupKey) -> None:
        self.group = group
        self.texts: list[str] = []
        self.labels: list[dict[str, str]] = []
        self.items: dict[int, UUID | None] = {}
        self.late = 0
        self._seen, self._arrived = _empty(), _empty()
        self._dirty = np.zeros(0, dtype=np.bool_)
        self._codes: dict[Identity, int] = {}
        self._by_text: dict[str, int] = {}
        self._of_series = WordTable(lambda name: self._codes.get(name, _UNKNOWN))
        self._ordering = Ordering(group.late_us) if group.ordered else None

    def __len__(self) -> int:
        return len(self.texts)

    def silent(self, now: int, after_us: int) -> list[int]:
        """Keys whose newest fact is at least so long ago by their clock, and possibly others."""
        if self._ordering is not None:
            return [code for code, time in self._ordering.all_released() if time + after_us <= self.clock(code, now)]
        found: list[int] = np.flatnonzero(self._arrived[: len(self.texts)] <= now - after_us).tolist()
        return found

    def seen(self, code: int) -> int | None:
        """The newest event time of a key among the facts that were handed on; None before the first."""
        return int(self._seen[code]) if self._ordering is None else self._ordering.released(code)

    def wait(self, code: int, released: int | None, held: list[Fact]) -> None:
        """Bring back facts of a key that were waiting to be put in order."""
        if self._ordering is not None:
            self._ordering.restore(code, released, held)

    @property
    def held(self) -> int:
        """How many facts wait to be put in order."""
        return 0 if self._ordering is None else len(self._ordering)

    def waiting(self, codes: list[int]) -> list[tuple[int | None, list[Fact]]]:
        """What `wait` brings back, of each key."""
        if self._ordering is None:
            return [(None, [])] * len(codes)
        return [(self._ordering.released(code), self._ordering.held(code)) for code in codes]

    def restore(self, text: str, labels: dict[str, str], seen: int, arrived: int) -> int:
        """Bring back a key that was stored."""
        code = self._by_text[text] = len(self.texts)
        self.texts.append(text)
        self.labels.append(labels)
        if code >= len(self._seen):
            room = max(64, code)
            self._seen = np.concatenate([self._seen, np.zeros(room, dtype=np.int64)])
            self._arrived = np.concatenate([self._arrived, np.zeros(room, dtype=np.int64)])
            self._dirty = np.concatenate([self._dirty, np.zeros(room, dtype=np.bool_)])
        self._seen[code], self._arrived[code] = seen, arrived
        return code

    def find(self, text: str) -> int | None:
        """The code of a key by its text."""
        return self._by_text.get(text)

    def changed(self) -> list[int]:
        """Keys with a fact since `settled`."""
        found: list[int] = np.flatnonzero(self._dirty).tolist()
        return found

    def settled(self) -> None:
        """Everything is stored."""
        self._dirty[:] = False

    def stored(self, codes: list[int]) -> tuple[list[int], list[int]]:
        """`seen` and `arrived` of keys, as they are stored."""
        return self._seen[codes].tolist(), self._arrived[codes].tolist()

    def admit(self, batch: Batch, arrived: int) -> Admission:
        """Give each fact its key and time; drop what is too late. Where facts are put in order, some may have to wait."""
        codes = self._codes_of(batch)
        if self._ordering is not None:
            return self._admit_ordered(self._ordering, batch, codes, arrived)
        first, times = self._seen[codes], batch.times
        if bool((times >= first).all()) and bool((times[1:] >= times[:-1]).all()):
            # In order over the whole batch, so in order within each key; of a key's rows the last one is assigned.
            self._seen[codes] = times
            admitted = Admission(batch, codes, times, first)
        else:
            admitted = self._admit_each(batch, codes, first)
        self._arrived[admitted.codes] = arrived
        self._dirty[admitted.codes] = True
        return admitted

    def release(self, now: int) -> Admission | None:
        """The facts that have waited long enough by the wall clock; None for none."""
        if self._ordering is None:
            return None
        first: dict[int, int] = {}
        out: list[tuple[int, Fact]] = []
        for code in self._ordering.waiting:
            self._hand_on(self._ordering, code, self._own_time(code, now), first, out)
        return _admission(first, out) if out else None

    def _admit_ordered(self, ordering: Ordering, batch: Batch, codes: Ints, arrived: int) -> Admission:
        first: dict[int, int] = {}
        out: list[tuple[int, Fact]] = []
        for row, (code, time) in enumerate(zip(codes.tolist(), batch.times.tolist(), strict=True)):
            newest = None if self._seen[code] == UNSEEN else int(self._seen[code])
            if not ordering.take(code, batch.fact(row), newest):
                self.late += 1
                continue
            self._dirty[code] = True
            if newest is None or time >= newest:
                self._seen[code], self._arrived[code] = time, arrived
                self._hand_on(ordering, code, time, first, out)
            else:
                self._hand_on(ordering, code, newest, first, out)
        return _admission(first, out)

    def _hand_on(
        self, ordering: Ordering, code: int, clock: int, first: dict[int, int], out: list[tuple[int, Fact]]
    ) -> None:
        before = ordering.released(code)
        facts = ordering.release(code, clock)
        if facts:
            first.setdefault(code, UNSEEN if before is None else before)
            self._dirty[code] = True
            out.extend((code, fact) for fact in facts)

    def _admit_each(self, batch: Batch, codes: Ints, first: Ints) -> Admission:
        if len(batch) < _FEW:  # arrays cost more than so many facts
            kept, counts_at = self._accepted(batch, codes, first)
        else:
            newest = newest_so_far(codes, batch.times, first)
            # As `accepted_time` has it: a fact counts at its key's newest time, and one beyond the grace moves nothing.
            kept = np.flatnonzero(newest - batch.times <= self.group.late_us)
            counts_at = newest[kept]
        self.late += len(batch) - len(kept)
        if len(kept) < len(batch):
            batch, codes, first = batch.take(kept), codes[kept], first[kept]
        self._seen[codes] = counts_at
        return Admission(batch, codes, counts_at, first)

    def _accepted(self, batch: Batch, codes: Ints, first: Ints) -> tuple[Ints, Ints]:
        newest: dict[int, int | None] = {}
        kept: list[tuple[int, int]] = []
        for row, (code, time) in enumerate(zip(codes.tolist(), batch.times.tolist(), strict=True)):
            if code not in newest:
                newest[code] = None if first[row] == UNSEEN else int(first[row])
            counts_at = accepted_time(time, newest[code], self.group.late_us)
            if counts_at is not None:
                newest[code] = counts_at
                kept.append((row, counts_at))
        pairs = np.array(kept, dtype=np.int64).reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]

    def clock(self, code: int, now: int) -> int:
        """Up to when a key's facts are known: its newest fact's time, plus the wall time that has passed since that came in.

        Where facts are put in order, those of the last `late_us` may still come.
        """
        return self._own_time(code, now) - (self.group.late_us if self._ordering is not None else 0)

    def clocks(self, now: int) -> Ints:
        """The same for every key."""
        count = len(self.texts)
        passed = np.maximum(0, now - self._arrived[:count])
        return self._seen[:count] + passed - (self.group.late_us if self._ordering is not None else 0)

    def _own_time(self, code: int, now: int) -> int:
        return int(self._seen[code]) + max(0, now - int(self._arrived[code]))

    def _codes_of(self, batch: Batch) -> Ints:
        if self.group.keys == (None,):
            return self._series_codes(batch)
        if len(batch) < _FEW:
            return np.fromiter((self.code_of(fact) for fact in batch.facts()), np.int64, len(batch))
        parts = [part(batch, key) for key in self.group.keys]
        rows, numbers = distinct(parts, len(batch))
        found: list[int] = []
        for row in rows.tolist():
            code = self._codes.get(tuple(one.values[one.codes[row]] for one in parts))
            found.append(self.code_of(batch.fact(row)) if code is None else code)
        codes: Ints = np.array(found, dtype=np.int64)[numbers]
        return codes

    def _series_codes(self, batch: Batch) -> Ints:
        words = batch.series()
        table = self._of_series.table(words)
        codes: Ints = table[words.codes]
        for row in np.flatnonzero(codes == _UNKNOWN).tolist():
            # The first of them makes the key; the table keeps it for the others and the next batches.
            word = words.codes[row]
            if table[word] == _UNKNOWN:
                table[word] = self.code_of(batch.fact(row))
            codes[row] = table[word]
        return codes

    def code_of(self, fact: Fact) -> int:
        """The code of a fact's key, a new one if it was never met."""
        keys = self.group.keys
        identity: Identity = fact.series if keys == (None,) else tuple(part_of(fact, key) for key in keys)
        code = self._codes.get(identity)
        if code is None:
            code = self._codes[identity] = self._new(fact)
        return code

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
            known = self.restore(text, labels, UNSEEN, NEVER)
        self.items[known] = fact.item_id
        return known


def _admission(first: dict[int, int], out: list[tuple[int, Fact]]) -> Admission:
    batch = Batch.of([fact for _, fact in out])
    codes = np.array([code for code, _ in out], dtype=np.int64)
    before = np.array([first[code] for code, _ in out], dtype=np.int64)
    return Admission(batch, codes, batch.times, before)


def _empty() -> Ints:
    return np.zeros(0, dtype=np.int64)


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
