"""Questions in two hops: first which items are reached over the topology, then something about exactly those."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from opsloom.ask.language.words import CueKind
from opsloom.ask.plan import Intent, Note, NoteCode, Refusal
from opsloom.ask.planning.alert_plan import alerts_step, plan_alerts
from opsloom.ask.planning.draft import Draft
from opsloom.ask.planning.history_plan import plan_events
from opsloom.ask.planning.metric_plan import plan_reached
from opsloom.ask.planning.reading import Reading
from opsloom.ask.planning.relation_plan import View, relations_step
from opsloom.ask.planning.sides import without
from opsloom.ask.planning.world import World

MOST_ALERTING = 200
_SECOND = (CueKind.ALERTS, CueKind.EVENTS, CueKind.HAPPENING)


def chains(reading: Reading) -> bool:
    """Whether something is asked of the items reached."""
    return bool(reading.metrics) or reading.has(*_SECOND)


def plan_chain(reading: Reading, world: World, view: View, now: datetime) -> Draft | Refusal:
    """The walk, then what is asked of where it leads."""
    walk = relations_step(reading, world, view)
    if isinstance(walk, Refusal):
        return walk
    draft = Draft(Intent.FILTER if reading.threshold else Intent.TOP)
    first = draft.add(walk, count=False)
    if reading.metrics and not reading.has(*_SECOND):
        for metric in reading.metrics:
            draft.add(plan_reached(reading, metric, first.id, now))
        if not reading.windows and not reading.wants_now:
            draft.note([Note(code=NoteCode.WINDOW_ASSUMED)])
        return draft
    rest = replace(without(reading, CueKind.RELATIONS, CueKind.ITEM_TYPE, CueKind.WHICH), links=(), carried=(), held=())
    found = plan_alerts(rest, world, now) if reading.has(CueKind.ALERTS) else plan_events(rest, world, now)
    draft.intent = found.intent
    linked = [
        step.model_copy(update={"items_from": "s0"}) if hasattr(step, "item_ids") else step for step in found.steps
    ]
    return _behind(draft, Draft(found.intent, linked, found.notes), first.id)


def plan_alerting(reading: Reading, world: World, now: datetime) -> Draft:
    """ "the CPU of the servers with open alerts": which items have such alerts, then the metric of those."""
    draft = Draft(Intent.FILTER if reading.threshold else Intent.TOP)
    alerts = alerts_step(replace(reading, metrics=()), world)
    first = draft.add(alerts, mode="by_item", limit=MOST_ALERTING)
    for metric in reading.metrics:
        draft.add(plan_reached(reading, metric, first.id, now))
    return draft


def _behind(draft: Draft, found: Draft, source: str) -> Draft:
    """Appends steps that take their items from the first."""
    ids: dict[str, str] = {"s0": source}
    for step in found.steps:
        changes: dict[str, object] = {"needs": list(dict.fromkeys([*(ids[one] for one in step.needs), source]))}
        if step.items_from is not None:
            changes["items_from"] = source
        for side in ("left", "right"):
            if hasattr(step, side):
                changes[side] = ids[getattr(step, side)]
        ids[step.id] = draft.add(step, **changes).id
    draft.note(found.notes)
    return draft
