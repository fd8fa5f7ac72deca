"""Windows of fixed size, side by side or overlapping, of all keys at a time.

A pane is as long as the slide; a window is the last `slots` panes. `pane` is the one a key's facts fall into now; all before it are
judged. Closing a pane judges the window that ends with it and empties the oldest slot. A key is idle once a window without facts was
judged: nothing is due for it until its next fact.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import orjson

from opsloom.rules.detectors.detector import MAX_MEMORY_BYTES, RuleOverBudget, Seen, Watch
from opsloom.rules.detectors.rings import Ring
from opsloom.rules.detectors.windows import Asking, Stretch, grown, shown, signs_of_life
from opsloom.rules.document import MeasureFunction
from opsloom.rules.facts import Batch, Bools, Fact, Floats, Ints, Json
from opsloom.rules.failing import Failing
from opsloom.rules.kernels import Truths, evaluate
from opsloom.rules.keys import Admission, KeyTable
from opsloom.rules.lifecycle import Observation, Sign

NEVER: Final = -(1 << 62)
"""The pane of a key without facts."""
_NUMBER_BYTES: Final = 8


class PaneDetector:
    """Tumbling and hopping windows. `slide` is the pane's length and the number of panes of a window."""

    def __init__(self, asking: Asking, table: KeyTable, started_us: int, slide: tuple[int, int]) -> None:
        self._asking, self._table, self._started = asking, table, started_us
        self._length, self._slots = slide
        self._seconds = self._length * self._slots / 1_000_000
        self._pane = np.full(0, NEVER, dtype=np.int64)
        self._idle = np.ones(0, dtype=np.bool_)
        self._dirty = np.zeros(0, dtype=np.bool_)
        self._facts: Floats = np.zeros((self._slots, 0))
        self._rings = [Ring(lane, self._slots) for lane in asking.measures.lanes]
        self.matched = self.late = 0

    @property
    def waits(self) -> bool:
        """Whether a window with facts is open."""
        return not self._idle.all()

    def observe(self, admitted: Admission, candidates: Sequence[int] | None, watch: Watch) -> Iterator[Seen]:
        """The windows that the batch closes, and where silence matters each fact."""
        self._make_room(len(self._table))
        counting = self._asking.counting(admitted, self._started)
        panes = admitted.times // self._length
        late = counting & (panes < self._pane[admitted.codes])
        if late.any():
            self.late += int(late.sum())
            counting = counting & ~late
        self.matched += int(counting.sum())
        heard = admitted.times >= self._started if watch.hears else counting
        for pane in np.unique(panes[heard]).tolist():
            rows = np.flatnonzero(heard & (panes == pane))
            yield from self._in_pane(admitted, pane, rows, counting, watch)

    def _in_pane(self, admitted: Admission, pane: int, rows: Ints, counting: Bools, watch: Watch) -> Iterator[Seen]:
        codes, first = np.unique(admitted.codes[rows], return_index=True)
        behind = self._pane[codes] < pane
        moving, known = codes[behind], self._pane[codes[behind]] != NEVER
        if watch.hears:
            before = {
                code: admitted.before(int(row)) for code, row in zip(codes.tolist(), rows[first].tolist(), strict=True)
            }
        else:
            before = {}
        if known.any():
            targets = np.full(int(known.sum()), pane, dtype=np.int64)
            yield from self._advance(moving[known], targets, before, watch)
            self._pane[moving[known]] = pane
        chosen = rows[counting[rows]]
        if len(chosen):
            self._add(admitted, pane, chosen)
        if watch.hears:
            yield from self._heard(admitted, rows, watch)

    def _heard(self, admitted: Admission, rows: Ints, watch: Watch) -> Iterator[Seen]:
        for row in rows.tolist():
            code = int(admitted.codes[row])
            if not watch.rests(code):
                (life,) = signs_of_life(admitted, [row])
                yield Seen(code, self._known(admitted.before(row)), life)

    def _add(self, admitted: Admission, pane: int, rows: Ints) -> None:
        codes, slot = admitted.codes[rows], pane % self._slots
        fresh = self._pane[codes] == NEVER
        self._pane[codes[fresh]] = pane
        self._idle[codes] = False
        self._dirty[codes] = True
        np.add.at(self._facts[slot], codes, 1.0)
        if self._rings:
            batch = admitted.batch if len(rows) == len(admitted) else admitted.batch.take(rows)
            for ring in self._rings:
                ring.add(slot, codes, batch)

    def pass_time(self, now: int, watch: Watch) -> Iterator[Seen]:
        """The windows whose end the clock of their key has passed."""
        self._make_room(len(self._table))
        clocks = self._table.clocks(now)
        count = len(clocks)
        due = ~self._idle[:count] & ((self._pane[:count] + 1) * self._length <= clocks)
        codes = np.flatnonzero(due)
        if not len(codes):
            return
        before = {code: self._table.seen(code) for code in codes.tolist()} if watch.hears else {}
        yield from self._advance(codes, clocks[codes] // self._length, before, watch)

    def _advance(self, codes: Ints, targets: Ints, before: dict[int, int | None], watch: Watch) -> Iterator[Seen]:
        """Close panes of keys until each is in its target or idle."""
        self._dirty[codes] = True
        while len(codes):
            open_ = ~self._idle[codes] & (self._pane[codes] < targets)
            codes, targets = codes[open_], targets[open_]
            # Keys of one round may be in different panes; each pane has its own slot.
            panes = self._pane[codes]
            for pane in np.unique(panes).tolist():
                yield from self._close(codes[panes == pane], pane, before, watch)

    def _close(self, codes: Ints, pane: int, before: dict[int, int | None], watch: Watch) -> Iterator[Seen]:
        end = (pane + 1) * self._length
        facts = self._facts[:, codes].sum(axis=0)
        named = self._measured(codes, facts)
        batch = Batch.of_named(named, len(codes))
        holds = evaluate(self._asking.having, batch)
        clears = (
            Truths(holds.false, holds.true) if self._asking.resolve is None else evaluate(self._asking.resolve, batch)
        )
        stretch = Stretch(end - self._length * self._slots, end)
        self._idle[codes] = facts == 0
        self._pane[codes] = pane + 1
        slot = (pane + 1) % self._slots
        self._facts[slot, codes] = 0
        for ring in self._rings:
            ring.clear(slot, codes)
        # Everything the observations say is read by now: taking them may not see the next pane.
        for place, code in enumerate(codes.tolist()):
            verdict = _verdict(holds, place)
            if verdict is not True and watch.rests(code):
                continue
            evidence = shown(stretch, int(facts[place]), _values(named, place))
            seen = Observation(end, verdict, _verdict(clears, place), (evidence,), Sign.VERDICT)
            yield Seen(code, self._known(before.get(code)), seen)

    def _measured(self, codes: Ints, facts: Floats) -> dict[str, Floats]:
        named: dict[str, Floats] = {}
        with np.errstate(all="ignore"):
            for asked in self._asking.measures.asked:
                if asked.lane is None:
                    named[asked.name] = facts / self._seconds if asked.function is MeasureFunction.RATE else facts
                else:
                    named[asked.name] = self._rings[asked.lane].measure(asked, codes, self._seconds)
        return named

    def _known(self, seen: int | None) -> int | None:
        return seen if seen is not None and seen >= self._started else None

    def _make_room(self, count: int) -> None:
        if count <= len(self._pane):
            return
        before = len(self._pane)
        if count * self._slots * _NUMBER_BYTES * (1 + sum(len(ring.arrays) for ring in self._rings)) > MAX_MEMORY_BYTES:
            # Told before the room is made: the machine may not have it.
            raise RuleOverBudget(
                f"{count} keys with {self._slots} panes each are too many. Use fewer keys or a longer slide."
            )
        self._pane, self._idle = grown(self._pane, count, NEVER), grown(self._idle, count, True)
        self._dirty, self._facts = grown(self._dirty, count, False), grown(self._facts, count, 0)
        for ring in self._rings:
            ring.grow(len(self._pane) - before)

    def changed(self) -> list[int]:
        """Keys whose panes changed."""
        found: list[int] = np.flatnonzero(self._dirty).tolist()
        return found

    def settled(self) -> None:
        """All panes are stored."""
        self._dirty[:] = False

    def memory(self, code: int) -> bytes | None:
        """The panes with facts, and where the key is."""
        pane = int(self._pane[code])
        if pane == NEVER:
            return None
        slots = [
            [slot, float(self._facts[slot, code]), [ring.stored(slot, code) for ring in self._rings]]
            for slot in range(self._slots)
            if self._facts[slot, code]
        ]
        return orjson.dumps({"pane": pane, "idle": bool(self._idle[code]), "slots": slots})

    def restore(self, code: int, memory: bytes) -> None:
        """Bring back what was stored."""
        self._make_room(code + 1)
        stored: dict[str, Any] = orjson.loads(memory)
        self._pane[code], self._idle[code] = stored["pane"], stored["idle"]
        for slot, facts, rings in stored["slots"]:
            self._facts[slot, code] = facts
            for ring, kept in zip(self._rings, rings, strict=True):
                ring.restore(slot, code, kept)

    def size(self) -> int:
        """The arrays, and what is counted one by one."""
        return self._facts.nbytes + sum(ring.size() for ring in self._rings)

    def failing(self, code: int, last: Fact) -> Failing | None:
        """What the window as it is now does not meet."""
        self._make_room(code + 1)
        codes = np.array([code], dtype=np.int64)
        named = self._measured(codes, self._facts[:, codes].sum(axis=0))
        return self._asking.failing(_values(named, 0))


def _values(named: dict[str, Floats], place: int) -> dict[str, Json]:
    numbers = ((name, float(column[place])) for name, column in named.items())
    return {name: None if math.isnan(number) else number for name, number in numbers}


def _verdict(truths: Truths, place: int) -> bool | None:
    if truths.true[place]:
        return True
    return False if truths.false[place] else None
