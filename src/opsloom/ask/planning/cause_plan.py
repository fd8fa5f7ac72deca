"""Steps about why: why an alert fired or did not, and what may have caused what is seen."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from opsloom.ask.language.lexicon import blank
from opsloom.ask.language.words import CueKind
from opsloom.ask.plan import CauseStep, CorrelateStep, Intent, MetricStep, Refusal, RefusalReason, TimeWindow, WhyStep
from opsloom.ask.planning.draft import Draft
from opsloom.ask.planning.history_plan import cause_item, plan_events
from opsloom.ask.planning.reading import Reading
from opsloom.ask.planning.scope import Named, metric_scope, named
from opsloom.ask.planning.windows import DEFAULT_CAUSE, DEFAULT_METRIC, window_of, window_or
from opsloom.ask.planning.world import World
from opsloom.inventory.service import nice_step

_QUOTED = re.compile(r"[\"'“「](?P<rule>[^\"'”」]{2,80})[\"'”」]")
_RULE_EN = re.compile(
    r"\b(?:did|didn't|has|hasn't|was|wasn't|is|isn't|does|doesn't|not)\s(?:not\s)?(?:the\s|an?\s|our\s)?(?P<rule>[^?.,]{2,80}?)\s(?:alerts?|alarms?|rules?)\b",
    re.IGNORECASE,
)
_RULE_EN_AFTER = re.compile(r"\b(?:rules?|alerts?)\s(?P<rule>[A-Za-z0-9][\w.-]{2,80})", re.IGNORECASE)
_RULE_KO = re.compile(r"(?P<rule>[^\s?.,][^?.,]{0,80}?)\s?(?:알림|알람|경보|규칙|룰)(?:\s?규칙)?(?:이|가|은|는)?\s")
_STOP_WORDS = re.compile(r"^(?:왜|어제|오늘|방금|지난\S*|이번\S*|the|an?|did|an alert|alert|rule)$", re.IGNORECASE)
_FIRE = re.compile(
    r"\bfir(?:e|ed|ing)\b|\btrigger(?:ed)?\b|\brais(?:e|ed)\b|울렸|울린|울리|떴|발생|났|났지|발화", re.IGNORECASE
)


def asks_why_alert(reading: Reading) -> bool:
    """ "why did X alert fire", "왜 Y 규칙이 안 울렸어"."""
    if not (reading.has(CueKind.WHY) or reading.phrase(CueKind.CAUSE) in ("이유", "reason", "reason for")):
        return False
    rule = "rule" in reading.values(CueKind.FIELD)
    return (
        reading.has(CueKind.ALERTS)
        or rule
        or (reading.has(CueKind.DIDNT) and _FIRE.search(reading.source.text) is not None)
    )


def plan_why(reading: Reading, world: World, now: datetime) -> Draft:
    """What the rule saw, at the time or the last time."""
    del now
    items = named(reading, world).items
    window = window_of(reading.windows[0], reading.zone) if reading.windows else None
    step = WhyStep(
        id="s1",
        rule=rule_name(reading),
        item_id=items[0] if items else None,
        outcome="not_fired" if reading.has(CueKind.DIDNT, CueKind.NOT) else "fired",
        window=window,
    )
    return Draft(Intent.WHY, [step])


def rule_name(reading: Reading) -> str:
    """The words that name the rule: quoted, or between the verb and "alert"; names of items and times are no part of it."""
    quoted = _QUOTED.search(reading.source.text)
    if quoted is not None:
        return quoted["rule"].strip()
    spans = [(one.start, one.end) for one in reading.links] + [(one.start_at, one.end_at) for one in reading.times]
    spans += [(one.start, one.end) for one in reading.cues if one.cue.kind in (CueKind.WHY, CueKind.HERE)]
    text = blank(reading.source.text, spans)
    found = _RULE_EN.search(text) or _RULE_KO.search(f"{text} ") or _RULE_EN_AFTER.search(text)
    words = [] if found is None else found["rule"].split()
    kept = [
        word
        for word in words
        if not _STOP_WORDS.match(word) and word not in ("의", "에서", "에", "에서의", "on", "for", "of", "at")
    ]
    return " ".join(kept)


def asks_cause(reading: Reading) -> bool:
    """ "why is checkout slow", "원인이 뭐야", "what caused the spike"."""
    return reading.has(CueKind.WHY, CueKind.CAUSE)


def plan_cause(reading: Reading, world: World, now: datetime) -> Draft | Refusal:
    """Hypotheses for a symptom; for past incidents also what was written down about them."""
    draft = Draft(Intent.CAUSE)
    if "incident." in reading.values(CueKind.HAPPENING) and not reading.has(CueKind.WHY):
        draft.join(plan_events(reading, world, now))
        if cause_item(reading) is not None:
            draft.intent = Intent.HISTORY
            return draft
        if (
            draft.steps[-1].kind != "events"
            or getattr(draft.steps[-1], "mode", "") != "list"
            or not named(reading, world).items
        ):
            return draft
    wanted = named(reading, world)
    metric = _symptom(reading)
    window, notes = window_or(reading, now, DEFAULT_CAUSE)
    draft.note(notes)
    if wanted.items:
        scope = metric_scope(metric, wanted, world) if metric else None
        item = scope.items[0] if scope and len(scope.items) == 1 else wanted.items[0]
        metric = scope.metric if scope else None
        draft.steps.append(CauseStep(id=draft.next_id, item_id=item, metric=metric, window=window))
    else:
        draft.steps.append(CauseStep(id=draft.next_id, metric=metric, window=window))
    return draft


def _symptom(reading: Reading) -> str | None:
    """The metric that shows the symptom, when the question says which."""
    if reading.metrics:
        return reading.metrics[0]
    return next((value for value in reading.values(CueKind.SYMPTOM) if value), None)


def plan_correlation(reading: Reading, world: World, now: datetime) -> Draft | Refusal:
    """Two series beside each other: two metrics of an item, or one metric of two items."""
    wanted = named(reading, world)
    window, notes = window_or(reading, now, DEFAULT_METRIC * 24)
    draft = Draft(Intent.CORRELATE)
    draft.note(notes)
    pairs: list[tuple[str, tuple[UUID, ...]]] = []
    if len(reading.metrics) == 2:
        pairs = [(metric, wanted.items) for metric in reading.metrics]
        if len(wanted.items) == 2:
            pairs = [(metric, (item,)) for metric, item in zip(reading.metrics, wanted.items, strict=True)]
    elif len(reading.metrics) == 1 and len(wanted.items) == 2:
        pairs = [(reading.metrics[0], (item,)) for item in wanted.items]
    if not pairs:
        return Refusal(reason=RefusalReason.NOT_UNDERSTOOD, words=[reading.phrase(CueKind.CORRELATE)])
    names = []
    for metric, items in pairs:
        scope = metric_scope(metric, Named(items, wanted.types, wanted.filters), world)
        if scope is None:
            return Refusal(reason=RefusalReason.NO_SUCH_METRIC, words=[metric])
        draft.steps.append(_series(scope.metric, list(scope.items), scope.name, window, draft.next_id, reading))
        names.append(scope.name if len(reading.metrics) == 1 else scope.metric)
    left, right = draft.steps[0].id, draft.steps[1].id
    draft.steps.append(
        CorrelateStep(
            id=draft.next_id, needs=[left, right], left=left, right=right, left_name=names[0], right_name=names[1]
        )
    )
    return draft


def _series(
    metric: str, items: list[UUID], name: str, window: TimeWindow, step_id: str, reading: Reading
) -> MetricStep:
    seconds = (window.end - window.start).total_seconds()
    return MetricStep(
        id=step_id,
        metric=metric,
        item_ids=items,
        scope_name=name,
        window=window,
        shape="series",
        step_s=reading.step_s or nice_step(seconds),
        limit=5000,
    )
