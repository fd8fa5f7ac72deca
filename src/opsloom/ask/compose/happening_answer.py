"""Blocks for alerts and events: changes, maintenance works, deployments and incidents are events too."""

from __future__ import annotations

from datetime import datetime, timedelta

from opsloom.ask.blocks import Column, NumberBlock, TimelineBlock, TimelineMoment
from opsloom.ask.compose import formats
from opsloom.ask.compose.counting import Ranked, add_count, add_ranking
from opsloom.ask.compose.item_answer import filter_text
from opsloom.ask.compose.sheet import Sheet, as_number
from opsloom.ask.compose.wording import aggregate_name, group_name, topic
from opsloom.ask.plan import AlertsStep, EventsStep, Intent, Language, Output, TimeWindow
from opsloom.ask.tools.contract import Row
from opsloom.inventory.schemas import Aggregate

OPEN = {"firing", "acknowledged"}
_KINDS = {
    "change.": ("changes", "변경"),
    "maintenance.": ("maintenance works", "유지보수 작업"),
    "deployment.": ("deployments", "배포"),
    "incident.": ("incidents", "장애"),
}
_ALERT_GROUPS = {
    "by_rule": ("Rule", "규칙"), "by_item": ("Item", "항목"), "by_severity": ("Severity", "심각도"),
    "by_state": ("State", "상태"), "by_day": ("Day", "날짜"),
}  # fmt: skip
_EVENT_GROUPS = {
    "by_type": ("Type", "유형"), "by_subject": ("Item", "항목"), "by_source": ("Source", "출처"), "by_day": ("Day", "날짜"),
    "by_hour": ("Hour", "시간대"), "by_severity": ("Severity", "심각도"),
}  # fmt: skip
_UNITS = {"min": "min", "ms": "ms", "s": "s", "percent": "percent", "bytes": "bytes"}


def add_alerts(sheet: Sheet, step: AlertsStep) -> None:
    """Alerts as a number, a ranking, a duration or a table."""
    rows = sheet.rows(step)
    if not rows:
        return
    noun, span = alerts_noun(sheet, step), _span(sheet, step.window)
    if step.mode == "count":
        add_count(sheet, step, rows[0], noun, span)
    elif step.mode == "average_duration":
        _duration(sheet, step, rows[0], noun, span)
    elif step.mode in _ALERT_GROUPS:
        add_ranking(sheet, step, rows, Ranked(noun, sheet.say(*_ALERT_GROUPS[step.mode]), span, "last_fired_at"))
    else:
        _list(sheet, step, rows, noun, span)


def add_events(sheet: Sheet, step: EventsStep) -> None:
    """Events as a number, a ranking, an aggregate, or a table with a timeline."""
    rows = sheet.rows(step)
    if not rows:
        return
    noun, span = events_noun(sheet, step), _span(sheet, step.window)
    if step.mode == "count":
        add_count(sheet, step, rows[0], noun, span)
    elif step.mode == "aggregate":
        _aggregate(sheet, step, rows[0], noun, span)
    elif step.mode == "list":
        _list(sheet, step, rows, noun, span)
    else:
        label = (
            sheet.say(*_EVENT_GROUPS[step.mode])
            if step.mode in _EVENT_GROUPS
            else group_name(step.field or "", sheet.language)
        )
        add_ranking(sheet, step, rows, Ranked(noun, label, span, "last_time"))


def alerts_noun(sheet: Sheet, step: AlertsStep) -> str:
    """ "open critical alerts (web-01)"."""
    noun = sheet.say("alerts", "알림")
    if step.severities:
        noun = f"{'/'.join(step.severities)} {noun}"
    if step.states:
        noun = (
            sheet.say(f"open {noun}", f"열린 {noun}") if set(step.states) == OPEN else f"{'/'.join(step.states)} {noun}"
        )
    limits = [*step.item_types, *([f"“{step.text}”"] if step.text else [])]
    return sheet.state(f"{noun} ({', '.join(limits)})") if limits else noun


def events_noun(sheet: Sheet, step: EventsStep) -> str:
    """ "changes (result = failed)"; all events when no type is asked for."""
    kinds = [sheet.say(*_KINDS[one]) if one in _KINDS else one for one in step.types]
    noun = ", ".join(kinds) or sheet.say("events", "이벤트")
    if step.severities:
        noun = f"{'/'.join(step.severities)} {noun}"
    limits = [*step.item_types, *(filter_text(one, sheet.language) for one in step.filters)]
    limits += [f"“{step.text}”"] if step.text else []
    limits += [", ".join(step.subjects)] if step.subjects else []
    return sheet.state(f"{noun} ({', '.join(limits)})" if limits else noun)


def _span(sheet: Sheet, window: TimeWindow | None) -> str:
    return sheet.state(formats.window(window, sheet.language)) if window is not None else ""


def _over(sheet: Sheet, span: str) -> tuple[str, str]:
    return (f", over {span}", f" 구간 {span}.") if span else ("", "")


def _duration(sheet: Sheet, step: AlertsStep, row: Row, noun: str, span: str) -> None:
    value = as_number(row.get("value")) or 0.0
    title = sheet.say(f"average duration of {noun}", f"{noun}의 평균 지속 시간")
    reference, shown = sheet.cite(step, title, "s"), _lasted(sheet, value)
    count, over = formats.plain(as_number(row.get("samples")) or 0.0), _over(sheet, span)
    sheet.write(
        sheet.say(
            f"The {title} was **{shown}** [{reference}], of {count} that ended{over[0]}.",
            f"{topic(title)} **{shown}**입니다 [{reference}]. 끝난 {count}건 기준.{over[1]}",
        ),
        reference,
    )
    sheet.blocks.append(NumberBlock(label=title, value=value, unit="s", shown=shown, reference=reference))


def _lasted(sheet: Sheet, seconds: float) -> str:
    """Seconds in the unit people say them in."""
    for size, english, korean in ((3600, "h", "시간"), (60, "min", "분")):
        if seconds >= size:
            return f"{formats.plain(sheet.work_out(seconds / size))} {sheet.say(english, korean)}"
    return f"{formats.plain(seconds)} {sheet.say('s', '초')}"


def _aggregate(sheet: Sheet, step: EventsStep, row: Row, noun: str, span: str) -> None:
    value, aggregate = as_number(row.get("value")) or 0.0, step.aggregate or Aggregate.AVG
    unit = str(row.get("unit") or _UNITS.get((step.field or "").rpartition("_")[2], ""))
    field, how = group_name(step.field or "", sheet.language), aggregate_name(aggregate, sheet.language)
    title = sheet.state(sheet.say(f"{how} {field} of {noun}", f"{noun}의 {field} {how}"))
    reference, shown = sheet.cite(step, title, unit), formats.number(value, unit)
    count, over = formats.plain(as_number(row.get("samples")) or 0.0), _over(sheet, span)
    sheet.write(
        sheet.say(
            f"The {title} was **{shown}** [{reference}], of {count}{over[0]}.",
            f"{topic(title)} **{shown}**입니다 [{reference}]. {count}건 기준.{over[1]}",
        ),
        reference,
    )
    sheet.blocks.append(NumberBlock(label=title, value=value, unit=unit, shown=shown, reference=reference))


_COLUMNS = {
    "alerts": (
        ("fired_at", "Fired", "발생", "time"), ("severity", "Severity", "심각도", "text"), ("state", "State", "상태", "text"),
        ("title", "Alert", "알림", "text"), ("item", "Item", "항목", "text"), ("rule", "Rule", "규칙", "text"),
        ("resolved_at", "Resolved", "해소", "time"), ("key", "Key", "키", "text"),
    ),
    "events": (
        ("time", "Time", "시각", "time"), ("type", "Type", "유형", "text"), ("subject", "Subject", "대상", "text"),
        ("title", "Title", "제목", "text"), ("severity", "Severity", "심각도", "text"), ("result", "Result", "결과", "text"),
        ("duration_min", "Minutes", "소요(분)", "number"), ("team", "Team", "팀", "text"), ("cause", "Cause", "원인", "text"),
        ("message", "Message", "내용", "text"), ("source", "Source", "출처", "text"),
    ),
}  # fmt: skip


def _list(sheet: Sheet, step: AlertsStep | EventsStep, rows: list[Row], noun: str, span: str) -> None:
    reference, total = sheet.cite(step, noun), sheet.total(rows)
    rows = [_titled(sheet, row) for row in rows]
    if sheet.plan.intent is not Intent.STATUS and not sheet.is_detail(step):
        sheet.write(_list_sentence(sheet, step, rows, (noun, span, reference)), reference)
    if isinstance(step, EventsStep) and (sheet.plan.intent is Intent.HISTORY or sheet.plan.output is Output.TIMELINE):
        moments = sorted((_moment(row) for row in rows), key=lambda one: one.time)
        sheet.blocks.append(TimelineBlock(title=noun, moments=moments, window=step.window, reference=reference))
    columns = [
        Column.model_validate({"key": key, "label": sheet.say(english, korean), "kind": kind})
        for key, english, korean, kind in _COLUMNS[step.kind]
        if any(row.get(key) is not None for row in rows)
    ]
    sheet.table(noun, columns, rows, total, reference)


def _titled(sheet: Sheet, row: Row) -> Row:
    """The title in the language of the answer, where it has one."""
    korean = row.get("title_ko") if sheet.language is Language.KO else None
    return {**row, "title": korean} if korean else row


def _list_sentence(sheet: Sheet, step: AlertsStep | EventsStep, rows: list[Row], said: tuple[str, str, str]) -> str:
    noun, span, reference = said
    over = _over(sheet, span)
    if step.nth is not None or step.limit == 1:
        return _one_sentence(sheet, step, rows[0], said)
    total, shown = sheet.total(rows), len(rows)
    newest = sheet.say("oldest" if step.ascending else "newest", "오래된" if step.ascending else "최근")
    if shown < total:
        return sheet.say(
            f"**{total:,}** {noun} [{reference}], the {newest} {shown} below{over[0]}.",
            f"{noun} **{total:,}**건 중 {newest} {shown}건입니다 [{reference}].{over[1]}",
        )
    return sheet.say(
        f"**{total:,}** {noun} [{reference}]{over[0]}.", f"{noun} **{total:,}**건입니다 [{reference}].{over[1]}"
    )


def _one_sentence(sheet: Sheet, step: AlertsStep | EventsStep, row: Row, said: tuple[str, str, str]) -> str:
    """The n-th latest: what it was, when, about what, with which result."""
    noun, span, reference = said
    number = step.nth or 1
    name = sheet.state(str(row.get("title") or row.get("message") or row.get("type") or "-"))
    about = sheet.state(str(row.get("item") or row.get("subject") or row.get("key") or "-"))
    at = sheet.state(formats.moment(str(row.get("time") or row.get("fired_at")), _zone(sheet, step)))
    more = [
        str(row[key])
        for key in ("type", "result", "severity", "state", "cause", "team")
        if row.get(key) not in (None, "")
    ]
    if row.get("duration_min") is not None:
        more.append(sheet.say(f"{row['duration_min']} min", f"{row['duration_min']}분"))
    detail, over = sheet.state(", ".join(more)), _over(sheet, span)
    place = sheet.state(formats.ordinal(number)) + " " if number > 1 else ""
    places = sheet.state(f"{number}번째") + "로 " if number > 1 else "가장 "
    order = _order(sheet, step)
    return sheet.say(
        f"The {place}{order[0]} of {noun}: **{name}** on **{about}** at {at} ({detail}) [{reference}]{over[0]}.",
        f"{noun} 중 {places}{order[1]} 것은 {at} **{about}**의 **{name}**입니다 ({detail}) [{reference}].{over[1]}",
    )


def _order(sheet: Sheet, step: AlertsStep | EventsStep) -> tuple[str, str]:
    """By what the first is the first, in both languages."""
    if isinstance(step, EventsStep) and step.order_by is not None:
        field = group_name(step.order_by, sheet.language)
        least = step.ascending
        return (
            "one with the least " if least else "one with the most "
        ) + field, f"{field} 값이 {'작은' if least else '큰'}"
    return ("oldest", "오래된") if step.ascending else ("most recent", "최근")


def _zone(sheet: Sheet, step: AlertsStep | EventsStep) -> str:
    return step.window.zone if step.window is not None else sheet.plan.zone


def _moment(row: Row) -> TimelineMoment:
    at, minutes = datetime.fromisoformat(str(row["time"])), as_number(row.get("duration_min"))
    return TimelineMoment(
        time=at,
        until=at + timedelta(minutes=minutes) if minutes else None,
        label=str(row.get("title") or row.get("message") or row.get("type")),
        kind=str(row.get("type") or ""),
        severity=str(row.get("severity") or ""),
        item=str(row.get("subject") or ""),
    )
