"""The parts of events that live as long as the process does."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import orjson
from fastapi import APIRouter

from opsloom.assets.kinds import Kinds
from opsloom.events import routes, service
from opsloom.events.announce import EventAnnouncer
from opsloom.events.commit import GroupCommit
from opsloom.events.intake import routes as intake_routes
from opsloom.events.intake_log import IntakeLog
from opsloom.events.keeping import routes as keeping_routes
from opsloom.events.metric_intake import MetricIntake
from opsloom.events.search import routes as search_routes
from opsloom.events.sources import routes as source_routes
from opsloom.events.sources.hooks import Hooks
from opsloom.events.sources.mapping import MappingKind
from opsloom.events.type_book import TypeBook
from opsloom.events.types import routes as type_routes
from opsloom.identity.scope import Scope
from opsloom.infra.aside import Aside
from opsloom.infra.core import Component, Core

ROUTERS: Final[tuple[APIRouter, ...]] = (
    source_routes.router,
    type_routes.router,
    keeping_routes.router,
    search_routes.router,
    routes.router,
    intake_routes.router,
)
"""The routes of events: the ones with fixed words before those with an id in their place."""


def install(core: Core) -> None:
    """Give the process its one group commit, its announcer, and what is noted beside the intake."""
    announcer = EventAnnouncer(core.db)
    core.parts[EventAnnouncer] = announcer
    core.parts[GroupCommit] = GroupCommit(core.db, core.clock, on_stored=announcer.note)
    core.parts[MetricIntake] = MetricIntake()
    core.parts[Hooks] = Hooks()
    core.parts[IntakeLog] = IntakeLog(core.db)
    core.parts[TypeBook] = TypeBook(core.db)
    mapping = core.parts[MappingKind] = MappingKind(core.part(Aside))
    core.part(Kinds).add(mapping)


def components(core: Core) -> Sequence[Component]:
    """What runs beside the requests."""
    return [core.part(EventAnnouncer), core.part(IntakeLog), core.part(TypeBook)]


def sink(core: Core) -> Callable[[Scope, Sequence[Mapping[str, Any]]], Awaitable[int]]:
    """For those below who have events to tell: taken in as from anybody, by the same door."""

    async def take(scope: Scope, happened: Sequence[Mapping[str, Any]]) -> int:
        headers = {"content-type": "application/json"}
        taken = await service.ingest(core, scope, orjson.dumps(list(happened)), headers)
        return taken.accepted + taken.duplicates

    return take
