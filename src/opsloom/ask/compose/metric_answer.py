"""Blocks for metric steps and their comparison."""

from __future__ import annotations

from datetime import datetime

from opsloom.ask.blocks import ChartBlock, Column, Line, NumberBlock, TimeseriesBlock
from opsloom.ask.compose import formats
from opsloom.ask.compose.sheet import Sheet, as_number
from opsloom.ask.compose.wording import COMPARISONS, aggregate_name, metric_title, pick, topic
from opsloom.ask.plan import CompareStep, Intent, Language, MetricStep
from opsloom.ask.tools.contract import Row
from opsloom.inventory.schemas import Aggregate
from opsloom.inventory.service import unit_of

MAX_LINES = 12


def add_metric(sheet: Sheet, step: MetricStep) -> None:
    """What a metric step found, or that there is nothing."""
    rows = sheet.rows(step)
    if not rows:
        return
    if step.shape == "value":
        _value(sheet, step, rows[0])
    elif step.shape == "by_item":
        _by_item(sheet, step, rows)
    else:
        _series(sheet, step, rows)


def unit_for(step: MetricStep, row: Row) -> str:
    """The stored unit, except that a count of samples has none of the metric's."""
    if step.aggregate is Aggregate.COUNT:
        return "count"
    return str(row.get("unit") or unit_of(step.metric))


def title_of(step: MetricStep, language: Language) -> str:
    """ "highest CPU usage of web-01"."""
    metric, aggregate = metric_title(step.metric, language), aggregate_name(step.aggregate, language)
    if language is Language.KO:
        return f"{step.scope_name}의 {metric} {aggregate}" if step.scope_name else f"{metric} {aggregate}"
    return f"{aggregate} {metric} of {step.scope_name}" if step.scope_name else f"{aggregate} {metric}"


def _value(sheet: Sheet, step: MetricStep, row: Row) -> None:
    value = as_number(row.get("value"))
    if value is None:
        return
    unit, language = unit_for(step, row), sheet.language
    title = title_of(step, language)
    reference = sheet.cite(step, title, unit)
    shown = formats.number(value, unit)
    item = str(row["item"]) if row.get("item") else None
    at = str(row["time"]) if row.get("time") else None
    sheet.state(step.scope_name)
    sheet.state(title)
    if sheet.plan.intent is not Intent.STATUS:
        sheet.write(_sentence(sheet, step, title, shown, reference, row), reference)
    sheet.blocks.append(
        NumberBlock(
            label=title, value=value, unit=unit, shown=shown, item=item, reference=reference,
            at=datetime.fromisoformat(at) if at else None,
        )
    )  # fmt: skip


def _sentence(sheet: Sheet, step: MetricStep, title: str, shown: str, reference: str, row: Row) -> str:
    span = sheet.state(formats.window(step.window, sheet.language))
    samples = formats.plain(as_number(row.get("samples")) or 0.0)
    at = sheet.state(formats.moment(str(row["time"]), step.window.zone)) if row.get("time") else ""
    item = str(row.get("item") or "")
    where = sheet.state(item) if item and item not in step.scope_name else ""
    if sheet.language is Language.KO:
        place = " ".join(part for part in (where and f"{where}에서", at) if part)
        return f"{topic(title)} **{shown}**입니다{f' ({place})' if place else ''} [{reference}]. 구간 {span}, 표본 {samples}개."
    place = " ".join(part for part in (where and f"on {where}", at and f"at {at}") if part)
    return (
        f"The {title} was **{shown}**{f' {place}' if place else ''} [{reference}], over {span}, from {samples} samples."
    )


def _by_item(sheet: Sheet, step: MetricStep, rows: list[Row]) -> None:
    unit, language = unit_for(step, rows[0]), sheet.language
    title = _group_title(sheet, step, unit)
    reference = sheet.cite(step, title, unit)
    if sheet.plan.intent in (Intent.TOP, Intent.FILTER):
        sheet.write(_ranked_sentence(sheet, step, rows, title, reference), reference)
    columns = [
        Column(key="item", label=pick(language, "Item", "항목")),
        Column(key="value", label=metric_title(step.metric, language), unit=unit, kind="number"),
    ]
    if "time" in rows[0]:
        columns.append(Column(key="time", label=pick(language, "Time", "시각"), kind="time"))
    columns.append(Column(key="samples", label=pick(language, "Samples", "표본"), kind="number"))
    if sheet.plan.intent in (Intent.TOP, Intent.FILTER):
        sheet.blocks.append(
            ChartBlock(
                title=title, unit=unit, reference=reference,
                labels=[str(row["item"]) for row in rows[:20]], values=[as_number(row.get("value")) for row in rows[:20]],
            )
        )  # fmt: skip
    sheet.table(title, columns, rows, len(rows), reference)


def _group_title(sheet: Sheet, step: MetricStep, unit: str) -> str:
    metric, aggregate = metric_title(step.metric, sheet.language), aggregate_name(step.aggregate, sheet.language)
    title = sheet.say(f"{aggregate} {metric} by item", f"항목별 {metric} {aggregate}")
    if step.having is not None:
        english, korean = COMPARISONS[step.having.comparison]
        bound = formats.number(step.having.value, unit)
        title = sheet.say(f"{title}, {english} {bound}", f"{title} {bound} {korean}")
    return sheet.state(title)


def _ranked_sentence(sheet: Sheet, step: MetricStep, rows: list[Row], title: str, reference: str) -> str:
    span = sheet.state(formats.window(step.window, sheet.language))
    first = rows[0]
    name = sheet.state(str(first["item"]))
    shown = formats.number(as_number(first.get("value")) or 0.0, unit_for(step, first))
    count = sheet.state(str(len(rows)))
    opening = sheet.state(title[0].upper() + title[1:])
    if sheet.plan.intent is Intent.FILTER:
        return sheet.say(
            f"{opening}: {count} found, led by {name} with **{shown}** [{reference}], over {span}.",
            f"{title}: {count}개이며 첫째는 {name}, **{shown}**입니다 [{reference}]. 구간 {span}.",
        )
    return sheet.say(
        f"{opening}: first is **{name}** with **{shown}** [{reference}], over {span}.",
        f"{title}: 첫째는 **{name}**, **{shown}**입니다 [{reference}]. 구간 {span}.",
    )


def _series(sheet: Sheet, step: MetricStep, rows: list[Row]) -> None:
    unit, language = unit_for(step, rows[0]), sheet.language
    title = title_of(step, language)
    reference = sheet.cite(step, f"{title} / {step.step_s} s", unit)
    lines: dict[str, Line] = {}
    for row in rows:
        name = str(row["item"]) + (f" {row['labels']}" if row.get("labels") else "")
        line = lines.setdefault(name, Line(name=name, points=[]))
        line.points.append((datetime.fromisoformat(str(row["time"])), as_number(row.get("value"))))
    if sheet.plan.intent is Intent.SERIES:
        span = sheet.state(formats.window(step.window, language))
        sheet.state(title)
        step_text = sheet.state(f"{step.step_s} s" if language is Language.EN else f"{step.step_s}초")
        sheet.write(
            sheet.say(
                f"The {title}, each point over {step_text} [{reference}], {span}.",
                f"{title} 추이입니다. 점 하나는 {step_text}입니다 [{reference}]. 구간 {span}.",
            ),
            reference,
        )
    sheet.blocks.append(
        TimeseriesBlock(
            title=title, metric=step.metric, unit=unit, series=list(lines.values())[:MAX_LINES], window=step.window,
            step_s=step.step_s or 1, reference=reference,
        )
    )  # fmt: skip


def add_comparison(sheet: Sheet, step: CompareStep) -> None:
    """The difference between two values, with both references."""
    result = sheet.result(step)
    sides = {one.id: one for one in sheet.plan.steps if isinstance(one, MetricStep)}
    left, right = sides[step.left], sides[step.right]
    if not result.derived:
        return
    unit = unit_for(left, sheet.rows(left)[0])
    cites = [
        sheet.cite(left, title_of(left, sheet.language), unit),
        sheet.cite(right, title_of(right, sheet.language), unit),
    ]
    change = formats.signed(as_number(result.derived["difference"]) or 0.0, unit)
    percent = as_number(result.derived["percent"])
    relative = f" ({'+' if percent > 0 else ''}{percent:.1f} %)" if percent is not None else ""
    names = [sheet.state(step.left_name), sheet.state(step.right_name)]
    shown = [formats.number(as_number(result.derived[side]) or 0.0, unit) for side in ("left", "right")]
    marks = " ".join(f"[{one}]" for one in dict.fromkeys(cites))
    sheet.write(
        sheet.say(
            f"From {names[0]} ({shown[0]}) to {names[1]} ({shown[1]}) the difference is **{change}**{relative} {marks}.",
            f"{names[0]} {shown[0]}, {names[1]} {shown[1]}, 차이는 **{change}**{relative}입니다 {marks}.",
        ),
        *cites,
    )
