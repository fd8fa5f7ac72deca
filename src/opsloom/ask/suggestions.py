"""Questions for an empty page, about things that are really there. Pure."""

from __future__ import annotations

from opsloom.ask.plan import Language, Mode
from opsloom.ask.planning.world import Thing, World
from opsloom.ask.schemas import SuggestionShown

_MEASURED = (
    ("service.latency_ms", "How did the latency of {name} develop in the last hour?", "최근 1시간 {name} 응답 시간 추이는?"),
    ("cpu.usage", "What was the highest CPU of {name} in the last hour?", "최근 1시간 {name}의 CPU 최고값은?"),
    ("memory.usage", "Average memory of {name} yesterday", "어제 {name}의 평균 메모리 사용률은?"),
    ("disk.usage", "What is the disk usage of {name} now?", "지금 {name}의 디스크 사용률은?"),
)  # fmt: skip
_RANKED = ("cpu.usage", "Top 5 by CPU in the last hour", "최근 1시간 CPU 사용률 상위 5개는?")
_WHOLE = (
    (Mode.HISTORY, "How many alerts fired today?", "오늘 발생한 알림은 몇 건이야?"),
    (Mode.HISTORY, "Show the events of the last hour", "최근 1시간 이벤트를 보여줘"),
)
_LINKED = ("What is {name} connected to?", "{name}과 연결된 것은?")
_LINKED_TYPES = ("service", "server", "host", "database")
MOST = 8


def suggestions(world: World, language: Language) -> list[SuggestionShown]:
    """At most eight, of different kinds; none about what nobody measures."""
    found: list[SuggestionShown] = []

    def add(mode: Mode, english: str, korean: str, name: str = "") -> None:
        text = (korean if language is Language.KO else english).format(name=name)
        found.append(SuggestionShown(text=text, mode=mode))

    for metric, english, korean in _MEASURED:
        thing = _one_with(world, metric)
        if thing is not None:
            add(Mode.METRIC, english, korean, thing.name)
    if len(world.metrics.get(_RANKED[0], ())) > 1:
        add(Mode.METRIC, *_RANKED[1:])
    linked = next((one for kind in _LINKED_TYPES for one in world.things.values() if one.type == kind), None)
    if linked is not None:
        add(Mode.RELATION, *_LINKED, linked.name)
    for mode, english, korean in _WHOLE:
        add(mode, english, korean)
    return found[:MOST]


def _one_with(world: World, metric: str) -> Thing | None:
    """The first of those that have it, by name; a part lends its name's whole."""
    owners = (world.things[one] for one in world.metrics.get(metric, ()) if one in world.things)
    return min(owners, key=lambda one: one.name, default=None)
