"""A sequence's steps, ready to be looked for.

- A run begins at each fact that the first step takes. A fact that a run can take is taken: the step it is in takes more of them, up to
  its `max`, before the next one begins; where both are possible, both ways are followed. Other facts may lie between.
- A negated step must not happen while its neighbours are parted: from the moment the step before it has its `min` until the next one
  takes a fact. A fact that is taken is not looked at in this way. As the last step it must not happen until the time is over.
- A run is complete at the first fact with which every step has its `min`; all its facts lie within `within`, which is not reached.
- After a match the search goes on behind its last fact (`past_last`), or the runs that began with the same fact end (`to_next`). Of
  several ways from the same first fact to the same end, the one in which earlier steps take more is the match.

These are the rules of SQL:2016's MATCH_RECOGNIZE for a pattern in which any rows may lie between (`A N* B` with N being NOT B) and
the last step is reluctant: an alert is due when it is known, not when nothing can be added to it any more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from opsloom.rules.detectors.detector import ClaimStep
from opsloom.rules.document import SequenceRule, Skip
from opsloom.rules.evidence import Reading
from opsloom.rules.predicate import And, Column, Predicate, columns, conjunction
from opsloom.rules.printing import show


@dataclass(frozen=True, slots=True)
class Asked:
    """A condition, and its two parts: what one fact by itself must satisfy, and what must hold with earlier ones."""

    whole: Predicate
    alone: Predicate | None
    together: Predicate | None

    @classmethod
    def of(cls, predicate: Predicate) -> "Asked":
        """Split a condition."""
        parts = predicate.parts if isinstance(predicate, And) else (predicate,)
        alone = tuple(part for part in parts if not _joins(part))
        together = tuple(part for part in parts if _joins(part))
        return cls(predicate, conjunction(alone) if alone else None, conjunction(together) if together else None)


@dataclass(frozen=True, slots=True)
class PatternStep:
    """A step that takes facts. `guards` are what must not happen between it and the next one; `onward` are the steps that may come next.

    `ends`: whether the sequence is complete once this step has its `min`.
    """

    name: str
    place: int
    asked: Asked
    least: int
    most: int | None
    reading: Reading
    guards: tuple[tuple[int, Asked], ...]
    onward: tuple[int, ...]
    ends: bool


@dataclass(frozen=True)
class Pattern:
    """All steps of a rule. `place` of a step is its position in the document, under which its condition is evaluated."""

    steps: tuple[PatternStep, ...]
    conditions: tuple[Asked, ...]
    first: tuple[int, ...]
    within: int
    to_next: bool
    shown: tuple[ClaimStep, ...]

    @property
    def waits_out(self) -> bool:
        """Whether the last step is negated, so that a match is known only when the time is over."""
        return bool(self.steps[-1].guards)


def pattern_of(rule: SequenceRule, conditions: Sequence[Predicate], within_us: int) -> Pattern:
    """The pattern of a rule; its steps' conditions are read already."""
    asked = tuple(Asked.of(condition) for condition in conditions)
    taking = [place for place, step in enumerate(rule.steps) if not step.negated]
    referred: dict[str, list[Column]] = {}
    for condition in conditions:
        for column in columns(condition):
            referred.setdefault(column.step, []).append(Column(column.name, column.path))
    steps = []
    for number, place in enumerate(taking):
        step = rule.steps[place]
        following = taking[number + 1] if number + 1 < len(taking) else len(rule.steps)
        own = [column for column in columns(conditions[place]) if not column.step]
        steps.append(
            PatternStep(
                name=step.name,
                place=place,
                asked=asked[place],
                least=max(1, step.times.min),
                most=step.times.max,
                reading=Reading(own + referred.get(step.name, [])),
                guards=tuple((guard, asked[guard]) for guard in range(place + 1, following)),
                onward=_reachable(rule, taking, number),
                ends=all(rule.steps[later].times.min == 0 for later in taking[number + 1 :]),
            )
        )
    shown = tuple(
        ClaimStep(step.name, show(condition), step.times.min, step.times.max, step.negated)
        for step, condition in zip(rule.steps, conditions, strict=True)
    )
    return Pattern(tuple(steps), asked, _reachable(rule, taking, -1), within_us, rule.skip is Skip.TO_NEXT, shown)


def _reachable(rule: SequenceRule, taking: Sequence[int], number: int) -> tuple[int, ...]:
    """The steps that may follow one: the next, and those behind steps that need not happen."""
    found = []
    for later in range(number + 1, len(taking)):
        found.append(later)
        if rule.steps[taking[later]].times.min > 0:
            break
    return tuple(found)


def _joins(predicate: Predicate) -> bool:
    return any(column.step for column in columns(predicate))
