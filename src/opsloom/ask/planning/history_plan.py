"""Steps about events, and about the works and incidents that are kept as events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from opsloom.ask.language.words import CueKind
from opsloom.ask.plan import EventsStep, Filter, Intent, Note
from opsloom.ask.planning.draft import Draft, compare
from opsloom.ask.planning.reading import Reading
from opsloom.ask.planning.scope import TEAMS, chosen_items, named
from opsloom.ask.planning.sides import narrowed_by, two_sides, whole_of, without
from opsloom.ask.planning.windows import DEFAULT_EVENTS, EVERYTHING, asks_for_all, window_or
from opsloom.ask.planning.world import World
from opsloom.inventory.schemas import Aggregate

DURATION = "duration_min"
DAY_S, HOUR_S = 86_400, 3600
Mode = Literal[
    "list", "count", "by_type", "by_subject", "by_source", "by_day", "by_hour", "by_severity", "by_field", "aggregate"
]
# What a question may group happenings by: the mode, and the field of the data for by_field.
_GROUPS: dict[str, tuple[Mode, str | None]] = {
    "type": ("by_type", None),
    "severity": ("by_severity", None),
    "source": ("by_source", None),
    "team": ("by_field", "team"),
    "result": ("by_field", "result"),
    "title": ("by_field", "title"),
    "day": ("by_day", None),
}
_WORKS = frozenset(
    {
        Aggregate.AVG,
        Aggregate.MIN,
        Aggregate.MAX,
        Aggregate.SUM,
        Aggregate.P50,
        Aggregate.P90,
        Aggregate.P95,
        Aggregate.P99,
    }
)


@dataclass(frozen=True)
class _Asked:
    """A step without its mode, and what had to be assumed for it."""

    step: EventsStep
    notes: list[Note]


def plan_events(reading: Reading, world: World, now: datetime) -> Draft:
    """How many, which, which kind most, how long, or what share, in the interval or the usual one."""
    draft = Draft(Intent.HISTORY if reading.has(CueKind.HAPPENING) else Intent.LIST)
    if _share(draft, reading, world, now):
        return draft
    sides = two_sides(reading, now)
    if sides is not None:
        left, right = (_asked(side.reading, world, now) for side in sides)
        draft.intent = Intent.COMPARE
        draft.note([*left.notes, *right.notes])
        compare(draft, _measured(left, reading), _measured(right, reading), (sides[0].name, sides[1].name))
        return draft
    asked = _asked(reading, world, now)
    draft.note(asked.notes)
    _one_sided(draft, reading, asked.step)
    return draft


def _asked(reading: Reading, world: World, now: datetime) -> _Asked:
    happenings = kinds_of(reading)
    window, notes = window_or(reading, now, EVERYTHING if happenings or _reaches_back(reading) else DEFAULT_EVENTS)
    filters, teams = [], [one for one in reading.held if one.key == TEAMS]
    if teams and happenings:
        filters.append(Filter(field="data:team", op="in", value=[value for one in teams for value in one.values]))
        reading = _without_teams(reading)
    results = reading.values(CueKind.RESULT)
    if results:
        filters.append(Filter(field="data:result", op="in", value=list(results)))
    caused_by = cause_item(reading)
    if caused_by is not None:
        filters.append(Filter(field="data:cause", value=caused_by))
    chosen = chosen_items(named(reading, world), world)
    items, types = chosen if chosen is not None else ((), ())
    if chosen is None:
        filters.append(Filter(field="subject", value=""))  # no item meets the conditions: neither does an event
    step = EventsStep(
        id="s1",
        types=happenings,
        severities=[one for one in reading.values(CueKind.SEVERITY)],
        item_ids=[] if caused_by is not None else list(items),
        item_types=list(types),
        filters=filters,
        window=window,
        limit=limit_of(reading),
    )
    return _Asked(step, notes)


def kinds_of(reading: Reading) -> list[str]:
    """The types of events meant: "hotfix deployments" are hotfixes, not all deployments as well."""
    named = [one for one in reading.values(CueKind.HAPPENING) if one]
    return [one for one in named if not any(other != one and other.startswith(one) for other in named)]


def _without_teams(reading: Reading) -> Reading:
    return replace(reading, held=tuple(one for one in reading.held if one.key != TEAMS))


def _reaches_back(reading: Reading) -> bool:
    """Whether the question is about all time or counts back from the end, so that a day is no sensible limit."""
    return reading.nth is not None or reading.has(CueKind.NEWEST, CueKind.OLDEST) or asks_for_all(reading)


def cause_item(reading: Reading) -> str | None:
    """The item named as the cause: "caused by pay-db-01", "pay-db-01 때문에 생긴"."""
    text = reading.source.text
    for link in reading.links:
        for cue in reading.cues:
            if cue.cue.kind is not CueKind.CAUSE or len(link.items) != 1:
                continue
            before = (
                cue.end <= link.start and not text[cue.end : link.start].strip() and cue.text.lower().endswith("by")
            )
            after = (
                link.end <= cue.start
                and text[link.end : cue.start].strip() in ("", "이", "가")
                and not cue.text.isascii()
            )
            if before or (
                after and text[cue.end : cue.end + 2].strip()[:1] in ("인", "이", "에", "으") and cue.text != "원인이"
            ):
                return link.items[0][1]
    return None


def _one_sided(draft: Draft, reading: Reading, step: EventsStep) -> None:
    group = group_of(reading)
    if reading.has(CueKind.LONGEST) or (reading.has(CueKind.DURATION) and _ranks_by_length(reading)):
        ascending = "asc" in reading.values(CueKind.LONGEST)
        nth = reading.nth.number if reading.nth else None
        count = reading.rank.count if reading.rank else reading.count or 1
        draft.intent = Intent.TOP
        draft.add(
            step, order_by=f"data:{DURATION}", ascending=ascending, nth=nth or (1 if count == 1 else None), limit=count
        )
    elif group is not None:
        draft.intent = Intent.TOP
        mode, field = group
        nth = reading.nth.number if reading.nth else None
        draft.add(step, mode=mode, field=field, nth=nth, ascending=reading.has(CueKind.LEAST))
    elif reading.nth is not None or one_newest(reading):
        draft.add(step, **place_of(reading))
    elif reading.has(CueKind.DURATION):
        draft.intent = Intent.VALUE
        draft.steps.append(_measured(_Asked(step, []), reading))
    elif reading.has(CueKind.COUNT):
        draft.intent = Intent.COUNT
        draft.add(step, mode="count")
        draft.add(step, mode="by_type")
    else:
        draft.add(step, ascending=reading.has(CueKind.OLDEST))


def _ranks_by_length(reading: Reading) -> bool:
    return reading.rank is not None and not reading.aggregates


def group_of(reading: Reading) -> tuple[Mode, str | None] | None:
    """What the question groups by, if anything."""
    if reading.step_s in (DAY_S, HOUR_S):
        return ("by_day" if reading.step_s == DAY_S else "by_hour"), None
    ranks = reading.has(CueKind.MOST, CueKind.LEAST) or reading.rank is not None
    if (
        reading.has(CueKind.CAUSE)
        and cause_item(reading) is None
        and (ranks or reading.has(CueKind.COUNT) or by(reading, CueKind.CAUSE))
    ):
        things = reading.has(CueKind.ITEM_TYPE, CueKind.ITEMS) and not reading.links
        return "by_field", "cause" if things or "caused" in reading.phrase(CueKind.CAUSE) else "cause_kind"
    fields = [one for one in reading.values(CueKind.FIELD) if one in _GROUPS]
    if fields and (ranks or reading.has(CueKind.WHICH) or by(reading, CueKind.FIELD)):
        return _GROUPS[fields[0]]
    if reading.has(CueKind.BY_ITEM) or by(reading, CueKind.ITEM_TYPE) or between_items(reading):
        return "by_subject", None
    if not ranks and not (reading.has(CueKind.WHICH) and reading.aggregates):
        return None
    by_subject = reading.has(CueKind.ITEM_TYPE, CueKind.ITEMS) and not reading.links
    return ("by_subject" if by_subject else "by_type"), None


def between_items(reading: Reading) -> bool:
    """ "which had more, checkout or search": several items named, one of them asked for."""
    return len(reading.certain_ids) > 1 and reading.has(CueKind.WHICH, CueKind.MOST, CueKind.LEAST)


def by(reading: Reading, kind: CueKind) -> bool:
    """Whether a word of the kind says what to group by: "by team", "팀별"."""
    text = reading.source.text
    for cue in reading.cues:
        if cue.cue.kind is kind:
            before = text[max(cue.start - 12, 0) : cue.start].lower()
            if text[cue.end : cue.end + 2].lstrip().startswith("별") or before.rstrip().endswith(
                ("by", "per", "each", "for each")
            ):
                return True
    return False


def one_newest(reading: Reading) -> bool:
    """ "the last deployment", "마지막 배포", "가장 최근 배포": one, not a list of recent ones."""
    if reading.count is not None or reading.rank is not None or reading.has(CueKind.COUNT, CueKind.LIST):
        return False
    cue = reading.first(CueKind.NEWEST) or reading.first(CueKind.OLDEST)
    if cue is None:
        return False
    if cue.text.isascii():
        thing = next((one for one in reading.cues if one.start >= cue.end and one.cue.kind in _COUNTABLE), None)
        return thing is not None and not thing.text.endswith("s") and cue.text.lower() != "recent"
    return cue.text not in ("최근", "최신", "최근에")


_COUNTABLE = (CueKind.HAPPENING, CueKind.ALERTS, CueKind.EVENTS)


def place_of(reading: Reading) -> dict[str, object]:
    """Which one of the row in time is wanted."""
    number = reading.nth.number if reading.nth else 1
    newest = reading.has(CueKind.NEWEST) or (reading.nth is not None and reading.nth.from_end)
    return {"nth": number, "ascending": not newest, "limit": 1}


def _measured(asked: _Asked, reading: Reading) -> EventsStep:
    """The number that the question is about: how many, or how long."""
    if not reading.has(CueKind.DURATION):
        return asked.step.model_copy(update={"mode": "count"})
    aggregate = next((one for one in reading.aggregates if one in _WORKS), Aggregate.AVG)
    return asked.step.model_copy(update={"mode": "aggregate", "field": DURATION, "aggregate": aggregate})


def _share(draft: Draft, reading: Reading, world: World, now: datetime) -> bool:
    """ "what share of events were critical", "배포 성공률"."""
    rates = reading.values(CueKind.RATE)
    if not rates and not reading.has(CueKind.SHARE):
        return False
    whole = without(reading, CueKind.RATE, CueKind.RESULT) if rates else _wider(reading) or whole_of(reading)
    if whole is None:
        return False
    draft.intent = Intent.RATIO
    part = _asked(reading, world, now)
    if rates:
        chosen = [Filter(field="data:result", op="in", value=list(rates))]
        filters = [one for one in part.step.filters if one.field != "data:result"]
        part = _Asked(part.step.model_copy(update={"filters": [*filters, *chosen]}), part.notes)
    everything = _asked(whole, world, now)
    everything = _Asked(everything.step.model_copy(update={"window": part.step.window}), [])
    draft.note(part.notes)
    counted = {"mode": "count"}
    names = ("all" if reading.source.text.isascii() else "전체", _part_name(reading) or ", ".join(rates))
    compare(draft, everything.step.model_copy(update=counted), part.step.model_copy(update=counted), names, "share")
    return True


def _part_name(reading: Reading) -> str:
    """The words of the part; of two kinds the narrower."""
    special = kinds_of(reading)
    words = [one.text for one in reading.cues if one.cue.kind is CueKind.HAPPENING and one.cue.value in special]
    return " ".join(words) if _wider(reading) else narrowed_by(reading)


def _wider(reading: Reading) -> Reading | None:
    """ "what share of deployments were hotfixes": the wider kind is the whole."""
    special = set(kinds_of(reading))
    cues = tuple(one for one in reading.cues if one.cue.kind is not CueKind.HAPPENING or one.cue.value not in special)
    narrower = len(special) == 1 and len(reading.values(CueKind.HAPPENING)) > 1
    return replace(reading, cues=cues) if narrower else None


def limit_of(reading: Reading, default: int = 20) -> int:
    if reading.rank is not None:
        return reading.rank.count
    return reading.count or default
