"""The log is kept within bounds of days, runs and bytes, and says what it keeps."""

from datetime import timedelta
from typing import Any

import pytest

from apis.conftest import Builder, problem_in
from fixtures.tenants import TestTenant
from opsloom.apis.logs import keeping
from opsloom.apis.run_log import RunLog
from opsloom.identity.permissions import Role
from opsloom.identity.scope import Scope
from opsloom.kit.ids import new_id


async def keep(builder: Builder, **bounds: int) -> dict[str, Any]:
    """Set the bounds, hold them as the job does for each tenant, and see what is kept."""
    headers = builder.tenant.headers
    saved = await builder.client.put("/api/v1/api-runs/keeping", json=bounds, headers=headers)
    assert saved.status_code == 200, saved.text
    await keeping.keep(builder.core, Scope.system(builder.tenant.id))
    shown: dict[str, Any] = (await builder.client.get("/api/v1/api-runs/keeping", headers=headers)).json()
    return shown


async def calls(builder: Builder, count: int, path: str = "one") -> list[str]:
    """Make so many calls; the ids of all that is logged, newest first."""
    for _ in range(count):
        await builder.call(path)
    return await ids(builder)


async def ids(builder: Builder) -> list[str]:
    await builder.core.part(RunLog).flush()
    answer = await builder.client.get("/api/v1/api-runs", headers=builder.tenant.headers)
    return [row["id"] for row in answer.json()["items"]]


async def age(builder: Builder, days: int) -> None:
    """A run of so many days ago."""
    at = builder.core.clock.now() - timedelta(days=days)
    async with builder.core.db.connection() as connection:
        await connection.execute("select ensure_api_run_partitions(3, $1)", days + 1)
    async with builder.core.db.raw(builder.tenant.scope) as connection:
        await connection.execute(
            """insert into api_runs select tenant_id, $1, $2, api_id, api_name, version, path, method, actor_kind, actor_id,
                      actor_name, status, code, detail, parameters, rows, bytes, truncated, cache, total_ms, queue_ms,
                      database_ms, trace_id, guard_ms, serialise_ms
               from api_runs where tenant_id = $3 limit 1""",
            at, new_id(), builder.tenant.id,
        )  # fmt: skip


async def test_the_newest_runs_are_kept(builder: Builder, other_tenant: TestTenant) -> None:
    theirs = Builder(builder.core, builder.client, other_tenant)
    for each in (builder, theirs):
        await each.publish("one", "select 1 as one")
    made = await calls(builder, 5)
    kept_elsewhere = await calls(theirs, 2)
    shown = await keep(builder, max_rows=3)
    assert await ids(builder) == made[:3]
    assert await ids(theirs) == kept_elsewhere
    assert (shown["kept_rows"], shown["max_rows"], shown["server_days"]) == (3, 3, 14)
    assert shown["oldest_at"] <= shown["measured_at"]


async def test_bytes_are_bounded_over_days(builder: Builder) -> None:
    await builder.publish("one", "select 1 as one")
    await calls(builder, 4)
    for days in (1, 2, 2):
        await age(builder, days)
    whole = await keep(builder)
    assert whole["kept_rows"] == 7
    one_run = whole["kept_bytes"] // 7
    shown = await keep(builder, max_bytes=one_run * 5 + 10)
    assert shown["kept_rows"] == 5
    assert shown["kept_bytes"] <= one_run * 5 + 10
    again = await keep(builder, max_bytes=one_run * 2 + 10, max_rows=4)
    assert again["kept_rows"] == 2


async def test_days_are_bounded(builder: Builder) -> None:
    await builder.publish("one", "select 1 as one")
    made = await calls(builder, 1)
    for days in (2, 3, 5):
        await age(builder, days)
    assert (await keep(builder, days=4))["kept_rows"] == 3
    assert (await keep(builder, days=1))["kept_rows"] == 1
    assert await ids(builder) == made


async def test_only_administrators_change_what_is_kept_and_it_is_on_record(builder: Builder) -> None:
    path, client, tenant = "/api/v1/api-runs/keeping", builder.client, builder.tenant
    problem_in(
        await client.put(path, json={"days": 3}, headers=tenant.as_role(Role.BUILDER)), 403, "permission_missing"
    )
    assert (await client.put(path, json={"days": 3}, headers=tenant.as_role(Role.ADMIN))).status_code == 200
    entries = (await client.get("/api/v1/audit", headers=tenant.headers)).json()["items"]
    assert "api_log.keeping_changed" in {entry["action"] for entry in entries}


@pytest.mark.parametrize("bounds", [{"days": 0}, {"max_rows": 0}, {"max_bytes": -1}, {"days": "many"}, {"rows": 3}])
async def test_bounds_that_keep_nothing_are_refused(builder: Builder, bounds: dict[str, Any]) -> None:
    answer = await builder.client.put("/api/v1/api-runs/keeping", json=bounds, headers=builder.tenant.headers)
    assert answer.status_code == 422


async def test_nobody_takes_runs_out_of_the_log_by_a_statement(builder: Builder) -> None:
    await builder.publish("one", "select 1 as one")
    await calls(builder, 1)
    async with builder.core.db.raw(builder.tenant.scope) as connection:
        allowed = await connection.fetchval("select has_table_privilege('api_runs', 'delete')")
    assert allowed is False
