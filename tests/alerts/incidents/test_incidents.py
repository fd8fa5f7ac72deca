"""Incidents on the real database: alerts in, incidents with their reasons out, and what people do with them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest

from alerts.acting import START, decide
from fakes.clock import FakeClock
from fixtures.tenants import TestTenant
from opsloom.alerts import service as alerts
from opsloom.alerts.lifecycle import Severity, Step
from opsloom.alerts.service import Listeners
from opsloom.alerts.timers import jobs as timer_jobs
from opsloom.identity.permissions import Role
from opsloom.infra.core import Core
from opsloom.inventory import service as inventory
from opsloom.inventory.monitor import Found, FoundItem, FoundRelation
from opsloom.kit.ids import new_id

URL = "/api/v1/incidents"


async def apply(core: Core, tenant: TestTenant, *decisions: Any) -> None:
    async with core.db.transaction(tenant.scope) as session:
        await alerts.apply(session, tenant.scope, decisions, core.part(Listeners))


def fire(second: int, service: str = "pay", **changes: Any) -> Any:
    told = {"rule_id": new_id(), "key": service, "labels": {"service": service}, "title": f"{service} at {second}"}
    return decide(Step.FIRE, second, **(told | changes))


class Door:
    """A member at the API; every answer but the expected one ends the test."""

    def __init__(self, client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
        self._client, self._headers = client, headers

    async def __call__(self, method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> Any:
        answer = await self._client.request(method, path, json=body, headers=self._headers | headers)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def incidents(self) -> list[Any]:
        return (await self("GET", URL))["items"]

    async def step(self, incident: str, step: str, comment: str = "", status: int = 200) -> Any:
        return await self("POST", f"{URL}/{incident}/steps", {"step": step, "comment": comment}, status)


@pytest.fixture
def door(client: httpx2.AsyncClient, tenant: TestTenant) -> Door:
    return Door(client, tenant.as_role(Role.OPERATOR))


def kinds(incident: Any) -> list[str]:
    return [one["kind"] for one in incident["entries"]]


async def test_alerts_that_share_labels_are_one_incident_and_others_are_not(
    core: Core, tenant: TestTenant, door: Door
) -> None:
    await apply(core, tenant, fire(0), fire(60, severity=Severity.WARNING), fire(61, "shop"), fire(3000))
    found = await door.incidents()
    assert [(one["title"], one["alerts"], one["open_alerts"]) for one in found] == [
        ("pay at 3000", 1, 1),  # further from the last alert than the window
        ("shop at 61", 1, 1),
        ("pay at 0", 2, 2),
    ]
    pay = await door("GET", f"{URL}/{found[2]['id']}")
    assert [(one["tie"], one["tie_detail"]) for one in pay["alerts"]] == [
        ("first", {}),
        ("labels", {"service": "pay"}),
    ]
    assert (pay["severity"], kinds(pay)) == ("critical", ["opened", "alert_joined"])
    assert (await door("GET", f"{URL}/summary"))["states"] == {"open": 3, "acknowledged": 0, "resolved": 0}


async def test_neighbours_in_the_topology_are_one_incident_as_far_as_the_policy_says(
    core: Core, tenant: TestTenant, door: Door
) -> None:
    hosts = tuple(FoundItem(f"h:{n}", "host", f"host {n}", f"호스트 {n}") for n in range(4))
    chain = tuple(FoundRelation(f"h:{n}", "DEPENDS_ON", f"h:{n + 1}") for n in range(3))
    async with core.db.transaction(tenant.scope) as session:
        ids = await inventory.ensure_found(session, tenant.scope, Found(hosts, chain), START, "test")
    at = [ids[f"h:{n}"] for n in range(4)]
    quiet = {"labels": {}, "severity": Severity.WARNING}
    await apply(core, tenant, fire(0, item_id=at[0], **quiet), fire(9, item_id=at[2], **quiet))
    assert len(await door.incidents()) == 2
    admin = Door(door._client, tenant.headers)
    body = {"labels": [], "hops": 2, "window_min": 10}
    await admin("PUT", "/api/v1/incident-grouping", body, 412, **{"If-Match": '"7"'})
    await admin("PUT", "/api/v1/incident-grouping", body, **{"If-Match": '"0"'})
    await apply(core, tenant, fire(20, item_id=at[3], labels={}))
    (joined, other) = await door.incidents()
    assert (joined["alerts"], joined["severity"], other["alerts"]) == (2, "critical", 1)
    shown = await door("GET", f"{URL}/{joined['id']}")
    assert (shown["alerts"][1]["tie"], shown["alerts"][1]["tie_detail"]["hops"]) == ("topology", "1")
    assert {(one["name"], one["alerts"]) for one in shown["items"]} == {("host 2", 1), ("host 3", 1)}
    assert [one["type"] for one in shown["relations"]] == ["DEPENDS_ON"]


async def test_it_is_resolved_when_its_alerts_have_been_over_for_the_quiet_time(
    core: Core, tenant: TestTenant, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = fire(0), fire(5)
    await apply(core, tenant, one, two)

    def clear(of: Any) -> Any:
        return decide(Step.CLEAR, 90, rule_id=of.rule_id, key=of.key)

    await apply(core, tenant, clear(one))
    (incident,) = await door.incidents()
    assert incident["quiet_since"] is None
    await apply(core, tenant, clear(two))
    shown = await door("GET", f"{URL}/{incident['id']}")
    (timer,) = shown["upcoming"]
    assert (timer["purpose"], shown["state"], kinds(shown)[-2:]) == ("quiet", "open", ["alert_ended", "quiet"])
    clock = FakeClock(core.clock.now() + timedelta(minutes=4))
    monkeypatch.setattr(core, "clock", clock)
    await timer_jobs.sweep(core)
    assert (await door.incidents())[0]["state"] == "open"
    clock.advance(150)
    await timer_jobs.sweep(core)
    shown = await door("GET", f"{URL}/{incident['id']}")
    assert (shown["state"], shown["resolved_by"], shown["upcoming"]) == ("resolved", "system", [])
    again = decide(Step.FIRE, 200, rule_id=two.rule_id, key=two.key, labels={})
    await apply(core, tenant, again)
    shown = await door("GET", f"{URL}/{incident['id']}")
    assert (shown["state"], shown["alerts"][-1]["tie"], kinds(shown)[-1]) == ("open", "came_back", "reopened")


async def test_people_take_and_end_it_with_its_alerts(core: Core, tenant: TestTenant, door: Door) -> None:
    await apply(core, tenant, fire(0), fire(5))
    (incident,) = await door.incidents()
    at = incident["id"]
    taken = await door.step(at, "acknowledge", "on it")
    assert (taken["state"], taken["acknowledged_by"]) == ("acknowledged", "operator key")
    assert {one["state"] for one in taken["alerts"]} == {"acknowledged"}
    assert (taken["entries"][-1]["kind"], taken["entries"][-1]["text"]) == ("acknowledged", "on it")
    await door.step(at, "acknowledge", status=409)
    said = await door.step(at, "comment", "disk was full")
    assert (said["entries"][-1]["kind"], said["entries"][-1]["text"]) == ("comment", "disk was full")
    await door.step(at, "comment", status=422)
    me = str(tenant.user_ids[Role.OPERATOR])
    assert (await door("PATCH", f"{URL}/{at}", {"assignee_id": me, "title": "Disk"}))["assignee"] == "operator"
    assert (await door("PATCH", f"{URL}/{at}", {"assignee_id": None}))["title"] == "Disk"
    await door("PATCH", f"{URL}/{at}", {"assignee_id": str(tenant.user_ids[Role.VIEWER])}, 404)
    done = await door.step(at, "resolve")
    assert (done["state"], {one["state"] for one in done["alerts"]}) == ("resolved", {"resolved"})
    reopened = await door.step(at, "reopen")
    assert (reopened["state"], reopened["acknowledged_by"]) == ("open", None)
    viewer = Door(door._client, tenant.as_role(Role.VIEWER))
    await viewer.step(at, "acknowledge", status=403)


async def test_an_alert_that_is_acknowledged_takes_its_incident_along(
    core: Core, tenant: TestTenant, door: Door
) -> None:
    await apply(core, tenant, fire(0))
    (incident,) = await door.incidents()
    alert = (await door("GET", f"{URL}/{incident['id']}"))["alerts"][0]["id"]
    await door("POST", f"/api/v1/alerts/{alert}/acknowledge", {"comment": "mine"})
    assert (await door.incidents())[0]["state"] == "acknowledged"


async def test_incidents_are_merged_and_split_by_hand(core: Core, tenant: TestTenant, door: Door) -> None:
    await apply(core, tenant, fire(0, severity=Severity.INFO), fire(1, "shop"), fire(2, "shop"))
    shop, pay = [one["id"] for one in await door.incidents()]
    merged = await door("POST", f"{URL}/{pay}/merge", {"incident_ids": [shop]})
    assert (len(merged["alerts"]), merged["severity"]) == (3, "critical")
    gone = await door("GET", f"{URL}/{shop}")
    assert (gone["merged_into"], gone["state"], gone["alerts"]) == (pay, "resolved", [])
    assert [one["id"] for one in await door.incidents()] == [pay]
    await door("POST", f"{URL}/{pay}/merge", {"incident_ids": [shop]}, 409)
    await door("POST", f"{URL}/{pay}/merge", {"incident_ids": [str(new_id())]}, 404)
    all_of_them = [one["id"] for one in merged["alerts"]]
    await door("POST", f"{URL}/{pay}/split", {"alert_ids": all_of_them}, 422)
    apart = await door("POST", f"{URL}/{pay}/split", {"alert_ids": all_of_them[1:], "title": "Shop"})
    assert (apart["title"], len(apart["alerts"]), apart["state"]) == ("Shop", 2, "open")
    left = await door("GET", f"{URL}/{pay}")
    assert (len(left["alerts"]), left["severity"], kinds(left)[-1]) == (1, "info", "split")
    assert UUID(left["entries"][-1]["detail"]["incident_id"]) == UUID(apart["id"])


async def test_a_channel_may_count_by_incident(core: Core, tenant: TestTenant, door: Door) -> None:
    admin = Door(door._client, tenant.headers)
    hook = {"type": "webhook", "url": "https://receiver.example/hook"}
    await admin("POST", "/api/v1/channels", {"name": "hook", "config": hook, "limit": {"by": ["incident"]}}, 201)
    await apply(core, tenant, *(fire(n, one, channels=("hook",)) for n, one in enumerate(("pay", "pay", "shop"))))
    async with core.db.raw(tenant.scope) as connection:
        rows = await connection.fetch("select grouping from deliveries where channel_name = 'hook' order by id")
    counted = [row["grouping"] for row in rows]
    assert counted == [one["id"] for one in reversed(await door.incidents()) for _ in range(one["alerts"])]
    assert len(set(counted)) == 2
