"""The inventory over HTTP."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from fixtures.tenants import TestTenant
from opsloom.infra.core import Core
from opsloom.inventory import service
from opsloom.inventory.monitor import Found, FoundItem, FoundRelation
from opsloom.inventory.samples import Sample
from opsloom.kit.ids import new_id

WORLD = Found(
    (
        FoundItem("h:pay", "host", "pay-db-01", "결제 DB 1호기", ("payments database",), ("10.20.0.7",)),
        FoundItem("d:pay", "disk", "pay-db-01 vda"),
        FoundItem("h:web", "host", "web-1"),
    ),
    (FoundRelation("d:pay", "PART_OF", "h:pay"),),
)
NOW = datetime.now(UTC).replace(microsecond=0)


async def make_world(core: Core, tenant: TestTenant) -> dict[str, str]:
    async with core.db.transaction(tenant.scope) as session:
        ids = await service.ensure_found(session, tenant.scope, WORLD, NOW, "test")
        batch = [Sample(ids["h:pay"], "cpu.usage", NOW - timedelta(seconds=5 * n), float(n)) for n in range(1, 61)]
        await service.record_samples(await service.driver_of(session), tenant.scope, batch)
    return {key: str(value) for key, value in ids.items()}


async def test_items_are_paged_by_name(core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    await make_world(core, tenant)
    first = (await client.get("/api/v1/items?limit=2", headers=tenant.headers)).json()
    rest = (await client.get(f"/api/v1/items?limit=2&cursor={first['next_cursor']}", headers=tenant.headers)).json()
    assert [one["name"] for one in first["items"] + rest["items"]] == ["pay-db-01", "pay-db-01 vda", "web-1"]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("words", ["결제", "PAYMENTS", "10.20.0.7", "pay-db"])
async def test_items_are_found_by_any_of_their_names(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant, words: str
) -> None:
    await make_world(core, tenant)
    found = (await client.get("/api/v1/items", params={"q": words}, headers=tenant.headers)).json()["items"]
    assert found[0]["name"] == "pay-db-01"


async def test_an_item_shows_its_relations_and_newest_values(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    ids = await make_world(core, tenant)
    item = (await client.get(f"/api/v1/items/{ids['h:pay']}", headers=tenant.headers)).json()
    assert [(one["source"], one["type"], one["target"]) for one in item["relations"]] == [
        ("pay-db-01 vda", "PART_OF", "pay-db-01")
    ]
    [metric] = (await client.get(f"/api/v1/items/{ids['h:pay']}/metrics", headers=tenant.headers)).json()["items"]
    assert (metric["metric"], metric["unit"], metric["last_value"]) == ("cpu.usage", "percent", 1.0)


async def test_relations_and_series_are_listed(core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    ids = await make_world(core, tenant)
    edges = (await client.get("/api/v1/relations?type=PART_OF", headers=tenant.headers)).json()["items"]
    assert [one["target_id"] for one in edges] == [ids["h:pay"]]
    series = (await client.get("/api/v1/metrics/series?metric=cpu.usage", headers=tenant.headers)).json()["items"]
    assert [(one["item"], one["metric"]) for one in series] == [("pay-db-01", "cpu.usage")]


async def test_points_come_raw_and_in_buckets(core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    ids = await make_world(core, tenant)
    asked = {
        "metric": "cpu.usage", "item_id": ids["h:pay"],
        "from": (NOW - timedelta(minutes=5)).isoformat(), "to": NOW.isoformat(),
    }  # fmt: skip
    raw = (await client.post("/api/v1/metrics/query", json=asked, headers=tenant.headers)).json()
    assert [value for _time, value in raw["series"][0]["points"]] == [float(n) for n in range(60, 0, -1)]
    asked |= {"step_s": 60, "aggregate": "max"}
    cut = (await client.post("/api/v1/metrics/query", json=asked, headers=tenant.headers)).json()
    assert [value for _time, value in cut["series"][0]["points"]] == [60, 48, 36, 24, 12]
    assert "date_bin" in cut["sql"]
    assert cut["parameters"][0] == {"type": "text", "value": "cpu.usage"}


@pytest.mark.parametrize(
    "change",
    [
        {"metric": "drop table"},
        {"from": "2026-01-01T00:00:00"},
        {"from": "2099-01-01T00:00:00Z"},
        {"step_s": 0},
        {"aggregate": "mode"},
        {"colour": "red"},
        {"from": "1980-01-01T00:00:00Z", "step_s": 1},
    ],
)
async def test_a_bad_query_is_refused_with_its_reason(
    client: httpx2.AsyncClient, tenant: TestTenant, change: dict[str, object]
) -> None:
    asked = {"metric": "cpu.usage", "from": (NOW - timedelta(hours=1)).isoformat(), "to": NOW.isoformat()} | change
    answer = await client.post("/api/v1/metrics/query", json=asked, headers=tenant.headers)
    assert answer.status_code == 422
    assert answer.json()["errors"]


async def test_another_tenants_item_does_not_exist(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    ids = await make_world(core, tenant)
    for path in (f"/api/v1/items/{ids['h:pay']}", f"/api/v1/items/{ids['h:pay']}/metrics"):
        foreign = await client.get(path, headers=other_tenant.headers)
        unknown = await client.get(path.replace(ids["h:pay"], str(new_id())), headers=other_tenant.headers)
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.json()["detail"] == unknown.json()["detail"]
