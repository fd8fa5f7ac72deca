"""On-call schedules over HTTP: kept, read at instants, stood in for, read by calendars; and how people are reached."""

from typing import Any

import httpx2
import pytest

from alerts.oncall.test_calendar import read
from fakes.clock import FakeClock
from fixtures.tenants import TestTenant
from opsloom.identity.permissions import Role
from opsloom.infra.core import Core

URL = "/api/v1/oncall-schedules"
WEEK = {"from": "2026-03-23T00:00:00Z", "to": "2026-03-31T00:00:00Z"}


def body(tenant: TestTenant, **changes: Any) -> dict[str, Any]:
    """Two members by the day in Berlin, over the night on which its clock leaps."""
    members = [str(tenant.user_ids[each]) for each in (Role.OPERATOR, Role.ADMIN)]
    layer = {"name": "first", "members": members, "first_day": "2026-03-23", "unit": "days"}
    return {"name": "Primary", "zone": "Europe/Berlin", "layers": [layer | changes]}


class Door:
    """The owner, or a member with another role, at the API."""

    def __init__(self, client: httpx2.AsyncClient, tenant: TestTenant, role: Role = Role.OWNER) -> None:
        self._client, self._headers = client, tenant.as_role(role)

    async def __call__(self, method: str, path: str, status: int = 200, body: Any = None, **more: Any) -> Any:
        headers = self._headers | more.pop("headers", {})
        answer = await self._client.request(method, path, json=body, headers=headers, **more)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


@pytest.fixture
def door(client: httpx2.AsyncClient, tenant: TestTenant) -> Door:
    return Door(client, tenant)


async def test_a_schedule_says_who_answers_and_somebody_stands_in(tenant: TestTenant, door: Door) -> None:
    made = await door("POST", URL, 201, body(tenant))
    at = f"{URL}/{made['id']}"
    rota = await door("GET", f"{at}/rota", params=WEEK)
    assert [(one["start"], one["person"] and one["person"]["name"]) for one in rota["final"]][:3] == [
        ("2026-03-23T00:00:00Z", None),
        ("2026-03-23T08:00:00Z", "operator"),
        ("2026-03-24T08:00:00Z", "admin"),
    ]
    assert (
        rota["final"][-2]["start"] == "2026-03-29T07:00:00Z"
    )  # nine in the morning, an hour earlier than the day before
    assert (len(rota["gaps"]), rota["handovers"][1]["giver"]["name"]) == (1, "operator")
    instead = {
        "user_id": str(tenant.user_ids[Role.BUILDER]),
        "start": "2026-03-24T00:00:00Z",
        "end": "2026-03-24T12:00:00Z",
    }
    over = await door("POST", f"{at}/overrides", 201, instead | {"note": "swap"})
    (shown,) = (await door("GET", URL, params={"at": "2026-03-24T09:00:00Z"}))["items"]
    assert (shown["now"]["name"], shown["until"]) == ("builder", "2026-03-24T12:00:00Z")
    rota = await door("GET", f"{at}/rota", params=WEEK)
    assert (rota["overrides"][0]["note"], rota["layers"][0][1]["person"]["name"]) == ("swap", "admin")
    await door("DELETE", f"{at}/overrides/{over['id']}", 204)
    (shown,) = (await door("GET", URL, params={"at": "2026-03-24T09:00:00Z"}))["items"]
    assert shown["now"]["name"] == "admin"


async def test_what_is_wrong_is_named(client: httpx2.AsyncClient, tenant: TestTenant, door: Door) -> None:
    for changes, pointer in (
        ({"members": [str(tenant.id)]}, "/layers/0/members/0"),
        ({"every": 0}, "/layers/0/every"),
        ({"handover": "9:00"}, "/layers/0/handover"),
    ):
        refused = await door("POST", URL, 422, body(tenant, **changes))
        assert refused["errors"][0]["pointer"].endswith(pointer), refused
    refused = await door("POST", URL, 422, body(tenant) | {"zone": "Europe/Nowhere"})
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("oncall_schedule_invalid", "/zone")
    made = await door("POST", URL, 201, body(tenant))
    at = f"{URL}/{made['id']}"
    long = {"from": "2026-01-01T00:00:00Z", "to": "2026-12-31T00:00:00Z"}
    await door("GET", f"{at}/rota", 422, params=long)
    await door("PUT", at, 428, body(tenant))
    saved = await door("PUT", at, 200, body(tenant, every=7), headers={"If-Match": '"1"'})
    assert (saved["revision"], saved["layers"][0]["every"]) == (2, 7)
    await door("PUT", at, 412, body(tenant), headers={"If-Match": '"1"'})
    await Door(client, tenant, Role.OPERATOR)("PUT", at, 403, body(tenant))
    preview = await door("POST", f"{URL}/preview", 200, body(tenant), params=WEEK)
    assert len(preview["final"]) == 9
    await door("DELETE", at, 204)
    await door("GET", at, 404)


async def test_calendars_read_the_feed_until_it_is_replaced(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "clock", FakeClock())
    made = await door("POST", URL, 201, body(tenant, first_day="2026-03-01", unit="weeks"))
    path = (await door("POST", f"{URL}/{made['id']}/feed"))["path"]
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    lines = read(answer.text)
    assert [value for name, value in lines if name == "SUMMARY"][:2] == ["Primary: operator", "Primary: admin"]
    assert [value for name, value in lines if name == "DTSTART"][:2] == ["20260301T080000Z", "20260308T080000Z"]
    ended = [value for name, value in lines if name == "DTEND"]
    assert ended[4] == "20260405T070000Z"  # summer time began meanwhile
    again = (await door("POST", f"{URL}/{made['id']}/feed"))["path"]
    assert (await client.get(path)).status_code == 404
    assert (await client.get(again)).status_code == 200
    assert (await client.get("/api/v1/oncall-feeds/x")).status_code == 422
    for wrong in ("x" * 40, f"{tenant.id.hex}.x", f"{'0' * 32}.{again.rpartition('.')[2]}"):
        assert (await client.get(f"/api/v1/oncall-feeds/{wrong}")).status_code == 404


async def test_everybody_says_how_he_is_reached_and_nobody_for_others(
    client: httpx2.AsyncClient, tenant: TestTenant, door: Door
) -> None:
    inside = await door("POST", "/api/v1/channels", 201, {"name": "pager", "config": {"type": "in_app"}})
    viewer, me, other = Door(client, tenant, Role.VIEWER), *(tenant.user_ids[one] for one in (Role.VIEWER, Role.ADMIN))
    said = await viewer("PUT", f"/api/v1/oncall-contacts/{me}", 200, {"channels": [inside["id"], inside["id"]]})
    assert (said["channels"], said["own"]) == ([inside["id"]], True)
    await viewer("PUT", f"/api/v1/oncall-contacts/{other}", 403, {"channels": []})
    await door("PUT", f"/api/v1/oncall-contacts/{other}", 200, {"channels": [inside["id"]]})
    refused = await door("PUT", f"/api/v1/oncall-contacts/{other}", 422, {"channels": [str(tenant.id)]})
    assert (refused["code"], refused["errors"][0]["pointer"]) == ("contact_invalid", "/channels/0")
    listed = await viewer("GET", "/api/v1/oncall-contacts")
    assert {one["name"] for one in listed["items"] if one["channels"]} == {"viewer", "admin"}
