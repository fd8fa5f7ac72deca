"""The life of an API over HTTP: made, checked, published, called, limited, logged, rolled back."""

import asyncio
import csv
import io
import json
from typing import Any

import httpx2
import pytest
from apis.conftest import Builder, draft, fill
from fixtures.tenants import TestTenant

from opsloom.apis.engines.lanes import Lanes
from opsloom.identity.permissions import Role
from opsloom.infra.core import Core

CPU = "select time, value from data.metrics where metric = 'cpu.usage' and item = :host order by time desc limit :n"
PARAMETERS = [
    {"name": "host", "type": "string", "required": True},
    {"name": "n", "type": "integer", "default": 10, "minimum": 1, "maximum": 100},
]


async def _problem(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["code"] == code
    return body


async def test_an_api_answers_with_the_tenants_rows(builder: Builder) -> None:
    await fill(builder.core, builder.tenant, "web-1", [10.0, 20.0, 30.0])
    await builder.publish("hosts/cpu", CPU, parameters=PARAMETERS)
    answer = await builder.call("hosts/cpu", host="web-1", n=2)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert [row["value"] for row in body["items"]] == [30, 20]
    assert (body["row_count"], body["truncated"]) == (2, False)
    assert answer.headers["x-cache-status"] == "BYPASS"
    assert "db;dur=" in answer.headers["server-timing"]
    posted = await builder.client.post(
        "/runtime/hosts/cpu", json={"host": "web-1", "n": 1}, headers=builder.tenant.headers
    )
    assert [row["value"] for row in posted.json()["items"]] == [30]


async def test_another_tenants_rows_and_apis_never_appear(
    builder: Builder, other_tenant: TestTenant, client: httpx2.AsyncClient
) -> None:
    await fill(builder.core, builder.tenant, "web-1", [10.0])
    await fill(builder.core, other_tenant, "canary-host", [987654.25])
    api_id = await builder.publish("all", "select item, value from data.metrics", cache={"ttl_s": 60})
    theirs = Builder(builder.core, client, other_tenant)
    nothing = await theirs.call("nothing-here")
    foreign = await theirs.call("all")
    await _problem(foreign, 404, "api_not_found")
    assert foreign.json()["detail"] == nothing.json()["detail"]
    await theirs.publish("all", "select item, value from data.metrics", cache={"ttl_s": 60})
    for _ in range(2):
        assert [row["item"] for row in (await builder.call("all")).json()["items"]] == ["web-1"]
        assert [row["item"] for row in (await theirs.call("all")).json()["items"]] == ["canary-host"]
    for method, path in (("GET", ""), ("GET", "/runs"), ("GET", "/versions"), ("DELETE", "")):
        answer = await client.request(method, f"/api/v1/apis/{api_id}{path}", headers=other_tenant.headers)
        await _problem(answer, 404, "asset_not_found")


async def test_bad_parameters_are_all_named(builder: Builder) -> None:
    api_id = await builder.publish("cpu", CPU, parameters=PARAMETERS)
    problem = await _problem(await builder.call("cpu", n="many", colour="red"), 422, "api_parameters_invalid")
    assert {(each["pointer"], each["code"]) for each in problem["errors"]} == {
        ("host", "required"),
        ("n", "invalid"),
        ("colour", "unknown"),
    }
    assert (await builder.runs(api_id))[0]["status"] == 422


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b'{"host": "\xff"}', "application/json", 400),
        (b'{"host": {"a": 1}}', "application/json", 422),
        (b'{"host": null}', "application/json", 422),
        (b"host=web-1", "application/x-www-form-urlencoded", 415),
        (b"[" * 100_000, "application/json", 400),
    ],
)
async def test_unreadable_bodies(builder: Builder, content: bytes, kind: str, status: int) -> None:
    await builder.publish("cpu", CPU, parameters=PARAMETERS)
    headers = builder.tenant.headers | {"content-type": kind}
    answer = await builder.client.post("/runtime/cpu", content=content, headers=headers)
    assert answer.status_code == status, answer.text


async def test_only_callers_with_the_permission_run(builder: Builder) -> None:
    await builder.publish("one", "select 1 as one")
    client, tenant = builder.client, builder.tenant
    await _problem(await client.get("/runtime/one"), 401, "sign_in_required")
    await _problem(await client.get("/runtime/one", headers=tenant.as_role(Role.VIEWER)), 403, "permission_missing")
    assert (await client.get("/runtime/one", headers=tenant.as_role(Role.OPERATOR))).status_code == 200
    key = {"Authorization": f"Bearer {tenant.keys[Role.OPERATOR]}"}
    assert (await client.get("/runtime/one", headers=key)).status_code == 200


async def test_paths_with_parameters_and_methods(builder: Builder) -> None:
    where = [{"name": "host", "where": "path"}]
    await builder.publish("hosts/{host}/name", "select :host::text as name", parameters=where)
    await builder.publish("hosts/all/name", "select 'everything' as name")
    await builder.publish(
        "only/post", "select :a::int as a", method="POST", parameters=[{"name": "a", "where": "body"}]
    )
    assert (await builder.call("hosts/db%201/name")).json()["items"] == [{"name": "db 1"}]
    assert (await builder.call("hosts/all/name")).json()["items"] == [{"name": "everything"}]
    refused = await builder.call("only/post", a=1)
    await _problem(refused, 405, "api_method_not_allowed")
    assert refused.headers["allow"] == "POST"


async def test_truncation_is_stated(builder: Builder) -> None:
    sql = "select g as n from generate_series(1, :n) g"
    parameters = [{"name": "n", "type": "integer", "required": True}]
    await builder.publish("many", sql, parameters=parameters, limits={"max_rows": 10})
    body = (await builder.call("many", n=11)).json()
    assert (len(body["items"]), body["row_count"], body["truncated"]) == (10, 10, True)
    body = (await builder.call("many", n=10)).json()
    assert (len(body["items"]), body["truncated"]) == (10, False)


@pytest.mark.parametrize(
    ("sql", "limits", "status", "code"),
    [
        ("select count(*) as n from generate_series(1, 1000000000) g", {"timeout_ms": 100}, 504, "api_timeout"),
        ("select repeat('x', 5000) as t", {"max_bytes": 1000}, 413, "api_result_too_large"),
        ("select repeat('x', 1100000000) as t", {}, 413, "api_result_too_large"),
        ("select 1 / (select count(*) from data.items where name = 'no such') as n", {}, 502, "api_statement_failed"),
    ],
)
async def test_each_failure_has_its_status_and_its_log_row(
    builder: Builder, sql: str, limits: dict[str, int], status: int, code: str
) -> None:
    api_id = await builder.publish("fails", sql, limits=limits)
    await _problem(await builder.call("fails"), status, code)
    row = (await builder.runs(api_id))[0]
    assert (row["status"], row["code"], row["rows"]) == (status, code, 0)
    assert row["detail"]


async def test_a_value_the_statement_cannot_use_is_the_callers_fault(builder: Builder) -> None:
    await builder.publish(
        "divide", "select 1 / :n as a", parameters=[{"name": "n", "type": "integer", "required": True}]
    )
    problem = await _problem(await builder.call("divide", n=0), 422, "api_value_refused")
    assert "division by zero" in problem["detail"]
    assert (await builder.call("divide", n=1)).status_code == 200


async def test_an_unknown_path_is_logged_too(builder: Builder) -> None:
    await _problem(await builder.call("no/such/api"), 404, "api_not_found")


async def test_the_log_hides_sensitive_values(builder: Builder) -> None:
    secret = [{"name": "password", "sensitive": True}, {"name": "host"}]
    api_id = await builder.publish("secret", "select :password::text as a, :host::text as b", parameters=secret)
    await builder.call("secret", password="hunter2", host="web-1")
    row = (await builder.runs(api_id))[0]
    assert row["parameters"] == {"password": "***", "host": "web-1"}
    assert (row["status"], row["rows"], row["version"], row["actor_kind"]) == (200, 1, 1, "key")


async def test_callers_and_tenants_have_their_rates(builder: Builder) -> None:
    api_id = await builder.publish("rated", "select 1 as one", limits={"caller_rate": 12})
    passed = [await builder.call("rated") for _ in range(2)]
    assert [answer.status_code for answer in passed] == [200, 200]
    assert passed[0].headers["ratelimit-limit"] == "12"
    assert passed[0].headers["ratelimit-remaining"] == "1"
    refused = await builder.call("rated")
    await _problem(refused, 429, "api_rate_limited")
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.headers["ratelimit-remaining"] == "0"
    headers = builder.tenant.as_role(Role.OPERATOR)
    assert (await builder.client.get("/runtime/rated", headers=headers)).status_code == 200
    assert [row["status"] for row in await builder.runs(api_id)] == [200, 429, 200, 200]


async def test_answers_are_kept_for_their_time(builder: Builder) -> None:
    where = [{"name": "a", "type": "integer"}]
    await builder.publish("kept", "select :a::int as a, random() as r", parameters=where, cache={"ttl_s": 60})
    first, again, other = [await builder.call("kept", a=a) for a in (1, 1, 2)]
    assert [each.headers["x-cache-status"] for each in (first, again, other)] == ["MISS", "HIT", "MISS"]
    assert again.json() == first.json()
    fresh = await builder.client.get(
        "/runtime/kept", params={"a": 1}, headers=builder.tenant.headers | {"cache-control": "no-cache"}
    )
    assert fresh.headers["x-cache-status"] == "BYPASS"
    assert fresh.json() != first.json()


async def test_the_same_question_at_once_is_asked_once(builder: Builder) -> None:
    await builder.publish("flight", "select random() as r", cache={"ttl_s": 60})
    answers = await asyncio.gather(*[builder.call("flight") for _ in range(5)])
    assert len({answer.text for answer in answers}) == 1


async def test_unchanged_answers_are_not_sent_again(builder: Builder) -> None:
    await builder.publish("tagged", "select 1 as one")
    tag = (await builder.call("tagged")).headers["etag"]
    headers = builder.tenant.headers | {"if-none-match": tag}
    answer = await builder.client.get("/runtime/tagged", headers=headers)
    assert (answer.status_code, answer.content) == (304, b"")


async def test_csv_and_ndjson(builder: Builder) -> None:
    sql = "select '=1+1' as a, 1.50::numeric as b, 'x,\"y' as c, null::text as d, '가' as \"이름\""
    await builder.publish("forms", sql)
    table = list(csv.reader(io.StringIO((await builder.call("forms.csv")).text)))
    assert table == [["a", "b", "c", "d", "이름"], ["'=1+1", "1.50", 'x,"y', "", "가"]]
    headers = builder.tenant.headers | {"accept": "application/x-ndjson"}
    lines = (await builder.client.get("/runtime/forms", headers=headers)).text.splitlines()
    assert [json.loads(line)["c"] for line in lines] == ['x,"y']


async def test_versions_roll_back_and_paths_are_taken_once(builder: Builder) -> None:
    client, headers = builder.client, builder.tenant.headers
    api_id = await builder.publish("v", "select 1 as version")
    changed = draft("v", "select 2 as version")
    saved = await client.put(f"/api/v1/apis/{api_id}", json=changed, headers=headers | {"if-match": '"1"'})
    assert saved.json()["revision"] == 2
    assert (await builder.call("v")).json()["items"] == [{"version": 1}]
    await client.post(f"/api/v1/apis/{api_id}/publish", json={}, headers=headers)
    assert (await builder.call("v")).json()["items"] == [{"version": 2}]
    await client.post(f"/api/v1/apis/{api_id}/rollback", json={"version": 1}, headers=headers)
    assert (await builder.call("v")).json()["items"] == [{"version": 1}]
    versions = (await client.get(f"/api/v1/apis/{api_id}/versions", headers=headers)).json()["items"]
    assert [(each["version"], each["is_published"]) for each in versions] == [(2, False), (1, True)]
    second = await builder.create("v", "select 3 as version", name="another")
    taken = await client.post(f"/api/v1/apis/{second['id']}/publish", json={}, headers=headers)
    await _problem(taken, 409, "api_path_taken")
    await client.post(f"/api/v1/apis/{api_id}/unpublish", headers=headers)
    await _problem(await builder.call("v"), 404, "api_not_found")
    published = await client.post(f"/api/v1/apis/{second['id']}/publish", json={}, headers=headers)
    assert published.status_code == 200
    assert (await builder.call("v")).json()["items"] == [{"version": 3}]


async def test_publishing_is_refused_with_places(builder: Builder) -> None:
    made = await builder.create("bad", "select\n  pg_sleep(1) as a from data.nothing")
    answer = await builder.client.post(f"/api/v1/apis/{made['id']}/publish", json={}, headers=builder.tenant.headers)
    problem = await _problem(answer, 422, "api_logic_refused")
    assert [each["pointer"] for each in problem["errors"]] == ["/logic/sql#2:3", "/logic/sql#2:25"]
    await _problem(await builder.call("bad"), 404, "api_not_found")


async def test_checking_gives_columns_or_reasons(builder: Builder) -> None:
    async def check(sql: str, **more: Any) -> dict[str, Any]:
        body = {"logic": {"type": "sql", "sql": sql}, **more}
        answer = await builder.client.post("/api/v1/apis/check", json=body, headers=builder.tenant.headers)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    good = await check(
        "select item, value, time, labels from data.metrics where item = :host", parameters=[{"name": "host"}]
    )
    assert good["passes"]
    assert {column["name"]: column["type"] for column in good["output"]} == {
        "item": "text",
        "value": "double precision",
        "time": "timestamp with time zone",
        "labels": "jsonb",
    }
    assert good["row_schema"]["properties"]["time"]["format"] == "date-time"
    assert good["parameters_used"] == ["host"]
    missing = await check("select item,\n  nothing from data.metrics")
    assert missing["findings"][0] | {"message": ""} == {
        "code": "postgres_42703",
        "message": "",
        "line": 2,
        "column": 3,
    }


async def test_a_draft_runs_like_a_published_version(builder: Builder) -> None:
    client, headers = builder.client, builder.tenant.headers
    where = [{"name": "host", "where": "path"}, {"name": "n", "type": "integer", "default": 2}]
    made = await builder.create("{host}/x", "select :host::text as h, :n::int as n", parameters=where)
    run = f"/api/v1/apis/{made['id']}/run"
    answer = await client.post(run, json={"parameters": {"host": "web-1"}}, headers=headers)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["items"], answer.json()["version"]) == ([{"h": "web-1", "n": 2}], 0)
    await _problem(await client.post(run, json={"parameters": {}}, headers=headers), 422, "api_parameters_invalid")
    await builder.client.put(
        f"/api/v1/apis/{made['id']}",
        json=draft("{host}/x", "select set_config('role', 'none', true) as a, :host as b", parameters=where),
        headers=headers | {"if-match": '"1"'},
    )
    answer = await client.post(run, json={"parameters": {"host": "web-1"}}, headers=headers)
    await _problem(answer, 422, "api_logic_refused")


async def test_the_document_describes_what_is_published(builder: Builder) -> None:
    await builder.publish("hosts/cpu", CPU, parameters=PARAMETERS, description="CPU of a host", tags=["hosts"])
    await builder.create("unpublished", "select 1 as one")
    headers = builder.tenant.headers
    document = (await builder.client.get("/api/v1/runtime/openapi.json", headers=headers)).json()
    assert document["openapi"] == "3.1.0"
    assert list(document["paths"]) == ["/runtime/hosts/cpu"]
    operation = document["paths"]["/runtime/hosts/cpu"]["get"]
    assert [(each["name"], each["required"]) for each in operation["parameters"]] == [("host", True), ("n", False)]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["properties"]["items"]["items"]["properties"]["value"] == {"type": ["number", "null"]}


async def test_a_breaker_pauses_an_api_that_keeps_running_out_of_time(builder: Builder) -> None:
    sql = "select count(*) as n from generate_series(1, 1000000000) g"
    api_id = await builder.publish("slow", sql, limits={"timeout_ms": 20})
    statuses = [(await builder.call("slow")).status_code for _ in range(6)]
    assert statuses == [504] * 5 + [503]
    await _problem(await builder.call("slow"), 503, "circuit_open")
    assert [row["status"] for row in await builder.runs(api_id)] == [503, 503, *[504] * 5]


async def test_hanging_apis_do_not_hold_up_the_others(builder: Builder) -> None:
    """Ten APIs hang, each with all the calls it may have; a fast one goes on answering."""
    hang = "select count(*) as n from generate_series(1, 1000000000) g"
    for number in range(10):
        await builder.publish(f"hang/{number}", hang, limits={"timeout_ms": 4000})
    await builder.publish("fast", "select 1 as one")
    hanging = [asyncio.ensure_future(builder.call(f"hang/{number % 10}")) for number in range(60)]
    lanes = builder.core.part(Lanes)
    while lanes.in_use["slow"] < 6:
        await asyncio.sleep(0)
    answered = [await builder.call("fast") for _ in range(20)]
    still_hanging = [task for task in hanging if not task.done()]
    assert [answer.status_code for answer in answered] == [200] * 20
    assert still_hanging, "the fast calls were answered while the others hung"
    ended = {answer.status_code for answer in await asyncio.gather(*hanging)}
    assert ended <= {503, 504}


async def test_a_killed_connection_is_a_clear_answer_and_the_next_call_works(
    builder: Builder, core: Core, owner_dsn: Any, postgres: Any
) -> None:
    import asyncpg

    await builder.publish("sleepy", "select count(*) as n from generate_series(1, 1000000000) g")
    await builder.publish("fine", "select 1 as one")
    superuser = postgres.dsn.as_role(postgres.dsn.user, database=core.db.dsn.database)
    admin = await asyncpg.connect(**superuser.asyncpg())
    running = asyncio.ensure_future(builder.call("sleepy"))
    killed = 0
    while not killed:
        killed = await admin.fetchval(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where application_name = 'opsloom api' and state = 'active'"
        )
    await admin.close()
    await _problem(await running, 503, "connection_lost")
    assert (await builder.call("fine")).status_code == 200
