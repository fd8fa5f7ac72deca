"""Checks a plan against policy, whoever made it: what is too much is clamped and noted, what makes no sense is refused. Pure.

Invariant: whatever comes in, what goes out is a DAG of at most `max_steps` steps whose rows, depth and time are within the policy, and SQL
is in it only when a model wrote the plan.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import timedelta

from opsloom.ask.plan import (
    ApiStep,
    CompareStep,
    CorrelateStep,
    MetricStep,
    Note,
    NoteCode,
    Origin,
    Plan,
    Refusal,
    RefusalReason,
    RelationsStep,
    SqlStep,
    Step,
    ToolStep,
    inputs_of,
)

# default and most hops of a view
DEPTHS = {
    "neighbours": (1, 3),
    "dependencies": (3, 6),
    "dependants": (3, 6),
    "impact": (4, 8),
    "path": (8, 12),
    "composition": (3, 6),
}
DERIVED = (CompareStep, CorrelateStep)  # worked out from other steps: no tool serves them


@dataclass(frozen=True)
class Policy:
    """Limits of one question."""

    max_steps: int = 16
    max_chain: int = 5  # steps that wait for each other
    max_rows: int = 5000
    max_list: int = 200
    max_days: int = 400
    max_points: int = 2000
    max_sql_chars: int = 8000
    depths: dict[str, tuple[int, int]] = field(default_factory=lambda: dict(DEPTHS))
    step_deadline_s: float = 5.0
    deadline_s: float = 10.0


@dataclass(frozen=True)
class Usable:
    """What the caller may call by name; None: whatever there is, the tool itself decides."""

    apis: frozenset[str] | None = None
    tools: frozenset[str] | None = None
    connections: frozenset[str] | None = None


DEFAULT = Policy()
ANYTHING = Usable()


def validate(plan: Plan, policy: Policy, kinds: Collection[str], usable: Usable = ANYTHING) -> Plan | Refusal:
    """The plan within the limits, or why it cannot run. `kinds` are the step kinds that a tool serves."""
    problem = _problem(plan, policy, kinds) or _forbidden(plan, policy, usable)
    if problem is not None:
        return Refusal(reason=RefusalReason.INVALID_PLAN, words=[problem])
    notes = list(plan.notes)
    steps = [_clamped(step, policy, notes) for step in plan.steps]
    return plan.model_copy(update={"steps": steps, "notes": notes})


def _problem(plan: Plan, policy: Policy, kinds: Collection[str]) -> str | None:
    """What is wrong with the graph of steps."""
    if not plan.steps:
        return "the plan has no steps"
    if len(plan.steps) > policy.max_steps:
        return f"the plan has {len(plan.steps)} steps, {policy.max_steps} are allowed"
    chains: dict[str, int] = {}
    for step in plan.steps:
        if step.id in chains:
            return f"two steps are called {step.id}"
        inputs = inputs_of(step)
        missing = sorted(set(inputs) - chains.keys())
        if missing:
            return f"step {step.id} needs {', '.join(missing)}, which does not come before it"
        chains[step.id] = 1 + max((chains[one] for one in inputs), default=0)
        if chains[step.id] > policy.max_chain:
            return f"step {step.id} waits for {chains[step.id] - 1} others, {policy.max_chain - 1} are allowed"
        if not isinstance(step, DERIVED) and step.kind not in kinds:
            return f"there is no tool for steps of kind {step.kind}"
        problem = _senseless(step)
        if problem is not None:
            return problem
    return None


def _senseless(step: Step) -> str | None:
    """What is wrong with one step by itself."""
    window = getattr(step, "window", None)
    if window is not None and window.start >= window.end:
        return f"the interval of step {step.id} is empty"
    if (getattr(step, "nth", None) or 1) < 1:
        return f"step {step.id} asks for number {getattr(step, 'nth', None)}; the first is 1"
    if isinstance(step, RelationsStep):
        if not step.item_ids and step.items_from is None:
            return f"step {step.id} names no item"
        if step.view == "path" and not step.to_ids:
            return f"step {step.id} names no end of the path"
    if isinstance(step, MetricStep) and step.shape == "by_group" and step.group_by is None:
        return f"step {step.id} groups by nothing"
    return None


def _forbidden(plan: Plan, policy: Policy, usable: Usable) -> str | None:
    """What the plan may not call."""
    for step in plan.steps:
        if isinstance(step, SqlStep) and plan.origin is not Origin.MODEL:
            return f"step {step.id} is SQL, which only a model's plan may hold"
        if isinstance(step, SqlStep) and len(step.sql) > policy.max_sql_chars:
            return f"the SQL of step {step.id} is longer than {policy.max_sql_chars} characters"
        name, names = _called(step, usable)
        if names is not None and name not in names:
            return f"step {step.id} calls {name[:100]}, which is not there or not allowed"
    return None


def _called(step: Step, usable: Usable) -> tuple[str, frozenset[str] | None]:
    match step:
        case ApiStep():
            return step.api, usable.apis
        case ToolStep():
            return step.tool, usable.tools
        case SqlStep():
            return step.connection, usable.connections
        case _:
            return "", None


def _clamped(step: Step, policy: Policy, notes: list[Note]) -> Step:
    changes: dict[str, object] = {}
    longest = policy.max_rows if isinstance(step, MetricStep) and step.shape == "series" else policy.max_list
    limit = getattr(step, "limit", None)
    if limit is not None and not 1 <= limit <= longest:
        changes["limit"] = min(max(limit, 1), longest)
        _note(notes, f"{step.id}: limit {limit} → {changes['limit']}")
    window = getattr(step, "window", None)
    if window is not None and window.end - window.start > timedelta(days=policy.max_days):
        window = window.model_copy(update={"start": window.end - timedelta(days=policy.max_days)})
        changes["window"] = window
        _note(notes, f"{step.id}: {policy.max_days} d")
    if isinstance(step, RelationsStep):
        default, most = policy.depths[step.view]
        depth = default if step.depth is None else min(max(step.depth, 1), most)
        if step.depth is not None and depth != step.depth:
            _note(notes, f"{step.id}: depth {step.depth} → {depth}")
        changes["depth"] = depth
    if isinstance(step, MetricStep) and step.shape == "series":
        seconds = (window.end - window.start).total_seconds() if window is not None else 0.0
        smallest = max(int(-(-seconds // policy.max_points)), 1)
        if (step.step_s or 0) < smallest:
            changes["step_s"] = smallest
            if step.step_s is not None:
                _note(notes, f"{step.id}: {step.step_s} s → {smallest} s")
    return step.model_copy(update=changes) if changes else step


def _note(notes: list[Note], text: str) -> None:
    note = Note(code=NoteCode.CLAMPED, text=text)
    if note not in notes:
        notes.append(note)
