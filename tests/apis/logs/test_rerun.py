"""A logged call made again by another version: what differs is told by structure, and what may change something is refused."""

from typing import Any

import pytest

from apis.conftest import Builder, problem_in
from fixtures.tenants import TestTenant
from opsloom.apis.effects import why_it_may_change
from opsloom.apis.run_log import RunLog
from opsloom.apis.schemas import ApiDefinition, Method
from opsloom.identity.permissions import Role

ITEMS = "select * from (values ('a', 1), ('b', 2), ('c', 3)) v (name, n) where n <= :most order by n"
LATER = "select name, n * (case name when 'b' then 10 else 1 end) as n from (values ('b', 2), ('c', 3), ('d', 4)) v (name, n) order by n"
MOST = [{"name": "most", "type": "integer", "default": 9}]


async def newest(builder: Builder, api_id: str) -> dict[str, Any]:
    return (await builder.runs(api_id))[0]


async def save(builder: Builder, api_id: str, path: str, sql: str, **more: Any) -> None:
    """Another draft of an API."""
    headers = builder.tenant.headers
    revision = (await builder.client.get(f"/api/v1/apis/{api_id}", headers=headers)).headers["etag"]
    body = {"name": path, "path": path, "logic": {"type": "sql", "sql": sql}, **more}
    answer = await builder.client.put(f"/api/v1/apis/{api_id}", json=body, headers=headers | {"If-Match": revision})
    assert answer.status_code == 200, answer.text


async def rerun(builder: Builder, run_id: str, version: int | None = None) -> Any:
    path = f"/api/v1/api-runs/{run_id}/rerun"
    return await builder.client.post(path, json={"version": version}, headers=builder.tenant.headers)


async def test_rows_and_fields_that_differ_are_named(builder: Builder) -> None:
    api_id = await builder.publish("items", ITEMS, parameters=MOST)
    await builder.call("items")
    run = await newest(builder, api_id)
    same = (await rerun(builder, run["id"], 1)).json()
    assert (same["same"], same["comparable"], same["changes"]) == (True, True, [])
    await save(builder, api_id, "items", LATER)
    found = (await rerun(builder, run["id"])).json()
    assert found["same"] is False
    assert (found["before"]["version"], found["after"]["version"]) == (1, 0)
    assert {(each["op"], each["label"]) for each in found["changes"]} == {
        ("removed", "a"), ("changed", "b › n"), ("added", "d"), ("moved", "c"),
    }  # fmt: skip
    assert (found["added"], found["removed"], found["changed"]) == (1, 1, 1)
    changed = next(each for each in found["changes"] if each["op"] == "changed")
    assert (changed["before"], changed["after"]) == (2, 20)


async def test_a_version_that_fails_says_why(builder: Builder) -> None:
    api_id = await builder.publish("items", ITEMS, parameters=MOST)
    await builder.call("items", most=0)
    run = await newest(builder, api_id)
    await save(builder, api_id, "items", "select 1 / :most as n", parameters=MOST)
    found = (await rerun(builder, run["id"])).json()
    assert (found["comparable"], found["same"]) == (False, False)
    assert (found["before"]["status"], found["after"]["code"]) == (200, "api_value_refused")
    assert "division by zero" in found["after"]["detail"]


async def test_comparing_is_no_call_in_the_metrics_and_has_its_row(builder: Builder) -> None:
    api_id = await builder.publish("one", "select 1 as one")
    await builder.call("one")
    run = await newest(builder, api_id)
    assert (await rerun(builder, run["id"], 1)).status_code == 200
    assert [row["method"] for row in await builder.runs(api_id)] == ["RERUN", "RERUN", "GET"]
    metrics = await builder.client.get(f"/api/v1/api-metrics/{api_id}", headers=builder.tenant.headers)
    assert metrics.json()["total"]["runs"] == 1


async def test_json_parameters_are_sent_as_they_were(builder: Builder) -> None:
    sql = "select :body::jsonb -> 'a' as a"
    api_id = await builder.publish("deep", sql, parameters=[{"name": "body", "type": "json"}])
    await builder.client.post("/runtime/deep", json={"body": {"a": [1, "x"]}}, headers=builder.tenant.headers)
    found = (await rerun(builder, (await newest(builder, api_id))["id"], 1)).json()
    assert (found["same"], found["before"]["row_count"]) == (True, 1)


@pytest.mark.parametrize(
    ("name", "value", "more"),
    [("password", "hunter2", {}), ("pet", "cat", {"sensitive": True}), ("text", "x" * 300, {})],
)
async def test_what_the_log_does_not_hold_is_not_made_up(
    builder: Builder, name: str, value: str, more: dict[str, Any]
) -> None:
    sql = f"select :{name}::text as t"
    api_id = await builder.publish("said", sql, parameters=[{"name": name, **more}])
    await builder.call("said", **{name: value})
    problem = problem_in(await rerun(builder, (await newest(builder, api_id))["id"], 1), 409, "api_rerun_refused")
    assert name in problem["detail"]


async def test_what_may_change_something_reached_no_api_or_was_a_trial_is_refused(
    builder: Builder, other_tenant: TestTenant
) -> None:
    api_id = await builder.publish("one", "select 1 as one")
    headers = builder.tenant.headers
    await builder.client.post(f"/api/v1/apis/{api_id}/run", json={"parameters": {}}, headers=headers)
    problem_in(await rerun(builder, (await newest(builder, api_id))["id"], 1), 409, "api_rerun_refused")
    await builder.call("one")
    run = await newest(builder, api_id)
    await save(builder, api_id, "one", "select 1 as one", method="POST")
    problem = problem_in(await rerun(builder, run["id"]), 409, "api_rerun_refused")
    assert problem["detail"].startswith("The draft may change something")
    await builder.call("nowhere")
    await builder.core.part(RunLog).flush()
    listed = await builder.client.get("/api/v1/api-runs", params={"outcome": "refused"}, headers=headers)
    problem_in(await rerun(builder, listed.json()["items"][0]["id"]), 409, "api_rerun_refused")
    path = f"/api/v1/api-runs/{run['id']}/rerun"
    foreign = await builder.client.post(path, json={}, headers=other_tenant.headers)
    problem_in(foreign, 404, "api_run_not_found")
    viewer = await builder.client.post(path, json={}, headers=builder.tenant.as_role(Role.VIEWER))
    problem_in(viewer, 403, "permission_missing")


HTTP = {"type": "http", "connection": "c", "path": "/"}
NODE = {"type": "logic", "id": "n"}
READS = ApiDefinition.model_validate({"path": "x", "logic": {"type": "sql", "sql": "select 1"}})


@pytest.mark.parametrize(
    ("logic", "says"),
    [
        ({"type": "sql", "sql": "select 1"}, None),
        (HTTP, None),
        (HTTP | {"method": "DELETE"}, "DELETE"),
        ({"type": "script", "code": "def main(params, input, ctx): return 1"}, None),
        ({"type": "script", "code": "def main(params, input, ctx): return 1", "connections": ["c"]}, "connections"),
        ({"type": "workflow", "nodes": [NODE | {"logic": HTTP}]}, None),
        ({"type": "workflow", "nodes": [NODE | {"logic": HTTP | {"method": "PUT"}}]}, "node “n”"),
        ({"type": "workflow", "nodes": [{"type": "notify", "id": "t", "title": "'a'", "text": "'b'"}]}, "notifies"),
        ({"type": "workflow", "nodes": [{"type": "value", "id": "v", "value": "1"}], "durable": True}, "durable"),
        ({"type": "workflow", "nodes": [{"type": "api", "id": "a", "api": "reads"}]}, None),
        ({"type": "workflow", "nodes": [{"type": "api", "id": "a", "api": "posts"}]}, "POST alone"),
        ({"type": "workflow", "nodes": [{"type": "api", "id": "a", "api": "itself"}]}, "too deeply"),
        (
            {
                "type": "workflow",
                "nodes": [{"type": "map", "id": "m", "over": "[1]", "do": {"type": "api", "id": "a", "api": "posts"}}],
            },
            "node “m”",
        ),
    ],
)
async def test_what_may_change_something(logic: dict[str, Any], says: str | None) -> None:
    definition = ApiDefinition.model_validate({"path": "x", "logic": logic})
    known = {"reads": READS, "posts": READS.model_copy(update={"method": Method.POST}), "itself": definition}

    async def find(key: str) -> ApiDefinition | None:
        return known.get(key)

    reason = await why_it_may_change(definition, find)
    assert (reason is None) if says is None else (reason is not None and says in reason)
