"""All rules of a tenant over its facts. Pure: it is given facts and the time, and returns decisions; it stores nothing.

For each batch and group the keys are found once; for each rule the condition is evaluated over the whole batch, and only keys
that the condition names or that are not at rest go through the state machine, fact by fact in order of arrival. A rule's new
states take effect only when all of its work for the batch went well, so one that fails leaves no half-done change behind.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from uuid import UUID

import numpy as np

from opsloom.rules.facts import Batch, Fact
from opsloom.rules.kernels import Truths, evaluate
from opsloom.rules.keys import Admission, KeyTable
from opsloom.rules.model import SourceType
from opsloom.rules.program import GroupKey, Program
from opsloom.rules.threshold import Decision, KeyState, NoDataPolicy, Observation, Outcome, advance, observe

MAX_STATES: Final = 100_000
MAX_BATCH_S: Final = 2.0


class Found(NamedTuple):
    """A decision with whose it is."""

    program: Program
    table: KeyTable
    code: int
    decision: Decision


@dataclass(slots=True)
class Counts:
    """What a rule did since it was last asked."""

    evaluated: int = 0
    matched: int = 0
    late: int = 0
    spent_s: float = 0.0


class RuleOverBudget(Exception):
    """A rule took more than one rule may take; the others go on without it."""


@dataclass(slots=True)
class RuleRun:
    """One rule and the keys that are not at rest. `dirty` are the keys whose state changed since it was stored."""

    program: Program
    table: KeyTable
    states: dict[int, KeyState] = field(default_factory=dict)
    dirty: set[int] = field(default_factory=set)
    counts: Counts = field(default_factory=Counts)

    def take(self, admitted: Admission) -> list[Found]:
        """Judge admitted facts. Raises RuleOverBudget, or whatever a broken rule raises; then nothing has changed."""
        started = time.perf_counter()
        program, batch = self.program, admitted.batch
        holds = evaluate(program.condition, batch)
        clears = Truths(holds.false, holds.true) if program.resolve is None else evaluate(program.resolve, batch)
        changed: dict[int, KeyState | None] = {}
        found: list[Found] = []
        for row in self._rows_that_matter(admitted, holds):
            code = admitted.codes[row]
            state = changed[code] if code in changed else self.states.get(code)
            seen = self._observation(admitted, row, holds, clears)
            outcome = observe(program.policy, state, self._known(admitted.before[row]), seen)
            if outcome.state is not state:
                changed[code] = outcome.state
            found.extend(Found(program, self.table, code, decision) for decision in outcome.decisions)
        self._spend(started, len(batch), int(holds.true.sum()))
        self._settle(changed)
        return found

    def tick(self, now: int) -> list[Found]:
        """Let time pass for keys without new facts."""
        changed: dict[int, KeyState | None] = {}
        found: list[Found] = []
        for code in self._waiting(now):
            state, seen = self.states.get(code), self._known(self.table.seen[code])
            outcome: Outcome = advance(self.program.policy, state, seen, self.table.clock(code, now))
            if outcome.state is not state:
                changed[code] = outcome.state
            found.extend(Found(self.program, self.table, code, decision) for decision in outcome.decisions)
        self._settle(changed)
        return found

    def _rows_that_matter(self, admitted: Admission, holds: Truths) -> Iterable[int]:
        if self.program.policy.no_data is NoDataPolicy.ALERT:
            return self._since_start(range(len(admitted.codes)), admitted)
        lively = {admitted.codes[row] for row in np.flatnonzero(holds.true).tolist()}
        if not lively and not self.states:
            return ()
        rows = (row for row, code in enumerate(admitted.codes) if code in lively or code in self.states)
        return self._since_start(rows, admitted)

    def _since_start(self, rows: Iterable[int], admitted: Admission) -> Iterable[int]:
        return (row for row in rows if admitted.times[row] >= self.program.started_us)

    def _observation(self, admitted: Admission, row: int, holds: Truths, clears: Truths) -> Observation:
        return Observation(
            admitted.times[row],
            _verdict(holds, row),
            _verdict(clears, row),
            self.program.evidence(admitted.batch.facts[row], admitted.times[row]),
        )

    def _known(self, seen: int | None) -> int | None:
        return seen if seen is not None and seen >= self.program.started_us else None

    def _waiting(self, now: int) -> Iterable[int]:
        policy = self.program.policy
        if policy.no_data is not NoDataPolicy.ALERT:
            return list(self.states)
        arrived, quiet_since = self.table.arrived, now - policy.no_data_after_us
        silent = (code for code, came in enumerate(arrived) if came <= quiet_since)
        return list({*self.states, *silent})

    def _spend(self, started: float, evaluated: int, matched: int) -> None:
        spent = time.perf_counter() - started
        counts = self.counts
        counts.evaluated += evaluated
        counts.matched += matched
        counts.spent_s += spent
        if spent > MAX_BATCH_S:
            raise RuleOverBudget(f"It took {spent:.1f} s for a batch of {evaluated}; {MAX_BATCH_S:.0f} s are allowed.")

    def _settle(self, changed: dict[int, KeyState | None]) -> None:
        if len(self.states) + len(changed) > MAX_STATES:
            raise RuleOverBudget(f"It keeps more than {MAX_STATES} keys busy. Name fewer partition keys.")
        for code, state in changed.items():
            if state is None:
                self.states.pop(code, None)
            else:
                self.states[code] = state
        self.dirty.update(changed)


class Failure(NamedTuple):
    """A rule that could not go on."""

    program: Program
    error: Exception


class Runtime:
    """Every running rule of one tenant."""

    def __init__(self) -> None:
        self.tables: dict[GroupKey, KeyTable] = {}
        self.runs: dict[UUID, RuleRun] = {}
        self._members: dict[GroupKey, list[RuleRun]] = defaultdict(list)

    def add(self, program: Program) -> RuleRun:
        """Take a rule into the running set; its states are restored by the caller."""
        table = self.tables.setdefault(program.group, KeyTable(program.group))
        run = self.runs[program.rule_id] = RuleRun(program, table)
        self._members[program.group].append(run)
        return run

    def remove(self, rule_id: UUID) -> None:
        """Take a rule out; its group's keys stay while another rule needs them."""
        run = self.runs.pop(rule_id)
        members = self._members[run.program.group]
        members.remove(run)
        if not members:
            del self._members[run.program.group]
            del self.tables[run.program.group]

    def take(self, facts: Sequence[Fact], arrived: int) -> tuple[list[Found], list[Failure]]:
        """Judge facts of one feed, in order of arrival. Rules that fail are reported and must be removed."""
        found: list[Found] = []
        failures: list[Failure] = []
        for group, part in self._parts(facts):
            admitted = self.tables[group].admit(Batch.of(part), arrived)
            for run in self._members[group]:
                run.counts.late += admitted.late
                if not admitted.codes:
                    continue
                try:
                    found.extend(run.take(admitted))
                except Exception as error:  # noqa: BLE001  # boundary: the others go on; the engine records it
                    failures.append(Failure(run.program, error))
        return found, failures

    def tick(self, now: int) -> tuple[list[Found], list[Failure]]:
        """Let time pass, once all facts that have arrived were taken."""
        found: list[Found] = []
        failures: list[Failure] = []
        for run in self.runs.values():
            try:
                found.extend(run.tick(now))
            except Exception as error:  # noqa: BLE001  # boundary: as in take
                failures.append(Failure(run.program, error))
        return found, failures

    def _parts(self, facts: Sequence[Fact]) -> Iterable[tuple[GroupKey, list[Fact]]]:
        """The facts of each group, found by metric name or event type in one pass."""
        by_metric: dict[str | None, list[Fact]] = defaultdict(list)
        events: list[Fact] = []
        for fact in facts:
            if fact.metric is None:
                events.append(fact)
            else:
                by_metric[fact.metric].append(fact)
        for group in list(self._members):
            if group.source_type is SourceType.METRIC:
                part = by_metric.get(group.metric, [])
            else:
                part = [fact for fact in events if group.takes(fact)]
            if part:
                yield group, part


def _verdict(truths: Truths, row: int) -> bool | None:
    if truths.true[row]:
        return True
    return False if truths.false[row] else None
