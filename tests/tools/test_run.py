"""Running tools: arguments and results are held to their schemas, each run has its row, and nobody gets beyond his rights."""

from typing import Any

import pytest

from apis.conftest import fill, problem_in
from fakes.receiver import answers, hangs
from fixtures.tenants import TestTenant
from opsloom.identity.permissions import Role
from opsloom.identity.scope import Scope
from opsloom.tools.errors import ToolNotFound
from opsloom.tools.service import CalledFrom, Tools
from tools.conftest import HOST_SCHEMA, ROWS_SCHEMA, SQL, Bench


async def test_a_sql_tool_runs_and_is_remembered(bench: Bench) -> None:
    asset_id = await bench.publish("Host values", SQL, output_schema=ROWS_SCHEMA)
    answer = await bench.run(asset_id, {"host": "web-1"})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert [row["value"] for row in body["result"]["items"]] == [1, 2, 3]
    row = (await bench.runs(asset_id))[0]
    assert (row["id"], row["version"], row["caller"], row["code"]) == (body["run_id"], 1, "page", "")
    assert (row["arguments"], row["actor_kind"]) == ({"host": "web-1"}, "key")
    assert row["bytes"] > 0


async def test_an_http_tool_takes_nested_arguments(bench: Bench) -> None:
    schema = {
        "type": "object",
        "properties": {"filter": {"$ref": "#/$defs/filter"}, "ids": {"type": "array", "items": {"type": "integer"}}},
        "required": ["filter"],
        "$defs": {"filter": {"type": "object", "properties": {"state": {"enum": ["up", "down"]}}}},
    }
    logic = {
        "type": "http", "connection": "upstream", "method": "POST", "path": "/find",
        "body": {"filter": "{{ filter }}", "first": "{{ ids[0] }}"}, "rows": "found",
    }  # fmt: skip
    asset_id = await bench.publish("Find", logic, input_schema=schema)
    bench.upstream.answer({"found": [{"id": 7}]})
    answer = await bench.run(asset_id, {"filter": {"state": "up"}, "ids": [4, 5]})
    assert answer.json()["result"]["items"] == [{"id": 7}], answer.text
    assert bench.upstream.receiver.received[-1].body in (
        b'{"filter":{"state":"up"},"first":4}', b'{"first":4,"filter":{"state":"up"}}',
    )  # fmt: skip
    problem = problem_in(
        await bench.run(asset_id, {"filter": {"state": "sideways"}, "ids": ["x"]}), 422, "tool_arguments_invalid"
    )
    assert {each["pointer"] for each in problem["errors"]} == {"/filter/state", "/ids/0"}
    assert len(bench.upstream.receiver.received) == 1


async def test_every_bad_argument_is_named_and_not_repeated(bench: Bench) -> None:
    asset_id = await bench.publish("Host values", SQL)
    problem = problem_in(await bench.run(asset_id, {"n": "hunter2", "colour": 1}), 422, "tool_arguments_invalid")
    found = {(each["pointer"], each["code"]) for each in problem["errors"]}
    assert found == {("/host", "required"), ("/n", "type"), ("/colour", "unknown")}
    assert "hunter2" not in str(problem)
    assert (await bench.runs(asset_id))[0]["code"] == "tool_arguments_invalid"


async def test_a_result_that_breaks_its_promise_is_a_failure(bench: Bench) -> None:
    schema = {"type": "object", "properties": {"items": {"type": "array", "maxItems": 1}}}
    asset_id = await bench.publish("Promises", SQL, output_schema=schema)
    problem = problem_in(await bench.run(asset_id, {"host": "a"}), 502, "tool_output_invalid")
    assert problem["errors"][0]["pointer"] == "/items"
    assert (await bench.runs(asset_id))[0]["code"] == "tool_output_invalid"
    assert (await bench.run(asset_id, {"host": "a", "n": 1})).status_code == 200


@pytest.mark.parametrize(
    ("behaviour", "status", "code"), [(answers(500), 502, "api_upstream_failed"), (hangs, 504, "deadline_passed")]
)
async def test_an_upstreams_failure_is_the_tools(bench: Bench, behaviour: Any, status: int, code: str) -> None:
    bench.upstream.receiver.otherwise = behaviour
    logic = {"type": "http", "connection": "upstream", "path": "/x"}
    asset_id = await bench.publish("Fails", logic, limits={"timeout_ms": 500})
    answer = await bench.run(asset_id, {"host": "a"})
    assert answer.status_code == status, answer.text
    assert (await bench.runs(asset_id))[0]["code"] == answer.json()["code"]
    assert answer.json()["code"] in (code, "api_timeout")


async def test_a_draft_runs_like_the_published_one(bench: Bench) -> None:
    asset_id = await bench.draft("Draft", SQL)
    problem_in(await bench.run(asset_id, {"host": "a"}), 409, "not_published")
    answer = await bench.run(asset_id, {"host": "a"}, draft=True)
    assert (answer.status_code, answer.json()["version"]) == (200, 0)


async def test_secret_arguments_are_not_kept(bench: Bench) -> None:
    schema = {
        "type": "object",
        "properties": {
            "host": {"type": "string"},
            "n": {"type": "integer"},
            "token": {"type": "string", "writeOnly": True},
        },
    }
    logic = {"type": "sql", "sql": "select length(:token::text) as n, :host::text as h, :n::bigint as m"}
    asset_id = await bench.publish("Secret", logic, input_schema=schema)
    assert (await bench.run(asset_id, {"token": "hunter2", "host": "web", "n": 1})).json()["result"]["items"][0][
        "n"
    ] == 7
    assert (await bench.runs(asset_id))[0]["arguments"] == {"token": "***", "host": "web", "n": 1}
    core = bench.upstream.linked.core
    async with core.db.raw(bench.upstream.linked.tenant.scope) as connection:
        found = await connection.fetchval("select count(*) from tool_runs t where t::text like '%hunter2%'")
    assert found == 0


async def test_builtins_run_by_name_with_the_callers_rights(bench: Bench) -> None:
    linked = bench.upstream.linked
    await fill(linked.core, linked.tenant, "web-1", [10.0, 30.0])
    tools = linked.core.part(Tools)
    arguments = {"metric": "cpu.usage", "items": ["web-1"], "aggregate": "max", "last_minutes": 60}
    found = await tools.run(linked.tenant.scope, "metric_query", arguments, caller=CalledFrom.MCP)
    assert found.content["rows"][0]["value"] == 30.0
    items = await tools.run(linked.tenant.scope, "item_lookup", {"name": "WEB"}, caller=CalledFrom.MCP)
    assert [row["name"] for row in items.content["rows"]] == ["web-1"]
    none = await tools.run(linked.tenant.scope, "item_lookup", {"name": "nothing"}, caller=CalledFrom.MCP)
    assert none.content["rows"] == []
    for name, arguments in (
        ("alerts_list", {}),
        ("events_count", {"mode": "count"}),
        ("item_relations", {"items": ["web-1"]}),
    ):
        await tools.run(linked.tenant.scope, name, arguments, caller=CalledFrom.MCP)


async def test_a_wrapped_builtin_names_what_is_missing(bench: Bench) -> None:
    schema = (await bench.get("/tools/builtins"))["items"]
    metric = next(each for each in schema if each["name"] == "metric_query")
    logic = {"type": "builtin", "name": "metric_query"}
    asset_id = await bench.publish(
        "CPU", logic, input_schema=metric["input_schema"], output_schema=metric["output_schema"]
    )
    problem = problem_in(await bench.run(asset_id, {"metric": "cpu.usage", "items": ["nobody"]}), 422, "invalid_input")
    assert problem["errors"][0]["pointer"] == "/items/0"


async def test_offers_are_what_the_caller_may_run(bench: Bench) -> None:
    await bench.publish("Host values", SQL)
    await bench.draft("Hidden", SQL)
    keys = [each["key"] for each in (await bench.get("/tools"))["items"]]
    assert "host-values" in keys
    assert "metric_query" in keys
    assert "hidden" not in keys
    tenant, client = bench.upstream.builder.tenant, bench.client
    viewer = await client.get("/api/v1/tools", headers=tenant.as_role(Role.VIEWER))
    assert viewer.json()["items"] == []


async def test_only_those_who_may_run_do(bench: Bench) -> None:
    asset_id = await bench.publish("Host values", SQL)
    tenant, client = bench.upstream.builder.tenant, bench.client
    path, body = f"/api/v1/tools/{asset_id}/run", {"arguments": {"host": "a"}}
    problem_in(await client.post(path, json=body, headers=tenant.as_role(Role.VIEWER)), 403, "permission_missing")
    assert (await client.post(path, json=body, headers=tenant.as_role(Role.OPERATOR))).status_code == 200


async def test_another_tenants_tool_is_like_none(bench: Bench, other_tenant: TestTenant) -> None:
    asset_id = await bench.publish("Host values", SQL)
    for path, body in (("run", {}), ("cases/run", {}), ("cases", {"name": "x"})):
        answer = await bench.client.post(f"/api/v1/tools/{asset_id}/{path}", json=body, headers=other_tenant.headers)
        problem_in(answer, 404, "tool_not_found")
    with pytest.raises(ToolNotFound):
        await bench.upstream.linked.core.part(Tools).run(
            Scope.system(other_tenant.id), "host-values", {}, caller=CalledFrom.MCP
        )


@pytest.mark.parametrize(
    ("content", "code", "pointer"),
    [
        ({"input_schema": {"type": "array"}}, "schema_invalid", "/input_schema/type"),
        (
            {"input_schema": {"type": "object", "properties": {"a": {"type": "strin"}}}},
            "schema_invalid",
            "/input_schema",
        ),
        ({"input_schema": {"type": "object", "$ref": "https://evil.example/x"}}, "schema_invalid", "/input_schema"),
        ({"output_schema": {"type": "object", "pattern": "("}}, "schema_invalid", "/output_schema"),
        (
            {"input_schema": {"type": "object", "properties": {"a b": {}}}},
            "tool_logic_refused",
            "/input_schema/properties/a b",
        ),
        ({"logic": {"type": "sql", "sql": "delete from data.items"}}, "tool_logic_refused", "/logic/sql"),
        ({"logic": {"type": "sql", "sql": "select :gone as x"}}, "tool_logic_refused", "/logic/sql"),
        ({"logic": {"type": "builtin", "name": "nothing"}}, "tool_logic_refused", "/logic/name"),
        ({"logic": {"type": "api", "api": "nothing"}}, "tool_logic_refused", "/logic/api"),
        ({"logic": {"type": "http", "connection": "no", "path": "/"}}, "tool_logic_refused", "/logic/connection"),
    ],
)
async def test_what_could_not_work_is_not_published(
    bench: Bench, content: dict[str, Any], code: str, pointer: str
) -> None:
    asset_id = await bench.draft("Bad", content.pop("logic", SQL), **{"input_schema": HOST_SCHEMA, **content})
    problem = problem_in(await bench.send(f"/assets/{asset_id}/publish", {}), 422, code)
    assert any(each["pointer"].startswith(pointer) for each in problem["errors"]), problem
