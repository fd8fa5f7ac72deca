"""What rules have beside alerts, for the generated tests, with the canary in every text: executors, calls, baselines."""

import struct
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from opsloom.infra.core import Core
from opsloom.kit.ids import new_id
from opsloom.rules.actions.models import RuleCall
from opsloom.rules.baselines.scored import Side
from opsloom.rules.baselines.smoothed import Rate
from opsloom.rules.executors import repository
from opsloom.rules.models import RuleMemory

if TYPE_CHECKING:
    from meta.seeds import Door, Seeds

SLOTS = {"executor_id": "executor"}
SLOTS_OF = {
    ("list_rule_baselines", "rule_id"): "odd_rule",
    ("reset_rule_baselines", "rule_id"): "odd_rule",
    ("reset_rule_baselines", "key"): "baseline_key",
}


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


async def calls(_door: "Door", seeds: "Seeds", core: Core) -> None:
    """Two calls of the rule."""
    name, rule_id = seeds.canary, UUID(seeds.ids["rule"])
    async with core.db.transaction(seeds.tenant.scope) as session:
        for place in range(2):
            session.add(
                RuleCall(
                    tenant_id=seeds.tenant.id, id=new_id(), rule_id=rule_id, alert_id=UUID(seeds.ids["alert"]),
                    transition_id=new_id(), place=place, step="fire", api=name, parameters={"note": name},
                    outcome="refused", detail=name, created_at=core.clock.now(), ended_at=core.clock.now(),
                )
            )  # fmt: skip


async def baselines(door: "Door", seeds: "Seeds", core: Core) -> None:
    """An anomaly rule that has seen a point of two keys."""
    name = seeds.canary
    body = {"name": f"{name} odd", "kind": "anomaly", "source": {"type": "metric", "metric": "none"}}
    rule = await door.post("/rules", body | {"detector": {"type": "rate", "limit": 1}})
    await door.post(f"/rules/{rule['id']}/publish", {"comment": name}, status=200)
    seeds.ids["odd_rule"], seeds.ids["baseline_key"] = rule["id"], f"{name}-1"
    bank = Rate(side=Side.BOTH, warm_up=1)
    numbers = struct.pack("<dq", 0.0, 0) + bank.dump(bank.add())
    async with core.db.transaction(seeds.tenant.scope) as session:
        for place in range(2):
            of = {"tenant_id": seeds.tenant.id, "rule_id": UUID(rule["id"])}
            session.add(RuleMemory(**of, key=f"{name}-{place}", memory=numbers))
