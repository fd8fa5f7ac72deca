"""One rule at work: its detector's observations through the life of each key."""

import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from uuid import UUID

from opsloom.rules.detectors.detector import MAX_BATCH_S, MAX_MEMORY_BYTES, Detector, RuleOverBudget, Seen
from opsloom.rules.keys import Admission, KeyTable
from opsloom.rules.lifecycle import Change, Decision, KeyState, NoDataPolicy, advance, is_timed, observe
from opsloom.rules.program import Program
from opsloom.rules.times import Times

MAX_STATES: Final = 100_000


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
    late: int = 0
    spent_s: float = 0.0
    cost: Times = field(default_factory=Times)
    delay: Times = field(default_factory=Times)


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
            for code in admitted.met(self.keys.keys()):
                yield from self.keys[code].values()


class RuleRun:
    """One rule and the keys that are not at rest. `dirty` are the keys whose state changed since it was stored.

    `busy` is shared by a group. `place` is the rule's place in its group.
    """

    def __init__(self, program: Program, table: KeyTable, busy: Busy, *, judged_before: int = 0) -> None:
        self.program, self.table, self.busy = program, table, busy
        self.judged_before = judged_before
        self.detector: Detector = program.detector(table)
        self.place = 0
        self.states: dict[int, KeyState] = {}
        self.dirty: set[int] = set()
        self.counts = Counts()
        self._changed: dict[int, KeyState | None] = {}
        self._timed: set[int] = set()
        self.watches_silence = program.policy.no_data is NoDataPolicy.ALERT
        """Whether a key at rest may still fire, by falling silent."""
        self.hears = program.policy.no_data is not NoDataPolicy.KEEP

    @property
    def waits(self) -> bool:
        """Whether time alone may change something although every key is at rest."""
        return self.watches_silence or self.detector.waits

    def restore(self, code: int, state: KeyState) -> None:
        """Bring back a state that was stored."""
        self._keep(code, state)

    def rests(self, code: int) -> bool:
        """Whether for this key nothing but a true condition can change anything."""
        changed = self._changed
        state = changed[code] if code in changed else self.states.get(code)
        return state is None and not self.watches_silence

    def lively(self, admitted: Admission) -> Collection[int] | None:
        """The keys in a batch that did not rest before it; None is all."""
        if self.watches_silence:
            return None
        return admitted.met(self.states.keys()) if self.states else ()

    def take(self, admitted: Admission, candidates: Sequence[int] | None = None) -> list[Found]:
        """Judge admitted facts; without `candidates` the condition may be true anywhere, else only there.

        Raises RuleOverBudget, or whatever a broken rule raises; then no state has changed.
        """
        started = time.perf_counter()
        self._changed = {}
        found = self._live(self.detector.observe(admitted, candidates, self))
        self._settle(started, found, len(admitted))
        return found

    def tick(self, now: int) -> list[Found]:
        """Let time pass for keys without new facts."""
        started = time.perf_counter()
        self._changed = {}
        found = self._live(self.detector.pass_time(now, self)) if self.detector.waits else []
        for code in self._waiting(now):
            state, seen = self._state(code), self.known(self.table.seen(code))
            after, decisions = advance(self.program.policy, state, seen, self.table.clock(code, now))
            if after is not state:
                self._changed[code] = after
            found.extend(Found(self.program, self.table, code, decision) for decision in decisions)
        self._settle(started, found, None)
        return found

    def known(self, seen: int | None) -> int | None:
        """A time of a fact, if the fact is this rule's business."""
        return seen if seen is not None and seen >= self.program.started_us else None

    def count(self) -> None:
        """Take over what the detector counted."""
        self.counts.matched += self.detector.matched
        self.counts.late += self.detector.late
        self.detector.matched = self.detector.late = 0

    def _keep(self, code: int, state: KeyState) -> None:
        self.states[code] = state
        self.busy.add(self, code)
        if is_timed(self.program.policy, state):
            self._timed.add(code)
        else:
            self._timed.discard(code)

    def _state(self, code: int) -> KeyState | None:
        return self._changed[code] if code in self._changed else self.states.get(code)

    def _live(self, observations: Iterable[Seen]) -> list[Found]:
        changed, states, policy = self._changed, self.states, self.program.policy
        found: list[Found] = []
        for code, last_seen, seen in observations:
            state = changed[code] if code in changed else states.get(code)
            after, decisions = observe(policy, state, last_seen, seen)
            if after is not state:
                changed[code] = after
            if decisions:
                found += [Found(self.program, self.table, code, decision) for decision in decisions]
        return found

    def _waiting(self, now: int) -> Iterable[int]:
        if not self.watches_silence:
            return list(self._timed.union(self._changed))
        silent = self.table.silent(now, self.program.policy.no_data_after_us)
        return list({*self.states, *self._changed, *silent})

    def _settle(self, started: float, found: list[Found], facts: int | None) -> None:
        """Let the new states take effect; `facts` is None for a look at timers. Raises RuleOverBudget before any does."""
        spent, changed = time.perf_counter() - started, self._changed
        self.counts.spent_s += spent
        self.counts.cost.add(spent)
        if spent > MAX_BATCH_S:
            what = "a look at its timers" if facts is None else f"a batch of {facts}"
            raise RuleOverBudget(f"It took {spent:.1f} s for {what}; {MAX_BATCH_S:.0f} s are allowed.")
        if len(self.states) + len(changed) > MAX_STATES:
            raise RuleOverBudget(f"It keeps more than {MAX_STATES} keys busy. Name fewer partition keys.")
        if self.detector.size() > MAX_MEMORY_BYTES:
            raise RuleOverBudget(
                f"It remembers more than {MAX_MEMORY_BYTES >> 20} MB. Use fewer keys or shorter windows."
            )
        for code, state in changed.items():
            if state is None:
                self.states.pop(code, None)
                self._timed.discard(code)
                self.busy.drop(self, code)
            else:
                self._keep(code, state)
        self.dirty.update(changed)
        self._changed = {}
        self.count()
        for one in found:
            self.counts.fired += one.decision.change is Change.FIRED
