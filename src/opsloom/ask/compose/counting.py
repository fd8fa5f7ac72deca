"""A number of things, and how many of each: the same for alerts, events and items."""

from __future__ import annotations

from dataclasses import dataclass

from opsloom.ask.blocks import ChartBlock, Column, NumberBlock
from opsloom.ask.compose import formats
from opsloom.ask.compose.sheet import Sheet, as_number
from opsloom.ask.compose.wording import subject
from opsloom.ask.plan import AlertsStep, EventsStep, Step
from opsloom.ask.tools.contract import Row

MAX_BARS = 31
CHRONOLOGICAL = ("by_day", "by_hour")


def add_count(sheet: Sheet, step: Step, row: Row, noun: str, span: str) -> None:
    """One number. Zero is a number too."""
    value = as_number(row.get("value")) or 0.0
    reference, shown = sheet.cite(step, noun, "count"), formats.plain(value)
    if sheet.language.value == "en":
        text = f"There are **{shown}** {noun} [{reference}]{f', over {span}' if span else ''}."
    else:
        text = f"{noun}: **{shown}**건 [{reference}].{f' 구간 {span}.' if span else ''}"
    sheet.write(text, reference)
    sheet.blocks.append(NumberBlock(label=noun, value=value, unit="count", shown=shown, reference=reference))


@dataclass(frozen=True)
class Ranked:
    """What is ranked: `noun` by `label`, over `span`."""

    noun: str
    label: str
    span: str
    last: str  # the column that tells when the last one was


def add_ranking(sheet: Sheet, step: AlertsStep | EventsStep, rows: list[Row], ranked: Ranked) -> None:
    """How many of each, the first in words. Days and hours are shown in their order."""
    title = sheet.state(sheet.say(f"{ranked.noun} by {ranked.label.lower()}", f"{ranked.label}별 {ranked.noun}"))
    reference, total = sheet.cite(step, title, "count"), sheet.total(rows)
    if not sheet.is_detail(step):
        sheet.write(_sentence(sheet, step, rows[0], ranked, reference), reference)
    if step.mode in CHRONOLOGICAL:
        rows = sorted(rows, key=lambda row: str(row["name"]))
    elif step.nth is None:
        rows = rows[: step.limit]
    labels, values = [str(row["name"]) for row in rows], [as_number(row.get("value")) for row in rows]
    if len(rows) > 1:
        sheet.blocks.append(
            ChartBlock(
                title=title, unit="count", labels=labels[:MAX_BARS], values=values[:MAX_BARS], reference=reference
            )
        )
    else:
        shown = formats.plain(values[0] or 0.0)
        sheet.blocks.append(
            NumberBlock(label=labels[0], value=values[0], unit="count", shown=shown, reference=reference)
        )
    columns = [
        Column(key="name", label=ranked.label),
        Column(key="value", label=sheet.say("Count", "건수"), kind="number"),
        Column(key=ranked.last, label=sheet.say("Last", "마지막"), kind="time"),
    ]
    sheet.table(title, columns, rows, total, reference)


def _sentence(sheet: Sheet, step: AlertsStep | EventsStep, first: Row, ranked: Ranked, reference: str) -> str:
    name, shown = sheet.state(str(first["name"])), formats.plain(as_number(first.get("value")) or 0.0)
    whole = formats.plain(as_number(first.get("whole")) or 0.0)
    noun, least = ranked.noun, step.ascending
    if step.nth is not None:
        english = f"{sheet.state(formats.ordinal(step.nth))} {'fewest' if least else 'most'}"
        korean = f"{sheet.state(f'{step.nth}번째')}로 {'적은' if least else '많은'}"
    else:
        english, korean = ("Fewest", "가장 적은") if least else ("Most", "가장 많은")
    return sheet.say(
        f"{english} {noun}: **{name}** with **{shown}** of {whole} [{reference}]{f', over {ranked.span}' if ranked.span else ''}.",
        f"{subject(noun)} {korean} 것은 **{name}**, 전체 {whole}건 중 **{shown}**건입니다 [{reference}]."
        + (f" 구간 {ranked.span}." if ranked.span else ""),
    )
