"""Steps about items themselves: which there are, how many, by what, what is known of one, and its short status."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from opsloom.ask.language.words import CueKind
from opsloom.ask.plan import AlertsStep, Intent, ItemsStep, MetricStep
from opsloom.ask.planning.alert_plan import OPEN_STATES
from opsloom.ask.planning.attributes import attribute_cues
from opsloom.ask.planning.draft import Draft, compare
from opsloom.ask.planning.history_plan import by, limit_of
from opsloom.ask.planning.reading import Reading
from opsloom.ask.planning.scope import metric_scope, named
from opsloom.ask.planning.sides import narrowed_by, two_sides
from opsloom.ask.planning.windows import DEFAULT_LATEST, assumed, window_of
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


def plan_items(reading: Reading, world: World, now: datetime) -> Draft:
    """A named item with its state, or the items of a type, listed, counted or grouped."""
    wanted = named(reading, world)
    if reading.carried and not reading.has(CueKind.STATUS, CueKind.ATTRIBUTE):
        return _of_those(reading)
    if wanted.items:
        asks = reading.has(CueKind.ATTRIBUTE, CueKind.COUNT, CueKind.FIELD) or bool(reading.held)
        return lookup(list(wanted.items)) if asks else status(reading, world, now)
    if reading.has(CueKind.SHARE):
        shared = _share(reading, world)
        if shared is not None:
            return shared
    sides = two_sides(reading, now)
    if sides is not None:
        draft = Draft(Intent.COMPARE)
        left, right = (_step(side.reading, world).model_copy(update={"mode": "count"}) for side in sides)
        compare(draft, left, right, (sides[0].name, sides[1].name))
        return draft
    step = _step(reading, world)
    group = _group(reading, world)
    if group is not None:
        changes = {"mode": "by_group", "group_by": group, "ascending": reading.has(CueKind.LEAST)}
        return Draft(Intent.TOP, [step.model_copy(update=changes)])
    if (
        reading.has(CueKind.STATUS)
        and not reading.has(CueKind.COUNT, CueKind.LIST)
        and step.item_types
        and not step.filters
    ):
        alerts = AlertsStep(id="s1", states=OPEN_STATES, item_types=step.item_types)
        return Draft(Intent.LIST, [alerts, step.model_copy(update={"id": "s2"})])
    if reading.has(CueKind.COUNT):
        return Draft(Intent.COUNT, [step.model_copy(update={"mode": "count"}), step.model_copy(update={"id": "s2"})])
    return Draft(Intent.LIST, [step])


def _of_those(reading: Reading) -> Draft:
    """Of the items of the answer before, those that meet what is asked now: how many, and which."""
    step = ItemsStep(id="s1", item_ids=list(reading.carried), limit=len(reading.carried))
    if not reading.has(CueKind.COUNT):
        return Draft(Intent.LIST, [step])
    return Draft(Intent.COUNT, [step.model_copy(update={"mode": "count"}), step.model_copy(update={"id": "s2"})])


def lookup(items: list[UUID]) -> Draft:
    """What is written down about items."""
    return Draft(Intent.LOOKUP, [ItemsStep(id="s1", mode="lookup", item_ids=items)])


def _step(reading: Reading, world: World) -> ItemsStep:
    wanted = named(reading, world)
    return ItemsStep(id="s1", item_types=list(wanted.types), filters=list(wanted.filters), limit=limit_of(reading, 50))


def _group(reading: Reading, world: World) -> str | None:
    """ "by site", "유형별", "which site has the most servers"."""
    asked = attribute_cues(reading.cues, world.attributes)
    ranks = reading.has(CueKind.MOST, CueKind.LEAST) or reading.rank is not None
    if asked and (by(reading, CueKind.ATTRIBUTE) or (ranks and reading.has(CueKind.WHICH)) or _for_each(reading)):
        return f"attribute:{asked[0].cue.value}"
    kinds = {one.cue.value for one in reading.cues if one.cue.kind is CueKind.ITEM_TYPE}
    if len(kinds) > 1 and reading.has(CueKind.COUNT):
        return "type"
    fields = reading.values(CueKind.FIELD)
    if "type" in fields and (ranks or by(reading, CueKind.FIELD) or reading.has(CueKind.COUNT)):
        return "type"
    if "team" in fields and "owner" in world.attributes.keys and (ranks or by(reading, CueKind.FIELD)):
        return "attribute:owner"
    return None


def _for_each(reading: Reading) -> bool:
    return (
        reading.has(CueKind.COUNT) and reading.has(CueKind.ATTRIBUTE) and not reading.held and reading.threshold is None
    )


def _share(reading: Reading, world: World) -> Draft | None:
    """ "what share of servers are in Busan", "전체 항목 중 서버 비율"."""
    part = _step(reading, world)
    if part.filters:
        whole = part.model_copy(update={"filters": []})
    elif reading.has(CueKind.ITEMS) and part.item_types:
        whole = part.model_copy(update={"item_types": []})
    else:
        return None
    counted = {"mode": "count"}
    draft = Draft(Intent.RATIO)
    name = narrowed_by(reading) or reading.phrase(CueKind.ITEM_TYPE)
    names = (reading.phrase(CueKind.ITEMS) or reading.phrase(CueKind.ITEM_TYPE), name)
    compare(draft, whole.model_copy(update=counted), part.model_copy(update=counted), names, "share")
    return draft


def status(reading: Reading, world: World, now: datetime) -> Draft:
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
                    id=draft.next_id, metric=scope.metric, item_ids=list(scope.items), scope_name=scope.name,
                    window=window, aggregate=aggregate, shape=shape,
                )
            )  # fmt: skip
    return draft
