"""The first decision: answer directly, plan, ask back, or refuse with the reason. Pure."""

from __future__ import annotations

import re

from opsloom.ask.language.entities import Link
from opsloom.ask.language.times.match import TimeKind
from opsloom.ask.language.words import CueKind
from opsloom.ask.plan import Candidate, Clarify, DirectReply, Mode, Refusal, RefusalReason
from opsloom.ask.planning.cause_plan import asks_why_alert
from opsloom.ask.planning.follow_up import leans, needs_what_is_missing
from opsloom.ask.planning.reading import Reading, parts_of_names
from opsloom.ask.planning.world import World

MIN_COVERAGE = 0.6
_SUBJECTS = (
    CueKind.METRIC, CueKind.METRIC_GROUP, CueKind.ALERTS, CueKind.EVENTS, CueKind.HAPPENING, CueKind.ITEM_TYPE, CueKind.ITEMS,
    CueKind.HERE, CueKind.SEVERITY,
)  # fmt: skip
# Subjects only together with a word that asks for a cause: "왜 느려졌지?"
_SYMPTOMS = (CueKind.SYMPTOM, CueKind.CAUSE)
_VERBS_EN = (
    r"delete|remove|drop|restart|reboot|stop|kill|shut\s?down|truncate|update|insert|create|disable|enable|scale|deploy"
    r"|run|execute|perform|launch|start|roll\s?back(?!\s(?:rate|ratio|of|count|share))|revert|turn\s(?:on|off)|power\s(?:on|off)|switch\soff|shutdown|silence|acknowledge"
)
_NOUNS_KO = (
    "삭제|제거|재시작|재부팅|중지|종료|중단|초기화|배포|생성|비활성화|활성화|수정|변경|추가|등록|설치|실행|롤백|승인"
)
_COMMAND = re.compile(
    rf"^(?:please\s|can you\s|could you\s)?(?:{_VERBS_EN})\b"
    r"|\b(?:drop|truncate|delete|update|insert)\s(?:table|database|from|into)\b"
    rf"|(?:{_NOUNS_KO})\s?(?:해\s?줘|해\s?주세요|해라|시켜|하세요|해$)"
    r"|(?:지워|꺼|켜|죽여|멈춰|만들어|고쳐|바꿔|돌려)(?:\s?줘|라|주세요|$)",
    re.IGNORECASE,
)


def route(reading: Reading, world: World) -> DirectReply | Clarify | Refusal | None:
    """None: plan it."""
    refused = _refused(reading)
    if refused is not None:
        return refused
    if not has_subject(reading) and not leans(reading):
        return _without_subject(reading)
    unresolved = _unresolved(reading, world) or _part_of_names(reading, world)
    if unresolved is not None:
        return unresolved
    if reading.has(CueKind.NOT_YET):
        return Refusal(reason=RefusalReason.NOT_YET, words=[reading.phrase(CueKind.NOT_YET)])
    if reading.coverage < MIN_COVERAGE and not asks_why_alert(reading):
        return Refusal(reason=RefusalReason.NOT_UNDERSTOOD, words=list(reading.unknown[:10]))
    return _bad_time(reading)


def _refused(reading: Reading) -> Refusal | None:
    """What is no question, or none that may or can be answered."""
    text = reading.source.text
    if not any(char.isalnum() for char in text):
        return Refusal(reason=RefusalReason.EMPTY)
    if _COMMAND.search(text):
        return Refusal(reason=RefusalReason.CHANGES_THINGS)
    if reading.context.mode is Mode.DOCUMENT or (reading.has(CueKind.DOCUMENT) and not reading.metrics):
        return Refusal(reason=RefusalReason.NO_DOCUMENTS)
    if needs_what_is_missing(reading):
        words = [reading.phrase(CueKind.THOSE) or reading.phrase(CueKind.ALSO)]
        return Refusal(reason=RefusalReason.NOTHING_BEFORE, words=words)
    return None


def has_subject(reading: Reading) -> bool:
    """Whether the question is about something that the product knows."""
    if reading.metrics or reading.links or reading.carried or reading.held or reading.has(*_SUBJECTS):
        return True
    return reading.has(CueKind.WHY, CueKind.CAUSE) and reading.has(*_SYMPTOMS)


def _without_subject(reading: Reading) -> DirectReply | Refusal:
    for kind, topic in ((CueKind.HELP, "help"), (CueKind.THANKS, "thanks"), (CueKind.GREETING, "greeting")):
        if reading.has(kind) and reading.coverage >= MIN_COVERAGE:
            return DirectReply(topic=topic)
    return Refusal(reason=RefusalReason.OUT_OF_SCOPE, words=list(reading.unknown[:10]))


def _unresolved(reading: Reading, world: World) -> Clarify | Refusal | None:
    for link in reading.links:
        if not link.items:
            return _choice("unknown_item", link, link.suggestions, reading)
        if len(link.items) > 1:
            return _choice("item", link, link.items, reading)
    if reading.has(CueKind.HERE) and not reading.certain_ids:
        if not world.hosts:
            return Refusal(reason=RefusalReason.NO_MONITORED_HOST, words=[reading.phrase(CueKind.HERE)])
        if len(world.hosts) > 1:
            cue = next(one for one in reading.cues if one.cue.kind is CueKind.HERE)
            hosts = tuple((host, world.things[host].name, world.things[host].type) for host in world.hosts[:10])
            return _choice("item", Link(cue.text, cue.start, cue.end, hosts), hosts, reading)
    return None


def _part_of_names(reading: Reading, world: World) -> Clarify | None:
    """ "the CPU of pay": several things are called something with pay, nothing just pay."""
    if reading.certain_ids or reading.has(CueKind.HERE) or asks_why_alert(reading):
        return None
    link = parts_of_names(reading, world)
    return None if link is None else _choice("item", link, link.suggestions, reading)


def _choice(about: str, link: Link, options: tuple[tuple[object, str, str], ...], reading: Reading) -> Clarify:
    text = reading.source.text
    return Clarify(
        about=about,
        phrase=link.text,
        candidates=[
            Candidate(
                label=name, detail=kind, item_id=item_id,
                question=f"{text[: link.start]}{name}{text[link.end :]}",
            )
            for item_id, name, kind in options
        ],
    )  # fmt: skip


def _bad_time(reading: Reading) -> Refusal | None:
    for match in reading.times:
        if match.kind is TimeKind.UNREADABLE:
            return Refusal(reason=RefusalReason.TIME_UNREADABLE, words=[match.phrase])
        if match.kind is TimeKind.FUTURE:
            return Refusal(reason=RefusalReason.FUTURE, words=[match.phrase])
    return None
