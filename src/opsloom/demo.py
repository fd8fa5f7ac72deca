"""What `opsloom demo` does: puts the made-up company into a tenant, once, and turns its live feed on or off."""

import time
from datetime import timedelta

from opsloom.ask.golden.loading import load as load_golden
from opsloom.events import service as events
from opsloom.infra.core import Core
from opsloom.inventory.demo import feed
from opsloom.inventory.demo.load import load
from opsloom.inventory.demo.sink import EventSink
from opsloom.inventory.demo.world import FULL, Size, World
from opsloom.people import tenant_scope
from opsloom.rules.examples.loading import load as load_rules


async def load_demo(core: Core, slug: str | None, days: int = 30, size: Size = FULL, *, questions: bool = True) -> str:
    """Loads the demo world and says what is there; without its golden questions it is quicker.

    Raises InvalidInput or NotFound when the tenant is not clear.
    """
    scope = await tenant_scope(core, slug)
    await events.prepare(core.db)
    now = core.clock.now()
    world = World(now.replace(second=0, microsecond=0), days, size)
    began = time.monotonic()
    loaded = await load(core.db, scope, world, core.part(EventSink), now)
    async with core.db.transaction(scope) as session:
        rules = await load_rules(session, scope)
        golden = await load_golden(session, scope) if questions else 0
    if loaded is None:
        missing = f"{rules} rules and {golden} golden questions"
        added = f" {missing} were missing and are there now." if rules or golden else ""
        return f"The demo world is already there.{added}"
    return (
        f"Loaded the demo world in {time.monotonic() - began:.1f} s: {loaded.items} items, {loaded.relations} relations, "
        f"{loaded.samples:,} samples, {loaded.events:,} events, {rules} rules, "
        f"{golden} golden questions."
    )


async def switch_feed(core: Core, slug: str | None, live: bool) -> str:
    """Turns the live feed on (and writes what is missing until now) or off."""
    scope = await tenant_scope(core, slug)
    if not await feed.switch(core, scope, live):
        return "There is no demo world here; load it with `opsloom demo`."
    if not live:
        return "The demo world stands still."
    began = time.monotonic()
    written = await feed.go_on(core, scope)
    took = timedelta(seconds=round(time.monotonic() - began))
    return f"The demo world goes on while a worker runs; wrote {written:,} samples up to now in {took}."
