"""From a transition to what each channel gets. Pure: every stage says either "go on" or why it dropped the delivery.

route → silence, window, inhibit (`stages`) → render → record → limit (`flow`) → send → retry: the others are in `telling`,
`recording` and `delivery`. Recording is what deduplicates, by the ledger's unique key. Routing comes first here, because what is
dropped is written down for each channel that would have been told. Alertmanager's pipeline is the model.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import orjson

from opsloom.notifications.content import Channel
from opsloom.notifications.routing import DIRECT, Routing, Way, takes
from opsloom.notifications.subject import Subject

_UNTOLD: Final = {None, "pending"}


class DropReason(StrEnum):
    """Why a channel gets nothing of a transition."""

    NOT_WORTH_TELLING = "not_worth_telling"
    DISABLED = "disabled"
    NOT_NAMED_BY_RULE = "not_named_by_rule"
    NOT_NAMED = "not_named"
    STATE_NOT_WANTED = "state_not_wanted"
    SEVERITY_NOT_WANTED = "severity_not_wanted"
    LABELS_DIFFER = "labels_differ"
    ALREADY_RECORDED = "already_recorded"


@dataclass(frozen=True)
class Routed:
    """What was decided for every channel: the way it is taken by, or why it is passed over."""

    taken: tuple[tuple[Channel, Way], ...]
    dropped: tuple[tuple[Channel, DropReason], ...]


@dataclass(frozen=True)
class Message:
    """A rendered transition: `body` for programs, `message` for people by language."""

    event_type: str
    title: str
    severity: str
    message: dict[str, str]
    body: str


def route(subject: Subject, channel: Channel) -> DropReason | None:
    """Whether `channel` takes the transition by itself. A rule that names channels decides alone which, but not which states."""
    wanted = channel.content.route
    if wanted.states and subject.to_state not in wanted.states:
        return DropReason.STATE_NOT_WANTED
    if subject.channels:
        named = {str(channel.id), channel.slug} & set(subject.channels)
        return None if named else DropReason.NOT_NAMED_BY_RULE
    if wanted.only_named:
        return DropReason.NOT_NAMED
    if wanted.severities and subject.severity not in wanted.severities:
        return DropReason.SEVERITY_NOT_WANTED
    if any(subject.labels.get(name) != value for name, value in wanted.labels.items()):
        return DropReason.LABELS_DIFFER
    return None


def plan(subject: Subject, channels: Iterable[Channel], routings: Sequence[Routing] = ()) -> Routed:
    """Ask for every channel. The first route that takes the transition and names the channel says how it is told; a rule that
    names channels leaves the routes aside, and a channel that no route named may still take it by itself."""
    untold = subject.to_state == "pending" or (subject.to_state == "expired" and subject.from_state in _UNTOLD)
    matching = [] if subject.channels or untold else [each for each in routings if takes(each.content, subject)]
    taken: list[tuple[Channel, Way]] = []
    dropped: list[tuple[Channel, DropReason]] = []
    for channel in channels:
        if untold or not channel.content.enabled:
            dropped.append((channel, DropReason.NOT_WORTH_TELLING if untold else DropReason.DISABLED))
            continue
        way = next((way for each in matching if (way := each.way_to(channel)) is not None), None)
        reason = None if way is not None else route(subject, channel)
        if reason is None:
            taken.append((channel, way or DIRECT))
        else:
            dropped.append((channel, reason))
    return Routed(tuple(taken), tuple(dropped))


_STATE_WORDS: Final = {
    "firing": ("firing", "발생"),
    "acknowledged": ("acknowledged", "확인됨"),
    "resolved": ("resolved", "해소됨"),
    "expired": ("expired", "종료됨"),
}
_SEVERITY_WORDS: Final = {"info": ("info", "정보"), "warning": ("warning", "경고"), "critical": ("critical", "심각")}


def render(subject: Subject) -> Message:
    """The one form of a transition that all channels start from (the payload of Standard Webhooks: type, timestamp, data)."""
    state = _STATE_WORDS.get(subject.to_state, (subject.to_state, subject.to_state))
    severity = _SEVERITY_WORDS.get(subject.severity, (subject.severity, subject.severity))
    message = {
        "en": f"[{severity[0]}] {subject.title}: {state[0]}",
        "ko": f"[{severity[1]}] {subject.title}: {state[1]}",
    }
    event_type = f"alert.{subject.to_state}"
    body = {
        "type": event_type,
        "timestamp": subject.at,
        "data": {
            "message": message,
            "alert": {
                "id": subject.alert_id,
                "rule_id": subject.rule_id,
                "rule": subject.rule_name,
                "key": subject.key,
                "title": subject.title,
                "description": subject.description,
                "severity": subject.severity,
                "state": subject.to_state,
                "labels": dict(subject.labels),
                "started_at": subject.started_at,
                "fired_at": subject.fired_at,
                "resolved_at": subject.resolved_at,
            },
            "transition": {
                "id": subject.transition_id,
                "from_state": subject.from_state,
                "to_state": subject.to_state,
                "actor": subject.actor,
                "reason": subject.reason,
            },
        },
    }
    return Message(event_type, subject.title, subject.severity, message, orjson.dumps(body).decode())


def render_message(channel: Channel, title: str, text: str) -> Message:
    """What somebody's own words carry, in the language they were written in."""
    body = {
        "type": "message",
        "data": {
            "title": title,
            "message": {"en": text, "ko": text},
            "channel": {"id": channel.id, "name": channel.name},
        },
    }
    return Message("message", title[:200], "info", {"en": text, "ko": text}, orjson.dumps(body).decode())


def render_test(channel: Channel, by: str) -> Message:
    """What a test send carries: recognisable, and of the same outer form."""
    message = {
        "en": f"Test of the channel “{channel.name}”, asked for by {by}.",
        "ko": f"채널 “{channel.name}” 시험 전송입니다. 요청: {by}",
    }
    body = {"type": "test", "data": {"message": message, "channel": {"id": channel.id, "name": channel.name}}}
    return Message("test", channel.name, "info", message, orjson.dumps(body).decode())
