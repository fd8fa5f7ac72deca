"""Plans as they go over the wire."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from opsloom.assets.code.document import Header, Ref, path_of, write
from opsloom.assets.code.planner import Current, Goal, Plan, Step
from opsloom.assets.code.schemas import ApplyShown, DriftShown, Outcome, PlanShown, StepShown, SummaryShown, TextsShown
from opsloom.assets.code.service import Done
from opsloom.assets.kinds import Kind


def plan(found: Plan, goal: Goal, *, texts: bool) -> PlanShown:
    """Each step; with `texts` both sides of those that change something."""
    return PlanShown(**_members(found, goal, {}, texts=texts))


def planned(found: Plan, goal: Goal) -> ApplyShown:
    """A plan that was only asked for."""
    return ApplyShown(**_members(found, goal, {}, texts=False), outcome=Outcome.PLANNED)


def applied(done: Done, goal: Goal) -> ApplyShown:
    """A plan that was carried out."""
    return ApplyShown(**_members(done.plan, goal, done.ids, texts=False), outcome=Outcome.APPLIED)


def _members(found: Plan, goal: Goal, ids: Mapping[Ref, Any], *, texts: bool) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for step in found.steps:
        counts[step.action.value] = counts.get(step.action.value, 0) + 1
    drifted = sum(step.drift is not None for step in found.steps)
    return {
        "source": goal.source,
        "changes": found.changes,
        "summary": SummaryShown(**counts, drift=drifted),
        "items": [_step(step, ids, texts=texts) for step in found.steps],
    }


def _step(step: Step, ids: Mapping[Ref, Any], *, texts: bool) -> StepShown:
    own_id = step.current.id if step.current else None
    return StepShown(
        action=step.action,
        kind=step.ref[0],
        key=step.ref[1],
        name=step.name,
        path=step.file.path if step.file else path_of(*step.ref),
        publishes=step.publishes,
        drift=DriftShown.model_validate(step.drift) if step.drift else None,
        owner=step.owner,
        changed=list(step.changed),
        asset_id=ids.get(step.ref, own_id),
        texts=_texts(step) if texts and step.changes else None,
    )


def _texts(step: Step) -> TextsShown:
    before = _text_of(step.file.kind, step.current, in_force=step.publishes) if step.file and step.current else None
    return TextsShown(before=before, after=step.file.text() if step.file else None)


def _text_of(kind: Kind, current: Current, *, in_force: bool) -> str | None:
    """What is there now, as a file: what is in force where that changes, the draft otherwise."""
    said, stored = current.draft, current.draft_content
    if in_force and current.published is not None and current.published_content is not None:
        said, stored = current.published, current.published_content
    try:
        content = kind.model.model_validate(dict(stored))
    except ValidationError:
        return None
    header = Header.model_construct(
        kind=kind.name,
        key=current.ref[1],
        name=said.name,
        description=said.description,
        tags=list(said.tags),
        content={},
    )
    return write(kind, header, content)
