"""From a plan and its results to an answer: the blocks in order, the gaps named, and no number without evidence."""

from __future__ import annotations

import re

from opsloom.ask.blocks import Answer, AnswerStatus, Block, HypothesesBlock, MarkdownBlock, Reference, ReferencesBlock
from opsloom.ask.compose.call_answer import add_call, called
from opsloom.ask.compose.cause_answer import add_causes
from opsloom.ask.compose.derived_answer import add_comparison, add_correlation
from opsloom.ask.compose.formats import window as window_text
from opsloom.ask.compose.happening_answer import add_alerts, add_events, alerts_noun, events_noun
from opsloom.ask.compose.item_answer import add_items, items_noun
from opsloom.ask.compose.metric_answer import add_metric, title_of, unit_for
from opsloom.ask.compose.next_actions import add_next_actions
from opsloom.ask.compose.numbers import check_numbers
from opsloom.ask.compose.relation_answer import add_relations, relations_noun
from opsloom.ask.compose.sheet import Sheet, as_number
from opsloom.ask.compose.why_answer import add_why
from opsloom.ask.compose.wording import family_text, metric_title, note_text
from opsloom.ask.execute import Execution
from opsloom.ask.plan import (
    AlertsStep,
    ApiStep,
    CauseStep,
    CompareStep,
    CorrelateStep,
    EventsStep,
    Intent,
    ItemsStep,
    MetricStep,
    Plan,
    RelationsStep,
    SqlStep,
    Step,
    ToolStep,
    WhyStep,
)
from opsloom.ask.tools.contract import ToolStatus
from opsloom.inventory.schemas import Scalar

_DIGIT = re.compile(r"\d")


def compose(plan: Plan, execution: Execution) -> Sheet:
    """Blocks and references of everything that worked; a sentence for what has no data; a gap for what failed."""
    sheet = Sheet(plan, execution.results)
    for step in _in_order(plan):
        _add(sheet, step)
    if plan.intent is Intent.STATUS:
        _status_line(sheet)
    _say_nothing_found(sheet)
    _say_gaps(sheet)
    _say_notes(sheet)
    add_next_actions(sheet)
    return sheet


def _in_order(plan: Plan) -> list[Step]:
    """What only names the items of another step comes after what was asked."""
    sources = {step.items_from for step in plan.steps if step.items_from is not None}
    return sorted(plan.steps, key=lambda step: step.id in sources)


def _add(sheet: Sheet, step: Step) -> None:
    match step:
        case MetricStep():
            add_metric(sheet, step)
        case ItemsStep():
            add_items(sheet, step)
        case RelationsStep():
            add_relations(sheet, step)
        case AlertsStep():
            add_alerts(sheet, step)
        case EventsStep():
            add_events(sheet, step)
        case _:
            _add_other(sheet, step)


def _add_other(sheet: Sheet, step: Step) -> None:
    match step:
        case CompareStep():
            add_comparison(sheet, step)
        case CorrelateStep():
            add_correlation(sheet, step)
        case CauseStep():
            add_causes(sheet, step)
        case WhyStep():
            add_why(sheet, step)
        case ApiStep() | ToolStep() | SqlStep():
            add_call(sheet, step)


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
        if isinstance(step, CompareStep | CorrelateStep):
            if not result.derived.get("left"):
                _no_comparison(sheet, step, result.detail)
        elif result.evidence is None:
            sheet.write(
                sheet.say("What it would be looked up for was not found.", "조회할 대상이 없어 더 찾지 않았습니다.")
            )
        else:
            _nothing(sheet, step)


def _no_comparison(sheet: Sheet, step: CompareStep | CorrelateStep, detail: str) -> None:
    korean = {
        "too few common points": "공통 시점이 너무 적어 상관을 낼 수 없습니다.",
        "one of them does not change": "한쪽 값이 변하지 않아 상관을 낼 수 없습니다.",
        "there is nothing to divide by": "나눌 값이 0이어서 비율을 낼 수 없습니다.",
    }
    told = {"one side has no data": "There is nothing to compare: one side has no data."}
    names = sheet.state(f"{step.left_name}, {step.right_name}")
    english = told.get(detail, f"It cannot be worked out for {names}: {detail}.")
    sheet.write(sheet.say(english, korean.get(detail, "한쪽에 데이터가 없어 비교할 수 없습니다.")))


def _told_already(sheet: Sheet, step: Step) -> bool:
    """An empty list below a count of 0, an empty curve below a missing value, no open alerts in a status line."""
    if isinstance(step, AlertsStep) and sheet.plan.intent is Intent.STATUS:
        return True
    return sheet.is_detail(step)


def _nothing(sheet: Sheet, step: Step) -> None:
    window = getattr(step, "window", None)
    span = sheet.state(window_text(window, sheet.language)) if window is not None else ""
    what = sheet.state(_sought(sheet, step))
    reference = sheet.cite(step, what)
    sheet.write(
        sheet.say(
            f"No data: {what}{f', over {span}' if span else ''} [{reference}].",
            f"데이터가 없습니다: {what}{f', 구간 {span}' if span else ''} [{reference}].",
        ),
        reference,
    )


def _sought(sheet: Sheet, step: Step) -> str:
    """What was looked for."""
    match step:
        case MetricStep():
            bound = f" {step.having.comparison.value} {step.having.value:g} {unit_for(step, {})}" if step.having else ""
            return title_of(step, sheet.language) + bound
        case AlertsStep():
            return alerts_noun(sheet, step)
        case EventsStep():
            return events_noun(sheet, step)
        case ItemsStep():
            return items_noun(sheet, step)
        case RelationsStep():
            return relations_noun(sheet, step)
        case ApiStep() | ToolStep() | SqlStep():
            return called(step)
        case _:
            return sheet.say(*_OTHERS.get(step.kind, (step.kind, step.kind)))


_OTHERS = {
    "cause": ("anything unusual to explain", "설명할 만한 이상"),
    "why": ("an alert that fits", "해당하는 알림"),
}


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
        wrong = _unsupported(sheet, block)
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


def _unsupported(sheet: Sheet, block: Block) -> list[str]:
    """The numbers of a block's own words that no evidence holds."""
    if isinstance(block, MarkdownBlock):
        return check_numbers(block.text, _evidence(sheet, block.references), sheet.stated)
    if isinstance(block, HypothesesBlock):
        findings = [one for each in block.hypotheses for one in (*each.supports, *each.contradicts)]
        # A reason's own values are in the list of reasons; its reference is the query they were worked out from.
        reasons = [one.id for one in sheet.references if one.part == "findings"]
        return [
            number
            for one in findings
            for number in check_numbers(one.text, _evidence(sheet, [one.reference, *reasons]), sheet.stated)
        ]
    return []


def _evidence(sheet: Sheet, cites: list[str]) -> list[float]:
    """The numbers words may use: those of the references they cite, and what was worked out from them."""
    cited = [one for one in sheet.references if one.id in cites]
    numbers = [number for one in cited for number in _numbers(one)] + sheet.worked
    for step in sheet.plan.steps:
        derived: dict[str, Scalar] = sheet.result(step).derived
        numbers += [number for number in map(as_number, derived.values()) if number is not None]
    return numbers


def _numbers(reference: Reference) -> list[float]:
    # A curve has so many points that some would support any number: only single values and rankings count as evidence.
    rows = reference.rows if reference.row_count <= 60 else reference.rows[:1]
    numbers = [number for row in rows for number in map(as_number, row.values()) if number is not None]
    return [*numbers, float(reference.row_count)]


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
