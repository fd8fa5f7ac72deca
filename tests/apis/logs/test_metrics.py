"""How APIs do, from the counts that calls leave behind."""

from datetime import timedelta
from typing import Any

from prometheus_client import REGISTRY, generate_latest

from apis.conftest import Builder, problem_in
from fixtures.tenants import TestTenant
from opsloom.apis.run_log import RunLog
from opsloom.apis.run_meters import METERS
from opsloom.kit.resilience.board import Outcome
from opsloom.kit.resilience.breaker import BreakerState

NUMBER = [{"name": "n", "type": "integer", "required": True}]


async def metrics(builder: Builder, path: str = "", **query: str) -> Any:
    await builder.core.part(RunLog).flush()
    answer = await builder.client.get(f"/api/v1/api-metrics{path}", params=query, headers=builder.tenant.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_calls_are_counted_by_how_they_ended(builder: Builder, other_tenant: TestTenant) -> None:
    sql = "select 10 / :n as n"
    api_id = await builder.publish("divide", sql, parameters=NUMBER, cache={"ttl_s": 60}, limits={"caller_rate": 40})
    await builder.publish("idle", "select 1 as one")
    for n in (1, 1, 2, 0, "x"):
        await builder.call("divide", n=n)
    await builder.client.post(
        f"/api/v1/apis/{api_id}/run", json={"parameters": {"n": 3}}, headers=builder.tenant.headers
    )
    found = await metrics(builder, f"/{api_id}")
    total = found["total"]
    assert {name: total[name] for name in ("runs", "refused", "failed", "hits", "misses", "rows")} == {
        "runs": 5, "refused": 2, "failed": 0, "hits": 1, "misses": 2, "rows": 3,
    }  # fmt: skip
    assert 0 < total["p50_ms"] <= total["p95_ms"] <= total["p99_ms"]
    assert sum(point["runs"] for point in found["points"]) == 5
    assert (found["step_s"], found["breaker"]) == (60, "closed")
    summary = await metrics(builder)
    assert [(each["api_id"], each["runs"]) for each in summary["items"]] == [(api_id, 5)]
    theirs = Builder(builder.core, builder.client, other_tenant)
    assert (await metrics(theirs))["items"] == []
    foreign = await builder.client.get(f"/api/v1/api-metrics/{api_id}", headers=other_tenant.headers)
    problem_in(foreign, 404, "asset_not_found")


async def test_counts_of_several_writes_add_up_and_older_times_are_read_by_hour(builder: Builder) -> None:
    api_id = await builder.publish("one", "select 1 as one")
    for _ in range(3):
        await builder.call("one")
        await builder.core.part(RunLog).flush()
    now = builder.core.clock.now()
    for days, span_s in ((1, 60), (30, 3600)):
        since = (now - timedelta(days=days)).isoformat()
        found = await metrics(builder, f"/{api_id}", **{"from": since})
        assert found["total"]["runs"] == 3
        assert found["step_s"] >= span_s
        assert (await metrics(builder, **{"from": since}))["items"][0]["runs"] == 3
    earlier = {"from": (now - timedelta(days=9)).isoformat(), "to": (now - timedelta(days=8)).isoformat()}
    assert (await metrics(builder, f"/{api_id}", **earlier))["total"]["p50_ms"] is None


async def test_a_time_range_that_ends_before_it_begins_is_refused(builder: Builder) -> None:
    query = {"from": "2026-05-02T00:00:00Z", "to": "2026-05-01T00:00:00Z"}
    answer = await builder.client.get("/api/v1/api-metrics", params=query, headers=builder.tenant.headers)
    assert answer.status_code == 422


async def test_an_open_breaker_is_seen_and_the_scrape_names_the_api(builder: Builder) -> None:
    api_id = await builder.publish("paused", "select 1 as one")
    await builder.call("paused")
    board, key = builder.core.breakers.local, f"api:{builder.tenant.id}:{api_id}"
    while board.breaker(key).state is not BreakerState.OPEN:
        board.report(key, board.admit(key), Outcome.FAILED)
    await builder.call("paused")
    found = await metrics(builder, f"/{api_id}")
    assert (found["breaker"], found["total"]["failed"]) == ("open", 1)
    assert (await metrics(builder))["items"][0]["breaker"] == "open"
    METERS.watch(board)
    said = generate_latest(REGISTRY).decode()
    assert f'opsloom_api_breaker_open{{api="{api_id}",tenant="{builder.tenant.id}"}} 1.0' in said
