"""Puts the made-up company into a tenant, once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.infra.db import Database
from opsloom.inventory import samples, service
from opsloom.inventory.demo.company import SOURCE, company, key
from opsloom.inventory.demo.happenings import DemoEvent, happenings
from opsloom.inventory.demo.shapes import all_series, minutes
from opsloom.inventory.models import ConfigurationItem
from opsloom.inventory.samples import Sample

BATCH_SERIES = 12

# How events get in: given by the composition root, since events know the inventory and not the other way round.
Ingest = Callable[[Sequence[DemoEvent]], Awaitable[int]]


@dataclass(frozen=True)
class Loaded:
    items: int
    relations: int
    samples: int
    events: int


async def load(db: Database, scope: Scope, now: datetime, ingest: Ingest) -> Loaded | None:
    """Loads everything; None when it is already there. Items and metrics appear together or not at all."""
    last = now.replace(second=0, microsecond=0)
    world = company()
    async with db.transaction(scope) as session:
        if await _is_there(session):
            return None
        ids = await service.ensure_found(session, scope, world, now, SOURCE)
        stored = 0
        connection = await service.driver_of(session)
        await samples.ensure_partitions(connection, back=2)
        times, every = minutes(last), list(all_series(last))
        for begin in range(0, len(every), BATCH_SERIES):
            batch = [
                Sample(ids[key(one.item)], one.metric, time, float(value))
                for one in every[begin : begin + BATCH_SERIES]
                for time, value in zip(times, one.values, strict=True)
            ]
            stored += await service.record_samples(connection, scope, batch)
        await audit.record(session, scope, "demo.loaded", "tenant", scope.tenant_id, {"items": len(world.items)})
    events = await ingest(happenings(last))
    return Loaded(len(world.items), len(world.relations), stored, events)


async def _is_there(session: AsyncSession) -> bool:
    query = select(ConfigurationItem.id).where(ConfigurationItem.source == SOURCE).limit(1)
    return (await session.execute(query)).first() is not None
