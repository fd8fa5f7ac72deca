"""The live engine over stored facts: what a rule would have done, and why a key is where it is. Pure.

Facts are taken in order of their time and the clock is theirs: a fact counts as having arrived at its own time. So a replay
differs from what happened live only where facts came late.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from pydantic import Field

from opsloom.kit.model import Shown
from opsloom.rules.document import AnomalyRule
from opsloom.rules.explain import Proof, holds_up, prove
from opsloom.rules.facts import Batch, Fact
from opsloom.rules.failing import Failing
from opsloom.rules.keys import KeyTable
from opsloom.rules.lifecycle import Change, KeyState, Phase
from opsloom.rules.moments import to_datetime
from opsloom.rules.program import Program
from opsloom.rules.run import Found, RuleRun
from opsloom.rules.runtime import Failure, Runtime

CHUNK_US: Final = 10_000_000
CHUNK_FACTS: Final = 2_000


class Verdict(StrEnum):
    """Where a key stands."""

    FIRING = "firing"
    PENDING = "pending"
    NOT_TRUE = "not_true"
    UNKNOWN = "unknown"
    COOLING = "cooling_down"
    NO_FACTS = "no_facts"
    NOT_IN_FORCE = "not_in_force"
    QUARANTINED = "quarantined"


class Baseline(StrEnum):
    """By what an anomaly was judged: by what the rule has learnt of the key until now, or by what facts since `read_from` teach."""

    STORED = "stored"
    REPLAYED = "replayed"


class Explanation(Shown):
    """Why a key fires at an instant, or why it does not. It looks at facts since `read_from`; `cut` when older ones of the stretch that
    it wanted were too many to read."""

    key: str
    at: datetime
    verdict: Verdict
    labels: dict[str, str]
    since: datetime | None = None
    held_s: float | None = None
    for_s: float
    last_fact_at: datetime | None = None
    last_values: dict[str, Any] = Field(default_factory=dict)
    failing: Failing | None = None
    proof: Proof | None = None
    proof_holds: bool | None = None
    alert_id: UUID | None = None
    baseline: Baseline | None = None
    read_from: datetime | None = None
    cut: bool = False


class Replayed:
    """A finished replay: the decisions, and the run as it stands at the end."""

    def __init__(self, program: Program, facts: Sequence[Fact], end_us: int) -> None:
        self.program, self._facts, self._end = program, facts, end_us
        runtime = Runtime()
        self._run: RuleRun = runtime.add(program)
        self._runtime = runtime
        self._learnt = False
        self.found: list[Found] = []
        self.failures: list[Failure] = []
        for chunk in _chunks(facts):
            newest = max(fact.time for fact in chunk)
            self._note(runtime.take(Batch.of(chunk), newest))
            self._note(runtime.tick(newest))
        self._note(runtime.tick(end_us))

    def memory(self, key: str) -> bytes | None:
        """What the rule remembers of a key at the end."""
        code = self.table.find(key)
        return None if code is None else self._run.detector.memory(code)

    def judge_by(self, key: str, memory: bytes) -> None:
        """Judge the last fact of a key once more, by what a rule in force remembers of the key: what it has learnt comes from more facts
        than are read here."""
        code = self.table.find(key)
        last = (
            None
            if code is None
            else next((one for one in reversed(self._facts) if self.table.code_of(one) == code), None)
        )
        if code is None or last is None:
            return
        self._run.detector.restore(code, memory)
        self._learnt = True
        self._note(self._runtime.take(Batch.of([last]), self._end))
        self._note(self._runtime.tick(self._end))

    @property
    def table(self) -> KeyTable:
        """The keys that were met."""
        return self._run.table

    def _note(self, outcome: tuple[list[Found], list[Failure]]) -> None:
        self.found += outcome[0]
        self.failures += outcome[1]

    def explain(self, key: str) -> Explanation:
        """Where a key stands at the end of the replay."""
        code = self.table.find(key)
        facts = [] if code is None else [fact for fact in self._facts if self.table.code_of(fact) == code]
        at, for_s = to_datetime(self._end), self.program.for_s
        if code is None or not facts:
            return Explanation(key=key, at=at, verdict=Verdict.NO_FACTS, labels={}, for_s=for_s)
        last, state = facts[-1], self._run.states.get(code)
        failing = self._run.detector.failing(code, last)
        watched = last.time >= self.program.started_us
        verdict = _verdict(state, failing) if watched else Verdict.NOT_IN_FORCE
        shown = Explanation(key=key, at=at, verdict=verdict, labels=self.table.labels[code], for_s=for_s)
        shown.last_fact_at = to_datetime(last.time)
        shown.last_values = dict(self.program.logic.values(last))
        shown.failing = failing
        if isinstance(self.program.rule, AnomalyRule):
            shown.baseline = Baseline.STORED if self._learnt else Baseline.REPLAYED
        if state is not None and state.phase is not Phase.COOLING:
            shown.since = to_datetime(state.since)
            shown.held_s = (self._end - state.since) / 1e6
        if verdict is Verdict.FIRING:
            shown.proof = self._proof(code)
            shown.proof_holds = shown.proof is not None and holds_up(shown.proof)
        return shown

    def _proof(self, code: int) -> Proof | None:
        fired = [one for one in self.found if one.code == code and one.decision.change is Change.FIRED]
        return prove(self.program, fired[-1].decision, self.table.labels[code]) if fired else None


def _verdict(state: KeyState | None, failing: Failing | None) -> Verdict:
    if state is not None and state.phase is Phase.FIRING:
        return Verdict.FIRING
    if state is not None and state.phase is Phase.PENDING:
        return Verdict.PENDING
    if failing is not None:
        return Verdict.UNKNOWN if failing.truth is None else Verdict.NOT_TRUE
    return Verdict.COOLING


def _chunks(facts: Sequence[Fact]) -> Iterator[Sequence[Fact]]:
    """Short pieces, so that timers run about when they would have."""
    start = 0
    for position, fact in enumerate(facts):
        if position - start >= CHUNK_FACTS or fact.time - facts[start].time >= CHUNK_US:
            yield facts[start:position]
            start = position
    if start < len(facts):
        yield facts[start:]
