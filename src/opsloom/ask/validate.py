"""Checks a plan against policy, whoever made it: what is too much is clamped and noted, what makes no sense is refused. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from opsloom.ask.plan import CompareStep, MetricStep, Note, NoteCode, Plan, Refusal, RefusalReason, Step


@dataclass(frozen=True)
class Policy:
    """Limits of one question."""

    max_steps: int = 16
    max_rows: int = 5000
    max_list: int = 200
    max_days: int = 400
    max_points: int = 2000
    step_deadline_s: float = 5.0
    deadline_s: float = 10.0


DEFAULT = Policy()


def validate(plan: Plan, policy: Policy, kinds: Collection[str]) -> Plan | Refusal:
    """The plan within the limits, or why it cannot run. `kinds` are the step kinds that a tool serves."""
    problem = _problem(plan, policy, kinds)
    if problem is not None:
        return Refusal(reason=RefusalReason.INVALID_PLAN, words=[problem])
    notes = list(plan.notes)
    steps = [_clamped(step, policy, notes) for step in plan.steps]
    return plan.model_copy(update={"steps": steps, "notes": notes})


def _problem(plan: Plan, policy: Policy, kinds: Collection[str]) -> str | None:
    if not plan.steps:
        return "the plan has no steps"
    if len(plan.steps) > policy.max_steps:
        return f"the plan has {len(plan.steps)} steps, {policy.max_steps} are allowed"
    earlier: set[str] = set()
    for step in plan.steps:
        if step.id in earlier:
            return f"two steps are called {step.id}"
        inputs = {*step.needs, *((step.left, step.right) if isinstance(step, CompareStep) else ())}
        if not inputs <= earlier:
            return f"step {step.id} needs {', '.join(sorted(inputs - earlier))}, which does not come before it"
        if not isinstance(step, CompareStep) and step.kind not in kinds:
            return f"there is no tool for steps of kind {step.kind}"
        window = getattr(step, "window", None)
        if window is not None and window.start >= window.end:
            return f"the interval of step {step.id} is empty"
        earlier.add(step.id)
    return None


def _clamped(step: Step, policy: Policy, notes: list[Note]) -> Step:
    changes: dict[str, object] = {}
    longest = policy.max_rows if isinstance(step, MetricStep) and step.shape == "series" else policy.max_list
    limit = getattr(step, "limit", None)
    if limit is not None and not 1 <= limit <= longest:
        changes["limit"] = min(max(limit, 1), longest)
        notes.append(Note(code=NoteCode.CLAMPED, text=f"{step.id}: limit {limit} → {changes['limit']}"))
    window = getattr(step, "window", None)
    if window is not None and window.end - window.start > timedelta(days=policy.max_days):
        start = window.end - timedelta(days=policy.max_days)
        window = window.model_copy(update={"start": start})
        changes["window"] = window
        notes.append(Note(code=NoteCode.CLAMPED, text=f"{step.id}: {policy.max_days} d"))
    if isinstance(step, MetricStep) and step.shape == "series":
        seconds = (window.end - window.start).total_seconds() if window is not None else 0.0
        smallest = max(int(-(-seconds // policy.max_points)), 1)
        if (step.step_s or 0) < smallest:
            changes["step_s"] = smallest
            if step.step_s is not None:
                notes.append(Note(code=NoteCode.CLAMPED, text=f"{step.id}: {step.step_s} s → {smallest} s"))
    return step.model_copy(update=changes) if changes else step
