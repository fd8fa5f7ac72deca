"""Saved cases of rules over HTTP, and the policy that asks for them."""

from typing import Any

import httpx2

from fixtures.tenants import TestTenant
from rules.world import CPU_HIGH

URL = "/api/v1/rules"
CASE = {
    "name": "fires",
    "facts": [{"item": "web-1", "every": "5s", "values": [95, 96, 97, 20]}],
    "firings": [{"at": 10, "resolved": 15, "labels": {"item": "web-1"}}],
}


async def send(
    client: httpx2.AsyncClient, tenant: TestTenant, path: str, body: Any = None, method: str = "POST"
) -> httpx2.Response:
    return await client.request(method, path, json=body, headers=tenant.headers)


async def test_cases_are_kept_played_and_asked_for_by_a_policy(client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    policy = {"kind": "policy", "name": "Green", "content": {"kinds": ["rule"], "approvals": 0, "green_cases": True}}
    made = (await send(client, tenant, "/api/v1/assets", policy)).json()
    assert (await send(client, tenant, f"/api/v1/assets/{made['id']}/publish", {})).status_code == 200
    rule = (await send(client, tenant, URL, CPU_HIGH)).json()
    at = f"{URL}/{rule['id']}"
    refused = await send(client, tenant, f"{at}/publish", {})
    assert (refused.status_code, refused.json().get("code")) == (409, "rule_cases_not_green")
    case = (await send(client, tenant, f"{at}/cases", CASE)).json()
    assert (case["outcome"], case["body"]["facts"][0]["every"]) == (None, 5)
    ran = (await send(client, tenant, f"{at}/cases/run", {})).json()
    assert (ran["passed"], ran["failed"], ran["coverage"]["taken"]) == (1, 0, ran["coverage"]["total"])
    assert (await send(client, tenant, f"{at}/publish", {})).status_code == 200
    edited = CPU_HIGH | {"for_s": 0}
    headers = tenant.headers | {"If-Match": '"1"'}
    assert (await client.put(at, json=edited, headers=headers)).status_code == 200
    assert (await send(client, tenant, f"{at}/publish", {})).status_code == 409, "an edit needs another run"
    ran = (await send(client, tenant, f"{at}/cases/run", {})).json()
    (outcome,) = [item["outcome"] for item in ran["items"]]
    assert [one["pointer"] for one in outcome["differences"]] == ["/firings/0/at"]
    on_version = (await send(client, tenant, f"{at}/cases/run", {"version": 1, "case_ids": [case["id"]]})).json()
    assert on_version["passed"] == 1
    changed = await send(client, tenant, f"{at}/cases/{case['id']}", CASE | {"firings": [{"at": 0}]}, "PUT")
    assert changed.json()["outcome"] is None
    assert (await send(client, tenant, f"{at}/cases/{case['id']}", method="DELETE")).status_code == 204
    gone = await send(client, tenant, f"{at}/cases/{case['id']}", CASE, "PUT")
    assert (gone.status_code, gone.json()["code"]) == (404, "rule_case_not_found")
    missing = await send(client, tenant, f"{at}/cases/run", {"case_ids": [case["id"]]})
    assert missing.status_code == 404
