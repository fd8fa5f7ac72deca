"""Runs of a durable workflow for the generated tests: they wait for a person, with the canary in every text."""

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import orjson

from opsloom.apis import service as apis
from opsloom.apis.schedules import repository as schedule_rows
from opsloom.apis.workflows.runner import Runner
from opsloom.infra.core import Core

if TYPE_CHECKING:
    from meta.seeds import Door, Seeds


async def schedules(door: "Door", seeds: "Seeds", core: Core) -> None:
    """Two schedules of an API; one has had two moments."""
    name = seeds.canary
    body = {"name": name, "cron": "0 0 1 1 *", "zone": "Asia/Seoul", "enabled": False}
    for _ in range(2):
        made = await door.post(f"/apis/{seeds.ids['api']}/schedules", body)
    seeds.ids["schedule"] = made["id"]
    now = core.clock.now()
    async with core.db.transaction(seeds.tenant.scope) as session:
        for age in (1, 2):
            tick = {"tenant_id": seeds.tenant.id, "schedule_id": UUID(made["id"]), "at": now, "detail": name}
            due_at = now - timedelta(days=age)
            await schedule_rows.note(session, tick | {"due_at": due_at, "outcome": "missed", "run_id": None})


async def workflows(door: "Door", seeds: "Seeds", core: Core) -> None:
    """Two runs; one has been decided and ended, one waits."""
    name, scope = seeds.canary, seeds.tenant.scope
    nodes = [
        {"type": "approval", "id": "ok", "message": "params.note", "link": "anyone"},
        {"type": "value", "id": "v", "value": "params"},
    ]
    logic = {"type": "workflow", "nodes": nodes, "edges": [{"source": "ok", "target": "v", "port": "approved"}]}
    body = {
        "name": f"{name} flow", "path": f"flow/{name}", "method": "POST", "logic": logic | {"durable": True},
        "parameters": [{"name": "note"}],
    }  # fmt: skip
    made = await door.post("/apis", body)
    await door.post(f"/apis/{made['id']}/publish", {"comment": name}, status=200)
    runs = core.part(Runner)
    for said in (True, None):
        run = await apis.run_by_key(core, scope, made["slug"], {"note": name}, "probe")
        run_id = orjson.loads(run.body)["run_id"]
        await runs.advance(seeds.tenant.id, run_id)
        if said is not None:
            await door.post(
                f"/workflow-runs/{run_id}/nodes/ok/decision", {"approve": said, "comment": name}, status=200
            )
            await runs.advance(seeds.tenant.id, run_id)
    seeds.ids["workflow_run"] = run_id
    await door.put_plain(f"/apis/{seeds.ids['api']}/pins/v", {"output": {"note": name}})
