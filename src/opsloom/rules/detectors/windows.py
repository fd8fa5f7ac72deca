"""What the detectors of windows have in common: which facts count, what a window's numbers say, and what is shown of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from opsloom.rules.detectors.measures import FACTS, Measures
from opsloom.rules.facts import Bools, Json
from opsloom.rules.failing import Failing, first_failing, reader
from opsloom.rules.kernels import evaluate
from opsloom.rules.keys import Admission
from opsloom.rules.lifecycle import Change, Decision, Evidence, Observation, Reason, Sign
from opsloom.rules.predicate import Not, Predicate
from opsloom.rules.printing import show_moment
from opsloom.rules.reference import truth


class Stretch(NamedTuple):
    """A window in microseconds, its end not included."""

    start: int
    end: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end - self.start) / 1_000_000


@dataclass(frozen=True)
class Asking:
    """What an aggregate rule asks of its windows."""

    condition: Predicate | None
    measures: Measures
    having: Predicate
    resolve: Predicate | None

    def counting(self, admitted: Admission, started_us: int) -> Bools:
        """Which facts count."""
        mine: Bools = admitted.times >= started_us
        return mine if self.condition is None else mine & evaluate(self.condition, admitted.batch).true

    def judged(self, at: int, stretch: Stretch, facts: int, values: Mapping[str, Json]) -> Observation:
        """What a window's numbers say."""
        read = reader(values)
        holds = truth(self.having, read)
        clears = (None if holds is None else not holds) if self.resolve is None else truth(self.resolve, read)
        return Observation(at, holds, clears, (shown(stretch, facts, values),), Sign.VERDICT)

    def claimed(self, decision: Decision) -> Predicate:
        """What the windows of a decision satisfy."""
        if decision.reason is not Reason.CONDITION_CLEARED:
            return self.having
        resolved = decision.change is Change.RESOLVED and self.resolve is not None
        return self.resolve if resolved and self.resolve is not None else Not(self.having)

    def failing(self, values: Mapping[str, Json]) -> Failing | None:
        """The first part of the condition that a window's numbers do not meet."""
        return first_failing(self.having, reader(values))


def shown(stretch: Stretch, facts: int, values: Mapping[str, Json]) -> Evidence:
    """A window as evidence, at its end."""
    ref = f"window:{show_moment(stretch.start)}/{show_moment(stretch.end)}"
    return Evidence(stretch.end, ref, {FACTS: facts, **values})


def signs_of_life(admitted: Admission, rows: Sequence[int]) -> list[Observation]:
    """That facts came which say nothing by themselves."""
    return [
        Observation(
            int(admitted.times[row]),
            None,
            None,
            (Evidence(int(admitted.times[row]), admitted.fact(row).ref, {}),),
            Sign.LIFE,
        )
        for row in rows
    ]


def grown(kept: np.ndarray, count: int, fill: float) -> np.ndarray:
    """The same with room for so many keys in its last dimension."""
    room = max(64, count + count // 2) - kept.shape[-1]
    return np.concatenate([kept, np.full((*kept.shape[:-1], room), fill, dtype=kept.dtype)], axis=-1)
