"""Runs of a durable workflow for the generated tests: they wait for a person, with the canary in every text."""

from typing import TYPE_CHECKING

import orjson

from opsloom.apis import service as apis
from opsloom.apis.workflows.durable import DurableRuns
from opsloom.infra.core import Core

if TYPE_CHECKING:
    from meta.seeds import Door, Seeds


async def workflows(door: "Door", seeds: "Seeds", core: Core) -> None:
    """Two runs; one has been decided and ended, one waits."""
    name, scope = seeds.canary, seeds.tenant.scope
    nodes = [
        {"type": "approval", "id": "ok", "message": "params.note"},
        {"type": "value", "id": "v", "value": "params"},
    ]
    logic = {"type": "workflow", "nodes": nodes, "edges": [{"source": "ok", "target": "v", "port": "approved"}]}
    body = {
        "name": f"{name} flow", "path": f"flow/{name}", "method": "POST", "logic": logic | {"durable": True},
        "parameters": [{"name": "note"}],
    }  # fmt: skip
    made = await door.post("/apis", body)
    await door.post(f"/apis/{made['id']}/publish", {"comment": name}, status=200)
    runs = core.part(DurableRuns)
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
