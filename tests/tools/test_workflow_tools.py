"""Tools whose logic is a workflow of their own."""

from typing import Any

import httpx2

from fixtures.tenants import TestTenant
from opsloom.infra.aside import Aside
from opsloom.infra.core import Core

CONTENT: dict[str, Any] = {
    "input_schema": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]},
    "logic": {
        "type": "workflow",
        "nodes": [
            {"type": "value", "id": "twice", "value": "params.n * 2"},
            {"type": "value", "id": "said", "value": "'It is ' & nodes.twice"},
        ],
        "edges": [{"source": "twice", "target": "said"}],
    },
}


async def make(client: httpx2.AsyncClient, tenant: TestTenant, name: str, logic: dict[str, Any]) -> tuple[str, int]:
    body = {"kind": "tool", "name": name, "content": CONTENT | {"logic": logic}}
    made = await client.post("/api/v1/assets", json=body, headers=tenant.headers)
    assert made.status_code == 201, made.text
    published = await client.post(f"/api/v1/assets/{made.json()['id']}/publish", json={}, headers=tenant.headers)
    return made.json()["id"], published.status_code


async def test_a_workflow_is_a_tools_logic(client: httpx2.AsyncClient, core: Core, tenant: TestTenant) -> None:
    tool_id, status = await make(client, tenant, "Twice", CONTENT["logic"])
    assert status == 200
    ran = await client.post(f"/api/v1/tools/{tool_id}/run", json={"arguments": {"n": 21}}, headers=tenant.headers)
    assert ran.json()["result"] == "It is 42"
    await core.part(Aside).close()


async def test_what_its_nodes_use_are_the_tools_links(client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    logic = {
        "type": "workflow",
        "nodes": [{"type": "api", "id": "a", "api": "nowhere", "arguments": {"n": "params.n"}}],
    }
    tool_id, status = await make(client, tenant, "Broken", logic)
    assert status == 422
    links = await client.get(f"/api/v1/assets/{tool_id}/links", headers=tenant.headers)
    (used,) = links.json()["uses"]
    assert (used["kind"], used["key"], used["pointer"]) == ("api", "nowhere", "/logic/nodes/0/api")
