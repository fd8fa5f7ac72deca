"""Runs over HTTP: begun, carried out, compared with the one before, and remembered."""

from typing import Any

import httpx2

from fixtures.tenants import TestTenant
from opsloom.ask.golden import jobs
from opsloom.ask.golden.running import carry_out
from opsloom.identity.permissions import Role
from opsloom.infra.core import Core


class Desk:
    """A tenant's member at the API."""

    def __init__(self, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
        self._client, self._tenant = client, tenant

    async def call(self, verb: str, path: str, body: Any = None, role: Role = Role.BUILDER) -> tuple[int, Any]:
        """Status and document."""
        headers = self._tenant.as_role(role)
        answer = await self._client.request(verb, f"/api/v1{path}", json=body, headers=headers)
        return answer.status_code, answer.json()

    async def question(self, key: str, text: str, fact: str) -> dict[str, Any]:
        """A golden question in force that expects a number."""
        content = {
            "question": text,
            "language": "en",
            "category": "count",
            "expect": {"facts": [{"name": "it", "kind": "number", "sql": fact}]},
        }
        _, made = await self.call(
            "POST", "/assets", {"kind": "golden_question", "name": key, "key": key, "content": content}
        )
        status, _ = await self.call("POST", f"/assets/{made['id']}/publish", {})
        assert status == 200
        return dict(made)


async def _run(core: Core, desk: Desk, tenant: TestTenant) -> dict[str, Any]:
    status, begun = await desk.call("POST", "/golden-runs", {})
    assert status == 202
    assert begun["ended_at"] is None
    await jobs.run(core, str(tenant.id), begun["id"], [])
    _, run = await desk.call("GET", f"/golden-runs/{begun['id']}")
    return dict(run)


async def test_a_run_is_compared_with_the_one_before(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    desk = Desk(client, tenant)
    await desk.question(
        "servers", "How many servers are there?", "select count(*) from data.items where type = 'server'"
    )
    moving = await desk.question("events", "How many events were there yesterday?", "select 0")
    first = await _run(core, desk, tenant)
    assert (first["passed"], first["failed"], first["compared_with"]) == (2, 0, None)

    content = {
        "question": "How many events were there yesterday?",
        "language": "en",
        "category": "count",
        "expect": {"facts": [{"name": "it", "kind": "number", "sql": "select 7"}]},
    }
    body = {"name": "events", "content": content}
    headers = tenant.as_role(Role.BUILDER) | {"if-match": '"1"'}
    saved = await client.put(f"/api/v1/assets/{moving['id']}", json=body, headers=headers)
    assert saved.status_code == 200, saved.text
    await desk.call("POST", f"/assets/{moving['id']}/publish", {})
    second = await _run(core, desk, tenant)
    assert (second["passed"], second["failed"], second["compared_with"]) == (1, 1, first["id"])
    assert {one["key"]: one["cause"] for one in second["results"]} == {"servers": None, "events": "data_changed"}

    _, result = await desk.call("GET", f"/golden-runs/{second['id']}/results/events")
    assert [one["verdict"] for one in result["report"]["findings"]] == ["right", "wrong"]
    assert {"what": "truth of it", "before": "0", "after": "7"} in result["changes"]
    assert [one["outcome"] for one in result["history"]] == ["fail", "pass"]

    status, marked = await desk.call("PATCH", f"/golden-runs/{first['id']}", {"baseline": True})
    assert (status, marked["baseline"]) == (200, True)
    _, listed = await desk.call("GET", "/golden-runs")
    assert [one["id"] for one in listed["items"]] == [second["id"], first["id"]]


async def test_a_run_that_was_given_up_goes_on_where_it_stopped(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    desk = Desk(client, tenant)
    await desk.question(
        "servers", "How many servers are there?", "select count(*) from data.items where type = 'server'"
    )
    run = await _run(core, desk, tenant)
    async with core.db.raw(tenant.scope) as connection:
        await connection.execute("update golden_runs set ended_at = null")
    status, problem = await desk.call("PATCH", f"/golden-runs/{run['id']}", {"baseline": True})
    assert (status, problem["code"]) == (409, "golden_run_unfinished")
    await jobs.run(core, str(tenant.id), run["id"], [])
    _, again = await desk.call("GET", f"/golden-runs/{run['id']}")
    assert (again["passed"], again["total"]) == (1, 1)
    assert again["ended_at"] is not None


async def test_nothing_to_ask_and_nobody_to_ask_it(core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    desk = Desk(client, tenant)
    status, problem = await desk.call("POST", "/golden-runs", {})
    assert (status, problem["code"]) == (409, "nothing_golden")
    status, _ = await desk.call("POST", "/golden-runs", {}, Role.VIEWER)
    assert status == 403
    await carry_out(core, tenant.scope, tenant.id, [])  # a run that is gone is nobody's business any more
