"""Blocks for metric steps."""

from __future__ import annotations

from datetime import datetime

from opsloom.ask.blocks import ChartBlock, Column, Line, NumberBlock, TimeseriesBlock
from opsloom.ask.compose import formats
from opsloom.ask.compose.sheet import Sheet, as_number
from opsloom.ask.compose.wording import COMPARISONS, aggregate_name, group_name, metric_title, pick, topic
from opsloom.ask.plan import Intent, Language, MetricStep
from opsloom.ask.tools.contract import Row
from opsloom.inventory.schemas import Aggregate
from opsloom.inventory.service import unit_of

MAX_LINES = 12
MAX_BARS = 31
FEW = 3  # named items, whose numbers stand by themselves


def add_metric(sheet: Sheet, step: MetricStep) -> None:
    """What a metric step found, or that there is nothing."""
    rows = sheet.rows(step)
    if not rows:
        return
    if step.shape == "value":
        _value(sheet, step, rows[0])
    elif step.shape == "by_item":
        _by_item(sheet, step, rows)
    elif step.shape == "by_group":
        add_metric_groups(sheet, step, rows)
    else:
        _series(sheet, step, rows)


def unit_for(step: MetricStep, row: Row) -> str:
    """The stored unit, except that a count of samples has none of the metric's, and a rate is by the second."""
    if step.aggregate is Aggregate.COUNT:
        return "count"
    unit = str(row.get("unit") or unit_of(step.metric))
    return f"{unit}/s" if step.aggregate is Aggregate.RATE else unit


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
    leads = sheet.plan.intent is not Intent.STATUS and not sheet.is_detail(step)
    if leads:
        sheet.write(_ranked_sentence(sheet, step, rows, title, reference), reference)
    columns = [
        Column(key="item", label=pick(language, "Item", "항목")),
        Column(key="value", label=metric_title(step.metric, language), unit=unit, kind="number"),
    ]
    if "time" in rows[0]:
        columns.append(Column(key="time", label=pick(language, "Time", "시각"), kind="time"))
    columns.append(Column(key="samples", label=pick(language, "Samples", "표본"), kind="number"))
    named = {entity.id for entity in sheet.plan.entities} >= set(step.item_ids) and 0 < len(step.item_ids) <= FEW
    if step.nth is not None or (leads and named):
        for row in rows:
            value, item = as_number(row.get("value")), str(row["item"])
            shown = formats.number(value or 0.0, unit)
            sheet.blocks.append(
                NumberBlock(label=item, value=value, unit=unit, shown=shown, item=item, reference=reference)
            )
    elif leads and len(rows) > 1:
        sheet.blocks.append(_bars(title, unit, rows, "item", reference))
    sheet.table(title, columns, rows, sheet.total(rows), reference)


def _bars(title: str, unit: str, rows: list[Row], name: str, reference: str) -> ChartBlock:
    labels, values = [str(row[name]) for row in rows], [as_number(row.get("value")) for row in rows]
    return ChartBlock(title=title, unit=unit, reference=reference, labels=labels[:MAX_BARS], values=values[:MAX_BARS])


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
    opening = sheet.state(title[0].upper() + title[1:])
    if step.nth is not None:
        place = sheet.state(formats.ordinal(step.nth)), sheet.state(f"{step.nth}번째")
        low = step.ascending
        return sheet.say(
            f"{opening}: {place[0]} {'lowest' if low else 'highest'} is **{name}** with **{shown}** [{reference}], over {span}.",
            f"{title}: {place[1]}로 {'낮은' if low else '높은'} 것은 **{name}**, **{shown}**입니다 [{reference}]. 구간 {span}.",
        )
    if step.having is not None:
        total, below = sheet.total(rows), _left_out(sheet, rows)
        return sheet.say(
            f"{opening}: **{total}** found{below}, led by {name} with **{shown}** [{reference}], over {span}.",
            f"{title}: **{total}**개이며{below} 첫째는 {name}, **{shown}**입니다 [{reference}]. 구간 {span}.",
        )
    return sheet.say(
        f"{opening}: first is **{name}** with **{shown}** [{reference}], over {span}.",
        f"{title}: 첫째는 **{name}**, **{shown}**입니다 [{reference}]. 구간 {span}.",
    )


def _left_out(sheet: Sheet, rows: list[Row]) -> str:
    if sheet.total(rows) == len(rows):
        return ""
    return sheet.say(f" ({len(rows)} shown)", f"({len(rows)}개 표시)")


def add_metric_groups(sheet: Sheet, step: MetricStep, rows: list[Row]) -> None:
    """A metric by type, attribute, hour of the day or day."""
    unit, language = unit_for(step, rows[0]), sheet.language
    by = group_name(step.group_by or "", language)
    metric, aggregate = metric_title(step.metric, language), aggregate_name(step.aggregate, language)
    title = sheet.state(sheet.say(f"{aggregate} {metric} by {by}", f"{by}별 {metric} {aggregate}"))
    reference = sheet.cite(step, title, unit)
    first, span = rows[0], sheet.state(formats.window(step.window, language))
    name = sheet.state(str(first["name"]))
    shown = formats.number(as_number(first.get("value")) or 0.0, unit)
    opening = sheet.state(title[0].upper() + title[1:])
    total = sheet.total(rows)
    most = ("lowest", "낮은") if step.ascending else ("highest", "높은")
    sheet.write(
        sheet.say(
            f"{opening}, {total} groups: {most[0]} is **{name}** with **{shown}** [{reference}], over {span}.",
            f"{title}, {total}개 그룹: 가장 {most[1]} 것은 **{name}**, **{shown}**입니다 [{reference}]. 구간 {span}.",
        ),
        reference,
    )
    if step.group_by in ("hour", "day"):
        rows = sorted(rows, key=lambda row: str(row["name"]))
    sheet.blocks.append(_bars(title, unit, rows, "name", reference))
    columns = [
        Column(key="name", label=by),
        Column(key="value", label=metric, unit=unit, kind="number"),
        Column(key="items", label=pick(language, "Items", "항목 수"), kind="number"),
        Column(key="samples", label=pick(language, "Samples", "표본"), kind="number"),
    ]
    sheet.table(title, columns, rows, total, reference)


def _series(sheet: Sheet, step: MetricStep, rows: list[Row]) -> None:
    unit, language = unit_for(step, rows[0]), sheet.language
    title = title_of(step, language)
    reference = sheet.cite(step, f"{title} / {step.step_s} s", unit)
    lines: dict[str, Line] = {}
    for row in rows:
        name = str(row["item"]) + (f" {row['labels']}" if row.get("labels") else "")
        line = lines.setdefault(name, Line(name=name, points=[]))
        line.points.append((datetime.fromisoformat(str(row["time"])), as_number(row.get("value"))))
    if sheet.plan.intent is not Intent.STATUS and not sheet.is_detail(step):
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
