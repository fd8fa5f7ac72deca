"""Saying why: a proof that holds by itself.

A proof carries the rule's version, what its facts claim to show, and the deciding facts with every value the conditions read.
`holds_up` evaluates it again with the naive evaluator, without the engine and without the database.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import Field

from opsloom.kit.model import Shown
from opsloom.rules.condition import parse
from opsloom.rules.detectors.runs import MOST_SHOWN
from opsloom.rules.facts import Value
from opsloom.rules.failing import reader
from opsloom.rules.lifecycle import Change, Decision, Evidence, Reason
from opsloom.rules.predicate import Column
from opsloom.rules.printing import read_moment, show_moment
from opsloom.rules.program import Program
from opsloom.rules.reference import Read, truth


class ProofFact(Shown):
    """A deciding fact: where it stands in its feed and what the conditions read of it; `step` is the step that took it."""

    time: str
    ref: str
    values: dict[str, Any]
    step: str = ""


class ProofStep(Shown):
    """A step of a sequence."""

    name: str
    condition: str
    min: int = 1
    max: int | None = 1
    negated: bool = False


class Proof(Shown):
    """Why an alert changed. `condition` is what the facts show: the rule's for firing, what cleared it for resolving.

    `names` may stand in the condition besides a fact's columns. With `within_s` it is also that so long nothing came after the
    facts, or, with `steps`, that all of them lie so close together.
    """

    rule_id: UUID
    rule_version: int
    change: Change
    reason: Reason
    condition: str
    for_s: float
    since: str
    decided_at: str
    labels: dict[str, str]
    facts: list[ProofFact]
    names: list[str] = Field(default_factory=list)
    within_s: float = 0
    steps: list[ProofStep] = Field(default_factory=list)


def prove(program: Program, decision: Decision, labels: Mapping[str, str]) -> Proof:
    """The proof of a decision."""
    claim = program.logic.claim(decision)
    return Proof(
        rule_id=program.rule_id,
        rule_version=program.version,
        change=decision.change,
        reason=decision.reason,
        condition=claim.condition,
        for_s=program.for_s,
        since=show_moment(decision.since),
        decided_at=show_moment(decision.at),
        labels=dict(labels),
        facts=[_fact(one) for one in decision.evidence],
        names=list(claim.names),
        within_s=claim.within_us / 1_000_000,
        steps=[ProofStep.model_validate(step._asdict()) for step in claim.steps],
    )


def _fact(evidence: Evidence) -> ProofFact:
    return ProofFact(time=show_moment(evidence.time), ref=evidence.ref, values=evidence.values, step=evidence.step)


def holds_up(proof: Proof) -> bool:
    """Whether the proof shows what it claims: every fact satisfies its condition and, for a firing, it held long enough."""
    if proof.reason in (Reason.NO_DATA, Reason.DATA_RETURNED):
        return read_moment(proof.since) <= read_moment(proof.decided_at)
    if proof.steps:
        return _matches(proof)
    predicate = parse(proof.condition, proof.names)
    expected = None if proof.reason is Reason.CONDITION_UNKNOWN else True
    if not proof.facts or any(truth(predicate, reader(fact.values)) is not expected for fact in proof.facts):
        return False
    if proof.change is not Change.FIRED:
        return True
    first, decided = read_moment(proof.facts[0].time), read_moment(proof.decided_at)
    if proof.within_s:
        return decided - read_moment(proof.facts[-1].time) >= round(proof.within_s * 1_000_000)
    return first == read_moment(proof.since) and decided - first >= round(proof.for_s * 1_000_000)


def _matches(proof: Proof) -> bool:
    """Whether the facts are those of the steps, in order, as many as each needs, and close enough together.

    Of a step that took many facts the first and the latest are shown.
    """
    names = [step.name for step in proof.steps if not step.negated]
    order = [names.index(fact.step) if fact.step in names else -1 for fact in proof.facts]
    if not order or order != sorted(order) or order[0] < 0:
        return False
    times = [read_moment(fact.time) for fact in proof.facts]
    if times != sorted(times) or times[-1] - times[0] >= round(proof.within_s * 1_000_000):
        return False
    return all(_took(proof, step) for step in proof.steps if not step.negated)


def _took(proof: Proof, step: ProofStep) -> bool:
    places = [place for place, fact in enumerate(proof.facts) if fact.step == step.name]
    if len(places) < min(step.min, MOST_SHOWN) or (step.max is not None and len(places) > step.max):
        return False
    predicate = parse(step.condition, steps=[one.name for one in proof.steps if one.name != step.name])
    return all(truth(predicate, _reading(proof.facts, place)) is True for place in places)


def _reading(facts: Sequence[ProofFact], place: int) -> Read:
    """Reads a fact, and with a step's name the last fact before it that the step took."""

    def read(column: Column) -> Value:
        if not column.step:
            return reader(facts[place].values)(column)
        earlier = [fact for fact in facts[:place] if fact.step == column.step]
        return reader(earlier[-1].values)(Column(column.name, column.path)) if earlier else None

    return read
