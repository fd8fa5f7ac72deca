"""What a model is told of the world: candidates for what a question names, by handles, and the vocabulary. Pure.

Invariant: a model never sees an id and cannot give one. It names items by the handles of this offer, and a handle that was
not offered makes its plan invalid. Everything here is data: names may hold anything, and they go into the model's message as
values of one JSON object, never into its instructions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson

from opsloom.ask.language.normalise import MAX_CHARS, normalise
from opsloom.ask.llm.masking import masked
from opsloom.ask.plan import Entity, Plan
from opsloom.ask.planning.previous import Previous
from opsloom.ask.planning.reading import read
from opsloom.ask.planning.world import World
from opsloom.ask.validate import Usable
from opsloom.kit.model import JsonObject

MOST_ITEMS: Final = 40
_MOST_METRICS: Final = 120
_MOST_NAMES: Final = 60
_MOST_TOOLS: Final = 20
_LONGEST: Final = 200


@dataclass(frozen=True)
class ModelQuestion:
    """A question as a model is asked to plan it. `kinds` are the steps that a tool serves, `usable` what may be called by name."""

    text: str
    world: World
    now: datetime
    zone: ZoneInfo
    kinds: frozenset[str]
    usable: Usable = field(default_factory=Usable)
    previous: Previous | None = None
    tools: Sequence[JsonObject] = ()  # those that only read, described
    tables: Sequence[JsonObject] = ()  # those that SQL may read, described


@dataclass(frozen=True)
class Offer:
    """Handles and names that a plan may use."""

    items: Mapping[str, Entity]
    metrics: frozenset[str]
    types: frozenset[str]
    kinds: frozenset[str]
    usable: Usable

    @property
    def handles(self) -> dict[str, UUID]:
        return {handle: item.id for handle, item in self.items.items()}


def offer_of(question: ModelQuestion) -> Offer:
    """The candidates that the deterministic linker finds, certain ones first, and every name that steps may carry."""
    world, found = question.world, list(_candidates(question))
    unique = list({entity.id: entity for entity in reversed(found)}.values())[::-1][:MOST_ITEMS]
    usable = question.usable
    named = {"api": usable.apis, "tool": usable.tools, "sql": usable.connections}
    kinds = {kind for kind in question.kinds if kind not in named or named[kind]}
    return Offer(
        items={f"i{place}": entity for place, entity in enumerate(unique, 1)},
        metrics=frozenset(world.metrics),
        types=frozenset(thing.type for thing in world.things.values()),
        kinds=frozenset({*kinds, "compare", "correlate"}),
        # What is not known to be there cannot be called by a plan that a model wrote.
        usable=Usable(*(each or frozenset() for each in (usable.apis, usable.tools, usable.connections))),
    )


def _candidates(question: ModelQuestion) -> Iterable[Entity]:
    world = question.world
    reading = read(normalise(question.text[:MAX_CHARS]), world, question.now, question.zone)
    for link in reading.links:
        for item_id, name, kind in (*link.items, *link.suggestions):
            yield Entity(id=item_id, name=name, type=kind, matched=link.text, score=link.score)
    for word in reading.unknown[:8]:
        for near in world.index.similar(word)[:3]:
            yield Entity(id=near.item_id, name=near.item, type=near.type, matched=word, score=0.0)
    if question.previous is not None:
        yield from question.previous.plan.entities
        for listed in question.previous.listed[:MOST_ITEMS]:
            if listed in world.things:
                thing = world.things[listed]
                yield Entity(id=listed, name=thing.name, type=thing.type, matched="")


def told(question: ModelQuestion, offer: Offer) -> str:
    """The data of a question, as the model reads it."""
    metrics = sorted(offer.metrics)
    body = {
        "question": masked(question.text[:MAX_CHARS]),
        "items": [
            {"handle": handle, "name": item.name[:_LONGEST], "type": item.type, "matched": item.matched[:_LONGEST]}
            for handle, item in offer.items.items()
        ],
        "item_types": sorted(offer.types)[:_MOST_NAMES],
        "metrics": [{"name": name, "of": _types_having(question.world, name)} for name in metrics[:_MOST_METRICS]],
        "apis": sorted(offer.usable.apis or ())[:_MOST_NAMES],
        "tools": list(question.tools[:_MOST_TOOLS]),
        "tables": list(question.tables[:_MOST_NAMES]),
        "question_before": None if question.previous is None else _before(question.previous, offer),
    }
    return orjson.dumps(body, option=orjson.OPT_INDENT_2).decode()


def _types_having(world: World, metric: str) -> list[str]:
    owners = world.metrics.get(metric, frozenset())
    return sorted({world.things[item].type for item in owners if item in world.things})[:10]


def _before(previous: Previous, offer: Offer) -> dict[str, object]:
    """The question before, with its plan in handles."""
    handles = {str(item_id): handle for handle, item_id in offer.handles.items()}
    text = orjson.dumps(_outline(previous.plan)).decode()
    for item_id, handle in handles.items():
        text = text.replace(item_id, handle)
    return {"question": masked(previous.question), "plan": orjson.loads(text)}


def _outline(plan: Plan) -> dict[str, object]:
    steps = [step.model_dump(mode="json", exclude_defaults=True) for step in plan.steps]
    return {"intent": plan.intent.value, "steps": steps}
