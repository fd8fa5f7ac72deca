"""The runs of one key: the ways in which a match of a sequence has begun, in order of their first facts.

Of runs with the same first fact, the one in which earlier steps take more comes first. All of it is in whole microseconds and plain
lists; what a pattern means is said in `pattern`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from opsloom.rules.detectors.detector import RuleOverBudget
from opsloom.rules.detectors.pattern import Asked, Pattern
from opsloom.rules.facts import Fact, Value
from opsloom.rules.lifecycle import Evidence
from opsloom.rules.predicate import Column
from opsloom.rules.printing import show_operand
from opsloom.rules.reference import Read, truth

MAX_RUNS: Final = 2_000
"""Of one key."""
MOST_SHOWN: Final = 8
"""How many facts of one step a run keeps: the first and the latest."""


@dataclass(frozen=True, slots=True)
class Run:
    """A match that has begun. `begun` is its first fact's time; places number the facts a key's runs were shown."""

    begun: int
    first_place: int
    last_place: int
    step: int
    count: int
    taken: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Show:
    """A fact that is shown to runs: which steps' conditions it satisfies by itself, by their place in the document."""

    fact: Fact
    time: int
    alone: Sequence[bool]


@dataclass(slots=True)
class Runs:
    """One key's."""

    pattern: Pattern
    runs: list[Run] = field(default_factory=list)
    place: int = 0

    @property
    def due(self) -> int | None:
        """When the time of the oldest run is over."""
        return self.runs[0].begun + self.pattern.within if self.runs else None

    def pass_time(self, limit: int) -> Iterator[tuple[int, Run]]:
        """End the runs whose time is over; those that only had to wait for that are matches."""
        while self.runs and self.runs[0].begun + self.pattern.within <= limit:
            run = self.runs.pop(0)
            if self.pattern.waits_out and self._complete(run):
                self._drop_after(run)
                yield run.begun + self.pattern.within, run

    def take(self, shown: Show) -> Iterator[Run]:
        """Show a fact to all runs; the time of none is over. Yields matches."""
        self.place += 1
        kept: list[Run] = []
        for run in self.runs:
            kept.extend(self._onward(run, shown))
        for target in self.pattern.first:
            step = self.pattern.steps[target]
            if _satisfies(step.asked, step.place, shown, ()):
                kept.append(Run(shown.time, self.place, self.place, target, 1, self._with((), target, shown)))
        if len(kept) > MAX_RUNS:
            raise RuleOverBudget(f"More than {MAX_RUNS} matches have begun for one key. Narrow the steps or the time.")
        self.runs = kept
        if self.pattern.waits_out:
            return
        while (match := self._completed()) is not None:
            self._drop_after(match)
            yield match

    def _completed(self) -> Run | None:
        return next((run for run in self.runs if run.last_place == self.place and self._complete(run)), None)

    def _complete(self, run: Run) -> bool:
        step = self.pattern.steps[run.step]
        return step.ends and run.count >= step.least

    def _drop_after(self, match: Run) -> None:
        if self.pattern.to_next:
            self.runs = [run for run in self.runs if run.first_place != match.first_place]
        else:
            self.runs = [run for run in self.runs if run.first_place > match.last_place]

    def _onward(self, run: Run, shown: Show) -> list[Run]:
        """The ways a run goes on with a fact: with it, past it, or, for none, not at all."""
        step, steps = self.pattern.steps[run.step], self.pattern.steps
        ways: list[Run] = []
        if (step.most is None or run.count < step.most) and _satisfies(step.asked, step.place, shown, run.taken):
            taken = self._with(run.taken, run.step, shown)
            ways.append(Run(run.begun, run.first_place, self.place, run.step, run.count + 1, taken))
        if run.count >= step.least:
            for target in step.onward:
                if _satisfies(steps[target].asked, steps[target].place, shown, run.taken):
                    taken = self._with(run.taken, target, shown)
                    ways.append(Run(run.begun, run.first_place, self.place, target, 1, taken))
            if not ways and any(_satisfies(guard, place, shown, run.taken) for place, guard in step.guards):
                return []
        return ways or [run]

    def _with(self, taken: tuple[Evidence, ...], step: int, shown: Show) -> tuple[Evidence, ...]:
        asked = self.pattern.steps[step]
        (evidence,) = asked.reading.of(shown.fact, shown.time)
        own = [place for place, one in enumerate(taken) if one.step == asked.name]
        if len(own) >= MOST_SHOWN:
            taken = taken[: own[1]] + taken[own[1] + 1 :]
        return (*taken, evidence._replace(step=asked.name))

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        runs = [
            [run.begun, run.first_place, run.last_place, run.step, run.count, [list(one) for one in run.taken]]
            for run in self.runs
        ]
        return {"place": self.place, "runs": runs}

    def restore(self, stored: dict[str, Any]) -> None:
        """Back from JSON."""
        self.place = stored["place"]
        self.runs = [
            Run(begun, first, last, step, count, tuple(Evidence(*one) for one in taken))
            for begun, first, last, step, count, taken in stored["runs"]
        ]


def _satisfies(asked: Asked, place: int, shown: Show, taken: Sequence[Evidence]) -> bool:
    if not shown.alone[place]:
        return False
    return asked.together is None or truth(asked.together, reading(shown.fact.read, taken)) is True


def reading(read: Callable[[Column], Value], taken: Sequence[Evidence]) -> Read:
    """Reads columns of a fact, and those of the last fact that an earlier step took."""

    def both(column: Column) -> Value:
        if not column.step:
            return read(column)
        last = next((one for one in reversed(taken) if one.step == column.step), None)
        return None if last is None else last.values.get(show_operand(Column(column.name, column.path)))

    return both
