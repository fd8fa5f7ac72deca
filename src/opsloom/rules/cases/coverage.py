"""Which branches of a rule its cases take: each part of each condition true and false, and each step an alert can take. Pure.

A condition over facts is asked of every fact the rule watches, by the naive evaluator; what a sequence's step reads of an earlier one is
that step's latest fact of the same key. Conditions over measures and over other rules are asked of what each decision was made of.
Unknown counts as neither branch.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from opsloom.rules.cases.schemas import Coverage, PartCoverage
from opsloom.rules.checks import keys_of, read_having, read_members, read_steps
from opsloom.rules.document import AggregateRule, CompositeRule, SequenceRule
from opsloom.rules.facts import Fact, Value
from opsloom.rules.failing import reader
from opsloom.rules.lifecycle import Change, Decision
from opsloom.rules.model import FactSource, MetricSource, read_condition
from opsloom.rules.predicate import And, Column, Not, Or, Predicate
from opsloom.rules.printing import show
from opsloom.rules.program import Program
from opsloom.rules.reference import Read, truth

_STEPS: Final = (Change.FIRED, Change.RESOLVED)


class _Counts:
    """The parts of conditions that are asked together, and how often each was true, false and unknown."""

    def __init__(self, conditions: Iterable[tuple[str, Predicate]]) -> None:
        self._parts = [(pointer, part) for pointer, whole in conditions for part in _parts(whole)]
        self._truths: list[Counter[bool | None]] = [Counter() for _ in self._parts]

    def ask(self, read: Read) -> None:
        for counted, (_, part) in zip(self._truths, self._parts, strict=True):
            counted[truth(part, read)] += 1

    def shown(self) -> list[PartCoverage]:
        return [
            PartCoverage(pointer=pointer, part=show(part), true=seen[True], false=seen[False], unknown=seen[None])
            for (pointer, part), seen in zip(self._parts, self._truths, strict=True)
        ]


class _Steps:
    """The latest fact of each step of a sequence, for each key."""

    def __init__(self, program: Program) -> None:
        rule = program.rule
        steps = list(zip(rule.steps, read_steps(rule), strict=True)) if isinstance(rule, SequenceRule) else []
        self._steps = [(step.name, condition) for step, condition in steps]
        self._keys = keys_of(rule)
        self._latest: dict[tuple[Value, ...], dict[str, Fact]] = {}

    def reading(self, fact: Fact) -> Read:
        """Reads a fact, and what steps have taken before it."""
        latest = self._latest.get(self._key(fact), {})

        def read(column: Column) -> Value:
            if not column.step:
                return fact.read(column)
            return latest[column.step].read(Column(column.name, column.path)) if column.step in latest else None

        return read

    def take(self, fact: Fact) -> None:
        """The fact has been asked about."""
        read = self.reading(fact)
        taken = {name: fact for name, condition in self._steps if truth(condition, read) is True}
        if taken:
            self._latest.setdefault(self._key(fact), {}).update(taken)

    def _key(self, fact: Fact) -> tuple[Value, ...]:
        return tuple(fact.series if column is None else fact.read(column) for column in self._keys)


class Covered:
    """Counts while facts go by."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._of_facts, self._of_decisions = _Counts(_over_facts(program)), _Counts(_over_decisions(program))
        self._sequence = _Steps(program)
        self._steps: Counter[str] = Counter()

    def saw(self, fact: Fact) -> None:
        """A fact came in; those of others are passed over."""
        if _watches(self._program.source, fact):
            self._of_facts.ask(self._sequence.reading(fact))
            self._sequence.take(fact)

    def stepped(self, decision: Decision) -> None:
        """The alert of a key went on."""
        self._steps[decision.change.value] += 1
        for evidence in decision.evidence:
            self._of_decisions.ask(reader(evidence.values))

    def result(self) -> Coverage:
        """What was taken so far."""
        return total([*self._of_facts.shown(), *self._of_decisions.shown()], dict(self._steps))


def _watches(source: FactSource, fact: Fact) -> bool:
    if isinstance(source, MetricSource):
        return fact.metric == source.metric
    if fact.metric is not None:
        return False
    return source.event_type in (None, fact.type) and source.source in (None, fact.source)


def _over_facts(program: Program) -> Iterator[tuple[str, Predicate]]:
    """Each condition over facts, with the pointer of its text."""
    rule = program.rule
    for name in ("condition", "after", "expect", "resolve_condition"):
        text = getattr(rule, name, None)
        if isinstance(text, str):
            yield f"/{name}", read_condition(program.source, f"/{name}", text)
    if isinstance(rule, SequenceRule):
        for place, condition in enumerate(read_steps(rule)):
            yield f"/steps/{place}/condition", condition


def _over_decisions(program: Program) -> Iterator[tuple[str, Predicate]]:
    """Each condition over measures or over other rules."""
    rule = program.rule
    if isinstance(rule, AggregateRule):
        having, resolve = read_having(rule)
        yield "/having", having
        if resolve is not None:
            yield "/resolve_having", resolve
    elif isinstance(rule, CompositeRule):
        yield "/expression", read_members(rule)


def _parts(predicate: Predicate) -> Iterator[Predicate]:
    yield predicate
    match predicate:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _parts(part)
        case Not(part):
            yield from _parts(part)
        case _:
            return


def total(parts: list[PartCoverage], steps: dict[str, int]) -> Coverage:
    """Counts and how many branches of all they are."""
    taken = sum((part.true > 0) + (part.false > 0) for part in parts) + sum(steps.get(step, 0) > 0 for step in _STEPS)
    return Coverage(parts=parts, steps=steps, taken=taken, total=2 * len(parts) + len(_STEPS))


def merged(several: Iterable[Coverage]) -> Coverage:
    """What cases of one rule take together."""
    parts: dict[tuple[str, str], PartCoverage] = {}
    steps: Counter[str] = Counter()
    for one in several:
        steps.update(one.steps)
        for part in one.parts:
            known = parts.get((part.pointer, part.part))
            counts = {
                name: getattr(part, name) + (getattr(known, name) if known else 0)
                for name in ("true", "false", "unknown")
            }
            parts[part.pointer, part.part] = part.model_copy(update=counts)
    return total(list(parts.values()), dict(steps))
