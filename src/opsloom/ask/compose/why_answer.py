"""Blocks for why an alert fired, or why a rule did not."""

from __future__ import annotations

from opsloom.ask.blocks import Column
from opsloom.ask.compose import formats
from opsloom.ask.compose.sheet import Sheet, as_number
from opsloom.ask.compose.wording import topic
from opsloom.ask.plan import WhyStep
from opsloom.ask.tools.contract import Row

_VERDICTS = {
    "firing": ("it fires there", "그 대상에서 발생 중입니다"),
    "pending": (
        "its condition is true, but has not held long enough yet",
        "조건은 참이지만 아직 정해진 시간만큼 이어지지 않았습니다",
    ),
    "not_true": ("its condition is not true", "조건이 참이 아닙니다"),
    "unknown": ("its condition could not be decided: a value is missing", "값이 없어 조건을 판단할 수 없습니다"),
    "cooling_down": ("it is in its pause after the last alert", "지난 알림 뒤의 휴지 시간입니다"),
    "no_facts": ("nothing came in that it could judge", "판단할 데이터가 들어오지 않았습니다"),
    "not_in_force": ("it was not in force then", "그때는 적용 중이 아니었습니다"),
    "quarantined": ("it was taken out of service after failing", "오류로 격리되어 있었습니다"),
}


def add_why(sheet: Sheet, step: WhyStep) -> None:
    """The reason in a sentence, and the facts that decided it."""
    rows = sheet.rows(step)
    if not rows:
        return
    title = sheet.say("why", "이유")
    reference = sheet.cite(step, title)
    for row in rows:
        sheet.write(
            _fired(sheet, row, reference) if row["verdict"] == "fired" else _not_fired(sheet, row, reference), reference
        )
    facts = sheet.result(step).parts.get("facts")
    if facts is not None:
        label = sheet.say("facts that decided it", "판단한 근거")
        cite = sheet.cite(step, label, part="facts")
        columns = [
            Column(key=key, label=key, kind="time" if key == "time" else "text")
            for key in facts.columns
            if key != "ref"
        ]
        sheet.table(label, columns, [dict(row) for row in facts.rows], len(facts.rows), cite)


def _fired(sheet: Sheet, row: Row, reference: str) -> str:
    rule, name = sheet.state(str(row["rule"])), sheet.state(str(row.get("title") or row["key"]))
    at = sheet.state(formats.moment(str(row["fired_at"]), sheet.plan.zone)) if row.get("fired_at") else "-"
    condition = sheet.state(str(row.get("condition") or "-"))
    held = formats.plain(as_number(row.get("for_s")) or 0.0)
    checked = row.get("proof_holds")
    proof = sheet.say(" Its proof was checked again and holds.", " 증명을 다시 확인했고 성립합니다.") if checked else ""
    return sheet.say(
        f"**{name}** fired at {at} because the condition of rule **{rule}** (`{condition}`) was true for at least {held} s "
        f"[{reference}].{proof}",
        f"**{name}** 알림은 {at}에 규칙 **{rule}**의 조건(`{condition}`)이 {held}초 이상 참이어서 발생했습니다 [{reference}].{proof}",
    )


def _not_fired(sheet: Sheet, row: Row, reference: str) -> str:
    rule = sheet.state(str(row["rule"]))
    english, korean = _VERDICTS.get(str(row["verdict"]), (str(row["verdict"]), str(row["verdict"])))
    text = sheet.say(f"Rule **{rule}**: {english} [{reference}].", f"규칙 **{topic(rule)}** {korean} [{reference}].")
    if row.get("condition"):
        condition = sheet.state(str(row["condition"]))
        value, distance = as_number(row.get("value")), as_number(row.get("distance"))
        text += f" `{condition}`"
        if value is not None:
            text += sheet.say(f": the value is {formats.plain(value)}", f": 값은 {formats.plain(value)}")
        if distance is not None:
            text += sheet.say(f", {formats.plain(distance)} away", f", 기준까지 {formats.plain(distance)}")
        text += "."
    return text
