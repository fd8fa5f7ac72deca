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
from opsloom.rules.predicate_index import PredicateIndex
from opsloom.rules.program import GroupKey, Program
from opsloom.rules.threshold import Change, Decision, KeyState, NoDataPolicy, Observation, Outcome, advance, observe

MAX_STATES: Final = 100_000
MAX_BATCH_S: Final = 2.0
INDEX_FROM: Final = 16
"""Below so few rules it is cheaper to ask each."""


class Found(NamedTuple):
    """A decision with whose it is."""

    program: Program
    table: KeyTable
    code: int
    decision: Decision


@dataclass(slots=True)
class Counts:
    """What a rule did since it was last asked."""

    matched: int = 0
    fired: int = 0
    spent_s: float = 0.0


class RuleOverBudget(Exception):
    """A rule took more than one rule may take; the others go on without it."""


@dataclass(slots=True)
class RuleRun:
    """One rule and the keys that are not at rest. `dirty` are the keys whose state changed since it was stored.

    `busy` is shared by a group: its rules with a key that is not at rest. `place` is the rule's place in its group.
    """

    program: Program
    table: KeyTable
    busy: "dict[UUID, RuleRun]"
    place: int = 0
    states: dict[int, KeyState] = field(default_factory=dict)
    dirty: set[int] = field(default_factory=set)
    counts: Counts = field(default_factory=Counts)
    judged_before: int = 0

    @property
    def watches_silence(self) -> bool:
        """Whether a key at rest may still fire, by falling silent."""
        return self.program.policy.no_data is NoDataPolicy.ALERT

    def restore(self, code: int, state: KeyState) -> None:
        """Bring back a state that was stored."""
        self.states[code] = state
        self.busy[self.program.rule_id] = self

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
        self.counts.fired += sum(one.decision.change is Change.FIRED for one in found)
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
        self.counts.fired += sum(one.decision.change is Change.FIRED for one in found)
        return found

    def _rows_that_matter(self, admitted: Admission, holds: Truths) -> Iterable[int]:
        if self.watches_silence:
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
        if not self.watches_silence:
            return list(self.states)
        arrived, quiet_since = self.table.arrived, now - self.program.policy.no_data_after_us
        silent = (code for code, came in enumerate(arrived) if came <= quiet_since)
        return list({*self.states, *silent})

    def _spend(self, started: float, evaluated: int, matched: int) -> None:
        spent = time.perf_counter() - started
        counts = self.counts
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
        if self.states:
            self.busy[self.program.rule_id] = self
        else:
            self.busy.pop(self.program.rule_id, None)


class Failure(NamedTuple):
    """A rule that could not go on."""

    program: Program
    error: Exception


class Group:
    """Rules that part the same facts the same way. `evaluated` counts the facts they were asked about."""

    def __init__(self, key: GroupKey) -> None:
        self.table = KeyTable(key)
        self.members: list[RuleRun] = []
        self.busy: dict[UUID, RuleRun] = {}
        self.evaluated = 0
        self._index: PredicateIndex | None = None
        self._always: list[RuleRun] = []

    def add(self, program: Program) -> RuleRun:
        """Take a rule in."""
        run = RuleRun(program, self.table, self.busy, judged_before=self.evaluated)
        self.members.append(run)
        self._index = None
        return run

    def remove(self, run: RuleRun) -> None:
        """Take a rule out."""
        self.members.remove(run)
        self.busy.pop(run.program.rule_id, None)
        self._index = None

    def concerned(self, batch: Batch) -> list[RuleRun]:
        """The rules that this batch may change something for, in the order they were added."""
        if len(self.members) < INDEX_FROM:
            return list(self.members)
        index = self._index or self._build()
        chosen = {run.place: run for run in self._always}
        chosen |= {run.place: run for run in self.busy.values()}
        chosen |= {place: self.members[place] for place in index.candidates(batch)}
        return [chosen[place] for place in sorted(chosen)]

    def waiting(self) -> list[RuleRun]:
        """The rules for which time alone may change something."""
        silent = {run.program.rule_id: run for run in self.members if run.watches_silence}
        return list((silent | self.busy).values())

    def _build(self) -> PredicateIndex:
        self._index = PredicateIndex(run.program.condition for run in self.members)
        for place, run in enumerate(self.members):
            run.place = place
        always = set(self._index.always)
        self._always = [run for run in self.members if run.place in always or run.watches_silence]
        return self._index


class Runtime:
    """Every running rule of one tenant."""

    def __init__(self) -> None:
        self.groups: dict[GroupKey, Group] = {}
        self.runs: dict[UUID, RuleRun] = {}

    def add(self, program: Program) -> RuleRun:
        """Take a rule into the running set; its states are restored by the caller."""
        group = self.groups.get(program.group)
        if group is None:
            group = self.groups[program.group] = Group(program.group)
        run = self.runs[program.rule_id] = group.add(program)
        return run

    def remove(self, rule_id: UUID) -> None:
        """Take a rule out; its group's keys stay while another rule needs them."""
        run = self.runs.pop(rule_id)
        group = self.groups[run.program.group]
        group.remove(run)
        if not group.members:
            del self.groups[run.program.group]

    def take(self, facts: Sequence[Fact], arrived: int) -> tuple[list[Found], list[Failure]]:
        """Judge facts of one feed, in order of arrival. Rules that fail are reported and must be removed."""
        found: list[Found] = []
        failures: list[Failure] = []
        for group, part in self._parts(facts):
            admitted = group.table.admit(Batch.of(part), arrived)
            group.evaluated += len(admitted.codes)
            if not admitted.codes:
                continue
            for run in group.concerned(admitted.batch):
                try:
                    found.extend(run.take(admitted))
                except Exception as error:  # noqa: BLE001  # boundary: the others go on; the engine records it
                    failures.append(Failure(run.program, error))
        return found, failures

    def tick(self, now: int) -> tuple[list[Found], list[Failure]]:
        """Let time pass, once all facts that have arrived were taken."""
        found: list[Found] = []
        failures: list[Failure] = []
        for run in [run for group in self.groups.values() for run in group.waiting()]:
            try:
                found.extend(run.tick(now))
            except Exception as error:  # noqa: BLE001  # boundary: as in take
                failures.append(Failure(run.program, error))
        return found, failures

    def evaluated(self, run: RuleRun) -> int:
        """How many facts a rule was asked about since it was last counted, also where the index answered for it."""
        return self.groups[run.program.group].evaluated - run.judged_before

    def counted(self) -> None:
        """Begin to count anew."""
        for run in self.runs.values():
            run.counts = Counts()
            run.judged_before = self.groups[run.program.group].evaluated
        for group in self.groups.values():
            group.table.late = 0

    def _parts(self, facts: Sequence[Fact]) -> Iterable[tuple[Group, list[Fact]]]:
        """The facts of each group, found by metric name or event type in one pass."""
        by_metric: dict[str | None, list[Fact]] = defaultdict(list)
        events: list[Fact] = []
        for fact in facts:
            if fact.metric is None:
                events.append(fact)
            else:
                by_metric[fact.metric].append(fact)
        for key, group in list(self.groups.items()):
            measured = key.source_type is SourceType.METRIC
            part = by_metric.get(key.metric, []) if measured else [fact for fact in events if key.takes(fact)]
            if part:
                yield group, part


def _verdict(truths: Truths, row: int) -> bool | None:
    if truths.true[row]:
        return True
    return False if truths.false[row] else None
