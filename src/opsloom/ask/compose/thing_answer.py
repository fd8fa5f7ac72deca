"""Blocks for items, relations, alerts and events."""

from __future__ import annotations

from opsloom.ask.blocks import ChartBlock, Column, NumberBlock
from opsloom.ask.compose import formats
from opsloom.ask.compose.sheet import Sheet, as_number
from opsloom.ask.compose.wording import subject, topic
from opsloom.ask.plan import AlertsStep, EventsStep, Intent, ItemsStep, RelationsStep, Step
from opsloom.ask.tools.contract import Row


def add_items(sheet: Sheet, step: ItemsStep) -> None:
    """Items as a number or a table."""
    rows = sheet.rows(step)
    if not rows:
        return
    noun = sheet.say("configuration items", "구성 항목")
    types = ", ".join(step.item_types)
    title = f"{noun} ({types})" if types else noun
    if step.mode == "count":
        _count(sheet, step, rows[0], title, "")
        return
    reference = sheet.cite(step, title)
    total = _total(rows)
    if sheet.plan.intent is Intent.LIST:
        sheet.write(
            sheet.say(f"There are {total} {title} [{reference}].", f"{topic(title)} {total}개입니다 [{reference}]."),
            reference,
        )
    name = sheet.say("name_en", "name_ko")
    columns = [
        Column(key="name", label=sheet.say("Name", "이름")),
        Column(key=name, label=sheet.say("Title", "표시 이름")),
        Column(key="type", label=sheet.say("Type", "유형")),
        Column(key="addresses", label=sheet.say("Addresses", "주소")),
    ]
    sheet.table(title, columns, rows, total, reference)


def add_relations(sheet: Sheet, step: RelationsStep) -> None:
    """What is directly connected."""
    rows = sheet.rows(step)
    if not rows:
        return
    title = sheet.say("direct relations", "직접 관계")
    reference, total = sheet.cite(step, title), _total(rows)
    names = sheet.state(", ".join(entity.name for entity in sheet.plan.entities))
    sheet.write(
        sheet.say(
            f"{names} has {total} direct relations [{reference}].",
            f"{names}의 직접 관계는 {total}개입니다 [{reference}].",
        ),
        reference,
    )
    columns = [
        Column(key="source", label=sheet.say("From", "출발")),
        Column(key="type", label=sheet.say("Relation", "관계")),
        Column(key="target", label=sheet.say("To", "도착")),
    ]
    sheet.table(title, columns, rows, total, reference)


def add_alerts(sheet: Sheet, step: AlertsStep) -> None:
    """Alerts as a number, a ranking or a table."""
    rows = sheet.rows(step)
    if not rows:
        return
    noun = sheet.say("alerts", "알림")
    if step.states and set(step.states) == {"firing", "acknowledged"}:
        noun = sheet.say("open alerts", "열린 알림")
    span = sheet.state(formats.window(step.window, sheet.language)) if step.window else ""
    if step.mode == "count":
        _count(sheet, step, rows[0], noun, span)
    elif step.mode in ("by_rule", "by_item"):
        label = sheet.say("Rule", "규칙") if step.mode == "by_rule" else sheet.say("Item", "항목")
        _ranking(sheet, step, rows, (noun, label, span))
    else:
        _list(sheet, step, rows, noun, span)


def add_events(sheet: Sheet, step: EventsStep) -> None:
    """Events as a number, a ranking or a table."""
    rows = sheet.rows(step)
    if not rows:
        return
    noun = sheet.say("events", "이벤트")
    if step.severities:
        noun = f"{'/'.join(step.severities)} {noun}"
    span = sheet.state(formats.window(step.window, sheet.language))
    labels = {"by_type": ("Type", "유형"), "by_subject": ("Item", "항목"), "by_source": ("Source", "출처")}
    if step.mode == "count":
        _count(sheet, step, rows[0], noun, span)
    elif step.mode in labels:
        _ranking(sheet, step, rows, (noun, sheet.say(*labels[step.mode]), span))
    else:
        _list(sheet, step, rows, noun, span)


def _count(sheet: Sheet, step: Step, row: Row, noun: str, span: str) -> None:
    value = as_number(row.get("value")) or 0.0
    reference, shown = sheet.cite(step, noun, "count"), formats.plain(value)
    over = sheet.say(f", over {span}", f" 구간 {span}.") if span else ""
    sheet.write(
        sheet.say(
            f"There are **{shown}** {noun} [{reference}]{over}{'' if span and over.endswith('.') else '.'}",
            f"{noun}: **{shown}**건 [{reference}].{over}",
        ),
        reference,
    )
    sheet.blocks.append(NumberBlock(label=noun, value=value, unit="count", shown=shown, reference=reference))


def _ranking(sheet: Sheet, step: Step, rows: list[Row], texts: tuple[str, str, str]) -> None:
    noun, label, span = texts
    title = sheet.say(f"{noun} by {label.lower()}", f"{label}별 {noun}")
    reference = sheet.cite(step, title, "count")
    if sheet.plan.intent is Intent.TOP:
        name, shown = sheet.state(str(rows[0]["name"])), formats.plain(as_number(rows[0].get("value")) or 0.0)
        over = sheet.say(f", over {span}", f" 구간 {span}.") if span else ""
        sheet.write(
            sheet.say(
                f"Most {noun}: **{name}** with **{shown}** [{reference}]{over}.",
                f"{subject(noun)} 가장 많은 것은 **{name}**, **{shown}**건입니다 [{reference}].{over}",
            ),
            reference,
        )
        sheet.blocks.append(
            ChartBlock(
                title=title, unit="count", labels=[str(row["name"]) for row in rows[:20]],
                values=[as_number(row.get("value")) for row in rows[:20]], reference=reference,
            )
        )  # fmt: skip
    columns = [Column(key="name", label=label), Column(key="value", label=sheet.say("Count", "건수"), kind="number")]
    sheet.table(title, columns, rows, len(rows), reference)


_COLUMNS = {
    "alerts": (
        ("fired_at", "Fired", "발생", "time"), ("severity", "Severity", "심각도", "text"), ("state", "State", "상태", "text"),
        ("title", "Alert", "알림", "text"), ("rule", "Rule", "규칙", "text"), ("key", "Key", "키", "text"),
    ),
    "events": (
        ("time", "Time", "시각", "time"), ("severity", "Severity", "심각도", "text"), ("type", "Type", "유형", "text"),
        ("subject", "Subject", "대상", "text"), ("message", "Message", "내용", "text"), ("source", "Source", "출처", "text"),
    ),
}  # fmt: skip


def _list(sheet: Sheet, step: Step, rows: list[Row], noun: str, span: str) -> None:
    reference, total = sheet.cite(step, noun), _total(rows)
    if sheet.plan.intent is Intent.LIST:
        shown = sheet.state(str(len(rows)))
        over = f" {span}." if span else ""
        sheet.write(
            sheet.say(
                f"{total} {noun} [{reference}], the newest {shown} below.{over}",
                f"{noun} {total}건 중 최근 {shown}건입니다 [{reference}].{over}",
            ),
            reference,
        )
    columns = [
        Column.model_validate({"key": key, "label": sheet.say(english, korean), "kind": kind})
        for key, english, korean, kind in _COLUMNS[step.kind]
    ]
    sheet.table(noun, columns, rows, total, reference)


def _total(rows: list[Row]) -> int:
    return int(as_number(rows[0].get("total")) or len(rows))
