"""Blocks for possible causes: hypotheses with what speaks for and against each, never a verdict."""

from __future__ import annotations

from typing import Literal, cast

from opsloom.ask.blocks import CauseFinding, Column, HypothesesBlock, Hypothesis
from opsloom.ask.causes.findings import FindingKind
from opsloom.ask.compose import formats
from opsloom.ask.compose.sheet import Sheet, as_number
from opsloom.ask.compose.wording import metric_title, topic
from opsloom.ask.plan import CauseStep
from opsloom.ask.tools.contract import Row

_PARTS = {
    FindingKind.DEVIATION: "metrics", FindingKind.NO_DEVIATION: "metrics", FindingKind.EARLIER: "metrics",
    FindingKind.LATER: "metrics", FindingKind.CHANGE: "events", FindingKind.ERROR_EVENTS: "events",
    FindingKind.ALERT: "alerts", FindingKind.FAR: "relations", FindingKind.QUIET_NEEDS: "metrics",
    FindingKind.EXPLAINED: "metrics",
}  # fmt: skip


def add_causes(sheet: Sheet, step: CauseStep) -> None:
    """The best hypothesis in words, all of them as a block; or that the cause is not among what is observed."""
    rows = sheet.rows(step)
    if not rows:
        return
    first, title = rows[0], sheet.say("possible causes", "원인 후보")
    reference = sheet.cite(step, title)
    reasons_cite = sheet.cite(step, sheet.say("reasons", "판단 근거"), part="findings")
    hypotheses = [_hypothesis(sheet, step, row) for row in rows]
    observed = bool(first["observed"])
    sheet.write(_sentence(sheet, step, first, reference), reference)
    if observed and hypotheses[0].supports:
        reasons = " ".join(f"{one.text} [{one.reference}]" for one in hypotheses[0].supports)
        sheet.write(
            sheet.say(f"For it: {reasons}", f"근거: {reasons}"),
            reasons_cite,
            *(one.reference for one in hypotheses[0].supports),
        )
    block = HypothesesBlock(
        title=title,
        symptom=f"{first['symptom']}: {metric_title(str(first['metric']), sheet.language)}",
        observed=observed,
        hypotheses=hypotheses,
        window=step.window,
        reference=reference,
    )
    sheet.blocks.append(block)
    columns = [
        Column(key="rank", label="#", kind="number"),
        Column(key="item", label=sheet.say("Item", "항목")),
        Column(key="item_type", label=sheet.say("Type", "유형")),
        Column(key="score", label=sheet.say("Score", "점수"), kind="number"),
        Column(key="confidence", label=sheet.say("Confidence", "확신")),
        Column(key="path", label=sheet.say("Way", "경로")),
    ]
    sheet.table(title, columns, rows, len(rows), reference)


_CONFIDENCE = {"high": "높음", "medium": "보통", "low": "낮음"}


def _sentence(sheet: Sheet, step: CauseStep, first: Row, reference: str) -> str:
    """What was off and when, and the likeliest cause; or that there is none among the observed."""
    symptom = sheet.state(str(first["symptom"]))
    metric = sheet.state(metric_title(str(first["metric"]), sheet.language))
    since, until = (formats.moment(str(first[key]), step.window.zone, seconds=False) for key in ("onset", "until"))
    span, best = sheet.state(f"{since} ~ {until} ({step.window.zone})"), sheet.state(str(first["item"]))
    if not first["observed"]:
        return sheet.say(
            f"{symptom}: {metric} was off over {span}, but all evidence is weak: the cause is not among the observed [{reference}].",
            f"{symptom}의 {metric} 이상 구간은 {span}이지만 근거가 모두 약합니다. 원인은 관측된 것 중에 없습니다 [{reference}].",
        )
    return sheet.say(
        f"{symptom}: {metric} was off over {span}. The likeliest cause among what is observed is **{best}** "
        f"({first['item_type']}; confidence {first['confidence']}) [{reference}]. It is a hypothesis, not a verdict.",
        f"{symptom}의 {metric} 이상 구간은 {span}입니다. 관측된 것 중 가장 유력한 원인은 **{best}**입니다"
        f"({first['item_type']}, 확신 {_CONFIDENCE[str(first['confidence'])]}) [{reference}]. 확정이 아닌 가설입니다.",
    )


def _hypothesis(sheet: Sheet, step: CauseStep, row: Row) -> Hypothesis:
    name = sheet.state(str(row["item"]))
    said = [
        (_finding(sheet, step, reason), reason["supports"]) for reason in _reasons(sheet, step, str(row["item_id"]))
    ]
    return Hypothesis(
        item=name,
        item_id=str(row["item_id"]),
        item_type=str(row["item_type"]),
        score=as_number(row["score"]) or 0.0,
        share=as_number(row["share"]) or 0.0,
        confidence=cast("Literal['high', 'medium', 'low']", str(row["confidence"])),
        statement=sheet.say(
            f"{name} ({row['item_type']}) caused it.",
            f"{name}({row['item_type']}){formats.particle(name, '이', '가')} 원인이다.",
        ),
        supports=[one for one, supports in said if supports],
        contradicts=[one for one, supports in said if not supports],
        path=str(row["path"]).split(" → "),
    )


def _reasons(sheet: Sheet, step: CauseStep, item_id: str) -> list[Row]:
    return [dict(row) for row in sheet.result(step).parts["findings"].rows if row["item_id"] == item_id]


def _finding(sheet: Sheet, step: CauseStep, reason: Row) -> CauseFinding:
    kind = FindingKind(str(reason["kind"]))
    part = _PARTS[kind]
    if part not in sheet.result(step).parts:
        part = "findings"
    titles = {
        "metrics": sheet.say("deviations of metrics", "지표 이상"), "events": sheet.say("changes and errors", "변경과 오류"),
        "alerts": sheet.say("alerts around the time", "당시 알림"), "relations": sheet.say("dependencies", "의존 관계"),
    }  # fmt: skip
    return CauseFinding(
        text=_text(sheet, step, kind, reason), reference=sheet.cite(step, titles.get(part, part), part=part)
    )


_TEXTS = {
    FindingKind.CHANGE: (
        "Changed {minutes} min before it began: {name} ({at}).",
        "시작 {minutes}분 전에 변경이 있었습니다: {name} ({at}).",
    ),
    FindingKind.ERROR_EVENTS: (
        "{count} error events, first “{name}” at {at}.",
        "오류 이벤트 {count}건, 처음은 {at} “{name}”.",
    ),
    FindingKind.ALERT: ("An alert fired: {name}.", "알림이 발생했습니다: {name}."),
    FindingKind.EARLIER: ("It was off {minutes} min before the symptom.", "증상보다 {minutes}분 먼저 이상해졌습니다."),
    FindingKind.LATER: (
        "It was off only {minutes} min after the symptom began.",
        "증상이 시작되고 {minutes}분 뒤에야 이상해졌습니다.",
    ),
    FindingKind.EXPLAINED: (
        "{name}, which it depends on, is off too.",
        "의존하는 {name}도 이상해서 그 영향일 수 있습니다.",
    ),
    FindingKind.QUIET_NEEDS: ("Nothing it depends on is off.", "의존하는 것 중에 이상한 것이 없습니다."),
    FindingKind.NO_DEVIATION: ("None of its metrics left its usual range.", "평소 범위를 벗어난 지표가 없습니다."),
    FindingKind.FAR: ("What lies between it and the symptom is quiet.", "증상과의 사이에 있는 것들은 정상입니다."),
}


def _text(sheet: Sheet, step: CauseStep, kind: FindingKind, reason: Row) -> str:
    at = sheet.state(formats.moment(str(reason["time"]), step.window.zone)) if reason.get("time") else ""
    if kind is FindingKind.DEVIATION:
        return _deviation(sheet, reason, at)
    name = sheet.state(str(reason.get("title") or reason.get("name") or ""))
    minutes, count = (formats.plain(as_number(reason.get(key)) or 0.0) for key in ("minutes", "count"))
    return sheet.say(*_TEXTS[kind]).format(minutes=minutes, count=count, name=name, at=at)


def _deviation(sheet: Sheet, reason: Row, at: str) -> str:
    unit, metric = str(reason.get("unit") or ""), sheet.state(metric_title(str(reason["metric"]), sheet.language))
    value, usual = (formats.number(as_number(reason[key]) or 0.0, unit) for key in ("value", "usual"))
    since = sheet.say(f", since {at}", f", {at}부터") if at else ""
    return sheet.say(
        f"{metric} went to {value}, usually {usual}{since}.",
        f"{topic(metric)} {value}까지 갔습니다. 평소 {usual}{since}.",
    )
