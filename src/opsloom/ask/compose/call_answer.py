"""Blocks for what an API, a tool or a connection returned."""

from __future__ import annotations

from opsloom.ask.blocks import Column
from opsloom.ask.compose.sheet import Sheet, as_number
from opsloom.ask.plan import ApiStep, SqlStep, ToolStep

MAX_COLUMNS = 20


def add_call(sheet: Sheet, step: ApiStep | ToolStep | SqlStep) -> None:
    """The rows as a table, and how many there are."""
    rows = sheet.rows(step)
    if not rows:
        return
    name = sheet.state(called(step))
    title = sheet.say(f"result of {name}", f"{name} 결과")
    reference = sheet.cite(step, title)
    evidence = sheet.result(step).evidence
    cut = evidence is not None and evidence.truncated
    more = sheet.say(", cut there", "까지만 표시") if cut else ""
    sheet.write(
        sheet.say(
            f"{name} returned **{len(rows)}** rows [{reference}]{more}.",
            f"{name}: **{len(rows)}**건 [{reference}]{more}.",
        ),
        reference,
    )
    names = list(dict.fromkeys(key for row in rows for key in row))[:MAX_COLUMNS]
    columns = [
        Column(
            key=key, label=key, kind="number" if all(as_number(row.get(key)) is not None for row in rows) else "text"
        )
        for key in names
    ]
    sheet.table(title, columns, rows[:200], len(rows), reference)


def called(step: ApiStep | ToolStep | SqlStep) -> str:
    """What is called, by its key."""
    match step:
        case ApiStep():
            return step.api
        case ToolStep():
            return step.tool
        case SqlStep():
            return step.connection
