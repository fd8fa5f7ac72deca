"""Events are kept within bounds, the oldest go first, and what is left of a day survives its copying."""

from datetime import timedelta
from typing import Any

import httpx2

from fixtures.tenants import TestTenant
from opsloom.events.commit import id_at
from opsloom.events.keeping import service as keeping
from opsloom.identity.permissions import Role
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.keeping import midnight

URL = "/api/v1/events/keeping"


async def aged(core: Core, tenant: TestTenant, days: int, count: int) -> None:
    """Events that arrived some days ago, `count` of them a second apart."""
    start = midnight(core.clock.now()) - timedelta(days=days) + timedelta(hours=1)
    async with core.db.raw(tenant.scope) as connection:
        await connection.execute("select ensure_event_partitions(1, 6)")
        for n in range(count):
            at = start + timedelta(seconds=n)
            await connection.execute(
                "insert into events (tenant_id, id, source, event_id, type, time, received_at, data) "
                "values ($1, $2, 'old', $3, 't', $4, $4, $5)",
                tenant.id, id_at(at), f"{days}-{n}", at, '{"text": "' + "x" * 200 + '"}',
            )  # fmt: skip


async def kept(core: Core, tenant: TestTenant) -> list[str]:
    async with core.db.raw(tenant.scope) as connection:
        rows = await connection.fetch("select event_id from events where tenant_id = $1 order by id", tenant.id)
    return [row["event_id"] for row in rows]


async def bounded(client: httpx2.AsyncClient, tenant: TestTenant, **bounds: int) -> dict[str, Any]:
    answer = await client.put(URL, json=bounds, headers=tenant.headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_oldest_go_first_by_number_bytes_and_age(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    for days in (4, 1):
        await aged(core, tenant, days, 3)
    await aged(core, other_tenant, 4, 2)
    scope = Scope.system(tenant.id)
    await bounded(client, tenant, max_rows=5)
    assert (await keeping.hold(core, scope))[0] == 1
    assert await kept(core, tenant) == ["4-1", "4-2", "1-0", "1-1", "1-2"]
    shown = (await client.get(URL, headers=tenant.as_role(Role.VIEWER))).json()
    assert (shown["kept_rows"], shown["max_rows"]) == (5, 5)
    await bounded(client, tenant, max_bytes=shown["kept_bytes"] - 1)
    assert (await keeping.hold(core, scope))[0] == 1
    await bounded(client, tenant, days=3)
    assert (await keeping.hold(core, scope))[0] == 1
    assert await kept(core, tenant) == ["1-0", "1-1", "1-2"]
    assert await kept(core, other_tenant) == ["4-0", "4-1"]
    viewer = await client.put(URL, json={"days": 1}, headers=tenant.as_role(Role.BUILDER))
    assert viewer.status_code == 403


async def test_a_day_is_copied_with_all_that_is_left_of_every_tenant(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    await aged(core, tenant, 5, 400)
    await aged(core, other_tenant, 5, 3)
    await bounded(client, tenant, max_rows=2)
    _, days = await keeping.hold(core, Scope.system(tenant.id))
    freed = await keeping.compact(core, days)
    assert freed > 0
    assert await kept(core, tenant) == ["5-398", "5-399"]
    assert await kept(core, other_tenant) == ["5-0", "5-1", "5-2"]
    async with core.db.raw(tenant.scope) as connection:
        part = f"events_{min(days):%Y%m%d}"
        secured = await connection.fetchrow(
            "select relrowsecurity, relforcerowsecurity, (select count(*) from pg_policies where tablename = $1) as policies "
            "from pg_class where relname = $1",
            part,
        )
        assert tuple(secured or ()) == (True, True, 1)
        assert await connection.fetchval("select count(*) from pg_indexes where tablename = $1", part) == 4
    assert await keeping.compact(core, {midnight(core.clock.now())}) == 0  # a day that events still arrive in stays
    listed = (await client.get("/api/v1/events", headers=other_tenant.headers)).json()["items"]
    assert len(listed) == 3
