"""What a plan would have to leave out although it may change the numbers; such a plan is not made. Pure.

A count over everything with one condition less is a wrong number, whatever the note below it says. So each condition that was read must be
found again in some step; and words that were not read at all are forgiven only beside a named item and a metric, where they are colour.
"""

from __future__ import annotations

from collections.abc import Callable

from opsloom.ask.language.words import CueKind
from opsloom.ask.plan import Intent, MetricStep, Step
from opsloom.ask.planning.draft import Draft
from opsloom.ask.planning.history_plan import by
from opsloom.ask.planning.reading import Reading
from opsloom.ask.planning.scope import negates

_COUNTING = frozenset({"items", "alerts", "events", "compare"})
_FREE = (Intent.WHY, Intent.CAUSE)
_TIMES = frozenset({"몇 번", "몇 회", "횟수", "얼마나 자주", "how often"})
_ORDERS = frozenset({">", "<", ">=", "<="})


def dropped_words(reading: Reading, draft: Draft) -> list[str]:
    """The words, empty when the plan says all that the question does."""
    if draft.intent in _FREE:
        return []
    negations = [one for one in reading.cues if one.cue.kind is CueKind.NOT]
    lost = [one.text for one in negations if not any(negates(reading, held) for held in reading.held)]
    lost += [
        words
        for words, placed in _conditions(reading, draft)
        if words and not any(placed(step) for step in draft.steps)
    ]
    counts = any(step.kind in _COUNTING for step in draft.steps)
    everywhere = not reading.certain_ids and not reading.has(CueKind.HERE)
    if counts or everywhere:
        lost += reading.unknown[:10]
    return list(dict.fromkeys(lost))


def _conditions(reading: Reading, draft: Draft) -> list[tuple[str, Callable[[Step], bool]]]:
    """Each condition read, in its words, with how to tell that a step carries it."""
    threshold, nth = reading.threshold, reading.nth
    text = reading.source.text
    found: list[tuple[str, Callable[[Step], bool]]] = [
        (reading.phrase(CueKind.RESULT), _filters_on("data:result")),
        (reading.phrase(CueKind.RATE), _filters_on("data:result")),
        (reading.phrase(CueKind.STATE), lambda step: bool(getattr(step, "states", None))),
        (text[nth.start : nth.end] if nth else "", lambda step: getattr(step, "nth", None) is not None),
        (text[threshold.start : threshold.end] if threshold else "", _bounds),
        (reading.windows[0].phrase if reading.windows else "", _has_time_or_filter),
    ]
    found.append((reading.phrase(CueKind.AGGREGATE), _aggregates))
    found += [
        (reading.phrase(kind), _ranks) for kind in (CueKind.MOST, CueKind.LEAST, CueKind.EXTREME, CueKind.LONGEST)
    ]
    return [*found, *_sides(reading, draft), *_counted(reading), *_grouped(reading, draft)]


Condition = tuple[str, Callable[[Step], bool]]


def _sides(reading: Reading, draft: Draft) -> list[Condition]:
    """What only a plan with two sides carries."""
    found: list[Condition] = []
    if draft.intent is not Intent.COMPARE and len(reading.windows) > 1:
        found.append((reading.windows[1].phrase, _never))
    if draft.intent is not Intent.RATIO and not reading.metrics:
        found.append((reading.phrase(CueKind.SHARE), _never))
    if reading.threshold is None and draft.intent not in (Intent.COMPARE, Intent.CORRELATE):
        found.append((reading.phrase(CueKind.COMPARE), _never))
    return found


def _counted(reading: Reading) -> list[Condition]:
    """What only certain numbers answer."""
    found: list[Condition] = []
    if reading.has(CueKind.SEVERITY) and not reading.metrics:
        found.append((reading.phrase(CueKind.SEVERITY), lambda step: bool(getattr(step, "severities", None))))
    if reading.has(CueKind.DURATION):
        found.append((reading.phrase(CueKind.DURATION), _never if reading.metrics else _measures_time))
    counted = reading.phrase(CueKind.COUNT).lower()
    if reading.threshold is not None and (counted in _TIMES or "times" in reading.source.text.lower()):
        found.append((counted, _never))  # how often a limit was crossed is not what a filter finds
    return found


def _grouped(reading: Reading, draft: Draft) -> list[Condition]:
    """What only groups, and items met by conditions, answer."""
    found: list[Condition] = []
    if "day" in reading.values(CueKind.FIELD) and reading.has(CueKind.WHICH, CueKind.MOST, CueKind.LEAST):
        found.append((reading.phrase(CueKind.FIELD), _by_most))
    if by(reading, CueKind.FIELD) or by(reading, CueKind.ATTRIBUTE):
        found.append((reading.phrase(CueKind.FIELD) or reading.phrase(CueKind.ATTRIBUTE), _groups))
    walks = any(step.kind == "relations" for step in draft.steps)
    if reading.held and (reading.links or walks) and draft.intent is not Intent.LOOKUP:
        found.append((" ".join(reading.held[0].values), _never))
    return found


def _measures_time(step: Step) -> bool:
    mode = getattr(step, "mode", "")
    return mode in ("aggregate", "average_duration") or (mode == "list" and step.kind == "events")


def _aggregates(step: Step) -> bool:
    """Only what is measured has an average: "the total of the servers' cores" is not their list."""
    return step.kind in ("metric", "correlate") or _measures_time(step) or _ranks(step)


def _ranks(step: Step) -> bool:
    named = str(getattr(step, "mode", "")).startswith("by_") or step.kind in ("metric", "correlate")
    return named or any(getattr(step, one, None) is not None for one in ("nth", "order_by"))


def _by_most(step: Step) -> bool:
    """Days come in the order of time, so the one with the most is asked for by its place."""
    return getattr(step, "nth", None) is not None


def _never(step: Step) -> bool:
    del step
    return False


def _filters_on(field: str) -> Callable[[Step], bool]:
    return lambda step: any(one.field == field for one in getattr(step, "filters", []))


def _bounds(step: Step) -> bool:
    if isinstance(step, MetricStep) and step.having is not None:
        return True
    return any(one.op in _ORDERS for one in getattr(step, "filters", []))


def _has_time_or_filter(step: Step) -> bool:
    """An interval, or a condition that a length of time was read into ("expires within 30 days")."""
    window = getattr(step, "window", None)
    return (window is not None and not window.assumed) or _filters_on("attribute:days_valid")(step)


def _groups(step: Step) -> bool:
    return str(getattr(step, "mode", "")).startswith("by_") or getattr(step, "shape", "") in (
        "by_group",
        "by_item",
        "series",
    )
