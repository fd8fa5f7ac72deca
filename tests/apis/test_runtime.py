"""Published APIs under /runtime: answers, parameters, limits, caches, forms, and the log row of each call."""

import asyncio
import csv
import io
import json
from decimal import Decimal

import httpx2
import pytest
from arro3.core import Table
from arro3.io import read_ipc_stream

from apis.conftest import CPU, PARAMETERS, Builder, draft, fill, problem_in
from fixtures.tenants import TestTenant
from opsloom.apis.engines.protocol import EngineCall, EngineResult
from opsloom.apis.published import Published
from opsloom.identity.permissions import Role
from opsloom.kit.errors import ConnectionLost


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
    problem_in(foreign, 404, "api_not_found")
    assert foreign.json()["detail"] == nothing.json()["detail"]
    await theirs.publish("all", "select item, value from data.metrics", cache={"ttl_s": 60})
    for _ in range(2):
        assert [row["item"] for row in (await builder.call("all")).json()["items"]] == ["web-1"]
        assert [row["item"] for row in (await theirs.call("all")).json()["items"]] == ["canary-host"]
    for method, path in (("GET", ""), ("GET", "/runs"), ("GET", "/versions"), ("DELETE", "")):
        answer = await client.request(method, f"/api/v1/apis/{api_id}{path}", headers=other_tenant.headers)
        problem_in(answer, 404, "asset_not_found")


async def test_bad_parameters_are_all_named(builder: Builder) -> None:
    api_id = await builder.publish("cpu", CPU, parameters=PARAMETERS)
    problem = problem_in(await builder.call("cpu", n="many", colour="red"), 422, "api_parameters_invalid")
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
    problem_in(await client.get("/runtime/one"), 401, "sign_in_required")
    problem_in(await client.get("/runtime/one", headers=tenant.as_role(Role.VIEWER)), 403, "permission_missing")
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
    problem_in(refused, 405, "api_method_not_allowed")
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
    problem_in(await builder.call("fails"), status, code)
    row = (await builder.runs(api_id))[0]
    assert (row["status"], row["code"], row["rows"]) == (status, code, 0)
    assert row["detail"]


async def test_a_value_the_statement_cannot_use_is_the_callers_fault(builder: Builder) -> None:
    await builder.publish(
        "divide", "select 1 / :n as a", parameters=[{"name": "n", "type": "integer", "required": True}]
    )
    problem = problem_in(await builder.call("divide", n=0), 422, "api_value_refused")
    assert "division by zero" in problem["detail"]
    assert (await builder.call("divide", n=1)).status_code == 200


async def test_an_unknown_path_is_logged_too(builder: Builder) -> None:
    problem_in(await builder.call("no/such/api"), 404, "api_not_found")


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
    problem_in(refused, 429, "api_rate_limited")
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


async def test_parquet_and_arrow_by_suffix_and_by_accept(builder: Builder) -> None:
    await builder.publish("columnar", "select g::int8 as n, g * 1.5 as half from generate_series(1, 3) g")
    file = await builder.call("columnar.parquet")
    assert (file.status_code, file.content[:4], file.headers["x-row-count"]) == (200, b"PAR1", "3")
    assert file.headers["content-type"] == "application/vnd.apache.parquet"
    headers = builder.tenant.headers | {"accept": "application/vnd.apache.arrow.stream"}
    stream = await builder.client.get("/runtime/columnar", headers=headers)
    table = Table.from_arrow(read_ipc_stream(io.BytesIO(stream.content)))
    assert table["half"].to_pylist() == [Decimal("1.5"), Decimal("3.0"), Decimal("4.5")]
    again = await builder.client.get("/runtime/columnar", headers=headers | {"if-none-match": stream.headers["etag"]})
    assert (again.status_code, again.headers["etag"] != file.headers["etag"]) == (304, True)
    api_id = await builder.publish("odd", "select 'NaN'::numeric as odd")
    problem_in(await builder.call("odd.arrow"), 406, "api_form_unsuitable")
    assert [(row["status"], row["code"]) for row in await builder.runs(api_id)] == [(406, "api_form_unsuitable")]
    assert (await builder.call("odd.csv")).text == "odd\r\nNaN\r\n"


async def test_what_may_pass_is_begun_again(builder: Builder, monkeypatch: pytest.MonkeyPatch) -> None:
    retry = {"attempts": 3, "wait_ms": 10}
    await builder.publish("again", "select 1 as n", retry=retry)
    served = await builder.core.part(Published).find(builder.tenant.id, "again")
    program, failures = served[0].program, [ConnectionLost("gone"), ConnectionLost("gone")]
    run = program.run

    async def fails_first(call: EngineCall) -> EngineResult:
        if failures:
            raise failures.pop()
        return await run(call)

    monkeypatch.setattr(program, "run", fails_first)
    assert (await builder.call("again")).status_code == 200
    failures += [ConnectionLost("gone") for _ in range(3)]
    problem_in(await builder.call("again"), 503, "connection_lost")
    assert failures == []
    refused = draft("writes", "select 1 as n", method="POST", retry=retry)
    answer = await builder.client.post("/api/v1/apis", json=refused, headers=builder.tenant.headers)
    assert "may change something" in answer.text


async def test_a_breaker_opens_when_its_api_says(builder: Builder) -> None:
    sql = "select count(*) as n from generate_series(1, 1000000000) g"
    await builder.publish("slow", sql, limits={"timeout_ms": 20}, breaker={"failures": 2, "open_s": 30})
    codes = [(await builder.call("slow")).json()["code"] for _ in range(3)]
    assert codes == ["api_timeout", "api_timeout", "circuit_open"]
