"""The log over HTTP: every call has its row, rows are found again, and they leave as files."""

import csv
import io
import json
from typing import Any

import httpx2
import pytest

from apis.conftest import CPU, PARAMETERS, Builder, problem_in
from fixtures.tenants import TestTenant
from opsloom.apis.logs.announce import RunAnnouncer
from opsloom.apis.run_log import RunLog
from opsloom.identity.permissions import Role
from opsloom.kit.resilience.board import Outcome
from opsloom.kit.resilience.breaker import BreakerState


class Log:
    """Reads the log as the tenant's owner."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder

    async def get(self, path: str = "", **query: Any) -> Any:
        """A page, the facets, one run."""
        await self.builder.core.part(RunLog).flush()
        headers = self.builder.tenant.headers
        answer = await self.builder.client.get(f"/api/v1/api-runs{path}", params=query, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def rows(self, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.get(**query))["items"]
        return found


@pytest.fixture
def log(builder: Builder) -> Log:
    return Log(builder)


async def test_every_way_to_fail_has_its_row(builder: Builder, log: Log) -> None:
    await builder.publish("cpu", CPU, parameters=PARAMETERS, limits={"caller_rate": 2})
    await builder.publish(
        "slow", "select count(*) as n from generate_series(1, 1000000000) g", limits={"timeout_ms": 50}
    )
    await builder.publish("large", "select repeat('x', 5000) as t", limits={"max_bytes": 1000})
    await builder.publish("broken", "select 1 / (select count(*) from data.items where name = 'none') as n")
    paused = await builder.publish("paused", "select 1 as one")
    board, key = builder.core.breakers.local, f"api:{builder.tenant.id}:{paused}"
    while board.breaker(key).state is not BreakerState.OPEN:
        board.report(key, board.admit(key), Outcome.FAILED)
    wanted = {
        ("nowhere", 404), ("cpu", 422), ("large", 413), ("slow", 504), ("broken", 502), ("paused", 503), ("cpu", 429),
    }  # fmt: skip
    for path, status in sorted(wanted - {("cpu", 429)}):
        assert (await builder.call(path)).status_code == status
    for _ in range(3):
        last = await builder.call("cpu", host="web-1")
    assert last.status_code == 429
    unread = await builder.client.post("/runtime/cpu", content=b"{", headers=builder.tenant.headers)
    assert unread.status_code == 400
    rows = await log.rows(limit=100)
    assert wanted | {("cpu", 400)} <= {(row["path"], row["status"]) for row in rows}
    by_status = {row["status"]: row for row in rows}
    assert by_status[400]["api_name"] == "cpu"
    assert by_status[404]["api_id"] is None
    assert all(row["code"] and row["detail"] for row in rows if row["status"] >= 400)
    assert all(row["guard_ms"] > 0 for row in rows if row["status"] in (422, 429))


async def test_runs_are_found_by_text_field_and_time(builder: Builder, log: Log, other_tenant: TestTenant) -> None:
    first = await builder.publish("cpu", CPU, parameters=PARAMETERS)
    await builder.publish(
        "kept", "select :a::int as a", parameters=[{"name": "a", "type": "integer"}], cache={"ttl_s": 60}
    )
    for host in ("web-1", "db-1", "db-2"):
        await builder.call("cpu", host=host)
    for _ in range(2):
        await builder.call("kept", a=1)
    await builder.client.get("/runtime/cpu", headers=builder.tenant.as_role(Role.OPERATOR))
    all_rows = await log.rows()
    assert len(all_rows) == 6
    assert {row["parameters"]["host"] for row in await log.rows(q="DB-")} == {"db-1", "db-2"}
    assert [row["status"] for row in await log.rows(q="operator key")] == [422]
    assert len(await log.rows(q=all_rows[0]["trace_id"])) == 1
    assert await log.rows(q="100%") == []
    assert len(await log.rows(api_id=first)) == 4
    assert [row["cache"] for row in await log.rows(cache="HIT")] == ["HIT"]
    assert len(await log.rows(outcome=["refused", "failed"], code="api_parameters_invalid")) == 1
    assert await log.rows(slower_ms=60_000) == []
    between = {"from": all_rows[3]["at"], "to": all_rows[1]["at"]}
    assert [row["id"] for row in await log.rows(**between)] == [row["id"] for row in all_rows[2:4]]
    theirs = Log(Builder(builder.core, builder.client, other_tenant))
    assert await theirs.rows() == []
    assert (await theirs.get("/facets"))["counted"] == 0


async def test_facets_count_what_each_choice_would_leave(builder: Builder, log: Log) -> None:
    first = await builder.publish("cpu", CPU, parameters=PARAMETERS)
    second = await builder.publish("one", "select 1 as one")
    for n in range(3):
        await builder.call("cpu", host=f"web-{n}")
    await builder.call("cpu")
    await builder.call("one")
    found = await log.get("/facets")
    assert (found["complete"], found["counted"]) == (True, 5)
    assert [(each["value"], each["label"], each["count"]) for each in found["apis"]] == [
        (first, "cpu", 4), (second, "one", 1),
    ]  # fmt: skip
    assert {each["value"]: each["count"] for each in found["outcomes"]} == {"answered": 4, "refused": 1}
    narrowed = await log.get("/facets", outcome="refused")
    assert {each["value"]: each["count"] for each in narrowed["outcomes"]} == {"answered": 4, "refused": 1}
    assert [each["count"] for each in narrowed["apis"]] == [1]
    assert [each["label"] for each in narrowed["callers"]] == ["owner key"]
    assert (await log.get("/facets", q="web-2"))["apis"][0]["count"] == 1


async def test_pages_are_complete_and_one_run_is_found_by_its_id(builder: Builder, log: Log) -> None:
    await builder.publish("one", "select 1 as one")
    for _ in range(5):
        await builder.call("one")
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await log.get(limit=2, **cursor)
        seen += [row["id"] for row in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert len(seen) == len(set(seen)) == 5
    run = await log.get(f"/{seen[3]}")
    assert (run["api_name"], run["rows"], run["method"]) == ("one", 1, "GET")
    assert run["serialise_ms"] > 0
    assert 0 < run["guard_ms"] <= run["total_ms"]
    headers = builder.tenant.headers
    for strange in ("00000000-0000-4000-8000-000000000000", "ffffffff-ffff-7fff-8000-000000000000"):
        problem_in(await builder.client.get(f"/api/v1/api-runs/{strange}", headers=headers), 404, "api_run_not_found")


async def test_the_log_leaves_as_a_file(builder: Builder, client: httpx2.AsyncClient) -> None:
    await builder.publish("named", "select :a::text as a", name="=cmd()", parameters=[{"name": "a"}])
    for text in ('x,"y', "가"):
        await builder.call("named", a=text)
    await builder.core.part(RunLog).flush()
    headers = builder.tenant.headers
    table = await client.get("/api/v1/api-runs/export", params={"format": "csv"}, headers=headers)
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [json.loads(row["parameters"])["a"] for row in rows] == ["가", 'x,"y']
    assert {row["api_name"] for row in rows} == {"'=cmd()"}
    lines = (await client.get("/api/v1/api-runs/export", params={"q": "가"}, headers=headers)).text.splitlines()
    assert [json.loads(line)["parameters"] for line in lines] == [{"a": "가"}]


async def test_sampling_keeps_answers_out_of_the_log_and_never_failures(builder: Builder, log: Log) -> None:
    number = [{"name": "n", "type": "integer", "required": True}]
    api_id = await builder.publish("sampled", "select :n::int as n", parameters=number, log={"sample_percent": 0})
    for _ in range(3):
        await builder.call("sampled", n=1)
    await builder.call("sampled")
    assert [row["status"] for row in await log.rows(api_id=api_id)] == [422]
    headers = builder.tenant.headers
    metrics = (await builder.client.get(f"/api/v1/api-metrics/{api_id}", headers=headers)).json()
    assert (metrics["total"]["runs"], metrics["total"]["refused"]) == (4, 1)


async def test_secrets_never_reach_the_log(builder: Builder, log: Log) -> None:
    parameters = [
        {"name": "api_token", "where": "path"}, {"name": "n", "sensitive": True}, {"name": "body", "type": "json"},
    ]  # fmt: skip
    sql = "select :api_token::text as t, (:n::text)::integer as n, :body::jsonb as b"
    await builder.publish("of/{api_token}", sql, parameters=parameters)
    given = {"n": "canary-two", "body": json.dumps({"login": {"password": "canary-three"}})}
    refused = await builder.call("of/canary-one", **given)
    assert refused.status_code == 422
    assert "canary-two" in refused.text
    row = (await log.rows())[0]
    assert "canary" not in json.dumps(row)
    assert (row["path"], row["parameters"]["n"]) == ("of/{api_token}", "***")
    assert "***" in row["detail"]


async def test_pages_are_told_of_new_runs_once_and_not_for_each(builder: Builder, log: Log) -> None:
    await builder.publish("one", "select 1 as one")
    for _ in range(4):
        await builder.call("one")
    await log.rows()
    await builder.core.part(RunAnnouncer).announce()
    async with builder.core.db.raw(builder.tenant.scope) as connection:
        said = await connection.fetch("select payload from stream_messages where topic = 'api_runs'")
    assert [each["payload"]["count"] for each in said] == [4]
