"""Windows that move with each key's facts, key by key: sliding ones and sessions."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
import orjson

from opsloom.rules.detectors.detector import Seen, Watch
from opsloom.rules.detectors.measures import Kept, Measures, Moments, Part
from opsloom.rules.detectors.timers import Timers
from opsloom.rules.detectors.windows import Asking, Stretch, signs_of_life
from opsloom.rules.facts import Fact
from opsloom.rules.failing import Failing
from opsloom.rules.keys import Admission, KeyTable
from opsloom.rules.lifecycle import Observation

_ENTRY_BYTES: Final = 400
Parts = Sequence[Part]


class Span(Protocol):
    """The window of one key."""

    each: bool
    """Whether every fact that counts is judged at once."""

    @property
    def due(self) -> int | None:
        """When time alone ends it."""
        ...

    def close(self) -> tuple[Stretch, int, list[Kept]]:
        """End it: what it covered and held."""
        ...

    def add(self, time: int, parts: Parts) -> None:
        """Take in a fact that counts."""
        ...

    def now(self) -> tuple[Stretch, int, list[Kept]]:
        """What it covers and holds."""
        ...

    def stored(self) -> list[Any]:
        """As JSON."""
        ...

    def restore(self, stored: list[Any]) -> None:
        """Back from JSON."""
        ...

    def __len__(self) -> int: ...


class SpanDetector:
    """Sliding windows or sessions. `make` is an empty window. `_judged` is when time last ended a key's window."""

    def __init__(self, asking: Asking, table: KeyTable, started_us: int, make: Callable[[], Span]) -> None:
        self._asking, self._started, self._make = asking, started_us, make
        self._table = table
        self._spans: dict[int, Span] = {}
        self._judged: dict[int, int] = {}
        self._timers = Timers(table)
        self._dirty: set[int] = set()
        self._entries = 0
        self.matched = self.late = 0

    @property
    def waits(self) -> bool:
        """Whether a window is open."""
        return bool(self._timers)

    def observe(self, admitted: Admission, candidates: Sequence[int] | None, watch: Watch) -> Iterator[Seen]:
        """Windows that end before each fact, and what the fact itself brings."""
        counting = self._asking.counting(admitted, self._started)
        heard = admitted.times >= self._started if watch.hears else counting
        lanes = [self._asking.measures.parts(lane, admitted.batch) for lane in self._asking.measures.lanes]
        for row in np.flatnonzero(heard).tolist():
            code, time = int(admitted.codes[row]), int(admitted.times[row])
            last_seen = self._known(admitted.before(row)) if watch.hears else None
            yield from self._end(code, time, last_seen, watch)
            if counting[row] and time >= self._judged.get(code, time):
                self.matched += 1
                yield from self._take(code, time, [lane[row] for lane in lanes], last_seen, watch)
            else:
                self.late += int(counting[row])
            if watch.hears and not watch.rests(code):
                (life,) = signs_of_life(admitted, [row])
                yield Seen(code, last_seen, life)

    def pass_time(self, now: int, watch: Watch) -> Iterator[Seen]:
        """Windows that time has ended."""
        for code, clock in self._timers.passed(now):
            yield from self._end(code, clock, self._known(self._table.seen(code)), watch)

    def _take(self, code: int, time: int, parts: Parts, last_seen: int | None, watch: Watch) -> Iterator[Seen]:
        span = self._spans.get(code)
        if span is None:
            span = self._spans[code] = self._make()
        self._entries -= len(span)
        span.add(time, parts)
        self._entries += len(span)
        self._timers.set(code, span.due)
        self._dirty.add(code)
        if span.each:
            yield from self._judge(code, time, span.now(), last_seen, watch)

    def _end(self, code: int, clock: int, last_seen: int | None, watch: Watch) -> Iterator[Seen]:
        span = self._spans.get(code)
        if span is None or span.due is None or span.due > clock:
            return
        due = span.due
        self._entries -= len(span)
        closed = span.close()
        del self._spans[code]
        self._timers.set(code, None)
        self._judged[code] = due
        self._dirty.add(code)
        yield from self._judge(code, due, closed, last_seen, watch)

    def _judge(
        self, code: int, at: int, window: tuple[Stretch, int, list[Kept]], last_seen: int | None, watch: Watch
    ) -> Iterator[Seen]:
        stretch, facts, kept = window
        values = self._asking.measures.values(facts, kept, stretch.seconds)
        seen: Observation = self._asking.judged(at, stretch, facts, values)
        if seen.holds is True or not watch.rests(code):
            yield Seen(code, last_seen, seen)

    def _known(self, seen: int | None) -> int | None:
        return seen if seen is not None and seen >= self._started else None

    def changed(self) -> set[int]:
        """Keys whose window changed."""
        return self._dirty

    def settled(self) -> None:
        """All windows are stored."""
        self._dirty.clear()

    def memory(self, code: int) -> bytes | None:
        """The window, and when one was last ended."""
        span = self._spans.get(code)
        if span is None and code not in self._judged:
            return None
        return orjson.dumps({"span": None if span is None else span.stored(), "judged": self._judged.get(code)})

    def restore(self, code: int, memory: bytes) -> None:
        """Bring back what was stored."""
        stored = orjson.loads(memory)
        if stored["judged"] is not None:
            self._judged[code] = stored["judged"]
        if stored["span"] is not None:
            span = self._spans[code] = self._make()
            span.restore(stored["span"])
            self._entries += len(span)
            self._timers.set(code, span.due)

    def size(self) -> int:
        """By the facts that are kept."""
        return self._entries * _ENTRY_BYTES

    def failing(self, code: int, last: Fact) -> Failing | None:
        """What the window as it is now does not meet."""
        stretch, facts, kept = self._spans.get(code, self._make()).now()
        return self._asking.failing(self._asking.measures.values(facts, kept, stretch.seconds))


class _Entry(NamedTuple):
    """A fact in a sliding window; `after` are the moments of it and all later ones of the older stack, by lane."""

    time: int
    parts: Parts
    after: Sequence[Moments] = ()


class SlidingSpan:
    """The facts of the last `size` microseconds.

    Numbers are never subtracted, which would let rounding grow: the facts are two stacks, of which the older one knows the moments of
    each fact together with all after it, so that a fact is added twice at most. What is counted in whole numbers is subtracted.
    """

    each = True

    def __init__(self, measures: Measures, size: int) -> None:
        self._size = size
        self._older: list[_Entry] = []
        self._newer: deque[_Entry] = deque()
        self._kept = [Kept() for _ in measures.lanes]
        self._last = 0

    def __len__(self) -> int:
        return len(self._older) + len(self._newer)

    @property
    def due(self) -> int | None:
        """When the last fact has left."""
        return self._last + self._size if len(self) else None

    def close(self) -> tuple[Stretch, int, list[Kept]]:
        """Nothing is left in it."""
        return Stretch(self._last, self._last + self._size), 0, [Kept() for _ in self._kept]

    def add(self, time: int, parts: Parts) -> None:
        """Take in a fact and let those go that it leaves behind."""
        self._last = time
        while (oldest := self._oldest()) is not None and oldest.time <= time - self._size:
            self._older.pop()
            for kept, part in zip(self._kept, oldest.parts, strict=True):
                kept.uncount(part)
        self._newer.append(_Entry(time, parts))
        for kept, part in zip(self._kept, parts, strict=True):
            kept.add(part)

    def now(self) -> tuple[Stretch, int, list[Kept]]:
        """What the window up to its last fact holds."""
        shown = []
        for lane, kept in enumerate(self._kept):
            one = Kept()
            one.count, one.buckets, one.words = kept.count, kept.buckets, kept.words
            one.moments = self._older[-1].after[lane].plus(kept.moments) if self._older else kept.moments
            shown.append(one)
        return Stretch(self._last - self._size, self._last), len(self), shown

    def _oldest(self) -> _Entry | None:
        if not self._older and self._newer:
            after = [Moments() for _ in self._kept]
            while self._newer:
                entry = self._newer.pop()
                own = (Moments() if part.number is None else Moments.of(part.number) for part in entry.parts)
                after = [one.plus(more) for one, more in zip(own, after, strict=True)]
                self._older.append(entry._replace(after=after))
            for kept in self._kept:
                kept.moments = Moments()
        return self._older[-1] if self._older else None

    def stored(self) -> list[Any]:
        """Every fact, oldest first."""
        return [[entry.time, [list(part) for part in entry.parts]] for entry in (*reversed(self._older), *self._newer)]

    def restore(self, stored: list[Any]) -> None:
        """Take them in anew."""
        for time, parts in stored:
            self.add(time, [Part(*part) for part in parts])


class SessionSpan:
    """Facts none of which is `gap` microseconds after the one before."""

    each = False

    def __init__(self, measures: Measures, gap: int) -> None:
        self._gap, self._first, self._last, self._facts = gap, 0, 0, 0
        self._kept = [Kept() for _ in measures.lanes]

    def __len__(self) -> int:
        return 1 + sum(len(kept.buckets) + len(kept.words) for kept in self._kept)

    @property
    def due(self) -> int | None:
        """When nothing has come for the gap."""
        return self._last + self._gap if self._facts else None

    def close(self) -> tuple[Stretch, int, list[Kept]]:
        """It is over."""
        return self.now()

    def add(self, time: int, parts: Parts) -> None:
        """Take in a fact."""
        self._first, self._last = time if not self._facts else self._first, time
        self._facts += 1
        for kept, part in zip(self._kept, parts, strict=True):
            kept.add(part)

    def now(self) -> tuple[Stretch, int, list[Kept]]:
        """What it holds so far; it reaches to where it would end."""
        return Stretch(self._first, self._last + self._gap), self._facts, self._kept

    def stored(self) -> list[Any]:
        """What is kept of it."""
        lanes = [
            [
                kept.count,
                list(kept.moments) if kept.moments.members else None,
                list(kept.buckets.items()),
                list(kept.words.items()),
            ]
            for kept in self._kept
        ]
        return [self._first, self._last, self._facts, lanes]

    def restore(self, stored: list[Any]) -> None:
        """Bring it back."""
        self._first, self._last, self._facts, lanes = stored
        for kept, (count, moments, buckets, words) in zip(self._kept, lanes, strict=True):
            kept.count = count
            kept.moments = Moments(*moments) if moments is not None else Moments()
            kept.buckets.update(dict(buckets))
            kept.words.update(dict(words))
