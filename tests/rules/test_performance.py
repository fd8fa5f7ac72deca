"""What rules cost, as the engine measured it; and the way out of quarantine."""

from typing import Any
from uuid import UUID

import httpx2
import pytest
import pytest_asyncio

from fixtures.tenants import TestTenant
from opsloom.infra.core import Core
from opsloom.rules.runtime import RuleRun
from rules.world import CPU_HIGH, World

URL = "/api/v1/rules"


@pytest_asyncio.fixture
async def world(core: Core, tenant: TestTenant) -> World:
    return await World(core, tenant).build()


async def look(client: httpx2.AsyncClient, tenant: TestTenant) -> dict[str, Any]:
    answer = await client.get(f"{URL}/performance", params={"hours": 2}, headers=tenant.headers)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def test_the_page_shows_what_the_engine_did(world: World, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    rule_id = await world.publish(**CPU_HIGH | {"for_s": 0})
    engine = await world.engine()
    for seconds, value in ((1, 95), (2, 20), (3, 96)):
        world.at(seconds + 0.5)
        await world.sample(seconds, value)
        await world.drain(engine)
    await engine.flush()
    shown = await look(client, tenant)
    (rule,) = shown["rules"]
    assert rule["rule_id"] == str(rule_id)
    assert (rule["kind"], rule["evaluated"], rule["matched"], rule["fired"]) == ("threshold", 3, 2, 2)
    assert rule["busy_keys"] == 1
    assert 0 < rule["cost_ms"]["p50"] <= rule["cost_ms"]["p99"]
    assert rule["delay_ms"]["p50"] == pytest.approx(500, rel=0.13)
    told = shown["engine"]
    assert (told["facts"], told["batches"], told["mean_batch"]) == (3, 3, 1)
    assert told["lag_ms"]["p99"] == pytest.approx(500, rel=0.13)
    assert told["watermark"].startswith(f"{world.at(3):%Y-%m-%dT%H:%M:%S}")
    assert shown["budget"]["busy_keys"] == 100_000


async def test_a_rule_is_let_out_of_quarantine(
    world: World, client: httpx2.AsyncClient, tenant: TestTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule_id = await world.publish(**CPU_HIGH)
    engine = await world.engine()
    with monkeypatch.context() as broken:
        broken.setattr(RuleRun, "take", lambda *_: 1 / 0)
        await world.sample(1, 95)
        await world.drain(engine)
    shown = await look(client, tenant)
    assert shown["quarantined"] == 1
    assert "ZeroDivisionError" in shown["rules"][0]["quarantine_reason"]
    released = await client.post(f"{URL}/{rule_id}/release", headers=tenant.headers)
    assert released.status_code == 204
    assert (await look(client, tenant))["quarantined"] == 0
    again = await client.post(f"{URL}/{rule_id}/release", headers=tenant.headers)
    assert (again.status_code, again.json()["code"]) == (409, "rule_not_quarantined")
    fresh = await world.engine()
    assert UUID(str(rule_id)) in fresh.runtime.runs
