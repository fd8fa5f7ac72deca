"""Requests shaped exactly like those of amtool and Prometheus, with an API key as the bearer token."""

from datetime import datetime, timedelta
from typing import Any

import httpx2

from alerts.acting import apply, decide, get, post
from fixtures.tenants import TestTenant
from opsloom.alerts.lifecycle import Step
from opsloom.identity.permissions import Role
from opsloom.infra.core import Core

BASE = "/alertmanager/api/v2"


class Amtool:
    """`amtool --alertmanager.url=…/alertmanager`: go-openapi's client with `authorization: {type: Bearer}`."""

    def __init__(self, client: httpx2.AsyncClient, tenant: TestTenant, role: Role = Role.OPERATOR) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {tenant.keys[role]}", "Accept": "application/json"}

    async def ask(self, method: str, path: str, status: int = 200, **sent: Any) -> Any:
        answer = await self._client.request(method, f"{BASE}{path}", headers=self._headers, **sent)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


def go(moment: datetime) -> str:
    """A time as Go's strfmt writes it."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def prometheus(**changes: Any) -> dict[str, Any]:
    labels = {"alertname": "InstanceDown", "instance": "web-1:9100", "job": "node", "severity": "page"}
    annotations = {"summary": "web-1 is down", "runbook_url": "https://runbooks.example/down"}
    url = "http://prometheus.example/graph?g0.expr=up+%3D%3D+0"
    return {"labels": labels, "annotations": annotations, "generatorURL": url} | changes


async def test_a_posted_alert_lives_as_long_as_it_is_spoken_of(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    amtool, now = Amtool(client, tenant), core.clock.now()
    sent = prometheus(startsAt=go(now - timedelta(minutes=3)), endsAt=go(now + timedelta(minutes=4)))
    assert await amtool.ask("POST", "/alerts", json=[sent]) is None
    await amtool.ask("POST", "/alerts", json=[sent])
    (shown,) = await amtool.ask("GET", "/alerts", params={"active": "true", "silenced": "false", "inhibited": "false"})
    assert shown["status"] == {"state": "active", "silencedBy": [], "inhibitedBy": [], "mutedBy": []}
    assert (shown["labels"], shown["generatorURL"]) == (sent["labels"], sent["generatorURL"])
    assert (shown["annotations"], shown["receivers"]) == (sent["annotations"], [{"name": "default"}])
    assert (shown["startsAt"][:19], len(shown["fingerprint"])) == (sent["startsAt"][:19], 16)
    (ours,) = (await get(client, tenant))["items"]
    assert (ours["origin"], ours["severity"], ours["title"]) == ("posted", "critical", "web-1 is down")
    assert (ours["rule_name"], ours["expires_at"][:19]) == ("InstanceDown", sent["endsAt"][:19])
    await amtool.ask("POST", "/alerts", json=[sent | {"endsAt": go(now)}])
    assert await amtool.ask("GET", "/alerts") == []
    ended = await get(client, tenant, f"/{ours['id']}")
    assert [(line["to_state"], line["reason"]) for line in ended["timeline"]] == [
        ("firing", "posted"),
        ("resolved", "ended"),
    ]


async def test_what_people_closed_stays_closed_while_it_is_spoken_of(
    client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    amtool = Amtool(client, tenant)
    zero = "0001-01-01T00:00:00.000Z"  # amtool alert add without --start and --end
    sent = [{"labels": {"alertname": "Disk", "node": "db-1"}, "annotations": {}, "startsAt": zero, "endsAt": zero}]
    await amtool.ask("POST", "/alerts", json=sent)
    (ours,) = (await get(client, tenant))["items"]
    await post(client, tenant, f"/{ours['id']}/resolve", {})
    await amtool.ask("POST", "/alerts", json=sent)
    assert await amtool.ask("GET", "/alerts") == []
    over = [sent[0] | {"endsAt": "2026-01-01T00:00:00.000Z"}]
    await amtool.ask("POST", "/alerts", json=over)
    await amtool.ask("POST", "/alerts", json=sent)
    assert [each["labels"]["node"] for each in await amtool.ask("GET", "/alerts")] == ["db-1"]


async def test_silences_as_amtool_makes_asks_for_and_ends_them(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    amtool, now = Amtool(client, tenant), core.clock.now()
    await apply(core, tenant, decide(Step.FIRE))
    matchers = [
        {"isEqual": True, "isRegex": False, "name": "alertname", "value": "CPU high"},
        {"isEqual": True, "isRegex": True, "name": "item", "value": "web-.*"},
    ]
    body = {
        "comment": "deploying",
        "createdBy": "alice",
        "endsAt": go(now + timedelta(hours=1)),
        "matchers": matchers,
        "startsAt": go(now),
    }
    made = (await amtool.ask("POST", "/silences", json=body))["silenceID"]
    (shown,) = await amtool.ask("GET", "/silences", params={"filter": ['alertname="CPU high"']})
    assert (shown["id"], shown["status"], shown["matchers"]) == (made, {"state": "active"}, matchers)
    assert shown["createdBy"] == "alice (operator key)"
    assert await amtool.ask("GET", "/silences", params={"filter": ["alertname=Other"]}) == []
    (alert,) = await amtool.ask("GET", "/alerts")
    assert (alert["status"]["state"], alert["status"]["silencedBy"]) == ("suppressed", [made])
    assert await amtool.ask("GET", "/alerts", params={"silenced": "false"}) == []
    # amtool silence update: the same silence with another end keeps its id; other matchers make a new one.
    longer = body | {"id": made, "endsAt": go(now + timedelta(hours=2))}
    assert (await amtool.ask("POST", "/silences", json=longer))["silenceID"] == made
    other = (await amtool.ask("POST", "/silences", json=body | {"id": made, "matchers": matchers[:1]}))["silenceID"]
    assert other != made
    assert (await amtool.ask("GET", f"/silence/{made}"))["status"] == {"state": "expired"}
    await amtool.ask("DELETE", f"/silence/{other}")
    assert {each["status"]["state"] for each in await amtool.ask("GET", "/silences")} == {"expired"}
    (alert,) = await amtool.ask("GET", "/alerts", params={"filter": ["severity=~critical|warning"]})
    assert alert["status"]["state"] == "active"


async def test_groups_and_status(core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    amtool = Amtool(client, tenant, Role.VIEWER)
    await apply(core, tenant, decide(Step.FIRE), decide(Step.FIRE, key="b", labels={"item": "b"}, channels=()))
    groups = await amtool.ask("GET", "/alerts/groups")
    assert [(each["labels"], each["receiver"], len(each["alerts"])) for each in groups] == [
        ({"alertname": "CPU high"}, {"name": "default"}, 1),
        ({"alertname": "CPU high"}, {"name": "pager"}, 1),
    ]
    assert len(await amtool.ask("GET", "/alerts", params={"receiver": "pag.*"})) == 1
    status = await amtool.ask("GET", "/status")
    assert status.keys() == {"cluster", "versionInfo", "config", "uptime"}
    assert status["cluster"]["status"] == "disabled"


async def test_hostile_requests_are_refused_with_a_reason(client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    amtool = Amtool(client, tenant)
    many = {f"l{n}": "x" for n in range(10_000)}
    assert (await amtool.ask("POST", "/alerts", 422, json=[{"labels": many}]))["code"] == "invalid_input"
    assert (await amtool.ask("POST", "/alerts", 422, json=[{"labels": {"a": ""}}]))["code"] == "posted_alert_invalid"
    await amtool.ask("POST", "/alerts", 422, json=[{"labels": {"a": "x" * 3000}}])
    for pattern in ("(a{100}){100}", "(", r"(?:\pL{30}){30}"):
        refused = await amtool.ask("GET", "/alerts", 422, params={"filter": [f"a=~{pattern}"]})
        assert refused["errors"][0]["pointer"] == "filter"
    assert (await amtool.ask("GET", "/alerts", 422, params={"receiver": "("}))["errors"][0]["pointer"] == "receiver"
    assert await amtool.ask("GET", "/alerts") == []
    await Amtool(client, tenant, Role.VIEWER).ask("POST", "/alerts", 403, json=[prometheus()])
