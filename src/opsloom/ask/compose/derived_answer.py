"""Sentences about what was worked out from two other steps: differences, ratios, shares, correlations."""

from __future__ import annotations

from opsloom.ask.blocks import NumberBlock
from opsloom.ask.compose import formats
from opsloom.ask.compose.happening_answer import alerts_noun, events_noun
from opsloom.ask.compose.item_answer import items_noun
from opsloom.ask.compose.metric_answer import title_of, unit_for
from opsloom.ask.compose.sheet import Sheet, as_number
from opsloom.ask.compose.wording import metric_title, topic
from opsloom.ask.plan import AlertsStep, CompareStep, CorrelateStep, EventsStep, ItemsStep, MetricStep, Step

# Below these, words for how strongly two series move together.
_STRENGTHS = (
    (0.3, "hardly any", "거의 없는"),
    (0.5, "a weak", "약한"),
    (0.7, "a moderate", "보통의"),
    (1.1, "a strong", "강한"),
)


def add_comparison(sheet: Sheet, step: CompareStep) -> None:
    """The difference, ratio or share of two values, with both references."""
    result = sheet.result(step)
    value = {
        name: as_number(result.derived.get(name))
        for name in ("left", "right", "difference", "percent", "ratio", "share")
    }
    left, right = value["left"], value["right"]
    if left is None or right is None:
        return
    unit, cites = _sides(sheet, step)
    marks = " ".join(f"[{one}]" for one in cites)
    names = sheet.state(step.left_name), sheet.state(step.right_name)
    shown = formats.number(left, unit), formats.number(right, unit)
    if value["difference"] is not None:
        text = _difference(sheet, (names, shown), formats.signed(value["difference"], unit), value["percent"])
    elif value["ratio"] is not None:
        text = _ratio(sheet, (names, shown), value["ratio"])
        sheet.blocks.append(_number(sheet.say("ratio", "비"), value["ratio"], "", formats.plain(value["ratio"]), cites))
    elif value["share"] is not None:
        text = _share(sheet, (names, shown), value["share"])
        sheet.blocks.append(
            _number(names[1], value["share"], "percent", formats.number(value["share"], "percent"), cites)
        )
    else:
        text = sheet.say(
            f"{names[0]} is {shown[0]}, so there is nothing to relate {names[1]} ({shown[1]}) to",
            f"{names[0]}{formats.particle(names[0], '이', '가')} {shown[0]}{formats.particle(shown[0], '이라', '라')} "
            f"{names[1]}({shown[1]})의 비율을 낼 수 없습니다",
        )
    sheet.write(f"{text} {marks}.", *cites)


Shown = tuple[tuple[str, str], tuple[str, str]]


def _difference(sheet: Sheet, said: Shown, change: str, percent: float | None) -> str:
    names, shown = said
    relative = f" ({'+' if percent > 0 else ''}{percent:.1f} %)" if percent is not None else ""
    return sheet.say(
        f"From {names[0]} ({shown[0]}) to {names[1]} ({shown[1]}) the difference is **{change}**{relative}",
        f"{names[0]} {shown[0]}, {names[1]} {shown[1]}, 차이는 **{change}**{relative}입니다",
    )


def _ratio(sheet: Sheet, said: Shown, ratio: float) -> str:
    names, shown = said
    times = formats.plain(ratio)
    return sheet.say(
        f"{names[1]} ({shown[1]}) is **{times}** times {names[0]} ({shown[0]})",
        f"{names[1]}({shown[1]}){formats.particle(names[1], '은', '는')} {names[0]}({shown[0]})의 **{times}**배입니다",
    )


def _share(sheet: Sheet, said: Shown, share: float) -> str:
    names, shown = said
    part = formats.number(share, "percent")
    return sheet.say(
        f"{names[1]} ({shown[1]}) make up **{part}** of {names[0]} ({shown[0]})",
        f"{names[1]}({shown[1]}){formats.particle(names[1], '은', '는')} {names[0]}({shown[0]})의 **{part}**입니다",
    )


def _number(label: str, value: float, unit: str, shown: str, cites: list[str]) -> NumberBlock:
    return NumberBlock(label=label, value=value, unit=unit, shown=shown, reference=cites[-1])


def _sides(sheet: Sheet, step: CompareStep) -> tuple[str, list[str]]:
    """The unit of both sides, and their references."""
    by_id = {one.id: one for one in sheet.plan.steps}
    cited = [_side(sheet, by_id[one]) for one in (step.left, step.right)]
    return cited[0][0], list(dict.fromkeys(reference for _, reference in cited))


def _side(sheet: Sheet, step: Step) -> tuple[str, str]:
    evidence = sheet.result(step).evidence
    row = evidence.rows[0] if evidence is not None and evidence.rows else {}
    match step:
        case MetricStep():
            unit = unit_for(step, row)
            return unit, sheet.cite(step, title_of(step, sheet.language), unit)
        case EventsStep():
            unit = "count" if step.mode == "count" else str(row.get("unit") or "")
            return unit, sheet.cite(step, events_noun(sheet, step), unit)
        case AlertsStep():
            unit = str(row.get("unit") or "count")
            return unit, sheet.cite(step, alerts_noun(sheet, step), unit)
        case ItemsStep():
            return "count", sheet.cite(step, items_noun(sheet, step), "count")
    return "", sheet.cite(step, step.kind)


def add_correlation(sheet: Sheet, step: CorrelateStep) -> None:
    """How two series move together, and over how many common points."""
    derived = sheet.result(step).derived
    r, pairs = as_number(derived.get("r")), as_number(derived.get("pairs"))
    if r is None or pairs is None:
        return
    by_id = {one.id: one for one in sheet.plan.steps}
    cites = list(dict.fromkeys(_side(sheet, by_id[one])[1] for one in (step.left, step.right)))
    marks = " ".join(f"[{one}]" for one in cites)
    names = (
        _course_name(sheet, by_id[step.left], step.left_name),
        _course_name(sheet, by_id[step.right], step.right_name),
    )
    _, english, korean = next(one for one in _STRENGTHS if abs(r) < one[0])
    way = sheet.say("positive" if r >= 0 else "negative", "양의" if r >= 0 else "음의")
    shown, count = f"{r:.2f}", formats.plain(pairs)
    sheet.write(
        sheet.say(
            f"{names[0]} and {names[1]} have {english} {way} correlation: r = **{shown}** over {count} common points {marks}. "
            "That they move together does not say that one causes the other.",
            f"{names[0]}{formats.particle(names[0], '과', '와')} {topic(names[1])} {korean} {way} 상관입니다. "
            f"r = **{shown}**, 공통 시점 {count}개 {marks}. 함께 움직인다고 해서 한쪽이 원인이라는 뜻은 아닙니다.",
        ),
        *cites,
    )
    sheet.blocks.append(_number(sheet.say("correlation (r)", "상관계수(r)"), r, "", shown, cites))


def _course_name(sheet: Sheet, step: Step, otherwise: str) -> str:
    """ "CPU usage of web-01"."""
    if not isinstance(step, MetricStep):
        return sheet.state(otherwise)
    metric = metric_title(step.metric, sheet.language)
    if not step.scope_name:
        return sheet.state(metric)
    return sheet.state(sheet.say(f"{metric} of {step.scope_name}", f"{step.scope_name}의 {metric}"))
