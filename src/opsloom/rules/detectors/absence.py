"""Absence: a fact that should have come and did not.

A fact that satisfies `after` begins a wait; so does each expected fact where there is no `after`. A wait that is running is not begun
anew, since the first unanswered fact is the one that is missed. An expected fact answers it if it comes before the time is over,
and not by the very instant. What fell due holds until an expected fact comes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import orjson

from opsloom.rules.detectors.detector import Claim, Seen, Watch
from opsloom.rules.detectors.timers import Timers
from opsloom.rules.evidence import Reading
from opsloom.rules.facts import Fact, Json
from opsloom.rules.failing import Failing, first_failing
from opsloom.rules.kernels import evaluate
from opsloom.rules.keys import Admission, KeyTable
from opsloom.rules.lifecycle import Decision, Evidence, Observation, Reason
from opsloom.rules.parting import digest
from opsloom.rules.predicate import Predicate, columns
from opsloom.rules.printing import show

_WAIT_BYTES: Final = 400


@dataclass(frozen=True, slots=True)
class Wait:
    """A key waits for the expected fact since `begun`; `overdue` once the time was over."""

    begun: Evidence
    overdue: bool = False


class AbsenceLogic:
    """What begins a wait, what ends it, and how long it may take."""

    shape = None

    def __init__(self, after: Predicate | None, expect: Predicate, within_us: int) -> None:
        self.after, self.expect, self.within = after, expect, within_us
        self.reading = Reading((columns(after) if after is not None else ()) + columns(expect))

    @property
    def begins(self) -> Predicate:
        """What begins a wait."""
        return self.expect if self.after is None else self.after

    @property
    def meaning(self) -> str:
        """Both conditions and the time."""
        return digest(f"{show(self.after) if self.after is not None else ''}\n{show(self.expect)}\n{self.within}")

    def claim(self, decision: Decision) -> Claim:
        """The fact that was not answered in time, or the one that came after all."""
        if decision.reason is Reason.CONDITION_CLEARED:
            return Claim(show(self.expect))
        return Claim(show(self.begins), within_us=self.within)

    def values(self, fact: Fact) -> dict[str, Json]:
        """What both conditions read."""
        return self.reading.values(fact)

    def detector(self, table: KeyTable, started_us: int) -> "AbsenceDetector":
        """One for the keys of a table."""
        return AbsenceDetector(self, table, started_us)


class AbsenceDetector:
    """At most one wait for each key."""

    def __init__(self, logic: AbsenceLogic, table: KeyTable, started_us: int) -> None:
        self._logic, self._started = logic, started_us
        self._waits: dict[int, Wait] = {}
        self._timers = Timers(table)
        self._dirty: set[int] = set()
        self.matched = self.late = 0

    @property
    def waits(self) -> bool:
        """Whether something may fall due."""
        return bool(self._timers)

    def observe(self, admitted: Admission, candidates: Sequence[int] | None, watch: Watch) -> Iterator[Seen]:
        """What fell due before each fact, and what each answers."""
        mine = admitted.times >= self._started
        expected = evaluate(self._logic.expect, admitted.batch).true & mine
        begins = expected if self._logic.after is None else evaluate(self._logic.after, admitted.batch).true & mine
        rows = np.flatnonzero(expected | begins)
        self.matched += len(rows)
        codes, times = admitted.codes[rows].tolist(), admitted.times[rows].tolist()
        answers, starts = expected[rows].tolist(), begins[rows].tolist()
        for row, code, time, answer, start in zip(rows.tolist(), codes, times, answers, starts, strict=True):
            wait = self._waits.get(code)
            if wait is not None:
                yield from self._fall_due(code, time)
                if answer:
                    yield from self._answer(admitted, row, code, time)
            if start and code not in self._waits:
                self._begin(code, self._logic.reading.of(admitted.fact(row), time)[0])

    def pass_time(self, now: int, watch: Watch) -> Iterator[Seen]:
        """Waits whose time is over."""
        for code, clock in self._timers.passed(now):
            yield from self._fall_due(code, clock)

    def _begin(self, code: int, begun: Evidence) -> None:
        self._waits[code] = Wait(begun)
        self._timers.set(code, begun.time + self._logic.within)
        self._dirty.add(code)

    def _fall_due(self, code: int, clock: int) -> Iterator[Seen]:
        wait = self._waits[code]
        due = wait.begun.time + self._logic.within
        if wait.overdue or due > clock:
            return
        self._waits[code] = replace(wait, overdue=True)
        self._timers.set(code, None)
        self._dirty.add(code)
        yield Seen(code, None, Observation(due, True, False, (wait.begun,)))

    def _answer(self, admitted: Admission, row: int, code: int, time: int) -> Iterator[Seen]:
        wait = self._waits.pop(code)
        self._timers.set(code, None)
        self._dirty.add(code)
        if wait.overdue:
            at = max(time, wait.begun.time + self._logic.within)
            evidence = self._logic.reading.of(admitted.fact(row), time)
            yield Seen(code, None, Observation(at, False, True, evidence))

    def changed(self) -> set[int]:
        """Keys whose wait changed."""
        return self._dirty

    def settled(self) -> None:
        """All waits are stored."""
        self._dirty.clear()

    def memory(self, code: int) -> bytes | None:
        """The wait."""
        wait = self._waits.get(code)
        if wait is None:
            return None
        begun = wait.begun
        return orjson.dumps({"time": begun.time, "ref": begun.ref, "values": begun.values, "overdue": wait.overdue})

    def restore(self, code: int, memory: bytes) -> None:
        """Bring back what was stored."""
        stored = orjson.loads(memory)
        self._waits[code] = Wait(Evidence(stored["time"], stored["ref"], stored["values"]), stored["overdue"])
        if not stored["overdue"]:
            self._timers.set(code, stored["time"] + self._logic.within)

    def size(self) -> int:
        """By the keys that wait."""
        return len(self._waits) * _WAIT_BYTES

    def failing(self, code: int, last: Fact) -> Failing | None:
        """That nothing is waited for, or how long is left."""
        wait = self._waits.get(code)
        if wait is None:
            return first_failing(self._logic.begins, last.read)
        if wait.overdue:
            return None
        waited = max(0, last.time - wait.begun.time) / 1_000_000
        within = self._logic.within / 1_000_000
        return Failing(
            part=f"no {show(self._logic.expect)} for {within:g} s",
            truth=False,
            values=dict(wait.begun.values) | {"waited_s": waited},
            threshold=within,
            distance=max(0.0, within - waited),
        )
