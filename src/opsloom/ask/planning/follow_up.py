"""Questions that lean on the one before: "그중에서 …", "what about last month?", "and pay-02?", "only the critical ones". Pure.

Two ways to read them. A question with a subject of its own ("those servers' memory") is planned anew over the items of the answer
before. One without ("what about last month?") is the plan before with what it names put in place of what stood there; whatever it names
must find such a place, else nothing is guessed and the asker is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from opsloom.ask.language.words import CueKind
from opsloom.ask.plan import (
    AlertsStep,
    CauseStep,
    CompareStep,
    Entity,
    EventsStep,
    Filter,
    Intent,
    ItemsStep,
    MetricStep,
    Note,
    NoteCode,
    Plan,
    Refusal,
    RefusalReason,
    RelationsStep,
    Step,
    TimeWindow,
)
from opsloom.ask.planning.previous import MAX_LISTED, Previous
from opsloom.ask.planning.reading import Reading
from opsloom.ask.planning.scope import Named, conditions, entities, metric_scope, types_of
from opsloom.ask.planning.windows import window_of
from opsloom.ask.planning.world import World
from opsloom.inventory.schemas import Aggregate

_OWN = (
    CueKind.METRIC, CueKind.METRIC_GROUP, CueKind.ALERTS, CueKind.EVENTS, CueKind.HAPPENING, CueKind.RELATIONS, CueKind.WHY, CueKind.CAUSE,
    CueKind.ITEMS, CueKind.CORRELATE,
)  # fmt: skip
# Their answers name other things than their questions: without what was listed nothing is known of "those".
_LISTING = frozenset({Intent.RELATIONS, Intent.IMPACT, Intent.PATH, Intent.TOP, Intent.FILTER, Intent.LIST})
_OPENS = re.compile(r"^(?:and|then|ok|okay|now|그리고|그럼|그러면|그렇다면|또)(?:\s|,)", re.IGNORECASE)
_TOPIC_KO = re.compile(r"(?:은|는|도)\s?(?:요)?\s?[?？]?$")
_TOO_KO = re.compile(r"[가-힣\w]도(?:\s|$|[?？])")
_SHORT = 40
_TOPIC = 20
_KIND_WORDS = {"events": CueKind.EVENTS, "alerts": CueKind.ALERTS, "items": CueKind.ITEM_TYPE, "metric": CueKind.METRIC}


def refers_back(reading: Reading) -> bool:
    """Whether words stand for what was answered before."""
    if reading.links or reading.has(CueKind.HERE):
        return False
    those = reading.values(CueKind.THOSE)
    if "strong" in those:
        return True
    return (
        "weak" in those and reading.context.previous is not None and not reading.has(CueKind.ITEM_TYPE, CueKind.ITEMS)
    )


def needs_what_is_missing(reading: Reading) -> bool:
    """A question that leans on an earlier one where there is none, or where nothing was listed that it could mean."""
    if reading.context.previous is not None and refers_back(reading) and not reading.carried:
        return not leans(reading)
    if reading.context.previous is not None or reading.links or reading.has(CueKind.HERE):
        return False
    if "strong" in reading.values(CueKind.THOSE):
        return not _self_contained(reading)
    return reading.has(CueKind.ALSO) and not (reading.has(*_OWN, CueKind.ITEM_TYPE) or reading.metrics)


def _self_contained(reading: Reading) -> bool:
    """ "list the servers and which of those …": what is meant stands in the question itself, before the reference."""
    those = reading.first(CueKind.THOSE)
    return those is not None and any(
        cue.cue.kind in (CueKind.ITEM_TYPE, CueKind.ITEMS, CueKind.ALERTS, CueKind.EVENTS, CueKind.HAPPENING)
        and cue.end <= those.start
        for cue in reading.cues
    )


def leans(reading: Reading) -> bool:
    """Whether the question is a piece that only the question before completes."""
    if reading.context.previous is None or reading.has(CueKind.WHY, CueKind.CAUSE):
        return False
    text = reading.source.text
    if reading.has(CueKind.ALSO, CueKind.ONLY) or _OPENS.match(text) or _only_a_topic(reading):
        return True
    own = reading.has(*_OWN) or bool(reading.metrics)
    if refers_back(reading):
        return not own and _names_a_place(reading)
    if own or len(text) > _SHORT or reading.has(CueKind.STATUS, CueKind.LIST, CueKind.ATTRIBUTE, CueKind.HERE):
        return False
    if reading.has(CueKind.ITEM_TYPE) and reading.has(CueKind.COUNT, CueKind.WHICH):
        return False
    too = bool(reading.links) and _TOO_KO.search(text) is not None
    bare = bool(reading.windows or reading.links) or reading.has(
        CueKind.SEVERITY, CueKind.STATE, CueKind.RESULT, CueKind.ITEM_TYPE
    )
    return too or (
        bare
        and (
            _TOPIC_KO.search(text) is not None or bool(reading.windows) or reading.has(CueKind.SEVERITY, CueKind.RESULT)
        )
    )


def _names_a_place(reading: Reading) -> bool:
    """Whether what a question says of "those" can stand in the plan before; else it is asked anew of the items listed."""
    assert reading.context.previous is not None
    recorded = any(isinstance(step, AlertsStep | EventsStep) for step in reading.context.previous.plan.steps)
    if reading.has(CueKind.ITEM_TYPE, CueKind.COUNT) or reading.held:
        return recorded
    said = reading.has(CueKind.SEVERITY, CueKind.STATE, CueKind.RESULT, CueKind.AGGREGATE, CueKind.EXTREME)
    return said or bool(reading.windows or reading.rank or reading.nth or reading.count)


def _only_a_topic(reading: Reading) -> bool:
    """ "메모리는?", "최댓값은?": nothing but what is to stand in another's place."""
    if reading.links or reading.has(
        CueKind.HERE, CueKind.WHICH, CueKind.ITEM_TYPE, CueKind.COUNT, CueKind.ALERTS, CueKind.EVENTS
    ):
        return False
    said = bool(reading.metrics) or reading.has(CueKind.AGGREGATE, CueKind.EXTREME)
    return said and len(reading.source.text) <= _TOPIC and not reading.unknown


def carried_over(reading: Reading, world: World) -> Reading:
    """The reading with the items of the answer before as its items, narrowed by the types and conditions it names."""
    previous = reading.context.previous
    if previous is None or not refers_back(reading):
        return reading
    items = previous.listed[:MAX_LISTED]
    if not items and previous.plan.intent not in _LISTING:
        items = tuple(one.id for one in previous.plan.entities)
    types, stems = types_of(reading.values(CueKind.ITEM_TYPE), world)
    narrowed = [*stems, *conditions(reading)]
    own = set(world.selected(types, narrowed)) if types or narrowed else None
    kept = tuple(item for item in items if item in world.things and (own is None or item in own))
    return replace(reading, carried=kept, held=())


def with_time_of(plan: Plan, reading: Reading) -> Plan:
    """A plan over carried items looks at the time of the question before, unless it names its own."""
    previous = reading.context.previous
    if previous is None or reading.windows or reading.wants_now or not reading.carried:
        return plan
    window = next((one for one in map(_window, previous.plan.steps) if one is not None and not one.assumed), None)
    if window is None:
        return plan
    steps = [
        step.model_copy(update={"window": window}) if isinstance(step, _WINDOWED) and _open(step) else step
        for step in plan.steps
    ]
    if steps == plan.steps:
        return plan
    dropped = (NoteCode.WINDOW_ASSUMED, NoteCode.WHOLE_HISTORY)
    notes = [one for one in plan.notes if one.code not in dropped]
    note = Note(code=NoteCode.CARRIED_OVER, text=window.phrase or "…")
    return plan.model_copy(update={"steps": steps, "notes": [*notes, note]})


_WINDOWED = (MetricStep, AlertsStep, EventsStep, CauseStep)


def _window(step: Step) -> TimeWindow | None:
    return step.window if isinstance(step, _WINDOWED) else None


def _open(step: Step) -> bool:
    """Whether nobody named the step's interval; an open alert is one of now."""
    window = _window(step)
    if window is None:
        return isinstance(step, AlertsStep) and not step.states
    return window.assumed and not (isinstance(step, MetricStep) and step.aggregate is Aggregate.LATEST)


# the plan before with other pieces


@dataclass
class _Patch:
    reading: Reading
    world: World
    used: set[str] = field(default_factory=set)

    def wanted(self) -> dict[str, str]:
        """What the question names, and in which words."""
        reading = self.reading
        found = {
            "window": reading.windows[0].phrase if reading.windows else "",
            "items": ", ".join(link.text for link in reading.links),
            "types": reading.phrase(CueKind.ITEM_TYPE),
            "metric": reading.phrase(CueKind.METRIC) or (reading.metrics[0] if reading.metrics else ""),
            "aggregate": reading.phrase(CueKind.AGGREGATE) or reading.phrase(CueKind.EXTREME),
            "severities": reading.phrase(CueKind.SEVERITY),
            "states": reading.phrase(CueKind.STATE),
            "results": reading.phrase(CueKind.RESULT),
            "happenings": reading.phrase(CueKind.HAPPENING),
            "count": reading.phrase(CueKind.COUNT),
            "rank": "rank" if reading.rank or reading.count else "",
            "held": " ".join(value for one in reading.held for value in one.values),
            "nth": "nth" if reading.nth else "",
        }
        return {slot: words for slot, words in found.items() if words}


def patched(reading: Reading, world: World, now: datetime) -> Plan | Refusal:
    """The plan before with what this question names in its place."""
    del now
    previous = reading.context.previous
    assert previous is not None
    patch = _Patch(reading, world)
    wanted = patch.wanted()
    sides = any(isinstance(step, CompareStep) for step in previous.plan.steps)
    if not wanted or (sides and ("window" in wanted or "items" in wanted)):
        return Refusal(reason=RefusalReason.NOT_UNDERSTOOD, words=list(wanted.values()) or [reading.source.text[:40]])
    steps: list[Step] = []
    for step in previous.plan.steps:
        changed = _changed(step, patch)
        if isinstance(changed, Refusal):
            return changed
        steps.append(changed)
    lost = [words for slot, words in wanted.items() if slot not in patch.used]
    if lost:
        return Refusal(reason=RefusalReason.NOT_UNDERSTOOD, words=lost)
    return _finished(reading, world, previous, steps)


def _finished(reading: Reading, world: World, previous: Previous, steps: list[Step]) -> Plan:
    named = entities(reading, world)
    kept: list[Entity] = named or previous.plan.entities
    notes = [one for one in previous.plan.notes if one.code is not NoteCode.CARRIED_OVER]
    if reading.windows:
        notes = [one for one in notes if one.code not in (NoteCode.WINDOW_ASSUMED, NoteCode.WHOLE_HISTORY)]
    notes.append(Note(code=NoteCode.CARRIED_OVER, text=previous.question[:200] or "…"))
    return previous.plan.model_copy(update={"steps": steps, "entities": kept, "notes": notes})


def _changed(step: Step, patch: _Patch) -> Step | Refusal:
    changes: dict[str, object] = {}
    reading = patch.reading
    if reading.windows and isinstance(step, _WINDOWED):
        changes["window"] = window_of(reading.windows[0], reading.zone)
        patch.used.add("window")
    refusal = _items(step, patch, changes)
    if refusal is not None:
        return refusal
    for change in (_types, _of_alerts, _of_events, _of_metrics, _of_lists):
        change(step, patch, changes)
    return step.model_copy(update=changes) if changes else step


def _items(step: Step, patch: _Patch, changes: dict[str, object]) -> Refusal | None:
    """Other items: those named, or those listed before ("of them")."""
    reading = patch.reading
    items = list(reading.certain_ids)
    if not items or getattr(step, "items_from", None):
        return None
    if isinstance(step, MetricStep):
        metric = reading.metrics[0] if reading.metrics else step.metric
        scope = metric_scope(metric, Named(tuple(items), ()), patch.world)
        if scope is None:
            return Refusal(reason=RefusalReason.NO_SUCH_METRIC, words=[metric, *patch.world.metrics_of(items)[:12]])
        changes |= {"item_ids": list(scope.items), "item_types": [], "scope_name": scope.name}
    elif isinstance(step, RelationsStep | AlertsStep | EventsStep | ItemsStep):
        changes["item_ids"] = items
        if isinstance(step, AlertsStep | EventsStep):
            changes["item_types"] = []
        if isinstance(step, EventsStep):
            changes["subjects"] = []
    elif isinstance(step, CauseStep):
        changes["item_id"] = items[0]
    else:
        return None
    patch.used.add("items")
    return None


def _types(step: Step, patch: _Patch, changes: dict[str, object]) -> None:
    types, stems = types_of(patch.reading.values(CueKind.ITEM_TYPE), patch.world)
    held = conditions(patch.reading)
    if not types and not held:
        return
    if isinstance(step, ItemsStep):
        if types:
            changes["item_types"] = list(types)
            patch.used.add("types")
        if stems or held:
            replaced = {one.field for one in held}
            changes["filters"] = [*(one for one in step.filters if one.field not in replaced), *stems, *held]
            patch.used.add("held")
    elif isinstance(step, RelationsStep) and types and not stems:
        changes["item_types"] = list(types)
        patch.used.add("types")
    elif isinstance(step, MetricStep | AlertsStep | EventsStep):
        items = patch.world.selected(types or getattr(step, "item_types", []), [*stems, *held])
        if not types and step.item_ids:
            items = tuple(one for one in items if one in set(step.item_ids))
        if isinstance(step, MetricStep):
            items = patch.world.having(step.metric, items)
        if items:
            changes |= {"item_ids": list(items), "item_types": []}
            patch.used |= {"types", "held"}


def _of_alerts(step: Step, patch: _Patch, changes: dict[str, object]) -> None:
    if not isinstance(step, AlertsStep):
        return
    reading = patch.reading
    severities = [one for one in reading.values(CueKind.SEVERITY) if one in ("critical", "warning", "info")]
    if severities:
        changes["severities"] = severities
        patch.used.add("severities")
    if reading.has(CueKind.STATE):
        changes["states"] = list(reading.values(CueKind.STATE))
        patch.used.add("states")


def _of_events(step: Step, patch: _Patch, changes: dict[str, object]) -> None:
    if not isinstance(step, EventsStep):
        return
    reading = patch.reading
    if reading.has(CueKind.SEVERITY):
        changes["severities"] = list(reading.values(CueKind.SEVERITY))
        patch.used.add("severities")
    if reading.has(CueKind.HAPPENING):
        changes["types"] = list(reading.values(CueKind.HAPPENING))
        patch.used.add("happenings")
    results = list(reading.values(CueKind.RESULT))
    if results:
        filters = [one for one in step.filters if one.field != "data:result"]
        changes["filters"] = [*filters, Filter(field="data:result", op="in", value=results)]
        patch.used.add("results")


def _of_metrics(step: Step, patch: _Patch, changes: dict[str, object]) -> None:
    if not isinstance(step, MetricStep):
        return
    reading, world = patch.reading, patch.world
    if reading.metrics:
        items = reading.certain_ids or tuple(step.item_ids)
        scope = metric_scope(reading.metrics[0], Named(tuple(items), tuple(step.item_types)), world)
        if scope is not None:
            changes |= {"metric": scope.metric, "item_ids": list(scope.items), "item_types": list(scope.types)}
            patch.used.add("metric")
    if reading.aggregates:
        if step.shape != "series":
            changes["aggregate"] = reading.aggregates[0]
            changes["ascending"] = reading.aggregates[0] is Aggregate.MIN
        patch.used.add("aggregate")


def _of_lists(step: Step, patch: _Patch, changes: dict[str, object]) -> None:
    """How many of a list, which one of it, or only how many there are."""
    reading = patch.reading
    wanted = reading.rank.count if reading.rank else reading.count
    if wanted and hasattr(step, "limit") and getattr(step, "shape", "") != "series":
        changes["limit"] = wanted
        patch.used.add("rank")
    if reading.nth is not None and isinstance(step, MetricStep | AlertsStep | EventsStep):
        changes["nth"] = reading.nth.number
        patch.used.add("nth")
    counted: tuple[type, ...] = (ItemsStep, AlertsStep, EventsStep)
    if reading.has(CueKind.COUNT) and isinstance(step, counted):
        if getattr(step, "mode", "") == "list":
            changes["mode"] = "count"
        patch.used.add("count")
