"""Steps over the topology: neighbours, dependencies and dependants, impact, paths, composition, and what is asked of the items reached.

The direction of a verb comes from where the name stands: "what depends on X" and "X에 의존하는" mean the dependants of X, "what does X
depend on" and "X가 의존하는" what it depends on.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal
from uuid import UUID

from opsloom.ask.language.entities import Link
from opsloom.ask.language.lexicon import FoundCue
from opsloom.ask.language.words import CueKind
from opsloom.ask.plan import Intent, Output, Refusal, RefusalReason, RelationsStep
from opsloom.ask.planning.draft import Draft
from opsloom.ask.planning.reading import Reading
from opsloom.ask.planning.scope import named, types_of
from opsloom.ask.planning.world import World

View = Literal["neighbours", "dependencies", "dependants", "impact", "path", "composition"]
_VERBS = ("depend", "use", "run")
_NOUNS: dict[str, View] = {
    "dependencies": "dependencies", "dependants": "dependants", "neighbours": "neighbours", "composition": "composition",
    "impact": "impact", "path": "path",
}  # fmt: skip
_ACTIVE_KO = re.compile(r"^\s?(?:이|가|은|는|의)(?=\s|$)")  # X가 의존하는: X is the one that needs
_DEPTH = re.compile(
    r"(?P<number>\d{1,2})\s?(?:hops?|levels?|단계|홉|촌)|(?:depth|깊이)\s?(?P<depth>\d{1,2})", re.IGNORECASE
)


def view_of(reading: Reading) -> View | None:
    """Which view of the topology the question wants; None when it is not about relations."""
    if reading.views("path", "reach") and len(reading.certain_ids) == 2:
        return "path"
    if reading.views("neighbours") and len(reading.certain_ids) == 2 and not reading.has(CueKind.CORRELATE):
        return "path"
    if reading.views("impact") or (reading.views("down") and reading.has(CueKind.HYPOTHESIS)):
        return "impact"
    for cue in reading.cues:
        if cue.cue.kind is not CueKind.RELATIONS:
            continue
        if cue.cue.value in _VERBS:
            if cue.cue.value == "use" and reading.metrics and not reading.has(CueKind.ITEM_TYPE):
                continue  # "web-01이 사용하는 메모리" is about the memory
            return _direction(reading, cue)
        if cue.cue.value in _NOUNS:
            return _NOUNS[cue.cue.value]
    return None


_ALIKE = (frozenset({"service", "application"}), frozenset({"server", "host", "vm", "container"}))


def implied_view(reading: Reading, world: World) -> View | None:
    """ "the servers of checkout", "web-01은 어느 랙에": another type than the item named asks for what it hangs together with."""
    linked = {link.items[0][2] for link in reading.links if len(link.items) == 1}
    types = set(types_of(reading.values(CueKind.ITEM_TYPE), world)[0])
    types -= linked
    if not linked or not types or reading.has(CueKind.COMPARE, CueKind.FIELD):
        return None
    if any(linked & alike and types & alike for alike in _ALIKE):
        return None
    asks = bool(reading.metrics) or reading.has(CueKind.ALERTS, CueKind.EVENTS, CueKind.HAPPENING)
    return "dependencies" if asks else "neighbours"


def _direction(reading: Reading, cue: FoundCue) -> View:
    """Dependencies or dependants, by where the named item stands."""
    links = [one for one in reading.links if one.items]
    if not links:
        return "dependencies" if cue.text.lower() != "used by" else "dependants"
    text = reading.source.text
    if cue.text.isascii():
        after = [one for one in links if one.start >= cue.end and _follows(text, cue, one)]
        passive = cue.text.lower() == "used by"
        return "dependencies" if bool(after) is passive else "dependants"
    before = [one for one in links if one.end <= cue.start]
    if not before:
        return "dependencies"
    return "dependencies" if _ACTIVE_KO.match(text[before[-1].end : cue.start]) else "dependants"


def _follows(text: str, cue: FoundCue, link: Link) -> bool:
    """Whether the name is the verb's object: only articles and type words stand between."""
    return len(text[cue.end : link.start].split()) <= 3 and "," not in text[cue.end : link.start]


def relations_step(reading: Reading, world: World, view: View) -> RelationsStep | Refusal:
    """What is reached from the items named, or why nothing can be."""
    items = [one for one in named(reading, world).items]
    if not items:
        return Refusal(reason=RefusalReason.NOT_UNDERSTOOD, words=[reading.phrase(CueKind.RELATIONS)])
    types, _parts = types_of(reading.values(CueKind.ITEM_TYPE), world)
    if view == "path":
        if len(items) != 2:
            return Refusal(reason=RefusalReason.NOT_UNDERSTOOD, words=[reading.phrase(CueKind.RELATIONS)])
        return RelationsStep(id="s1", view=view, item_ids=items[:1], to_ids=items[1:])
    return RelationsStep(
        id="s1",
        view=view,
        item_ids=items,
        depth=_depth(reading),
        item_types=_reached(reading, list(types), items, world),
        count=reading.has(CueKind.COUNT),
    )


def _depth(reading: Reading) -> int | None:
    found = _DEPTH.search(reading.source.masked)
    if found is not None:
        return int(found["number"] or found["depth"])
    if reading.has(CueKind.DIRECT):
        return 1
    return 99 if reading.has(CueKind.TRANSITIVE) else None  # as deep as policy lets


def _reached(reading: Reading, types: list[str], items: list[UUID], world: World) -> list[str]:
    """The types asked for; a type word right behind the item's own name only repeats what it is ("checkout 서비스에 의존하는")."""
    own = {world.things[one].type for one in items if one in world.things}
    kept = []
    for kind in types:
        cues = [cue for cue in reading.cues if cue.cue.kind is CueKind.ITEM_TYPE and _means(cue, kind, world)]
        apart = [cue for cue in cues if not _beside(reading, cue)]
        if kind not in own or apart:
            kept.append(kind)
    return kept


def _means(cue: FoundCue, kind: str, world: World) -> bool:
    return kind in types_of(cue.cue.value.split(","), world)[0]


def _beside(reading: Reading, cue: FoundCue) -> bool:
    """Whether the word stands right beside a name: "the checkout service", "서비스 checkout"."""
    text = reading.source.text
    return any(
        not text[link.end : cue.start].strip() if link.end <= cue.start else not text[cue.end : link.start].strip()
        for link in reading.links
    )


def plan_relations(reading: Reading, world: World, view: View, now: datetime) -> Draft | Refusal:
    """What is reached, by itself."""
    del now
    step = relations_step(reading, world, view)
    if isinstance(step, Refusal):
        return step
    intent = {"path": Intent.PATH, "impact": Intent.IMPACT}.get(view, Intent.RELATIONS)
    output = Output.NUMBER if step.count else Output.AUTO
    return Draft(intent, [step], output=output)
