"""Steps about metrics: a value with its curve, a ranking, a filter, a series, a comparison."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from opsloom.ask.language.words import METRIC_GROUPS, CueKind
from opsloom.ask.plan import (
    Candidate,
    Clarify,
    CompareStep,
    Intent,
    MetricStep,
    Note,
    NoteCode,
    Refusal,
    RefusalReason,
    Step,
    TimeWindow,
)
from opsloom.ask.planning.reading import Reading
from opsloom.ask.planning.scope import MetricScope, Named, metric_scope, named
from opsloom.ask.planning.windows import DEFAULT_LATEST, DEFAULT_METRIC, assumed, window_of
from opsloom.ask.planning.world import World
from opsloom.inventory.schemas import Aggregate, Threshold
from opsloom.inventory.service import METRICS, nice_step, unit_of

MAX_METRICS = 4
CURVE_AGGREGATES = frozenset({Aggregate.AVG, Aggregate.MIN, Aggregate.MAX})
GROUP_TITLES = {metric: (METRICS[metric].title_en, METRICS[metric].title_ko) for metric in METRICS}


@dataclass
class Draft:
    """Steps under construction."""

    intent: Intent
    steps: list[Step] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def note(self, notes: Iterable[Note]) -> None:
        self.notes += [one for one in notes if one not in self.notes]


def ambiguous_metric(reading: Reading) -> Clarify | None:
    """ "network traffic" could be received or sent: the asker chooses."""
    if reading.metrics or not reading.has(CueKind.METRIC_GROUP):
        return None
    cue = next(one for one in reading.cues if one.cue.kind is CueKind.METRIC_GROUP)
    text, korean = reading.source.text, reading.source.korean
    candidates = []
    for metric in METRIC_GROUPS[cue.cue.value]:
        title = GROUP_TITLES[metric][1 if korean else 0]
        candidates.append(Candidate(label=title, question=f"{text[: cue.start]}{title}{text[cue.end :]}"))
    return Clarify(about="metric", phrase=cue.text, candidates=candidates)


def plan_metrics(reading: Reading, world: World, now: datetime) -> Draft | Refusal:
    """The steps for every metric named, at most four."""
    wanted = named(reading, world)
    draft = Draft(_intent(reading, wanted))
    for metric in reading.metrics[:MAX_METRICS]:
        scope = metric_scope(metric, wanted, world)
        if scope is None:
            continue
        draft.note(scope.notes)
        _add(draft, reading, scope, wanted, now)
    if not draft.steps:
        had = world.metrics_of(wanted.items) if wanted.items else sorted(world.metrics)
        return Refusal(reason=RefusalReason.NO_SUCH_METRIC, words=[reading.metrics[0], *had[:12]])
    return draft


def _intent(reading: Reading, wanted: Named) -> Intent:
    if reading.threshold is not None:
        return Intent.FILTER
    compares = reading.has(CueKind.COMPARE) or (len(reading.windows) == 2 and not reading.has(CueKind.SERIES))
    if compares and (len(reading.windows) == 2 or len(wanted.items) == 2):
        return Intent.COMPARE
    ranks = reading.rank is not None or reading.count is not None or reading.has(CueKind.BY_ITEM)
    if not wanted.items and (ranks or (reading.has(CueKind.WHICH, CueKind.MOST, CueKind.LEAST) and wanted.types)):
        return Intent.TOP
    if reading.has(CueKind.SERIES) or (reading.step_s is not None and not reading.aggregates):
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
    kind = METRICS.get(metric)
    return Aggregate(kind.aggregate) if kind else Aggregate.AVG


def _intent_needs_now(reading: Reading) -> bool:
    """ "What is the CPU of web-1?" asks for the value now."""
    return reading.threshold is None and reading.step_s is None


def _window(reading: Reading, aggregate: Aggregate, now: datetime) -> TimeWindow:
    if reading.windows:
        return window_of(reading.windows[0], reading.zone)
    return assumed(now, DEFAULT_LATEST if aggregate is Aggregate.LATEST else DEFAULT_METRIC, reading.zone)


def _add(draft: Draft, reading: Reading, scope: MetricScope, wanted: Named, now: datetime) -> None:
    aggregate = _aggregate(reading, scope.metric)
    window = _window(reading, aggregate, now)
    if window.assumed and not reading.wants_now:
        draft.note([Note(code=NoteCode.WINDOW_ASSUMED)])
    base = _base(scope, window, aggregate, len(draft.steps))
    match draft.intent:
        case Intent.FILTER:
            draft.steps.append(_filter(base, reading))
        case Intent.COMPARE:
            draft.steps += _compare(base, reading, scope, wanted, now)
        case Intent.TOP:
            draft.steps.append(_ranking(base, reading))
        case Intent.SERIES:
            draft.steps.append(_curve(base, reading))
        case _:
            draft.steps += _value(base, reading, scope)


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
    ascending = rank.ascending if rank else reading.has(CueKind.LEAST) or base.aggregate is Aggregate.MIN
    aggregate = base.aggregate
    if reading.rank is not None and aggregate in (Aggregate.MAX, Aggregate.MIN) and not reading.windows:
        aggregate = Aggregate.LATEST
    return _changed(base, shape="by_item", aggregate=aggregate, ascending=ascending, limit=limit)


def _filter(base: MetricStep, reading: Reading) -> MetricStep:
    text = reading.threshold
    assert text is not None
    threshold = Threshold(comparison=text.comparison, value=text.value_for(unit_of(base.metric)))
    # "ran above 80 %" is about the highest value, "below" about the lowest, unless another aggregate is named.
    above = text.comparison.value.startswith(">")
    aggregate = reading.aggregates[0] if reading.aggregates else (Aggregate.MAX if above else Aggregate.MIN)
    limit = reading.count or 50
    return _changed(base, shape="by_item", aggregate=aggregate, having=threshold, ascending=not above, limit=limit)


def _compare(base: MetricStep, reading: Reading, scope: MetricScope, wanted: Named, now: datetime) -> list[Step]:
    windows = reading.windows
    shape: Literal["value"] = "value"
    if len(windows) == 2:
        first, second = sorted(windows, key=lambda one: (one.start or now, one.end or now))
        left = _changed(base, window=window_of(first, reading.zone), shape=shape)
        right = _changed(base, id=_next(base), window=window_of(second, reading.zone), shape=shape)
        names = (first.phrase, second.phrase)
    else:
        names_of = {link.items[0][0]: link.items[0][1] for link in reading.links if link.items}
        one, two = wanted.items[:2]
        names = (names_of[one], names_of[two])
        left = _changed(base, item_ids=_own(one, scope), scope_name=names[0])
        right = _changed(base, id=_next(base), item_ids=_own(two, scope), scope_name=names[1])
    compare = CompareStep(
        id=_next(base, 2),
        needs=[left.id, right.id],
        left=left.id,
        right=right.id,
        left_name=names[0],
        right_name=names[1],
    )
    return [left, right, compare]


def _own(item: object, scope: MetricScope) -> list[object]:
    return [item] if item in scope.items else list(scope.items)
