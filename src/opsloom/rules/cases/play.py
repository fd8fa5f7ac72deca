"""A case played by the engine that runs live, and what differs from what is expected. Pure.

Facts come in at their arrival, and time passes between them exactly as a clock that is looked at whenever something is due or
asked: so a case says the same however long it takes to play.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Final

from opsloom.kit.comparing import MOST, Difference
from opsloom.rules.cases.coverage import Covered
from opsloom.rules.cases.facts import Arrival, arrivals
from opsloom.rules.cases.schemas import CaseOutcome, ExpectedFiring, ExpectedState, Labels, PlayedFiring, RuleCaseBody
from opsloom.rules.decisions import to_alert
from opsloom.rules.facts import Batch
from opsloom.rules.lifecycle import Change
from opsloom.rules.moments import to_micros
from opsloom.rules.program import Program
from opsloom.rules.run import Found
from opsloom.rules.runtime import Failure, Runtime

TICK_US: Final = 1_000_000
"""How exactly time passes between two facts when nothing else asks."""
MOST_TICKS: Final = 5_000
SETTLE_US: Final = 10_000_000
"""So long time goes on when a case does not say: facts that wait to be put in order count by then."""
_NEAR_S: Final = 0.001


class Play:
    """One case under way. `programs` are the rule that is tried and, for one that joins others, those."""

    def __init__(self, rule: Program, members: Sequence[Program], case: RuleCaseBody) -> None:
        self._rule, self._case = rule, case
        self._start = to_micros(case.start)
        self._runtime = Runtime()
        for program in (*members, rule):
            self._runtime.add(program)
        self._covered = Covered(rule)
        self._failures: list[Failure] = []
        self._firings: dict[tuple[str, int], PlayedFiring] = {}
        self._phases: dict[str, tuple[str, dict[str, str]]] = {}

    def run(self) -> CaseOutcome:
        """Play to the end."""
        differences = list(islice(self._differences(), MOST))
        firings = sorted(self._firings.values(), key=lambda one: one.at)
        failed = str(self._failures[0].error) if self._failures else None
        return CaseOutcome(
            passed=not differences and failed is None,
            differences=differences,
            firings=firings,
            coverage=self._covered.result(),
            failed=failed,
        )

    def _differences(self) -> Iterator[Difference]:
        found: list[Difference] = []
        facts = arrivals(self._case, self._rule.source)
        asked = {self._start + round(state.at * 1e6): state for state in self._case.states}
        for moment, group in _moments(facts, asked, self._end(facts)):
            self._take(moment, group)
            if moment in asked:
                found += _state_differences(self._case.states.index(asked[moment]), asked[moment], self._phases)
        yield from found
        if self._case.firings is not None:
            played = sorted(self._firings.values(), key=lambda one: one.at)
            yield from _firing_differences(self._case.firings, played)

    def _end(self, facts: Sequence[Arrival]) -> int:
        """When time stops: when the case says, or ten seconds after the last thing that is expected or came in."""
        case = self._case
        if case.until is not None:
            return self._start + round(case.until * 1e6)
        expected = [state.at for state in case.states]
        for firing in case.firings or ():
            expected += [firing.at, firing.resolved if isinstance(firing.resolved, float) else firing.at]
        last = max((one.at for one in facts), default=self._start)
        return max(last, self._start + round(max(expected, default=0) * 1e6)) + SETTLE_US

    def _take(self, moment: int, group: Sequence[Arrival]) -> None:
        if group:
            for one in group:
                self._covered.saw(one.fact)
            self._note(self._runtime.take(Batch.of([one.fact for one in group]), moment))
        self._note(self._runtime.tick(moment))

    def _note(self, outcome: tuple[Iterable[Found], Iterable[Failure]]) -> None:
        found, failures = outcome
        self._failures += failures
        for one in found:
            if one.program.rule_id == self._rule.rule_id:
                self._step(one)

    def _step(self, found: Found) -> None:
        decision, key, labels = found.decision, found.table.texts[found.code], found.table.labels[found.code]
        self._covered.stepped(decision)
        at = (decision.at - self._start) / 1e6
        match decision.change:
            case Change.PENDED:
                self._phases[key] = ("pending", labels)
            case Change.FIRED:
                self._phases[key] = ("firing", labels)
                self._firings[key, decision.since] = PlayedFiring(
                    key=key,
                    labels=labels,
                    title=to_alert(found).title,
                    at=at,
                    resolved=None,
                    reason=decision.reason.value,
                )
            case Change.RESOLVED | Change.DROPPED:
                self._phases.pop(key, None)
                open_one = self._firings.get((key, decision.since))
                if open_one is not None and decision.change is Change.RESOLVED:
                    open_one.resolved = at


def play(rule: Program, members: Sequence[Program], case: RuleCaseBody) -> CaseOutcome:
    """What comes of a case."""
    return Play(rule, members, case).run()


def _moments(facts: Sequence[Arrival], asked: Iterable[int], end: int) -> Iterator[tuple[int, Sequence[Arrival]]]:
    """Each moment at which something comes in, is asked, or time is looked at, with what comes in then."""
    coming = {at: list(group) for at, group in groupby((one for one in facts if one.at <= end), key=lambda one: one.at)}
    begin = min(coming, default=end)
    step = max(TICK_US, (end - begin) // MOST_TICKS)
    looks = range(begin, end, step) if end > begin else ()
    for moment in sorted({*coming, *(one for one in asked if one <= end), *looks, end}):
        yield moment, coming.get(moment, ())


def _state_differences(
    place: int, wanted: ExpectedState, phases: dict[str, tuple[str, dict[str, str]]]
) -> Iterator[Difference]:
    for name, expected in (("firing", wanted.firing), ("pending", wanted.pending)):
        if expected is None:
            continue
        there = [labels for phase, labels in phases.values() if phase == name]
        yield from _matched(f"/states/{place}/{name}", expected, there)


def _matched(pointer: str, expected: Sequence[Labels], there: Sequence[dict[str, str]]) -> Iterator[Difference]:
    left = list(there)
    for place, labels in enumerate(expected):
        found = next((one for one in left if labels.items() <= one.items()), None)
        if found is None:
            yield Difference(pointer=f"{pointer}/{place}", expected=labels)
        else:
            left.remove(found)
    for one in left:
        yield Difference(pointer=pointer, actual=one)


def _firing_differences(expected: Sequence[ExpectedFiring], played: Sequence[PlayedFiring]) -> Iterator[Difference]:
    left = list(played)
    for place, wanted in enumerate(expected):
        pointer = f"/firings/{place}"
        near = sorted(
            (one for one in left if wanted.labels.items() <= one.labels.items()),
            key=lambda one: abs(one.at - wanted.at),
        )
        if not near:
            yield Difference(pointer=pointer, expected=wanted.model_dump(exclude_none=True))
            continue
        left.remove(near[0])
        yield from _firing_difference(pointer, wanted, near[0])
    for one in left:
        actual = {"at": one.at, "labels": one.labels, "resolved": one.resolved}
        yield Difference(pointer="/firings", actual=actual)


def _firing_difference(pointer: str, wanted: ExpectedFiring, one: PlayedFiring) -> Iterator[Difference]:
    if abs(one.at - wanted.at) > _NEAR_S:
        yield Difference(pointer=f"{pointer}/at", expected=wanted.at, actual=one.at)
    if wanted.title is not None and wanted.title != one.title:
        yield Difference(pointer=f"{pointer}/title", expected=wanted.title, actual=one.title)
    if wanted.resolved is None:
        return
    resolved = "never" if one.resolved is None else one.resolved
    same = resolved == wanted.resolved or (
        isinstance(resolved, float)
        and isinstance(wanted.resolved, float)
        and abs(resolved - wanted.resolved) <= _NEAR_S
    )
    if not same:
        yield Difference(pointer=f"{pointer}/resolved", expected=wanted.resolved, actual=resolved)
