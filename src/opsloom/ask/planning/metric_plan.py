"""Steps about metrics: a value with its curve, a ranking, a filter, a series, a comparison."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from opsloom.ask.language.words import METRIC_GROUPS, CueKind
from opsloom.ask.plan import (
    Candidate,
    Clarify,
    Intent,
    MetricStep,
    Note,
    NoteCode,
    Refusal,
    RefusalReason,
    Step,
    TimeWindow,
)
from opsloom.ask.planning.attributes import attribute_cues
from opsloom.ask.planning.draft import Draft, compare
from opsloom.ask.planning.history_plan import by
from opsloom.ask.planning.reading import Reading
from opsloom.ask.planning.scope import MetricScope, Named, metric_scope, named
from opsloom.ask.planning.sides import two_sides
from opsloom.ask.planning.windows import DEFAULT_LATEST, DEFAULT_METRIC, assumed, window_of
from opsloom.ask.planning.world import World
from opsloom.inventory.schemas import Aggregate, Threshold
from opsloom.inventory.service import METRICS, nice_step, unit_of

MAX_METRICS = 4
CURVE_AGGREGATES = frozenset({Aggregate.AVG, Aggregate.MIN, Aggregate.MAX})
GROUP_TITLES = {metric: (METRICS[metric].title_en, METRICS[metric].title_ko) for metric in METRICS}


def settled_metric(reading: Reading, world: World) -> Reading:
    """ "network traffic" of what has only one of the two is no question back."""
    cue = reading.first(CueKind.METRIC_GROUP)
    if reading.metrics or cue is None:
        return reading
    wanted = named(reading, world)
    measured = [one for one in METRIC_GROUPS[cue.cue.value] if metric_scope(one, wanted, world) is not None]
    return replace(reading, metrics=tuple(measured)) if len(measured) == 1 else reading


def ambiguous_metric(reading: Reading) -> Clarify | None:
    """ "network traffic" could be received or sent: the asker chooses."""
    cue = reading.first(CueKind.METRIC_GROUP)
    if reading.metrics or cue is None:
        return None
    text, korean = reading.source.text, reading.source.korean
    candidates = []
    for metric in METRIC_GROUPS[cue.cue.value]:
        title = GROUP_TITLES[metric][1 if korean else 0]
        candidates.append(Candidate(label=title, question=f"{text[: cue.start]}{title}{text[cue.end :]}"))
    return Clarify(about="metric", phrase=cue.text, candidates=candidates)


def plan_metrics(reading: Reading, world: World, now: datetime) -> Draft | Refusal:
    """The steps for every metric named, at most four."""
    wanted = named(reading, world)
    draft = Draft(_intent(reading, wanted, now))
    for metric in reading.metrics[:MAX_METRICS]:
        scope = metric_scope(metric, wanted, world)
        if scope is None:
            continue
        draft.note(scope.notes)
        if draft.intent is Intent.COMPARE:
            _compare(draft, reading, metric, world, now)
        else:
            _add(draft, reading, scope, group_of(reading, world), now)
    if not draft.steps:
        had = world.metrics_of(wanted.items) if wanted.items else sorted(world.metrics)
        return Refusal(reason=RefusalReason.NO_SUCH_METRIC, words=[reading.metrics[0], *had[:12]])
    return draft


def plan_reached(reading: Reading, metric: str, source: str, now: datetime) -> MetricStep:
    """A metric of the items that an earlier step reaches: those beyond the threshold, or all in order."""
    aggregate = _aggregate(reading, metric)
    base = MetricStep(
        id="s1",
        metric=metric,
        items_from=source,
        needs=[source],
        window=_window(reading, aggregate, now),
        aggregate=aggregate,
    )
    if reading.threshold is not None:
        return _filter(base, reading)
    return _changed(_ranking(base, reading), limit=reading.rank.count if reading.rank else reading.count or 50)


def group_of(reading: Reading, world: World) -> str | None:
    """ "average CPU by site", "유형별 메모리": what the values are grouped by."""
    asked = attribute_cues(reading.cues, world.attributes)
    if asked and by(reading, CueKind.ATTRIBUTE):
        return f"attribute:{asked[0].cue.value}"
    return "type" if "type" in reading.values(CueKind.FIELD) and by(reading, CueKind.FIELD) else None


def _intent(reading: Reading, wanted: Named, now: datetime) -> Intent:
    if reading.threshold is not None:
        return Intent.FILTER
    if two_sides(reading, now) is not None:
        return Intent.COMPARE
    ranks = (
        reading.rank is not None or reading.count is not None or reading.nth is not None or reading.has(CueKind.BY_ITEM)
    )
    kinds = bool(wanted.types or wanted.filters) or reading.has(CueKind.ITEMS)
    extreme = bool(reading.extremes) or any(one in (Aggregate.MAX, Aggregate.MIN) for one in reading.aggregates)
    asks_who = reading.has(CueKind.WHICH, CueKind.MOST, CueKind.LEAST) or (extreme and reading.source.korean)
    if len(wanted.items) > 1 and reading.has(CueKind.WHICH):
        return Intent.TOP
    if len(wanted.items) != 1 and (ranks or (asks_who and kinds) or (reading.has(CueKind.WHICH) and extreme)):
        return Intent.TOP
    if reading.has(CueKind.SERIES) or reading.step_s is not None:
        return Intent.SERIES
    return Intent.VALUE


def _aggregate(reading: Reading, metric: str) -> Aggregate:
    if reading.aggregates:
        return reading.aggregates[0]
    if reading.wants_now or (reading.has(CueKind.STATUS) and not reading.windows):
        return Aggregate.LATEST
    if reading.has(CueKind.MOST, CueKind.WHEN):
        return Aggregate.MAX
    if reading.has(CueKind.LEAST):
        return Aggregate.MIN
    if not reading.windows and not reading.has(CueKind.SERIES) and _intent_needs_now(reading):
        return Aggregate.LATEST
    return _usual(metric)


def _usual(metric: str) -> Aggregate:
    """What one number for an interval is, when the question does not say."""
    kind = METRICS.get(metric)
    return Aggregate(kind.aggregate) if kind else Aggregate.AVG


def _intent_needs_now(reading: Reading) -> bool:
    """ "What is the CPU of web-1?" asks for the value now."""
    return reading.threshold is None and reading.step_s is None


def _window(reading: Reading, aggregate: Aggregate, now: datetime) -> TimeWindow:
    if reading.windows:
        return window_of(reading.windows[0], reading.zone)
    return assumed(now, DEFAULT_LATEST if aggregate is Aggregate.LATEST else DEFAULT_METRIC, reading.zone)


def _add(draft: Draft, reading: Reading, scope: MetricScope, group: str | None, now: datetime) -> None:
    base = _measured(draft, reading, scope, now)
    if group is not None:
        draft.intent = Intent.TOP
        draft.steps.append(
            _changed(base, shape="by_group", group_by=group, limit=50, ascending=reading.has(CueKind.LEAST))
        )
        return
    match draft.intent:
        case Intent.FILTER:
            draft.steps.append(_filter(base, reading))
        case Intent.TOP:
            draft.steps.append(_ranking(base, reading))
        case Intent.SERIES:
            draft.steps.append(_curve(base, reading))
        case _:
            draft.steps += _value(base, reading, scope)


def _measured(draft: Draft, reading: Reading, scope: MetricScope, now: datetime) -> MetricStep:
    """The value of a scope, under the draft's next id."""
    aggregate = _aggregate(reading, scope.metric)
    window = _window(reading, aggregate, now)
    if window.assumed and not reading.wants_now:
        draft.note([Note(code=NoteCode.WINDOW_ASSUMED)])
    return _base(scope, window, aggregate, len(draft.steps))


def _base(scope: MetricScope, window: TimeWindow, aggregate: Aggregate, taken: int) -> MetricStep:
    return MetricStep(
        id=f"s{taken + 1}",
        metric=scope.metric,
        item_ids=list(scope.items),
        item_types=list(scope.types),
        scope_name=scope.name,
        window=window,
        aggregate=aggregate,
    )


def _changed(base: MetricStep, **changes: object) -> MetricStep:
    return base.model_copy(update=changes)


def _next(step: MetricStep, ahead: int = 1) -> str:
    return f"s{int(step.id[1:]) + ahead}"


def _value(base: MetricStep, reading: Reading, scope: MetricScope) -> list[Step]:
    """The number and the curve it lies on; for several items also who has which."""
    steps: list[Step] = [base]
    if scope.count > 1:
        steps.append(
            _changed(base, id=_next(base), shape="by_item", limit=10, ascending=base.aggregate is Aggregate.MIN)
        )
    if scope.count <= 10:
        curve = _curve(base, reading)
        steps.append(_changed(curve, id=_next(base, len(steps))))
    return steps


def _curve(base: MetricStep, reading: Reading) -> MetricStep:
    aggregate = base.aggregate if base.aggregate in CURVE_AGGREGATES else Aggregate.AVG
    seconds = (base.window.end - base.window.start).total_seconds()
    step_s = reading.step_s or nice_step(seconds)
    return _changed(base, shape="series", aggregate=aggregate, step_s=step_s, limit=5000)


def _ranking(base: MetricStep, reading: Reading) -> MetricStep:
    rank = reading.rank
    limit = rank.count if rank else reading.count or (10 if reading.has(CueKind.BY_ITEM) else 5)
    low = reading.has(CueKind.LEAST) or "min" in reading.extremes
    ascending = rank.ascending if rank else low or base.aggregate is Aggregate.MIN
    aggregate = base.aggregate
    if not reading.has(CueKind.AGGREGATE) and reading.windows:
        # "the servers with the highest CPU yesterday" are ranked by what they had on the whole, not by one peak.
        aggregate = _usual(base.metric)
    elif reading.rank is not None and aggregate in (Aggregate.MAX, Aggregate.MIN) and not reading.windows:
        aggregate = Aggregate.LATEST
    nth = reading.nth.number if reading.nth else None
    return _changed(base, shape="by_item", aggregate=aggregate, ascending=ascending, limit=1 if nth else limit, nth=nth)


def _filter(base: MetricStep, reading: Reading) -> MetricStep:
    text = reading.threshold
    assert text is not None
    threshold = Threshold(comparison=text.comparison, value=text.value_for(unit_of(base.metric)))
    # "ran above 80 %" is about the highest value, "below" about the lowest, unless another aggregate is named.
    above = text.comparison.value.startswith(">")
    aggregate = reading.aggregates[0] if reading.aggregates else (Aggregate.MAX if above else Aggregate.MIN)
    limit = reading.rank.count if reading.rank else reading.count or 200
    return _changed(base, shape="by_item", aggregate=aggregate, having=threshold, ascending=not above, limit=limit)


def _compare(draft: Draft, reading: Reading, metric: str, world: World, now: datetime) -> None:
    sides = two_sides(reading, now)
    assert sides is not None
    scopes = [metric_scope(metric, named(side.reading, world), world) for side in sides]
    if scopes[0] is None or scopes[1] is None:
        return
    left, right = (
        _measured(draft, side.reading, scope, now)
        for side, scope in zip(sides, scopes, strict=True)
        if scope is not None
    )
    if left.aggregate is Aggregate.LATEST and reading.windows:
        left, right = (_changed(one, aggregate=Aggregate.AVG) for one in (left, right))
    if left.item_ids != right.item_ids:
        left, right = _changed(left, scope_name=sides[0].name), _changed(right, scope_name=sides[1].name)
    compare(draft, left, right, (sides[0].name, sides[1].name))
