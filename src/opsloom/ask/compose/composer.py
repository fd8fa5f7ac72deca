"""From a plan and its results to an answer: the blocks in order, the gaps named, and no number without evidence."""

from __future__ import annotations

import re

from opsloom.ask.blocks import Answer, AnswerStatus, Block, MarkdownBlock, Reference, ReferencesBlock
from opsloom.ask.compose.formats import window as window_text
from opsloom.ask.compose.metric_answer import add_comparison, add_metric, title_of, unit_for
from opsloom.ask.compose.numbers import check_numbers
from opsloom.ask.compose.sheet import Sheet, as_number
from opsloom.ask.compose.thing_answer import add_alerts, add_events, add_items, add_relations
from opsloom.ask.compose.wording import family_text, metric_title, note_text
from opsloom.ask.execute import Execution
from opsloom.ask.plan import (
    AlertsStep,
    CompareStep,
    EventsStep,
    Intent,
    ItemsStep,
    MetricStep,
    Plan,
    RelationsStep,
    Step,
)
from opsloom.ask.tools.contract import ToolStatus
from opsloom.inventory.schemas import Scalar

_DIGIT = re.compile(r"\d")


def compose(plan: Plan, execution: Execution) -> Sheet:
    """Blocks and references of everything that worked; a sentence for what has no data; a gap for what failed."""
    sheet = Sheet(plan, execution.results)
    for step in plan.steps:
        _add(sheet, step)
    if plan.intent is Intent.STATUS:
        _status_line(sheet)
    _say_nothing_found(sheet)
    _say_gaps(sheet)
    _say_notes(sheet)
    return sheet


def _add(sheet: Sheet, step: Step) -> None:
    match step:
        case MetricStep():
            add_metric(sheet, step)
        case CompareStep():
            add_comparison(sheet, step)
        case ItemsStep():
            add_items(sheet, step)
        case RelationsStep():
            add_relations(sheet, step)
        case AlertsStep():
            add_alerts(sheet, step)
        case EventsStep():
            add_events(sheet, step)


def _status_line(sheet: Sheet) -> None:
    """One paragraph before the tables: the state in words."""
    names = sheet.state(", ".join(entity.name for entity in sheet.plan.entities))
    parts: list[str] = []
    cites: list[str] = []
    for step in sheet.plan.steps:
        result = sheet.result(step)
        if isinstance(step, AlertsStep) and result.status in (ToolStatus.SUCCESS, ToolStatus.NO_DATA):
            rows = result.evidence.rows if result.evidence else ()
            total = int(as_number(rows[0].get("total")) or 0) if rows else 0
            cite = sheet.cite(step, sheet.say("open alerts", "열린 알림"), "count")
            parts.append(
                sheet.say(
                    f"{total or 'no'} open alerts [{cite}]", f"열린 알림 {f'{total}건' if total else '없음'} [{cite}]"
                )
            )
            cites.append(cite)
        if isinstance(step, MetricStep) and step.shape == "value":
            number = next(
                (one for one in sheet.blocks if one.type == "number" and one.label == title_of(step, sheet.language)),
                None,
            )
            if number is not None and number.type == "number":
                title = sheet.state(metric_title(step.metric, sheet.language))
                parts.append(f"{title} {number.shown} [{number.reference}]")
                cites.append(number.reference)
    if parts:
        text = f"{names}: {', '.join(parts)}."
        sheet.blocks.insert(0, MarkdownBlock(text=text, references=list(dict.fromkeys(cites))))


def _say_nothing_found(sheet: Sheet) -> None:
    """`no_data` is an answer: what was looked for, where, and when."""
    for step in sheet.plan.steps:
        result = sheet.result(step)
        if result.status is not ToolStatus.NO_DATA or _told_already(sheet, step):
            continue
        if isinstance(step, CompareStep):
            sheet.write(
                sheet.say(
                    "There is nothing to compare: one side has no data.", "한쪽에 데이터가 없어 비교할 수 없습니다."
                )
            )
        else:
            _nothing(sheet, step)


def _told_already(sheet: Sheet, step: Step) -> bool:
    """An empty list below a count of 0, an empty curve below a missing value, no open alerts in a status line."""
    if isinstance(step, MetricStep):
        return step.shape == "series" and sheet.plan.intent is not Intent.SERIES
    return sheet.plan.intent is Intent.COUNT or (isinstance(step, AlertsStep) and sheet.plan.intent is Intent.STATUS)


def _nothing(sheet: Sheet, step: Step) -> None:
    window = getattr(step, "window", None)
    span = sheet.state(window_text(window, sheet.language)) if window is not None else ""
    if isinstance(step, MetricStep):
        what = sheet.state(title_of(step, sheet.language))
        if step.having is not None:
            bound = sheet.state(f"{step.having.comparison.value} {step.having.value:g} {unit_for(step, {})}")
            what = f"{what} {bound}"
    else:
        what = {
            "alerts": sheet.say("alerts", "알림"),
            "events": sheet.say("events", "이벤트"),
            "items": sheet.say("items", "항목"),
            "relations": sheet.say("relations", "관계"),
        }[step.kind]
    reference = sheet.cite(step, what)
    sheet.write(
        sheet.say(
            f"No data: {what}{f', over {span}' if span else ''} [{reference}].",
            f"데이터가 없습니다: {what}{f', 구간 {span}' if span else ''} [{reference}].",
        ),
        reference,
    )


def _say_gaps(sheet: Sheet) -> None:
    for gap in sheet.gaps:
        reason = family_text(gap.family, sheet.language)
        detail = sheet.state(gap.detail)
        sheet.write(
            sheet.say(
                f"A part is missing ({gap.what}): {reason}; {detail}.",
                f"일부를 답하지 못했습니다({gap.what}): {reason}; {detail}.",
            )
        )


def _say_notes(sheet: Sheet) -> None:
    lines = []
    for note in sheet.plan.notes:
        text = note_text(note, sheet.language)
        lines.append(f"- {sheet.state(text) if _DIGIT.search(text) else text}")
    if lines:
        sheet.write("\n".join(dict.fromkeys(lines)))


def present(sheet: Sheet) -> tuple[Answer, list[str]]:
    """The answer, and the numbers that had to be withheld because nothing supports them (there should be none)."""
    withheld: list[str] = []
    blocks: list[Block] = []
    for block in sheet.blocks:
        if isinstance(block, MarkdownBlock):
            wrong = check_numbers(block.text, _evidence(sheet, block), sheet.stated)
            if wrong:
                withheld += wrong
                continue
        blocks.append(block)
    if sheet.references:
        blocks.append(ReferencesBlock(references=[one.id for one in sheet.references]))
    answer = Answer(
        language=sheet.language,
        status=_status(sheet, withheld),
        blocks=blocks,
        references=sheet.references,
        gaps=sheet.gaps,
    )
    return answer, withheld


def _evidence(sheet: Sheet, block: MarkdownBlock) -> list[float]:
    """The numbers a paragraph may use: those of the references it cites, and what was worked out from them."""
    cited = [one for one in sheet.references if one.id in block.references]
    numbers = [number for one in cited for number in _numbers(one)]
    for step in sheet.plan.steps:
        derived: dict[str, Scalar] = sheet.result(step).derived
        numbers += [number for number in map(as_number, derived.values()) if number is not None]
    return numbers


def _numbers(reference: Reference) -> list[float]:
    # A curve has so many points that some would support any number: only single values and rankings count as evidence.
    rows = reference.rows if reference.row_count <= 60 else reference.rows[:1]
    return [number for row in rows for number in map(as_number, row.values()) if number is not None]


def _status(sheet: Sheet, withheld: list[str]) -> AnswerStatus:
    statuses = [sheet.result(step).status for step in sheet.plan.steps]
    if withheld:
        return AnswerStatus.FAILED
    worked = [one for one in statuses if one in (ToolStatus.SUCCESS, ToolStatus.NO_DATA)]
    if not worked:
        return AnswerStatus.FAILED
    if sheet.gaps:
        return AnswerStatus.PARTIAL
    return AnswerStatus.ANSWERED if ToolStatus.SUCCESS in statuses else AnswerStatus.NO_DATA
