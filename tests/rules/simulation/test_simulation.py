"""Simulations over HTTP: the past, pasted facts, a version beside the draft; told as they go."""

import json
from contextlib import aclosing
from datetime import timedelta
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from fixtures.tenants import TestTenant
from opsloom.infra.core import Core
from opsloom.rules.explain import Proof, holds_up
from opsloom.rules.simulation import service
from opsloom.rules.simulation.schemas import SimulatedRule, SimulationProgress, SimulationRequest
from rules.world import CPU_HIGH, FAILED, World

URL = "/api/v1/rules"


@pytest_asyncio.fixture
async def world(core: Core, tenant: TestTenant) -> World:
    return await World(core, tenant).build()


async def simulate(client: httpx2.AsyncClient, tenant: TestTenant, body: dict[str, Any]) -> list[tuple[str, Any]]:
    """Every event of the stream."""
    answer = await client.post(f"{URL}/simulate", json=body, headers=tenant.headers)
    assert answer.status_code == 200, answer.text
    told = []
    for block in answer.text.split("\n\n"):
        if block:
            name, data = block.split("\n", 1)
            told.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return told


def without_name(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != "name"}


async def test_the_past_tells_when_it_would_have_fired_and_what_a_version_would_have_told(
    client: httpx2.AsyncClient, tenant: TestTenant, world: World
) -> None:
    for seconds, value in (
        (-600, 95),
        (-595, 96),
        (-590, 97),
        (-580, 20),
        (-300, 99),
        (-295, 20),
        (-30, 99),
        (-20, 99),
    ):
        await world.sample(seconds, value)
    rule = (await client.post(URL, json=CPU_HIGH, headers=tenant.headers)).json()
    await client.post(f"{URL}/{rule['id']}/publish", json={}, headers=tenant.headers)
    past = {"type": "past", "start": (world.start - timedelta(hours=1)).isoformat()}
    told = await simulate(client, tenant, {"rule_id": rule["id"], "over": past})
    assert [name for name, _ in told] == ["progress", "result"]
    shown = told[-1][1]
    assert (shown["facts"], shown["complete"], shown["rule"]["keys"], shown["rule"]["pending_only"]) == (8, True, 1, 1)
    first, second = shown["rule"]["intervals"]
    assert (first["resolved_at"] is not None, second["resolved_at"]) == (True, None)
    assert first["title"] == "CPU of web-1 is at 97 %"
    assert all(one["proof_holds"] and holds_up(Proof.model_validate(one["proof"])) for one in (first, second))
    tried = without_name(CPU_HIGH | {"condition": "value > 96", "for_s": 0})
    body = {"rule_id": rule["id"], "definition": tried, "against": 1, "over": past}
    compared = (await simulate(client, tenant, body))[-1][1]
    assert compared["rule"]["fired"] == 3
    comparison = compared["comparison"]
    assert (comparison["version"], comparison["other"]["fired"], comparison["both"]) == (1, 2, 2)
    assert (len(comparison["more"]), len(comparison["less"])) == (1, 0)


async def test_pasted_events_decide_by_their_own_times(client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    def payment(second: int, amount: int) -> dict[str, Any]:
        time = f"2026-03-02T09:00:{second:02d}Z"
        data = {"status": "failed", "amount": amount}
        return {
            "id": "x",
            "specversion": "1.0",
            "type": "payment",
            "source": "shop",
            "subject": "o-1",
            "time": time,
            "data": data,
        }

    over = {"type": "pasted", "facts": [payment(5, 500), payment(9, 50)], "then_s": 60}
    shown = (await simulate(client, tenant, {"definition": without_name(FAILED), "over": over}))[-1][1]
    (interval,) = shown["rule"]["intervals"]
    assert (interval["fired_at"], interval["resolved_at"]) == ("2026-03-02T09:00:05Z", "2026-03-02T09:00:09Z")
    assert (shown["end"], interval["labels"]["subject"]) == ("2026-03-02T09:01:09Z", "o-1")


@pytest.mark.parametrize(
    "body",
    [
        {"over": {"type": "past", "start": "2026-01-01T00:00:00Z"}},
        {"definition": without_name(FAILED), "over": {"type": "past", "start": "2020-01-01T00:00:00Z"}},
        {"definition": without_name(FAILED), "over": {"type": "past", "start": "2999-01-01T00:00:00Z"}},
        {"definition": without_name(FAILED), "over": {"type": "pasted", "facts": []}},
        {"definition": without_name(FAILED) | {"condition": "value >"}, "over": {"type": "pasted", "facts": [{}]}},
    ],
)
async def test_what_cannot_be_simulated_is_refused_before_it_begins(
    client: httpx2.AsyncClient, tenant: TestTenant, body: dict[str, Any]
) -> None:
    assert (await client.post(f"{URL}/simulate", json=body, headers=tenant.headers)).status_code == 422


async def test_a_live_one_hears_what_comes_and_alerts_nobody(core: Core, tenant: TestTenant) -> None:
    world = World(core, tenant)
    request = SimulationRequest.model_validate(
        {"definition": without_name(FAILED), "over": {"type": "live", "for_s": 20}}
    )
    async with core.db.transaction(tenant.scope) as session:
        asked = await service.prepare(core, session, request)
    found: list[SimulatedRule] = []
    async with aclosing(service.simulate(core, tenant.scope, asked)) as told:
        async for one in told:
            if isinstance(one, SimulationProgress) and one.so_far is not None:
                found.append(one.so_far)
            if len(found) == 1:
                await world.event(0, "payment", "o-1", {"status": "failed", "amount": 500})
            if found and found[-1].fired:
                break
    assert [interval.labels["subject"] for interval in found[-1].intervals] == ["o-1"]
    assert not await world.has_alerts()
