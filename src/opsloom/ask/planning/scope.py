"""Which items a step reads, and how the answer calls them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from opsloom.ask.language.words import FALLBACKS, CueKind
from opsloom.ask.plan import Entity, Note, NoteCode
from opsloom.ask.planning.reading import Reading
from opsloom.ask.planning.world import World


@dataclass(frozen=True)
class Named:
    """What the question names: single items, or all of some types, or nothing."""

    items: tuple[UUID, ...]
    types: tuple[str, ...]


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
    """The items of names and of "this server"; otherwise the types of type words."""
    items = reading.certain_ids
    if not items and reading.has(CueKind.HERE):
        items = world.hosts[:1]
    return Named(items, () if items else reading.values(CueKind.ITEM_TYPE))


def entities(reading: Reading, world: World) -> list[Entity]:
    """The items a question names, with the words they were read from."""
    found = {
        link.items[0][0]: Entity(
            id=link.items[0][0], name=link.items[0][1], type=link.items[0][2], matched=link.text, score=link.score
        )
        for link in reading.links
        if len(link.items) == 1
    }
    if not found and reading.has(CueKind.HERE):
        host = world.things[world.hosts[0]]
        found[host.id] = Entity(id=host.id, name=host.name, type=host.type, matched=reading.phrase(CueKind.HERE))
    return list(found.values())


def metric_scope(metric: str, wanted: Named, world: World) -> MetricScope | None:
    """The items of `wanted` that have the metric, or a substitute for it; None when nobody has either."""
    for candidate in (metric, *FALLBACKS.get(metric, ())):
        scope = _scope(candidate, wanted, world)
        if scope is None:
            continue
        if candidate != metric:
            note = Note(code=NoteCode.METRIC_SUBSTITUTED, text=candidate)
            scope = MetricScope(candidate, scope.items, scope.types, scope.name, scope.count, (*scope.notes, note))
        return scope
    return None


def _scope(metric: str, wanted: Named, world: World) -> MetricScope | None:
    owners = world.metrics.get(metric, frozenset())
    if not owners:
        return None
    if not wanted.items and not wanted.types:
        only = next(iter(owners)) if len(owners) == 1 else None
        name = world.things[only].name if only in world.things else ""
        note = Note(code=NoteCode.ALL_ITEMS, text=name or str(len(owners)))
        return MetricScope(metric, (only,) if only else (), (), name, len(owners), (note,))
    bases = wanted.items or world.of_types(wanted.types)
    if not wanted.items and not any(base in owners for base in bases):
        # "Which database has the most connections": a type word may only be part of the metric's own name.
        bases = bases if world.having(metric, bases) else tuple(owners)
    held = world.having(metric, bases)
    if not held:
        return None
    notes: tuple[Note, ...] = ()
    if wanted.items and not set(held) <= set(bases):
        parts = [world.things[one].name for one in held if one in world.things]
        notes = (Note(code=NoteCode.PARTS_USED, text=", ".join(parts[:5])),)
    name = ", ".join(world.things[one].name for one in wanted.items[:5] if one in world.things)
    return MetricScope(metric, held, (), name, len(held), notes)
