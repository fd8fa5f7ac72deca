"""What `opsloom demo` does: puts the made-up company into a tenant, once."""

import time
from collections.abc import Sequence

import orjson

from opsloom.events import service as events
from opsloom.infra.core import Core
from opsloom.inventory.demo.happenings import DemoEvent
from opsloom.inventory.demo.load import load
from opsloom.people import tenant_scope


async def load_demo(core: Core, slug: str | None) -> str:
    """Loads the demo world and says what is there. Raises InvalidInput or NotFound when the tenant is not clear."""
    scope = await tenant_scope(core, slug)
    await events.prepare(core.db)

    async def ingest(happened: Sequence[DemoEvent]) -> int:
        headers = {"content-type": "application/json"}
        taken = await events.ingest(core, scope, orjson.dumps(list(happened)), headers)
        return taken.accepted + taken.duplicates

    began = time.monotonic()
    loaded = await load(core.db, scope, core.clock.now(), ingest)
    if loaded is None:
        return "The demo world is already there."
    return (
        f"Loaded the demo world in {time.monotonic() - began:.1f} s: {loaded.items} items, {loaded.relations} relations, "
        f"{loaded.samples:,} samples, {loaded.events} events."
    )
