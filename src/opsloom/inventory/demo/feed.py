"""The made-up company's present: what its history would have gone on with, minute by minute, as news that rules see."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task
from opsloom.inventory import repository, samples, service
from opsloom.inventory.demo.company import key
from opsloom.inventory.demo.happenings import happenings
from opsloom.inventory.demo.shapes import stretches, tracks
from opsloom.inventory.demo.sink import EventSink
from opsloom.inventory.demo.world import SIZES, World
from opsloom.inventory.models import DemoWorld
from opsloom.inventory.samples import Sample, SeriesBook

AT_ONCE: Final = timedelta(hours=2)
LONGEST_GAP: Final = timedelta(days=2)
"""Off for longer, it goes on from so long ago and leaves a gap, rather than write for an hour."""


async def switch(core: Core, scope: Scope, live: bool) -> bool:
    """Turns a tenant's feed on or off; False when the tenant has no made-up company."""
    async with core.db.transaction(scope) as session:
        row = await session.get(DemoWorld, scope.tenant_id)
        if row is None:
            return False
        row.live = live
    return True


async def go_on(core: Core, scope: Scope) -> int:
    """Writes what has happened since the last time; returns how many samples."""
    now, written = core.clock.now().replace(second=0, microsecond=0), 0
    while (end := await _step(core, scope, now)) is not None:
        written += end
    return written


async def _step(core: Core, scope: Scope, now: datetime) -> int | None:
    """At most a few hours, in one transaction; None when there is nothing left to write or the feed is off."""
    async with core.db.transaction(scope) as session:
        row = await session.get(DemoWorld, scope.tenant_id, with_for_update=True)
        if row is None or not row.live or row.written_until >= now:
            return None
        world = World(row.anchor, row.days, SIZES[row.size])
        start = max(row.written_until, now - LONGEST_GAP)
        end = min(now, start + AT_ONCE)
        ids = await repository.ids_by_key(session, list({key(one.item) for one in tracks()}))
        batch = [
            Sample(ids[key(track.item)], track.metric, stretch.start + n * timedelta(minutes=stretch.step_min), value)
            for stretch in stretches(world, start, end)
            for track, row_values in zip(tracks(), stretch.values, strict=True)
            for n, value in enumerate(row_values.tolist())
            if key(track.item) in ids
        ]
        connection = await service.driver_of(session)
        await samples.ensure_partitions(connection, back=LONGEST_GAP.days + 1)
        stored = await service.record_samples(connection, scope, batch, SeriesBook())
        # Before the commit: written again after a failure between the two, events are known by their ids.
        await core.part(EventSink).all(scope, happenings(world, start, end))
        row.written_until = end
    return stored


async def keep_going(core: Core) -> None:
    """Every tenant whose feed is on."""
    for tenant_id in await core.db.tenant_ids():
        scope = Scope.system(tenant_id)
        async with core.db.transaction(scope) as session:
            live = await session.scalar(select(DemoWorld.live))
        if live:
            await go_on(core, scope)


KEEP_GOING: Final = Task("demo.keep_going", keep_going)
TASKS: Final = (KEEP_GOING,)
SCHEDULES: Final = (Schedule("* * * * *", KEEP_GOING),)
