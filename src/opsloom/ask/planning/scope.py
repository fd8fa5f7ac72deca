"""Which items a step reads, and how the answer calls them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from opsloom.ask.language.words import FALLBACKS, CueKind
from opsloom.ask.plan import Entity, Filter, Note, NoteCode
from opsloom.ask.planning.attributes import Held
from opsloom.ask.planning.reading import Reading
from opsloom.ask.planning.world import World

TEAMS = "owner"  # the attribute that names the team of an item


@dataclass(frozen=True)
class Named:
    """What the question names: single items, or all of some types that meet conditions, or nothing."""

    items: tuple[UUID, ...]
    types: tuple[str, ...]
    filters: tuple[Filter, ...] = ()

    @property
    def nothing(self) -> bool:
        return not (self.items or self.types or self.filters)


@dataclass(frozen=True)
class MetricScope:
    """Items that really have the metric."""

    metric: str
    items: tuple[UUID, ...]  # empty: all that have it
    types: tuple[str, ...]
    name: str
    count: int
    notes: tuple[Note, ...] = ()


def named(reading: Reading, world: World) -> Named:
    """The items of names and of "this server"; otherwise the types of type words, with the conditions on them."""
    items = reading.certain_ids
    if not items and reading.has(CueKind.HERE):
        items = world.hosts[:1]
    if items:
        return Named(items, ())
    types, stems = types_of(reading.values(CueKind.ITEM_TYPE), world)
    return Named((), types, (*stems, *conditions(reading)))


def types_of(words: Iterable[str], world: World) -> tuple[tuple[str, ...], tuple[Filter, ...]]:
    """The tenant's types that type words mean: of "a|b" the first there is; "a:part" is only what has the part in its name."""
    types: dict[str, None] = {}
    parts: list[Filter] = []
    for word in words:
        options = word.split("|")
        chosen = next((one for one in options if one.split(":")[0] in world.types), options[0])
        kind, _colon, part = chosen.partition(":")
        types[kind] = None
        if part:
            parts.append(Filter(field="name", op="like", value=part))
    return tuple(types), tuple(parts)


def conditions(reading: Reading) -> tuple[Filter, ...]:
    """What must hold of the items' attributes."""
    found: dict[str, list[Held]] = {}
    for one in reading.held:
        found.setdefault(one.key, []).append(one)
    filters = []
    for held in found.values():
        values = tuple(dict.fromkeys(value for one in held for value in one.values))
        filters.append(replace(held[0], values=values).filter(negated=negates(reading, held[0])))
    threshold = reading.threshold
    numbers = [one for one in reading.values(CueKind.ATTRIBUTE) if one in _NUMBERS]
    if threshold is not None and numbers and not reading.metrics:
        filters.append(
            Filter(field=f"attribute:{numbers[0]}", op=threshold.comparison.value, value=float(threshold.number))
        )
    expiry = _EXPIRY.search(reading.source.masked) if "days_valid" in numbers else None
    if expiry is not None and threshold is None:
        filters.append(Filter(field="attribute:days_valid", op="<=", value=float(expiry["days"])))
    return tuple(filters)


_EXPIRY = re.compile(r"(?P<days>\d{1,4})\s?(?:days?|일)", re.IGNORECASE)
_NUMBERS = frozenset({"cores", "memory_gb", "days_valid"})
_FAR = 8


def negates(reading: Reading, held: Held) -> bool:
    """ "not in production", "운영이 아닌": the negation stands next to the value."""
    for cue in reading.cues:
        if cue.cue.kind is CueKind.NOT:
            gap = held.start - cue.end if cue.end <= held.start else cue.start - held.end
            if 0 <= gap <= _FAR:
                return True
    return False


def entities(reading: Reading, world: World) -> list[Entity]:
    """The items a question names, with the words they were read from."""
    found = {
        link.items[0][0]: Entity(
            id=link.items[0][0], name=link.items[0][1], type=link.items[0][2], matched=link.text, score=link.score
        )
        for link in reading.links
        if len(link.items) == 1
    }
    if not found and reading.carried:
        phrase = reading.phrase(CueKind.THOSE)
        for item in reading.carried:
            if item in world.things:
                thing = world.things[item]
                found[item] = Entity(id=item, name=thing.name, type=thing.type, matched=phrase)
    elif not found and reading.has(CueKind.HERE):
        host = world.things[world.hosts[0]]
        found[host.id] = Entity(id=host.id, name=host.name, type=host.type, matched=reading.phrase(CueKind.HERE))
    return list(found.values())


def chosen_items(wanted: Named, world: World) -> tuple[tuple[UUID, ...], tuple[str, ...]] | None:
    """Items and types that a step about alerts or events is narrowed to; None when conditions leave nothing."""
    if wanted.filters:
        items = world.selected(wanted.types, wanted.filters)
        return (items, ()) if items else None
    return wanted.items, wanted.types


def metric_scope(metric: str, wanted: Named, world: World) -> MetricScope | None:
    """The items of `wanted` that have the metric, or a substitute for it; None when nobody has either."""
    for candidate in (metric, *FALLBACKS.get(metric, ())):
        scope = _scope(candidate, wanted, world)
        if scope is None:
            continue
        if candidate != metric:
            note = Note(code=NoteCode.METRIC_SUBSTITUTED, text=candidate)
            scope = replace(scope, notes=(*scope.notes, note))
        return scope
    return None


def _scope(metric: str, wanted: Named, world: World) -> MetricScope | None:
    owners = world.metrics.get(metric, frozenset())
    if not owners:
        return None
    if wanted.nothing:
        only = next(iter(owners)) if len(owners) == 1 else None
        name = world.things[only].name if only in world.things else ""
        note = Note(code=NoteCode.ALL_ITEMS, text=name or str(len(owners)))
        return MetricScope(metric, (only,) if only else (), (), name, len(owners), (note,))
    bases = wanted.items or world.selected(wanted.types, wanted.filters)
    held = world.having(metric, bases)
    if not held:
        return None
    notes: tuple[Note, ...] = ()
    if wanted.items and not set(held) <= set(bases):
        parts = [world.things[one].name for one in held if one in world.things]
        notes = (Note(code=NoteCode.PARTS_USED, text=", ".join(parts[:5])),)
    name = ", ".join(world.things[one].name for one in wanted.items[:5] if one in world.things)
    return MetricScope(metric, held, (), name, len(held), notes)
