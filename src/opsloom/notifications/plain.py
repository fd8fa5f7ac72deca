"""The plain words of a message, in Korean and English, from what is told to programs. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import JsonValue

from opsloom.notifications.content import Language
from opsloom.notifications.words import ACKNOWLEDGE, Words

_LISTED: Final = 20
_SAYS: Final = {
    Language.KO: {"rule": "규칙", "key": "키", "labels": "라벨", "open": "열기", "ack": "확인 처리", "more": "그 밖에 {0}건", "by": "처리"},
    Language.EN: {
        "rule": "Rule", "key": "Key", "labels": "Labels", "open": "Open", "ack": "Acknowledge", "more": "and {0} more", "by": "By",
    },
}  # fmt: skip


def context(body: Mapping[str, Any], link: str | None, *, can_acknowledge: bool) -> dict[str, JsonValue]:
    """What a template sees of a message."""
    data = dict(body.get("data", {}))
    return {
        "type": body.get("type"),
        "timestamp": body.get("timestamp"),
        **data,
        "link": link,
        "acknowledge": ACKNOWLEDGE if can_acknowledge else None,
    }


def words(given: Mapping[str, Any], language: Language) -> Words:
    """The words of a message whose template says nothing, or that has none."""
    message = given.get("message") or {}
    title = str(message.get(language) or message.get("en") or given.get("title") or given.get("type"))
    lines = [given["title"]] if given.get("title") else []
    if given.get("type") == "digest":
        lines += _listed(given, language)
    elif "alert" in given:
        lines += _about(given, language)
    elif not lines:
        lines = [title]
    says = _SAYS[language]
    if given.get("link"):
        lines += ["", f"{says['open']}: {given['link']}"]
    if given.get("acknowledge"):
        lines.append(f"{says['ack']}: {given['acknowledge']}")
    return Words(title, "\n".join(str(line) for line in lines).strip())


def _about(given: Mapping[str, Any], language: Language) -> list[str]:
    alert, transition, says = given["alert"], given.get("transition") or {}, _SAYS[language]
    lines = [alert["description"]] if alert.get("description") else []
    lines += [f"{says['rule']}: {alert['rule']}", f"{says['key']}: {alert['key']}"]
    labels = ", ".join(f"{name}={value}" for name, value in sorted(alert.get("labels", {}).items()))
    if labels:
        lines.append(f"{says['labels']}: {labels}")
    if transition.get("actor") and transition["actor"] != "system":
        lines.append(f"{says['by']}: {transition['actor']}")
    return lines


def _listed(given: Mapping[str, Any], language: Language) -> list[str]:
    alerts, count = given.get("alerts", []), int(given.get("count", 0))
    lines = [f"· [{each['severity']}] {each['title']} ({each['event_type']})" for each in alerts[:_LISTED]]
    left = count - len(lines)
    return [*lines, _SAYS[language]["more"].format(left)] if left > 0 else lines
