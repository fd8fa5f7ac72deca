"""Silences, windows and inhibitions through the API: what people arrange, what is refused, and who sees which alerts are meant."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from alerts.acting import apply, decide, get
from fixtures.tenants import TestTenant
from opsloom.alerts.lifecycle import Severity, Step
from opsloom.identity.permissions import Role
from opsloom.infra.core import Core

BASE = "/api/v1"
WEB = [{"name": "item", "op": "=~", "value": "web-.*"}]


def silence(core: Core, **changes: Any) -> dict[str, Any]:
    """An hour from now."""
    ends_at = (core.clock.now() + timedelta(hours=1)).isoformat()
    return {"matchers": WEB, "ends_at": ends_at, "comment": "deploying"} | changes


def window(**changes: Any) -> dict[str, Any]:
    timing = {"type": "recurring", "cron": "0 2 * * *", "zone": "Asia/Seoul", "duration_s": 3600}
    return {"name": "Nightly", "matchers": WEB, "timing": timing} | changes


def inhibition(**changes: Any) -> dict[str, Any]:
    source = [{"name": "severity", "value": "critical"}]
    target = [{"name": "severity", "op": "!=", "value": "critical"}, {"name": "item", "op": "=~", "value": ".+"}]
    return {"name": "Critical first", "source": source, "target": target, "equal": ["item"]} | changes


async def test_a_silence_lives(core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    operator = tenant.as_role(Role.OPERATOR)
    made = await client.post(f"{BASE}/silences", json=silence(core), headers=operator)
    assert (made.status_code, made.json()["state"], made.json()["created_by"]) == (201, "active", "operator key")
    at = f"{BASE}/silences/{made.json()['id']}"
    later = silence(core, starts_at=(core.clock.now() + timedelta(minutes=9)).isoformat())
    planned = await client.post(f"{BASE}/silences", json=later, headers=operator)
    assert planned.json()["state"] == "pending"
    (alert_id,) = await apply(core, tenant, decide(Step.FIRE))
    muted = (await get(client, tenant, f"/{alert_id}"))["muted_by"]
    assert [(each["kind"], each["name"], each["id"]) for each in muted] == [("silence", "deploying", made.json()["id"])]
    stale = await client.put(at, json=silence(core), headers=operator | {"If-Match": '"9"'})
    assert (stale.status_code, stale.json()["code"], stale.json()["revision"]) == (412, "mute_changed", 1)
    assert (await client.put(at, json=silence(core), headers=operator)).status_code == 428
    edited = silence(core, matchers=[{"name": "item", "value": "db-1"}])
    saved = await client.put(at, json=edited, headers=operator | {"If-Match": made.headers["etag"]})
    assert (saved.status_code, saved.headers["etag"]) == (200, '"2"')
    assert saved.json()["starts_at"] == made.json()["starts_at"]
    assert (await get(client, tenant, f"/{alert_id}"))["muted_by"] == []
    ended = await client.post(f"{at}/expire", headers=operator)
    assert ended.json()["state"] == "expired"
    again = await client.post(f"{at}/expire", headers=operator)
    assert (again.status_code, again.json()["code"]) == (409, "silence_over")
    over = await client.put(at, json=edited, headers=operator | {"If-Match": '"3"'})
    assert over.json()["code"] == "silence_over"
    for state, count in (("active", 0), ("pending", 1), ("expired", 1)):
        found = await client.get(f"{BASE}/silences", params={"state": state}, headers=operator)
        assert len(found.json()["items"]) == count, state
    assert len((await client.get(f"{BASE}/silences", headers=operator)).json()["items"]) == 2


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"matchers": [{"name": "item", "op": "=~", "value": ".*"}]}, "/matchers"),
        ({"ends_at": "2020-01-01T00:00:00Z"}, "/ends_at"),
        ({"starts_at": "2999-01-01T00:00:00Z"}, "/ends_at"),
        ({"matchers": [{"name": "item", "op": "=~", "value": "(a+"}]}, "/matchers/0"),
        ({"matchers": []}, "/matchers"),
        ({"comment": " "}, "/comment"),
    ],
)
async def test_a_silence_that_makes_no_sense_is_refused(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant, changes: dict[str, Any], pointer: str
) -> None:
    refused = await client.post(f"{BASE}/silences", json=silence(core, **changes), headers=tenant.headers)
    assert refused.status_code == 422, refused.text
    assert [each["pointer"] for each in refused.json()["errors"]] == [pointer]


async def test_a_preview_names_the_alerts_that_are_meant(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    await apply(
        core,
        tenant,
        decide(Step.FIRE, key="a"),
        decide(Step.FIRE, key="b", labels={"item": "web-2"}, severity=Severity.WARNING),
        decide(Step.FIRE, key="c", labels={"item": "db-1"}),
        decide(Step.FIRE, key="d", labels={"item": "web-9"}),
        decide(Step.CLEAR, 5, key="d"),
    )
    both = [*WEB, {"name": "severity", "op": "!=", "value": "warning"}]
    for matchers, labels in ((WEB, ["web-2", "web-1"]), (both, ["web-1"])):
        found = await client.post(f"{BASE}/silences/preview", json={"matchers": matchers}, headers=tenant.headers)
        assert [each["labels"]["item"] for each in found.json()["items"]] == labels
        assert (found.json()["count"], found.json()["looked_at"], found.json()["more"]) == (len(labels), 3, False)


async def test_a_window_shows_when_it_opens(client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    made = await client.post(f"{BASE}/maintenance-windows", json=window(), headers=tenant.headers)
    assert made.status_code == 201, made.text
    assert [each["starts_at"][11:] for each in made.json()["upcoming"]][:2] == ["17:00:00Z", "17:00:00Z"]
    at = f"{BASE}/maintenance-windows/{made.json()['id']}"
    off = await client.put(at, json=window(enabled=False), headers=tenant.headers | {"If-Match": '"1"'})
    assert (off.json()["enabled"], off.json()["upcoming"]) == (False, [])
    stale = await client.put(at, json=window(), headers=tenant.headers | {"If-Match": '"1"'})
    assert stale.status_code == 412
    long = window(timing={"type": "recurring", "cron": "0 * * * *", "duration_s": 7200})
    refused = await client.post(f"{BASE}/maintenance-windows", json=long, headers=tenant.headers)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/timing/duration_s")
    asked = {"timing": {"type": "recurring", "cron": "0 2 * * *", "zone": "Nowhere", "duration_s": 60}}
    unknown = await client.post(f"{BASE}/maintenance-windows/preview", json=asked, headers=tenant.headers)
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/timing/zone")
    assert (await client.delete(at, headers=tenant.headers)).status_code == 204
    assert (await client.get(at, headers=tenant.headers)).json()["code"] == "maintenance_window_not_found"


async def test_an_inhibition_hides_the_lesser_alert_of_the_same_item(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    made = await client.post(f"{BASE}/inhibitions", json=inhibition(), headers=tenant.headers)
    assert made.status_code == 201, made.text
    lesser, other = await apply(
        core,
        tenant,
        decide(Step.FIRE, key="a", severity=Severity.WARNING),
        decide(Step.FIRE, key="b", severity=Severity.WARNING, labels={"item": "db-1"}),
    )
    assert (await get(client, tenant, f"/{lesser}"))["muted_by"] == []
    await apply(core, tenant, decide(Step.FIRE, key="c"))
    muted = {each["key"]: [mute["kind"] for mute in each["muted_by"]] for each in (await get(client, tenant))["items"]}
    assert muted == {"a": ["inhibition"], "b": [], "c": []}
    assert other
    at = f"{BASE}/inhibitions/{made.json()['id']}"
    changed = await client.put(at, json=inhibition(enabled=False), headers=tenant.headers | {"If-Match": '"1"'})
    assert changed.json()["revision"] == 2
    assert (await get(client, tenant, f"/{lesser}"))["muted_by"] == []
    assert (await client.delete(at, headers=tenant.headers)).status_code == 204


async def test_viewers_look_but_do_not_silence(core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    viewer = tenant.as_role(Role.VIEWER)
    assert (await client.get(f"{BASE}/silences", headers=viewer)).status_code == 200
    assert (await client.post(f"{BASE}/silences", json=silence(core), headers=viewer)).status_code == 403
