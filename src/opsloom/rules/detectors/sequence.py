"""Sequence: facts of a key that match the steps of a pattern in order (`pattern` says what that means exactly).

Conditions that read one fact only are evaluated over whole batches; only facts that satisfy one of them are shown to the runs of
their key. A match is over in the moment it is there: it is followed by the clear signal, unless a condition gives that.
"""

import time
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import orjson

from opsloom.rules.detectors.detector import MAX_BATCH_S, Claim, RuleOverBudget, Seen, Watch
from opsloom.rules.detectors.pattern import Pattern
from opsloom.rules.detectors.runs import Run, Runs, Show, reading
from opsloom.rules.detectors.timers import Timers
from opsloom.rules.evidence import Reading
from opsloom.rules.facts import Bools, Fact, Json
from opsloom.rules.failing import Failing, first_failing
from opsloom.rules.kernels import evaluate
from opsloom.rules.keys import Admission, KeyTable
from opsloom.rules.lifecycle import Change, Decision, Evidence, Observation
from opsloom.rules.parting import digest
from opsloom.rules.predicate import Predicate, columns
from opsloom.rules.printing import show

_RUN_BYTES: Final = 800
_LOOK_EVERY: Final = 64
"""So many facts may pass before the time a batch takes is looked at."""


class SequenceLogic:
    """The pattern, and the condition that resolves; without one a match clears by itself."""

    shape = None

    def __init__(self, pattern: Pattern, resolve: Predicate | None) -> None:
        self.pattern, self.resolve = pattern, resolve
        self.resolving = Reading(columns(resolve) if resolve is not None else ())
        read = [column for step in pattern.steps for column in step.reading.columns]
        self._reading = Reading(read + list(self.resolving.columns))

    @property
    def meaning(self) -> str:
        """The steps as they are shown, and what becomes of them."""
        pattern = self.pattern
        resolve = show(self.resolve) if self.resolve is not None else ""
        return digest(f"{pattern.shown}\n{pattern.within}\n{pattern.to_next}\n{resolve}")

    def claim(self, decision: Decision) -> Claim:
        """The facts of a match with their steps, or what resolved it."""
        if decision.change is Change.RESOLVED and self.resolve is not None:
            return Claim(show(self.resolve))
        return Claim(self._sentence(), within_us=self.pattern.within, steps=self.pattern.shown)

    def _sentence(self) -> str:
        steps = ", ".join(("NOT " if step.negated else "") + step.name for step in self.pattern.shown)
        return f"{steps} WITHIN {self.pattern.within / 1_000_000:g} s"

    def values(self, fact: Fact) -> dict[str, Json]:
        """What the steps read."""
        return self._reading.values(fact)

    def detector(self, table: KeyTable, started_us: int) -> "SequenceDetector":
        """One for the keys of a table."""
        return SequenceDetector(self, table, started_us)


class SequenceDetector:
    """The runs of every key."""

    def __init__(self, logic: SequenceLogic, table: KeyTable, started_us: int) -> None:
        self._logic, self._pattern, self._started = logic, logic.pattern, started_us
        self._runs: dict[int, Runs] = {}
        self._count = 0
        self._timers = Timers(table)
        self._dirty: set[int] = set()
        self.matched = self.late = 0

    @property
    def waits(self) -> bool:
        """Whether a match has begun somewhere."""
        return bool(self._timers)

    def observe(self, admitted: Admission, candidates: Sequence[int] | None, watch: Watch) -> Iterator[Seen]:
        """The matches that a batch completes, and the facts that resolve."""
        alone = self._alone(admitted)
        resolve = self._resolving(admitted)
        rows = np.flatnonzero(np.logical_or.reduce(alone) | resolve)
        self.matched += len(rows)
        begins: Bools = np.logical_or.reduce(
            [alone[self._pattern.steps[target].place] for target in self._pattern.first]
        )
        each = zip(
            rows.tolist(),
            admitted.codes[rows].tolist(),
            admitted.times[rows].tolist(),
            begins[rows].tolist(),
            resolve[rows].tolist(),
            strict=True,
        )
        until = time.perf_counter() + MAX_BATCH_S
        for number, (row, code, at, begin, resolves) in enumerate(each):
            if number % _LOOK_EVERY == 0 and time.perf_counter() > until:
                raise RuleOverBudget(f"It followed matches for more than {MAX_BATCH_S:.0f} s in one batch.")
            if begin or code in self._runs:
                yield from self._show(code, Show(admitted.fact(row), at, alone[:, row].tolist()))
            if resolves and not watch.rests(code):
                evidence = self._logic.resolving.of(admitted.fact(row), at)
                yield Seen(code, None, Observation(at, None, True, evidence))

    def _alone(self, admitted: Admission) -> Bools:
        """By step of the document and row: what each fact satisfies by itself."""
        mine = admitted.times >= self._started
        found = [
            mine if asked.alone is None else mine & evaluate(asked.alone, admitted.batch).true
            for asked in self._pattern.conditions
        ]
        return np.stack(found)

    def _resolving(self, admitted: Admission) -> Bools:
        if self._logic.resolve is None:
            return np.zeros(len(admitted), dtype=np.bool_)
        mine: Bools = admitted.times >= self._started
        return mine & evaluate(self._logic.resolve, admitted.batch).true

    def pass_time(self, now: int, watch: Watch) -> Iterator[Seen]:
        """Matches that only had to wait for the end of their time."""
        for code, clock in self._timers.passed(now):
            runs = self._runs[code]
            self._count -= len(runs.runs)
            for at, match in runs.pass_time(clock):
                yield from self._found(code, at, match)
            self._keep(code, runs)

    def _show(self, code: int, shown: Show) -> Iterator[Seen]:
        runs = self._runs.get(code)
        if runs is None:
            runs = self._runs[code] = Runs(self._pattern)
        self._count -= len(runs.runs)
        for at, match in runs.pass_time(shown.time):
            yield from self._found(code, at, match)
        for match in runs.take(shown):
            yield from self._found(code, shown.time, match)
        self._keep(code, runs)

    def _found(self, code: int, at: int, match: Run) -> Iterator[Seen]:
        yield Seen(code, None, Observation(at, True, False, match.taken))
        if self._logic.resolve is None:
            yield Seen(code, None, Observation(at, None, True, match.taken))

    def _keep(self, code: int, runs: Runs) -> None:
        self._dirty.add(code)
        self._count += len(runs.runs)
        self._timers.set(code, runs.due)
        if not runs.runs:
            del self._runs[code]

    def changed(self) -> set[int]:
        """Keys whose runs changed."""
        return self._dirty

    def settled(self) -> None:
        """All runs are stored."""
        self._dirty.clear()

    def memory(self, code: int) -> bytes | None:
        """The runs of a key."""
        runs = self._runs.get(code)
        return None if runs is None else orjson.dumps(runs.stored())

    def restore(self, code: int, memory: bytes) -> None:
        """Bring back what was stored."""
        runs = self._runs[code] = Runs(self._pattern)
        runs.restore(orjson.loads(memory))
        self._count += len(runs.runs)
        self._timers.set(code, runs.due)

    def size(self) -> int:
        """By the runs."""
        return self._count * _RUN_BYTES

    def failing(self, code: int, last: Fact) -> Failing | None:
        """What the newest fact lacks for the next step of the run that has come furthest."""
        runs = self._runs.get(code)
        steps = self._pattern.steps
        if runs is None or not runs.runs:
            return self._lacking(steps[self._pattern.first[0]].place, last, ())
        furthest = max(runs.runs, key=lambda run: (run.step, run.count))
        step = steps[furthest.step]
        if furthest.count < step.least or not step.onward:
            return self._lacking(step.place, last, furthest.taken, f"{furthest.count} of {step.least}")
        return self._lacking(steps[step.onward[0]].place, last, furthest.taken)

    def _lacking(self, place: int, last: Fact, taken: Sequence[Evidence], come: str = "") -> Failing:
        asked, step = self._pattern.conditions[place], self._pattern.shown[place]
        lacking = first_failing(asked.whole, reading(last.read, taken))
        part = f"{step.name}: {step.condition}" if lacking is None else f"{step.name}: {lacking.part}"
        shown = {"step": step.name} | ({"taken": come} if come else {})
        if lacking is None:
            return Failing(part=part, truth=False, values=shown)
        return lacking.model_copy(update={"part": part, "values": lacking.values | shown})
