"""All rules of a tenant over its facts. Pure: it is given facts and the time, and returns decisions; it stores nothing.

For each batch and group the keys are found once. With few rules each condition is evaluated over the whole batch; with many an
index tells which rules may be true for which rows, and those few are asked row by row. Only keys for which the condition is true
somewhere or that are not at rest go through the state machine, fact by fact in order of arrival. A rule's new states take effect
only when all of its work for the batch went well, so one that fails leaves no half-done change behind.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from uuid import UUID

import numpy as np

from opsloom.rules.facts import Batch, Bools, Codes
from opsloom.rules.kernels import Truths, evaluate
from opsloom.rules.keys import Admission, KeyTable
from opsloom.rules.predicate import Column
from opsloom.rules.predicate_index import PredicateIndex, Shape, shape_of
from opsloom.rules.program import GroupKey, Program
from opsloom.rules.reference import truth
from opsloom.rules.threshold import Change, Decision, KeyState, NoDataPolicy, Observation, Outcome, advance, observe

MAX_STATES: Final = 100_000
MAX_BATCH_S: Final = 2.0
INDEX_FROM: Final = 16
"""Below so few rules it is cheaper to ask each."""
FEW_ROWS: Final = 8
"""Up to so many rows it is cheaper to ask row by row than in columns."""
_METRIC, _TYPE, _SOURCE = Column("metric"), Column("type"), Column("source")


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


class Judged:
    """What a rule's two conditions say of the facts of a batch: in columns for all of them, or asked for single rows."""

    def __init__(self, program: Program, shape: Shape | None, admitted: Admission, *, columns: bool) -> None:
        self._program, self._shape, self._admitted = program, shape, admitted
        self._holds = evaluate(program.condition, admitted.batch) if columns else None
        self._clears = evaluate(program.resolve, admitted.batch) if columns and program.resolve is not None else None

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
        fact, shape = self._admitted.fact(row), self._shape
        return shape.truth(fact) if shape is not None else truth(self._program.condition, fact.read)

    def clears(self, row: int, holds: bool | None) -> bool | None:
        """The clear signal."""
        if self._program.resolve is None:
            return None if holds is None else not holds
        if self._clears is not None:
            return _verdict(self._clears, row)
        return truth(self._program.resolve, self._admitted.fact(row).read)


class Busy:
    """Which rules of a group have a key that is not at rest, by rule and by key."""

    def __init__(self) -> None:
        self.rules: dict[UUID, RuleRun] = {}
        self.keys: dict[int, dict[UUID, RuleRun]] = {}

    def add(self, run: "RuleRun", code: int) -> None:
        """A key has left rest."""
        self.rules[run.program.rule_id] = run
        self.keys.setdefault(code, {})[run.program.rule_id] = run

    def drop(self, run: "RuleRun", code: int) -> None:
        """A key has come to rest."""
        rules = self.keys.get(code, {})
        rules.pop(run.program.rule_id, None)
        if not rules:
            self.keys.pop(code, None)
        if not run.states:
            self.rules.pop(run.program.rule_id, None)

    def forget(self, run: "RuleRun") -> None:
        """A rule is taken out."""
        for code in run.states:
            self.drop(run, code)
        self.rules.pop(run.program.rule_id, None)

    def in_batch(self, admitted: Admission) -> Iterator["RuleRun"]:
        """Rules with a key at work that has a fact in the batch."""
        if self.keys:
            for code in self.keys.keys() & admitted.present:
                yield from self.keys[code].values()


@dataclass(slots=True)
class RuleRun:
    """One rule and the keys that are not at rest. `dirty` are the keys whose state changed since it was stored.

    `busy` is shared by a group. `place` is the rule's place in its group.
    """

    program: Program
    table: KeyTable
    busy: Busy
    place: int = 0
    shape: Shape | None = None
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
        self.busy.add(self, code)

    def take(self, admitted: Admission, candidates: Sequence[int] | None = None) -> list[Found]:
        """Judge admitted facts; without `candidates` the condition may be true anywhere, else only there.

        Raises RuleOverBudget, or whatever a broken rule raises; then nothing has changed.
        """
        started = time.perf_counter()
        program = self.program
        columns = candidates is None or len(candidates) > FEW_ROWS
        judged = Judged(program, self.shape, admitted, columns=columns)
        true_rows = judged.true_rows(candidates)
        changed: dict[int, KeyState | None] = {}
        found: list[Found] = []
        for row in self._rows_that_matter(admitted, true_rows):
            code = int(admitted.codes[row])
            state = changed[code] if code in changed else self.states.get(code)
            holds, moment = judged.holds(row), int(admitted.times[row])
            if state is None and holds is not True and not self.watches_silence:
                continue  # at rest, and stays there
            seen = Observation(moment, holds, judged.clears(row, holds), program.evidence(admitted.fact(row), moment))
            outcome = observe(program.policy, state, self._known(admitted.before(row)), seen)
            if outcome.state is not state:
                changed[code] = outcome.state
            found.extend(Found(program, self.table, code, decision) for decision in outcome.decisions)
        self._spend(started, len(admitted), len(true_rows))
        self._settle(changed)
        self.counts.fired += sum(one.decision.change is Change.FIRED for one in found)
        return found

    def tick(self, now: int) -> list[Found]:
        """Let time pass for keys without new facts."""
        changed: dict[int, KeyState | None] = {}
        found: list[Found] = []
        for code in self._waiting(now):
            state, seen = self.states.get(code), self._known(self.table.seen(code))
            outcome: Outcome = advance(self.program.policy, state, seen, self.table.clock(code, now))
            if outcome.state is not state:
                changed[code] = outcome.state
            found.extend(Found(self.program, self.table, code, decision) for decision in outcome.decisions)
        self._settle(changed)
        self.counts.fired += sum(one.decision.change is Change.FIRED for one in found)
        return found

    def _rows_that_matter(self, admitted: Admission, true_rows: Sequence[int]) -> Iterable[int]:
        if self.watches_silence:
            return self._since_start(range(len(admitted)), admitted)
        lively = {int(admitted.codes[row]) for row in true_rows}
        if self.states:
            lively |= self.states.keys() & admitted.present
        return self._since_start(admitted.rows_of_all(lively), admitted)

    def _since_start(self, rows: Iterable[int], admitted: Admission) -> Iterable[int]:
        return (row for row in rows if admitted.times[row] >= self.program.started_us)

    def _known(self, seen: int | None) -> int | None:
        return seen if seen is not None and seen >= self.program.started_us else None

    def _waiting(self, now: int) -> Iterable[int]:
        if not self.watches_silence:
            return list(self.states)
        silent = np.flatnonzero(self.table.arrived <= now - self.program.policy.no_data_after_us)
        return list({*self.states, *silent.tolist()})

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
                self.busy.drop(self, code)
            else:
                self.states[code] = state
                self.busy.add(self, code)
        self.dirty.update(changed)


class Failure(NamedTuple):
    """A rule that could not go on."""

    program: Program
    error: Exception


class Group:
    """Rules that part the same facts the same way. `evaluated` counts the facts they were asked about."""

    def __init__(self, key: GroupKey) -> None:
        self.table = KeyTable(key)
        self.members: list[RuleRun] = []
        self.busy = Busy()
        self.evaluated = 0
        self._index: PredicateIndex | None = None
        self._always: dict[int, None] = {}

    def add(self, program: Program) -> RuleRun:
        """Take a rule in."""
        shape = shape_of(program.condition)
        run = RuleRun(program, self.table, self.busy, shape=shape, judged_before=self.evaluated)
        self.members.append(run)
        self._index = None
        return run

    def remove(self, run: RuleRun) -> None:
        """Take a rule out."""
        self.members.remove(run)
        self.busy.forget(run)
        self._index = None

    def concerned(self, admitted: Admission) -> Iterator[tuple[RuleRun, Sequence[int] | None]]:
        """The rules that this batch may change something for, in the order they were added, and where they may be true."""
        if len(self.members) < INDEX_FROM:
            yield from ((run, None) for run in self.members)
            return
        index = self._index or self._build()
        chosen: dict[int, Sequence[int] | None] = {run.place: () for run in self.busy.in_batch(admitted)}
        for rows, places in index.candidates(admitted.batch):
            chosen |= dict.fromkeys(places, rows)
        chosen |= self._always
        yield from ((self.members[place], chosen[place]) for place in sorted(chosen))

    def waiting(self) -> list[RuleRun]:
        """The rules for which time alone may change something."""
        silent = {run.program.rule_id: run for run in self.members if run.watches_silence}
        return list((silent | self.busy.rules).values())

    def _build(self) -> PredicateIndex:
        self._index = PredicateIndex(run.shape for run in self.members)
        for place, run in enumerate(self.members):
            run.place = place
        always = set(self._index.always)
        self._always = {run.place: None for run in self.members if run.place in always or run.watches_silence}
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

    def take(self, batch: Batch, arrived: int) -> tuple[list[Found], list[Failure]]:
        """Judge facts of one feed, in order of arrival. Rules that fail are reported and must be removed."""
        found: list[Found] = []
        failures: list[Failure] = []
        for group, part in self._parts(batch):
            admitted = group.table.admit(part, arrived)
            group.evaluated += len(admitted)
            for run, candidates in group.concerned(admitted):
                try:
                    found.extend(run.take(admitted, candidates))
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

    def _parts(self, batch: Batch) -> Iterator[tuple[Group, Batch]]:
        """The facts of each group, in columns."""
        met = _Words(batch)
        for key, group in list(self.groups.items()):
            mask = _taken(key, met)
            if mask is None or not mask.any():
                continue
            yield group, batch if mask.all() else batch.take(np.flatnonzero(mask))


class _Words:
    """The columns that part facts among groups, each read when a group first asks for it."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._met: dict[Column, tuple[Codes, dict[str, int]]] = {}

    def of(self, column: Column) -> tuple[Codes, dict[str, int]]:
        """A column's codes, and the code of each word in it."""
        found = self._met.get(column)
        if found is None:
            words = self._batch.text(column).present()
            found = self._met[column] = (words.codes, {word: code for code, word in enumerate(words.words)})
        return found

    def rows(self, column: Column, word: str) -> Bools | None:
        """Where a word is; None for nowhere."""
        codes, index = self.of(column)
        code = index.get(word)
        return None if code is None else codes == code


def _taken(key: GroupKey, met: _Words) -> Bools | None:
    """Which facts the rules of a group look at; None for none."""
    if key.metric is not None:
        return met.rows(_METRIC, key.metric)
    mask: Bools = met.of(_METRIC)[0] < 0
    for column, wanted in ((_TYPE, key.event_type), (_SOURCE, key.event_source)):
        if wanted is None:
            continue
        rows = met.rows(column, wanted)
        if rows is None:
            return None
        mask = mask & rows
    return mask


def _verdict(truths: Truths, row: int) -> bool | None:
    if truths.true[row]:
        return True
    return False if truths.false[row] else None
