"""What is kept of a golden question's run, its verdict, and how it differs from the run it is compared with. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from opsloom.ask.blocks import Answer, AnswerStatus, AssetUse, Block
from opsloom.ask.golden.judge import Finding, Verdict
from opsloom.ask.plan import Decision, Planned
from opsloom.ask.tools.contract import ErrorFamily
from opsloom.kit.model import Shown

SOFT = frozenset({"entities", "blocks", "tools"})
"""How an answer is made, not what it says: where that is right, these only warn."""
_TOOL_FAMILIES = frozenset({ErrorFamily.DATABASE, ErrorFamily.TOOL, ErrorFamily.DEADLINE, ErrorFamily.CIRCUIT})


class Outcome(StrEnum):
    PASS = "pass"  # noqa: S105  # an outcome, no secret
    WARN = "warn"
    FAIL = "fail"


class Cause(StrEnum):
    """Why a question does not pass, or why what it says has changed since the baseline."""

    TOOL_FAILED = "tool_failed"
    ASSET_VERSION = "asset_version"
    PLAN_CHANGED = "plan_changed"
    DATA_CHANGED = "data_changed"
    ANSWER_CHANGED = "answer_changed"  # same plan, same data, other words
    NEVER_RIGHT = "never_right"  # there is no baseline, or it failed there too


class Report(Shown):
    """A question with its answer as they were. `plan` is comparable text: its steps without the ids that differ between runs."""

    question: str
    category: str
    language: str
    findings: list[Finding]
    status: AnswerStatus
    decision: Decision | None
    plan: str
    blocks: list[Block]
    gaps: list[str]
    assets: list[AssetUse]


class Change(Shown):
    """One thing that is not as it was in the baseline."""

    what: str
    before: str
    after: str


def outcome_of(findings: Sequence[Finding]) -> Outcome:
    """Right in everything, right in what it says, or not."""
    missed = [one for one in findings if one.verdict is not Verdict.RIGHT]
    if not missed:
        return Outcome.PASS
    return Outcome.WARN if all(one.name in SOFT for one in missed) else Outcome.FAIL


def wrong_numbers(findings: Sequence[Finding]) -> int:
    """Numbers that were stated and are not the oracle's."""
    return sum(one.number and one.verdict is Verdict.WRONG for one in findings)


def plan_text(decision: Decision | None) -> str:
    """What was decided, equal for equal decisions."""
    if isinstance(decision, Planned):
        steps = [step.model_dump_json(exclude={"scope_name"}) for step in decision.plan.steps]
        return "\n".join((decision.plan.intent.value, *steps))
    return decision.model_dump_json() if decision is not None else ""


def failed_tools(answer: Answer) -> list[str]:
    """The gaps that a failing tool left."""
    return [f"{gap.what}: {gap.detail}" for gap in answer.gaps if gap.family in _TOOL_FAMILIES]


def changes(before: Report, after: Report) -> list[Change]:
    """The differences to the baseline, most telling first."""
    found = []
    if before.status is not after.status:
        found.append(Change(what="status", before=before.status, after=after.status))
    if before.plan != after.plan:
        found.append(Change(what="plan", before=before.plan, after=after.plan))
    if before.assets != after.assets:
        found.append(Change(what="assets", before=_assets(before), after=_assets(after)))
    if before.gaps != after.gaps:
        found.append(Change(what="gaps", before="\n".join(before.gaps), after="\n".join(after.gaps)))
    kinds = [" ".join(block.type for block in one.blocks) for one in (before, after)]
    if kinds[0] != kinds[1]:
        found.append(Change(what="blocks", before=kinds[0], after=kinds[1]))
    earlier = {one.name: one for one in before.findings}
    for finding in after.findings:
        was = earlier.get(finding.name)
        if was is not None and was.expected != finding.expected:
            found.append(Change(what=f"truth of {finding.name}", before=was.expected, after=finding.expected))
        if was is not None and was.said != finding.said:
            found.append(Change(what=f"answer to {finding.name}", before=was.said, after=finding.said))
    return found


def cause_of(outcome: Outcome, report: Report, baseline: Report | None) -> Cause | None:
    """The likeliest reason of a question that does not pass."""
    if outcome is Outcome.PASS:
        return None
    if report.gaps:
        return Cause.TOOL_FAILED
    if baseline is None or outcome_of(baseline.findings) is Outcome.FAIL:
        return Cause.NEVER_RIGHT
    if baseline.assets != report.assets:
        return Cause.ASSET_VERSION
    if baseline.plan != report.plan:
        return Cause.PLAN_CHANGED
    truth = {one.name: one.expected for one in baseline.findings}
    moved = any(truth.get(one.name, one.expected) != one.expected for one in report.findings)
    return Cause.DATA_CHANGED if moved else Cause.ANSWER_CHANGED


def _assets(report: Report) -> str:
    return "\n".join(f"{one.kind} {one.name} v{one.version}" for one in report.assets)
