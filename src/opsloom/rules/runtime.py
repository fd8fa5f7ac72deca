"""All rules of a tenant over its facts. Pure: it is given facts and the time, and returns decisions; it stores nothing.

For each batch and group the keys are found once. With few rules each condition is evaluated over the whole batch; with many an
index tells which rules may be true for which rows, and those few are asked row by row. Only keys for which the condition is true
somewhere or that are not at rest go through the state machine, fact by fact in the order in which they count. A rule's new states
take effect only when all of its work for the batch went well, so one that fails leaves no half-done change behind.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple
from uuid import UUID

import numpy as np

from opsloom.rules.detectors.composite import CompositeDetector
from opsloom.rules.detectors.detector import RuleOverBudget
from opsloom.rules.document import CompositeRule
from opsloom.rules.facts import Batch, Bools, Codes, Fact
from opsloom.rules.keys import Admission, KeyTable
from opsloom.rules.lifecycle import Change, Decision, Phase, Reason
from opsloom.rules.parting import GroupKey
from opsloom.rules.predicate import Column
from opsloom.rules.predicate_index import PredicateIndex
from opsloom.rules.program import Program
from opsloom.rules.relay import Relay, fact_of
from opsloom.rules.run import Busy, Counts, Found, RuleRun

MOST_LEVELS: Final = 20
"""So deep may composite rules join composite rules."""
MAX_HELD: Final = 200_000
"""So many facts may wait in one group to be put in order."""
INDEX_FROM: Final = 16
"""Below so few rules it is cheaper to ask each."""
_METRIC, _TYPE, _SOURCE = Column("metric"), Column("type"), Column("source")


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
        run = RuleRun(program, self.table, self.busy, judged_before=self.evaluated)
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
        waiting = {run.program.rule_id: run for run in self.members if run.waits}
        return list((waiting | self.busy.rules).values())

    def _build(self) -> PredicateIndex:
        self._index = PredicateIndex(run.program.logic.shape for run in self.members)
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
        self._relay = Relay()
        self._news: list[Fact] = []

    def add(self, program: Program) -> RuleRun:
        """Take a rule into the running set; its states are restored by the caller."""
        self._relay.add(program)
        group = self.groups.get(program.group)
        if group is None:
            group = self.groups[program.group] = Group(program.group)
        run = self.runs[program.rule_id] = group.add(program)
        return run

    def remove(self, rule_id: UUID) -> None:
        """Take a rule out; its group's keys stay while another rule needs them."""
        run = self.runs.pop(rule_id)
        self._relay.remove(run.program)
        group = self.groups[run.program.group]
        group.remove(run)
        if not group.members:
            del self.groups[run.program.group]

    def take(self, batch: Batch, arrived: int) -> tuple[list[Found], list[Failure]]:
        """Judge facts of one feed, in order of arrival. Rules that fail are reported and must be removed."""
        found: list[Found] = []
        failures: list[Failure] = []
        for group, part in self._parts(batch):
            self._judge(group, group.table.admit(part, arrived), found, failures)
        self._join(found, failures, arrived)
        return found, failures

    def tick(self, now: int) -> tuple[list[Found], list[Failure]]:
        """Let time pass, once all facts that have arrived were taken."""
        found: list[Found] = []
        failures: list[Failure] = []
        for group in list(self.groups.values()):
            released = group.table.release(now)
            if released is not None:
                self._judge(group, released, found, failures)
        broken = {failure.program.rule_id for failure in failures}
        for run in [run for group in self.groups.values() for run in group.waiting()]:
            if run.program.rule_id in broken:
                continue
            try:
                found.extend(run.tick(now))
            except Exception as error:  # noqa: BLE001  # boundary: as in take
                failures.append(Failure(run.program, error))
        self._join(found, failures, now)
        return found, failures

    def _join(self, found: list[Found], failures: list[Failure], now: int) -> None:
        """Let composite rules see what was decided, and further ones what they decide."""
        fresh: list[Found] = found
        for _ in range(MOST_LEVELS):
            facts, self._news = self._news + self._relay.facts(fresh), []
            if not facts:
                return
            fresh = []
            for group, part in self._parts(Batch.of(facts)):
                self._judge(group, group.table.admit(part, now), fresh, failures)
            found += fresh

    def rejoin(self) -> None:
        """After loading: composite rules forget alerts of members that do not fire any more, and hear of those that do."""
        firing = [
            (run, code)
            for run in self.runs.values()
            for code, state in run.states.items()
            if state.phase is Phase.FIRING
        ]
        for run in self.runs.values():
            if not isinstance(run.detector, CompositeDetector) or not isinstance(run.program.rule, CompositeRule):
                continue
            for member in run.program.rule.members:
                own = {one.table.texts[code]: (one, code) for one, code in firing if one.program.key == member.rule}
                for key in run.detector.keep_only(member.name, own.keys()):
                    one, code = own[key]
                    decision = Decision(
                        Change.FIRED, one.states[code].fired_at, one.states[code].since, Reason.CONDITION_HELD, ()
                    )
                    self._news.append(
                        fact_of(Found(one.program, one.table, code, decision), run.program.rule_id, member.name)
                    )

    def _judge(self, group: Group, admitted: Admission, found: list[Found], failures: list[Failure]) -> None:
        """Let the rules of a group see facts that count."""
        if group.table.held > MAX_HELD:
            late_s = group.table.group.late_us / 1_000_000
            error = RuleOverBudget(
                f"More than {MAX_HELD} facts wait to be put in order. Allow less than {late_s:g} s of lateness."
            )
            failures.extend(Failure(run.program, error) for run in group.members)
            return
        if not len(admitted):
            return
        group.evaluated += len(admitted)
        for run, candidates in group.concerned(admitted):
            try:
                found.extend(run.take(admitted, candidates))
            except Exception as error:  # noqa: BLE001  # boundary: the others go on; the engine records it
                failures.append(Failure(run.program, error))

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
