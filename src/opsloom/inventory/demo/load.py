"""Puts the made-up company into a tenant, once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.infra.db import Database
from opsloom.inventory import samples, service
from opsloom.inventory.demo.company import SOURCE, company, key
from opsloom.inventory.demo.happenings import happenings
from opsloom.inventory.demo.shapes import Stretch, stretches, tracks
from opsloom.inventory.demo.sink import EventSink
from opsloom.inventory.demo.world import World
from opsloom.inventory.models import DemoWorld
from opsloom.inventory.samples import Connection, History


@dataclass(frozen=True)
class Loaded:
    items: int
    relations: int
    samples: int
    events: int


async def load(db: Database, scope: Scope, world: World, sink: EventSink, now: datetime) -> Loaded | None:
    """Loads everything; None when it is already there. Items and metrics appear together or not at all."""
    found = company()
    async with db.transaction(scope) as session:
        if await _is_there(session, scope):
            return None
        ids = await service.ensure_found(session, scope, found, now, SOURCE)
        connection = await service.driver_of(session)
        await samples.ensure_partitions(connection, back=world.days + (now - world.anchor).days + 1)
        stored = await _store(connection, scope, world, ids)
        session.add(
            DemoWorld(
                tenant_id=scope.tenant_id, anchor=world.anchor, days=world.days, size=world.size.name, live=False,
                written_until=world.anchor,
            )
        )  # fmt: skip
        await audit.record(session, scope, "demo.loaded", "tenant", scope.tenant_id, {"items": len(found.items)})
    events = await sink.all(scope, happenings(world, world.began, world.anchor))
    return Loaded(len(found.items), len(found.relations), stored, events)


async def _store(connection: Connection, scope: Scope, world: World, ids: Mapping[str, UUID]) -> int:
    """Makes the next day's numbers while the database writes the last one's."""
    series = await samples.series_ids(
        connection, scope.tenant_id, [(ids[key(one.item)], one.metric) for one in tracks()]
    )  # fmt: skip
    days, stored = stretches(world, world.began, world.anchor), 0
    made = asyncio.create_task(asyncio.to_thread(_next, days, series))
    while (history := await made) is not None:
        made = asyncio.create_task(asyncio.to_thread(_next, days, series))
        stored += await samples.insert_history(connection, scope.tenant_id, history, stored)
    return stored


def _next(days: object, series: list[int]) -> History | None:
    stretch: Stretch | None = next(days, None)  # type: ignore[call-overload]  # an iterator, handed from thread to thread
    if stretch is None:
        return None
    return History(series, stretch.start, stretch.step_min * 60.0, stretch.values.ravel().tolist())


async def _is_there(session: AsyncSession, scope: Scope) -> bool:
    return await session.get(DemoWorld, scope.tenant_id) is not None
