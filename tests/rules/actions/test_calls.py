"""An alert that fires calls an API once, and the ledger says what became of it."""

from typing import Any
from uuid import UUID

import httpx2
import pytest_asyncio
from sqlalchemy import text

from fixtures.tenants import TestTenant
from opsloom.alerts.transitions import Listeners
from opsloom.infra.core import Core
from opsloom.rules.actions import service
from opsloom.rules.actions.service import Calling
from rules.world import CPU_HIGH, World


@pytest_asyncio.fixture
async def world(core: Core, tenant: TestTenant) -> World:
    world = await World(core, tenant).build()
    world.core.parts[Listeners] = Listeners([Calling()])
    return world


async def fire(world: World, **parameters: str) -> UUID:
    """A rule with two calls, one of an API that is not there; its alert fires and resolves."""
    calls = [
        {"type": "call", "api": "restart", "parameters": parameters, "on": ["fire", "resolve"]},
        {"type": "call", "api": "not-there"},
    ]
    rule_id = await world.publish(**CPU_HIGH | {"for_s": 0, "actions": calls})
    engine = await world.engine()
    for seconds, value in ((1, 95), (2, 20)):
        world.at(seconds)
        await world.sample(seconds, value)
        await world.drain(engine)
    return rule_id


async def publish_api(client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    body = {
        "name": "restart", "path": "restart", "method": "POST",
        "logic": {"type": "sql", "sql": "select :host as host, :load + 1 as load"},
        "parameters": [{"name": "host", "where": "body"}, {"name": "load", "type": "number", "where": "body"}],
    }  # fmt: skip
    made = (await client.post("/api/v1/apis", json=body, headers=tenant.headers)).json()
    done = await client.post(f"/api/v1/apis/{made['id']}/publish", json={}, headers=tenant.headers)
    assert done.status_code == 200, done.text


async def ledger(client: httpx2.AsyncClient, tenant: TestTenant, rule_id: UUID) -> list[dict[str, Any]]:
    answer = await client.get(f"/api/v1/rules/{rule_id}/calls", headers=tenant.headers)
    shown: list[dict[str, Any]] = answer.json()["items"]
    return shown[::-1]


async def test_an_alert_calls_once_and_the_ledger_tells(
    world: World, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    await publish_api(client, tenant)
    rule_id = await fire(world, host="{{ item }}", load="{{ value }}")
    waiting = await ledger(client, tenant, rule_id)
    assert [(row["step"], row["api"], row["outcome"]) for row in waiting] == [
        ("fire", "restart", "waiting"),
        ("fire", "not-there", "waiting"),
        ("resolve", "restart", "waiting"),
    ]
    assert waiting[0]["parameters"] == {"host": "web-1", "load": 95.0}
    for row in waiting + waiting:
        await service.call(world.core, tenant.id, UUID(row["id"]))
    done = await ledger(client, tenant, rule_id)
    assert [row["outcome"] for row in done] == ["started", "refused", "started"]
    assert done[1]["detail"].startswith("api_not_found")
    async with world.core.db.transaction(world.scope) as session:
        runs = (await session.execute(text("select id::text from workflow_runs"))).scalars().all()
    assert sorted(runs) == sorted([done[0]["run_id"], done[2]["run_id"]])


async def test_values_that_do_not_fit_are_refused_with_the_reason(
    world: World, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    await publish_api(client, tenant)
    rule_id = await fire(world, host="h", load="a lot")
    for row in await ledger(client, tenant, rule_id):
        await service.call(world.core, tenant.id, UUID(row["id"]))
    first, *_ = await ledger(client, tenant, rule_id)
    assert first["outcome"] == "refused"
    assert first["detail"].startswith("api_parameters_invalid")
