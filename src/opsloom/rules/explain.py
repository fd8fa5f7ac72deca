"""Saying why: a proof that holds by itself.

A proof carries the rule's version, what its facts claim to show, and the deciding facts with every value the conditions read.
`holds_up` evaluates it again with the naive evaluator, without the engine and without the database.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pydantic import Field

from opsloom.kit.model import Shown
from opsloom.rules.condition import parse
from opsloom.rules.failing import reader
from opsloom.rules.lifecycle import Change, Decision, Evidence, Reason
from opsloom.rules.printing import read_moment, show_moment
from opsloom.rules.program import Program
from opsloom.rules.reference import truth


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
