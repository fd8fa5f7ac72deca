"""Steps about alerts: which, how many, by what, how long, what share."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

from opsloom.ask.language.words import CueKind
from opsloom.ask.plan import AlertsStep, Intent
from opsloom.ask.planning.draft import Draft, compare
from opsloom.ask.planning.history_plan import DAY_S, between_items, by, limit_of, one_newest, place_of
from opsloom.ask.planning.reading import Reading
from opsloom.ask.planning.scope import chosen_items, named
from opsloom.ask.planning.sides import narrowed_by, two_sides, whole_of
from opsloom.ask.planning.windows import asks_for_all, window_of
from opsloom.ask.planning.world import World

OPEN_STATES = ["firing", "acknowledged"]
SEVERITIES = frozenset({"critical", "warning", "info"})
Mode = Literal["by_rule", "by_item", "by_severity", "by_state", "by_day"]
_GROUPS: dict[str, Mode] = {
    "rule": "by_rule",
    "severity": "by_severity",
    "type": "by_rule",
    "title": "by_rule",
    "day": "by_day",
}
_QUOTED = re.compile(r"[\"'“「](?P<text>[^\"'”」]{2,80})[\"'”」]")


def plan_alerts(reading: Reading, world: World, now: datetime) -> Draft:
    """How many, which, or which rule most; without a time and a state: the open ones."""
    if reading.has(CueKind.SHARE):
        whole = whole_of(reading)
        if whole is not None:
            draft = Draft(Intent.RATIO)
            part, everything = alerts_step(reading, world), alerts_step(whole, world)
            part, everything = (_anytime(one, reading) for one in (part, everything))
            names = ("all" if reading.source.text.isascii() else "전체", narrowed_by(reading) or "")
            compare(draft, _counted(everything), _counted(part), names, "share")
            return draft
    sides = two_sides(reading, now)
    if sides is not None:
        draft = Draft(Intent.COMPARE)
        left, right = (_measured(_anytime(alerts_step(side.reading, world), reading), reading) for side in sides)
        compare(draft, left, right, (sides[0].name, sides[1].name))
        return draft
    return _one_sided(reading, alerts_step(reading, world))


def alerts_step(reading: Reading, world: World) -> AlertsStep:
    """The alerts meant, to be listed."""
    window = window_of(reading.windows[0], reading.zone) if reading.windows else None
    states = list(reading.values(CueKind.STATE))
    ranks = reading.has(CueKind.NEWEST, CueKind.OLDEST, CueKind.MOST, CueKind.LEAST, CueKind.DURATION)
    if not states and window is None and not ranks and reading.nth is None and not asks_for_all(reading):
        states = OPEN_STATES
    chosen = chosen_items(named(reading, world), world)
    items, types = chosen if chosen is not None else ((), ("",))
    return AlertsStep(
        id="s1",
        states=states,
        severities=[one for one in reading.values(CueKind.SEVERITY) if one in SEVERITIES],
        item_ids=list(items),
        item_types=list(types),
        text=_text(reading),
        window=window,
        limit=limit_of(reading),
    )


def metric_of_alert(reading: Reading) -> bool:
    """Whether the metric named only says which alerts are meant: "CPU alerts"."""
    alert = reading.first(CueKind.ALERTS)
    if alert is None:
        return False
    for cue in reading.cues:
        if cue.cue.kind is CueKind.METRIC and cue.end <= alert.start:
            return not reading.source.text[cue.end : alert.start].strip(" 의관련")
    return False


def _text(reading: Reading) -> str:
    """Part of the rule's name: quoted, or the metric that stands before "alerts"."""
    quoted = _QUOTED.search(reading.source.text)
    if quoted is not None:
        return quoted["text"]
    return reading.metrics[0].split(".", 1)[0] if reading.metrics and metric_of_alert(reading) else ""


def _anytime(step: AlertsStep, reading: Reading) -> AlertsStep:
    """A share and a comparison are over all alerts unless a state is named."""
    return step if reading.has(CueKind.STATE) else step.model_copy(update={"states": []})


def _counted(step: AlertsStep) -> AlertsStep:
    return step.model_copy(update={"mode": "count"})


def _measured(step: AlertsStep, reading: Reading) -> AlertsStep:
    mode = "average_duration" if reading.has(CueKind.DURATION) else "count"
    return step.model_copy(update={"mode": mode})


def _one_sided(reading: Reading, step: AlertsStep) -> Draft:
    group = _group(reading)
    if group is not None:
        nth = reading.nth.number if reading.nth else None
        return Draft(
            Intent.TOP, [step.model_copy(update={"mode": group, "nth": nth, "ascending": reading.has(CueKind.LEAST)})]
        )
    if reading.nth is not None or one_newest(reading):
        return Draft(Intent.LIST, [step.model_copy(update=place_of(reading))])
    if reading.has(CueKind.DURATION):
        return Draft(Intent.VALUE, [step.model_copy(update={"mode": "average_duration"})])
    if reading.has(CueKind.COUNT):
        return Draft(Intent.COUNT, [_counted(step), step.model_copy(update={"id": "s2"})])
    return Draft(Intent.LIST, [step.model_copy(update={"ascending": reading.has(CueKind.OLDEST)})])


def _group(reading: Reading) -> Mode | None:
    if reading.step_s == DAY_S:
        return "by_day"
    ranks = reading.has(CueKind.MOST, CueKind.LEAST) or reading.rank is not None
    fields = [one for one in reading.values(CueKind.FIELD) if one in _GROUPS]
    if fields and (ranks or reading.has(CueKind.WHICH) or by(reading, CueKind.FIELD)):
        return _GROUPS[fields[0]]
    things = reading.has(CueKind.BY_ITEM) or by(reading, CueKind.ITEM_TYPE) or by(reading, CueKind.ITEMS)
    things = things or between_items(reading)
    if things or (reading.has(CueKind.WHICH) and reading.has(CueKind.ITEM_TYPE, CueKind.ITEMS) and not reading.links):
        return "by_item"
    if by(reading, CueKind.STATUS):
        return "by_state"
    if not ranks and not (reading.has(CueKind.WHICH) and reading.aggregates):
        return None
    return "by_item" if reading.has(CueKind.ITEM_TYPE, CueKind.ITEMS) and not reading.links else "by_rule"
