"""Which branches of a rule its cases take: each part of each condition true and false, and each step an alert can take. Pure.

A condition over facts is asked of every fact the rule watches, by the naive evaluator; unknown counts as neither branch.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from opsloom.rules.cases.schemas import Coverage, PartCoverage
from opsloom.rules.facts import Fact
from opsloom.rules.lifecycle import Change
from opsloom.rules.model import FactSource, MetricSource, read_condition
from opsloom.rules.predicate import And, Not, Or, Predicate
from opsloom.rules.printing import show
from opsloom.rules.program import Program
from opsloom.rules.reference import truth

_STEPS: Final = (Change.FIRED, Change.RESOLVED)


class Covered:
    """Counts while facts go by."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._parts = [(pointer, part) for pointer, whole in _conditions(program) for part in _parts(whole)]
        self._truths: list[Counter[bool | None]] = [Counter() for _ in self._parts]
        self._steps: Counter[str] = Counter()

    def saw(self, fact: Fact) -> None:
        """A fact came in; those of others are passed over."""
        if not _watches(self._program.source, fact):
            return
        for counted, (_, part) in zip(self._truths, self._parts, strict=True):
            counted[truth(part, fact.read)] += 1

    def stepped(self, change: Change) -> None:
        """The alert of a key went on."""
        self._steps[change.value] += 1

    def result(self) -> Coverage:
        """What was taken so far."""
        parts = [
            PartCoverage(pointer=pointer, part=show(part), true=seen[True], false=seen[False], unknown=seen[None])
            for (pointer, part), seen in zip(self._parts, self._truths, strict=True)
        ]
        return total(parts, dict(self._steps))


def _watches(source: FactSource, fact: Fact) -> bool:
    if isinstance(source, MetricSource):
        return fact.metric == source.metric
    if fact.metric is not None:
        return False
    return source.event_type in (None, fact.type) and source.source in (None, fact.source)


def _conditions(program: Program) -> Iterator[tuple[str, Predicate]]:
    """Each condition over facts, with the pointer of its text."""
    rule = program.rule
    for name in ("condition", "after", "expect", "resolve_condition"):
        text = getattr(rule, name, None)
        if isinstance(text, str):
            yield f"/{name}", read_condition(program.source, f"/{name}", text)


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
