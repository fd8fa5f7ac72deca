"""Blocks for steps about items."""

from __future__ import annotations

from opsloom.ask.blocks import ChartBlock, Column, NumberBlock
from opsloom.ask.compose import formats
from opsloom.ask.compose.counting import add_count
from opsloom.ask.compose.sheet import Sheet, as_number
from opsloom.ask.compose.wording import group_name, pick, topic
from opsloom.ask.plan import Filter, Intent, ItemsStep, Language
from opsloom.ask.tools.contract import Row

MAX_DESCRIBED = 5
OPERATIONS = {"like": ("contains", "포함"), "in": ("is one of", "중 하나"), "!=": ("is not", "아님")}


def add_items(sheet: Sheet, step: ItemsStep) -> None:
    """Items as a number, groups, a description or a table."""
    rows = sheet.rows(step)
    if not rows:
        return
    noun = items_noun(sheet, step)
    if step.mode == "count":
        add_count(sheet, step, rows[0], noun, "")
    elif step.mode == "by_group":
        _groups(sheet, step, rows, noun)
    else:
        _list(sheet, step, rows, noun)


def items_noun(sheet: Sheet, step: ItemsStep) -> str:
    """ "configuration items (server, zone = zone-a)"."""
    noun = sheet.say("configuration items", "구성 항목")
    limits = [*step.item_types, *(filter_text(one, sheet.language) for one in step.filters)]
    return sheet.state(f"{noun} ({', '.join(limits)})") if limits else noun


def filter_text(one: Filter, language: Language) -> str:
    """A condition as it is told: "zone = zone-a"."""
    value = ", ".join(one.value) if isinstance(one.value, list) else "-" if one.value is None else str(one.value)
    name = group_name(one.field, language)
    if one.op == "in" and (not isinstance(one.value, list) or len(one.value) == 1):
        return f"{name} = {value}"
    if one.op in OPERATIONS:
        word = pick(language, *OPERATIONS[one.op])
        return f"{name} {word} {value}" if language is Language.EN else f"{name} {value} {word}"
    return f"{name} {one.op} {value}"


def _list(sheet: Sheet, step: ItemsStep, rows: list[Row], noun: str) -> None:
    reference, total = sheet.cite(step, noun), sheet.total(rows)
    if step.mode == "lookup" and sheet.plan.intent is not Intent.STATUS:
        _described(sheet, rows, reference)
    elif sheet.plan.intent is not Intent.STATUS and not sheet.is_detail(step):
        shown = "" if total == len(rows) else sheet.say(f", {len(rows)} of them below", f", 아래는 {len(rows)}개")
        sheet.write(
            sheet.say(
                f"There are **{total:,}** {noun} [{reference}]{shown}.",
                f"{topic(noun)} **{total:,}**개입니다 [{reference}]{shown}.",
            ),
            reference,
        )
    title = sheet.say("name_en", "name_ko")
    columns = [
        Column(key="name", label=sheet.say("Name", "이름")),
        Column(key=title, label=sheet.say("Title", "표시 이름")),
        Column(key="type", label=sheet.say("Type", "유형")),
        Column(key="addresses", label=sheet.say("Addresses", "주소")),
        Column(key="attributes", label=sheet.say("Attributes", "속성")),
    ]
    sheet.table(noun, columns, rows, total, reference)


def _described(sheet: Sheet, rows: list[Row], reference: str) -> None:
    """What an item is, in a sentence; all of it is stated, nothing measured."""
    for row in rows[:MAX_DESCRIBED]:
        title = str(row.get("name_ko" if sheet.language is Language.KO else "name_en") or "")
        facts = [str(row["type"]), *([title] if title and title != row["name"] else [])]
        told = [f"**{sheet.state(str(row['name']))}** ({sheet.state(', '.join(facts))})"]
        if row.get("addresses"):
            told.append(sheet.say("addresses ", "주소 ") + sheet.state(str(row["addresses"])))
        if row.get("attributes"):
            told.append(sheet.say("attributes ", "속성 ") + sheet.state(str(row["attributes"])))
        sheet.write(f"{'; '.join(told)} [{reference}].", reference)


def _groups(sheet: Sheet, step: ItemsStep, rows: list[Row], noun: str) -> None:
    by = group_name(step.group_by or "type", sheet.language)
    title = sheet.state(sheet.say(f"{noun} by {by}", f"{by}별 {noun}"))
    reference = sheet.cite(step, title, "count")
    name, shown = sheet.state(str(rows[0]["name"])), formats.plain(as_number(rows[0].get("value")) or 0.0)
    whole, total = formats.plain(as_number(rows[0].get("whole")) or 0.0), sheet.total(rows)
    if not sheet.is_detail(step):
        least = step.ascending
        sheet.write(
            sheet.say(
                f"{whole} {noun} in {total} groups by {by}: {'fewest' if least else 'most'} in **{name}** with **{shown}** [{reference}].",
                f"{noun} {whole}개를 {by}별로 나누면 {total}개 그룹이고, 가장 {'적은' if least else '많은'} 것은 **{name}**, "
                f"**{shown}**개입니다 [{reference}].",
            ),
            reference,
        )
    if len(rows) == 1:
        sheet.blocks.append(
            NumberBlock(
                label=name, value=as_number(rows[0].get("value")), unit="count", shown=shown, reference=reference
            )
        )
    else:
        labels, values = [str(row["name"]) for row in rows[:30]], [as_number(row.get("value")) for row in rows[:30]]
        sheet.blocks.append(ChartBlock(title=title, unit="count", labels=labels, values=values, reference=reference))
    columns = [Column(key="name", label=by), Column(key="value", label=sheet.say("Count", "개수"), kind="number")]
    sheet.table(title, columns, rows, total, reference)
