"""Steps about alerts, events, items and their relations, and the short status of an item."""

from __future__ import annotations

from datetime import datetime

from opsloom.ask.language.words import CueKind
from opsloom.ask.plan import (
    AlertsStep,
    EventsStep,
    Intent,
    ItemsStep,
    MetricStep,
    Note,
    NoteCode,
    RelationsStep,
)
from opsloom.ask.planning.metric_plan import Draft
from opsloom.ask.planning.reading import Reading
from opsloom.ask.planning.scope import metric_scope, named
from opsloom.ask.planning.windows import DEFAULT_EVENTS, DEFAULT_LATEST, assumed, window_of
from opsloom.ask.planning.world import World
from opsloom.inventory.schemas import Aggregate

STATUS_METRICS = (
    "cpu.usage",
    "memory.usage",
    "disk.usage",
    "service.latency_ms",
    "service.error_rate",
    "postgres.connections",
)
OPEN_STATES = ["firing", "acknowledged"]


def plan_alerts(reading: Reading, world: World, now: datetime) -> Draft:
    """How many, which, or which rule most; without a time and a state: the open ones."""
    del now
    wanted = named(reading, world)
    window = window_of(reading.windows[0], reading.zone) if reading.windows else None
    states = list(reading.values(CueKind.STATE))
    if not states and window is None and not reading.has(CueKind.NEWEST, CueKind.MOST):
        states = OPEN_STATES
    severities = [one for one in reading.values(CueKind.SEVERITY) if one in ("critical", "warning", "info")]
    step = AlertsStep(
        id="s1", states=states, severities=severities, item_ids=list(wanted.items), window=window, limit=_limit(reading)
    )
    if reading.has(CueKind.MOST, CueKind.BY_ITEM) or (reading.has(CueKind.WHICH) and reading.aggregates):
        by_item = reading.has(CueKind.ITEM_TYPE, CueKind.BY_ITEM)
        return Draft(Intent.TOP, [step.model_copy(update={"mode": "by_item" if by_item else "by_rule"})])
    if reading.has(CueKind.COUNT):
        counted = step.model_copy(update={"mode": "count"})
        return Draft(Intent.COUNT, [counted, step.model_copy(update={"id": "s2"})])
    return Draft(Intent.LIST, [step])


def plan_events(reading: Reading, world: World, now: datetime) -> Draft:
    """How many, which, or which kind most, in the interval or the last day."""
    draft = Draft(Intent.LIST)
    if reading.windows:
        window = window_of(reading.windows[0], reading.zone)
    else:
        window = assumed(now, DEFAULT_EVENTS, reading.zone)
        draft.notes.append(Note(code=NoteCode.WINDOW_ASSUMED))
    wanted = named(reading, world)
    subjects = [world.things[one].name for one in wanted.items if one in world.things]
    step = EventsStep(
        id="s1",
        severities=list(reading.values(CueKind.SEVERITY)),
        subjects=subjects,
        window=window,
        limit=_limit(reading),
    )
    if reading.has(CueKind.MOST, CueKind.BY_ITEM) or (reading.has(CueKind.WHICH) and reading.aggregates):
        draft.intent = Intent.TOP
        by_subject = reading.has(CueKind.ITEM_TYPE, CueKind.BY_ITEM)
        draft.steps = [step.model_copy(update={"mode": "by_subject" if by_subject else "by_type"})]
    elif reading.has(CueKind.COUNT):
        draft.intent = Intent.COUNT
        draft.steps = [
            step.model_copy(update={"mode": "count"}),
            step.model_copy(update={"id": "s2", "mode": "by_type"}),
        ]
    else:
        draft.steps = [step]
    return draft


def plan_relations(reading: Reading, world: World) -> Draft:
    """What an item is directly connected to."""
    return Draft(Intent.RELATIONS, [RelationsStep(id="s1", item_ids=list(named(reading, world).items))])


def plan_items(reading: Reading, world: World, now: datetime) -> Draft:
    """A named item with its state, or the items of a type, listed or counted."""
    wanted = named(reading, world)
    if wanted.items:
        return _status(reading, world, now)
    step = ItemsStep(id="s1", item_types=list(wanted.types), limit=_limit(reading, 50))
    if reading.has(CueKind.COUNT):
        counted = step.model_copy(update={"mode": "count"})
        return Draft(Intent.COUNT, [counted, step.model_copy(update={"id": "s2"})])
    return Draft(Intent.LIST, [step])


def _status(reading: Reading, world: World, now: datetime) -> Draft:
    """What an item is, its open alerts, and the newest of its main metrics."""
    wanted = named(reading, world)
    items = list(wanted.items)
    draft = Draft(Intent.STATUS, [ItemsStep(id="s1", mode="lookup", item_ids=items)])
    draft.steps.append(AlertsStep(id="s2", states=OPEN_STATES, item_ids=items))
    window = (
        window_of(reading.windows[0], reading.zone) if reading.windows else assumed(now, DEFAULT_LATEST, reading.zone)
    )
    aggregate = Aggregate.AVG if reading.windows else Aggregate.LATEST
    for metric in STATUS_METRICS:
        scope = metric_scope(metric, wanted, world)
        if scope is not None:
            draft.note(scope.notes)
            shape = "by_item" if scope.count > 1 else "value"
            draft.steps.append(
                MetricStep(
                    id=f"s{len(draft.steps) + 1}", metric=scope.metric, item_ids=list(scope.items), scope_name=scope.name,
                    window=window, aggregate=aggregate, shape=shape,
                )
            )  # fmt: skip
    return draft


def _limit(reading: Reading, default: int = 20) -> int:
    if reading.rank is not None:
        return reading.rank.count
    return reading.count or default
