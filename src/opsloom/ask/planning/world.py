"""What a planner knows of a tenant: names, which item has which metric, what is part of what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from opsloom.ask.language.entities import NameIndex
from opsloom.ask.plan import Filter
from opsloom.ask.planning.attributes import AttributeBook, attribute_book
from opsloom.inventory.service import Catalog

DEEPEST_PART = 3


@dataclass(frozen=True)
class Thing:
    id: UUID
    name: str
    type: str


@dataclass(frozen=True)
class World:
    things: dict[UUID, Thing]
    index: NameIndex
    hosts: tuple[UUID, ...]  # monitored ones: what "this server" means
    metrics: dict[str, frozenset[UUID]]
    parts: dict[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    attributes: AttributeBook = field(default_factory=AttributeBook)

    def having(self, metric: str, items: Iterable[UUID]) -> tuple[UUID, ...]:
        """The items themselves, or what they are made of, that have a metric: a host's disk usage is its file systems'."""
        owners = self.metrics.get(metric, frozenset())
        found: dict[UUID, None] = {}
        for item in items:
            found |= dict.fromkeys([item] if item in owners else self._below(item, owners))
        return tuple(found)

    def _below(self, item: UUID, owners: frozenset[UUID]) -> list[UUID]:
        level, seen = [item], {item}
        for _depth in range(DEEPEST_PART):
            level = [part for whole in level for part in self.parts.get(whole, ()) if part not in seen]
            seen.update(level)
            held = [part for part in level if part in owners]
            if held:
                return held
        return []

    def of_types(self, types: Iterable[str]) -> tuple[UUID, ...]:
        wanted = set(types)
        return tuple(one.id for one in self.things.values() if one.type in wanted)

    @cached_property
    def types(self) -> frozenset[str]:
        """The types that items have."""
        return frozenset(one.type for one in self.things.values())

    def selected(self, types: Iterable[str], filters: Iterable[Filter]) -> tuple[UUID, ...]:
        """The items of some types (all, when none is named) that meet conditions on names and attributes."""
        listed, conditions = tuple(types), tuple(filters)
        items = self.of_types(listed) if listed else tuple(self.things)
        for part in (str(one.value).casefold() for one in conditions if one.field == "name"):
            items = tuple(item for item in items if part in self.things[item].name.casefold())
        return self.attributes.matching(items, (one for one in conditions if one.field != "name"))

    def metrics_of(self, items: Iterable[UUID]) -> list[str]:
        """Names of the metrics that any of the items, or their parts, have."""
        listed = tuple(items)
        return sorted(metric for metric in self.metrics if self.having(metric, listed))


def build_world(catalog: Catalog) -> World:
    """Prepares a catalog for planning; cost grows with the number of names, so callers keep the result by `catalog.mark`."""
    return World(
        things={one.id: Thing(one.id, one.name, one.type) for one in catalog.items},
        index=NameIndex((one.id, one.name, one.type, (*one.names, *one.addresses)) for one in catalog.items),
        hosts=tuple(one.id for one in catalog.items if one.monitored),
        metrics=catalog.metrics,
        parts=catalog.parts,
        attributes=attribute_book((one.id, one.attributes) for one in catalog.items),
    )
