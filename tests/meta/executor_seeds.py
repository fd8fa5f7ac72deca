"""Executors for the generated tests: two rules by the clock, one with a moment behind it, with the canary in every text."""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from opsloom.infra.core import Core
from opsloom.rules.executors import repository

if TYPE_CHECKING:
    from meta.seeds import Door, Seeds

SLOTS = {"executor_id": "executor"}


async def executors(door: "Door", seeds: "Seeds", core: Core) -> None:
    """The newer one has been missed once."""
    name = seeds.canary
    body = {
        "name": name,
        "kind": "schedule",
        "source": {"type": "query", "statement": "select name from data.items", "cron": "0 0 1 1 *"},
        "condition": "data['name'] IS NULL",
    }
    for place in range(2):
        rule = await door.post("/rules", body | {"name": f"{name} by the clock {place}"})
        await door.post(f"/rules/{rule['id']}/publish", {"comment": name}, status=200)
    seeds.ids["executor"] = rule["id"]
    now = core.clock.now()
    async with core.db.transaction(seeds.tenant.scope) as session:
        for age in (1, 2):
            of = {"tenant_id": seeds.tenant.id, "executor_id": UUID(rule["id"]), "due_at": now - timedelta(days=age)}
            what = {"attempt": 0, "node": name, "started_at": now, "ended_at": now, "outcome": "missed"}
            await repository.note(session, of | what | {"asked_by": name, "detail": name})
