"""Threshold: a condition about each fact by itself."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from opsloom.rules.detectors.detector import Claim, Forgetful, Seen, Watch
from opsloom.rules.evidence import Reading
from opsloom.rules.facts import Fact, Json
from opsloom.rules.failing import Failing, first_failing
from opsloom.rules.kernels import Truths, evaluate
from opsloom.rules.keys import Admission, KeyTable
from opsloom.rules.lifecycle import Change, Decision, Observation, Reason
from opsloom.rules.parting import digest
from opsloom.rules.predicate import Not, Predicate, columns
from opsloom.rules.predicate_index import Shape, shape_of
from opsloom.rules.printing import show
from opsloom.rules.reference import truth

FEW_ROWS: Final = 8
"""Up to so many rows it is cheaper to ask row by row than in columns."""


class ThresholdLogic:
    """The condition, and the one that clears; without the latter the condition being false clears."""

    def __init__(self, condition: Predicate, resolve: Predicate | None) -> None:
        self.condition, self.resolve = condition, resolve
        self.reading = Reading(columns(condition) + (columns(resolve) if resolve is not None else ()))
        self.shape: Shape | None = shape_of(condition)

    @property
    def meaning(self) -> str:
        """Both conditions."""
        return digest(f"{show(self.condition)}\n{show(self.resolve) if self.resolve is not None else ''}")

    def claim(self, decision: Decision) -> Claim:
        """The condition, or what cleared it."""
        if decision.reason is not Reason.CONDITION_CLEARED:
            return Claim(show(self.condition))
        if decision.change is Change.RESOLVED and self.resolve is not None:
            return Claim(show(self.resolve))
        return Claim(show(Not(self.condition)))

    def values(self, fact: Fact) -> dict[str, Json]:
        """What both conditions read."""
        return self.reading.values(fact)

    def detector(self, table: KeyTable, started_us: int) -> "ThresholdDetector":
        """One for the keys of a table."""
        return ThresholdDetector(self, started_us)


class Judged:
    """What the two conditions say of the facts of a batch: in columns for all of them, or asked for single rows."""

    def __init__(self, logic: ThresholdLogic, admitted: Admission, *, columns: bool) -> None:
        self._logic, self._admitted = logic, admitted
        self._known: dict[int, bool | None] = {}
        self._holds = evaluate(logic.condition, admitted.batch) if columns else None
        self._clears = evaluate(logic.resolve, admitted.batch) if columns and logic.resolve is not None else None

    def true_rows(self, candidates: Sequence[int] | None) -> list[int]:
        """Where the condition is true; only candidates are asked, where there are some."""
        if self._holds is None:
            return [row for row in candidates or () if self.holds(row)]
        found: list[int] = np.flatnonzero(self._holds.true).tolist()
        return found

    def holds(self, row: int) -> bool | None:
        """The condition."""
        if self._holds is not None:
            return _verdict(self._holds, row)
        if row not in self._known:
            fact, shape = self._admitted.fact(row), self._logic.shape
            self._known[row] = shape.truth(fact) if shape is not None else truth(self._logic.condition, fact.read)
        return self._known[row]

    def clears(self, row: int, holds: bool | None) -> bool | None:
        """The clear signal."""
        if self._logic.resolve is None:
            return None if holds is None else not holds
        if self._clears is not None:
            return _verdict(self._clears, row)
        return truth(self._logic.resolve, self._admitted.fact(row).read)


class ThresholdDetector(Forgetful):
    """Each fact is an observation. Facts that cannot change anything for a key at rest are left out."""

    def __init__(self, logic: ThresholdLogic, started_us: int) -> None:
        self._logic, self._started = logic, started_us

    def observe(self, admitted: Admission, candidates: Sequence[int] | None, watch: Watch) -> Iterable[Seen]:
        """One for each fact that matters, in order of arrival."""
        columns = candidates is None or len(candidates) > FEW_ROWS
        judged = Judged(self._logic, admitted, columns=columns)
        true_rows = judged.true_rows(candidates)
        self.matched += len(true_rows)
        for row in self._rows_that_matter(admitted, true_rows, watch):
            code, moment = int(admitted.codes[row]), int(admitted.times[row])
            if moment < self._started:
                continue
            holds = judged.holds(row)
            if holds is not True and watch.rests(code):
                continue
            before = admitted.before(row)
            evidence = self._logic.reading.of(admitted.fact(row), moment)
            known = before if before is not None and before >= self._started else None
            yield Seen(code, known, Observation(moment, holds, judged.clears(row, holds), evidence))

    def _rows_that_matter(self, admitted: Admission, true_rows: Sequence[int], watch: Watch) -> Iterable[int]:
        lively = watch.lively(admitted)
        if lively is None:
            return range(len(admitted))
        return admitted.rows_of_all({int(admitted.codes[row]) for row in true_rows}.union(lively))

    def failing(self, code: int, last: Fact) -> Failing | None:
        """The first part of the condition that the newest fact does not meet."""
        return first_failing(self._logic.condition, last.read)


def _verdict(truths: Truths, row: int) -> bool | None:
    if truths.true[row]:
        return True
    return False if truths.false[row] else None
