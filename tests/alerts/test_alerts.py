"""Alerts on the real database: decisions in, timelines, messages and listeners out; people over HTTP."""

from typing import Any

import httpx2
import pytest

from alerts.acting import URL, Ear, apply, decide, get
from fixtures.tenants import TestTenant
from opsloom.alerts.lifecycle import Severity, Step
from opsloom.alerts.service import Listeners
from opsloom.identity.permissions import Role
from opsloom.infra.core import Core
from opsloom.kit.ids import new_id


async def test_a_decision_is_applied_once(core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    pend, fire = decide(Step.PEND), decide(Step.FIRE, 10)
    ear = Ear()
    made = await apply(core, tenant, pend, fire, listeners=Listeners([ear]))
    assert len(set(made)) == 1
    assert await apply(core, tenant, pend, fire, listeners=Listeners([ear])) == []
    assert await apply(core, tenant, decide(Step.FIRE, 11)) == []
    alert = await get(client, tenant, f"/{made[0]}")
    assert [(one["from_state"], one["to_state"]) for one in alert["timeline"]] == [
        (None, "pending"),
        ("pending", "firing"),
    ]
    assert (alert["state"], alert["fired_at"], alert["proof"]) == ("firing", "2026-03-02T09:00:10Z", pend.proof)
    assert (alert["channels"], alert["severity"], alert["rule_version"]) == (["pager"], "critical", 3)
    assert ear.heard == [(made[0], None, "pending"), (made[0], "pending", "firing")]


async def test_a_whole_life_handed_over_again_opens_nothing(core: Core, tenant: TestTenant) -> None:
    life = [decide(Step.PEND), decide(Step.FIRE, 10), decide(Step.CLEAR, 20)]
    assert len(await apply(core, tenant, *life)) == 3
    assert await apply(core, tenant, *life) == []


async def test_each_transition_is_a_message_on_the_stream(core: Core, tenant: TestTenant) -> None:
    (alert_id,) = await apply(core, tenant, decide(Step.FIRE))
    async with core.db.raw(tenant.scope) as connection:
        rows = await connection.fetch("select payload from stream_messages where topic = 'alerts'")
    (payload,) = [row["payload"] for row in rows]
    assert (payload["type"], payload["id"], payload["title"]) == (
        "alert.firing",
        str(alert_id),
        "CPU of web-1 is at 97 %",
    )


async def test_a_listener_that_fails_undoes_the_transition(core: Core, tenant: TestTenant) -> None:
    class Broken(Exception):
        pass

    async def broken(*_told: object) -> None:
        raise Broken

    with pytest.raises(Broken):
        await apply(core, tenant, decide(Step.FIRE), listeners=Listeners([broken]))
    assert len(await apply(core, tenant, decide(Step.FIRE))) == 1


async def test_people_acknowledge_and_resolve(core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    (alert_id,) = await apply(core, tenant, decide(Step.FIRE))
    operator = tenant.as_role(Role.OPERATOR)
    at = f"{URL}/{alert_id}"
    taken = await client.post(f"{at}/acknowledge", json={"comment": "on it"}, headers=operator)
    assert (taken.status_code, taken.json()["state"]) == (200, "acknowledged")
    assert taken.json()["acknowledged_by"] == taken.json()["timeline"][-1]["actor"]
    assert taken.json()["timeline"][-1]["comment"] == "on it"
    twice = await client.post(f"{at}/acknowledge", json={}, headers=operator)
    assert (twice.status_code, twice.json()["code"]) == (409, "alert_state_conflict")
    closed = await client.post(f"{at}/resolve", json={"comment": "restarted"}, headers=operator)
    assert (closed.json()["state"], closed.json()["resolved_at"] is not None) == ("resolved", True)
    assert await apply(core, tenant, decide(Step.CLEAR, 30)) == []
    async with core.db.raw(tenant.scope) as connection:
        audited = await connection.fetch("select action from audit_entries where target_kind = 'alert' order by seq")
    assert [row["action"] for row in audited] == ["alert.acknowledged", "alert.resolved"]


async def test_viewers_may_not_acknowledge(core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    (alert_id,) = await apply(core, tenant, decide(Step.FIRE))
    refused = await client.post(f"{URL}/{alert_id}/acknowledge", json={}, headers=tenant.as_role(Role.VIEWER))
    assert refused.status_code == 403


async def test_lists_filter_and_page(core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    other = new_id()
    await apply(
        core,
        tenant,
        decide(Step.FIRE, key="a"),
        decide(Step.FIRE, key="b", severity=Severity.INFO, title="서버 100%"),
        decide(Step.FIRE, key="c", rule_id=other, rule_name="Disk"),
        decide(Step.CLEAR, 5, key="a"),
        decide(Step.PEND, key="d"),
        decide(Step.DROP, 3, key="d"),
    )

    async def keys(**params: Any) -> list[str]:
        return [one["key"] for one in (await get(client, tenant, **params))["items"]]

    assert await keys() == ["c", "b", "a"]
    assert await keys(state="expired") == ["d"]
    assert await keys(state=["firing", "expired"]) == ["d", "c", "b"]
    assert await keys(severity="info") == ["b"]
    assert await keys(rule_id=str(other)) == ["c"]
    assert await keys(q="100%") == ["b"]
    assert await keys(q="_") == []
    first = await get(client, tenant, limit=2)
    rest = await get(client, tenant, limit=2, cursor=first["next_cursor"])
    assert [one["key"] for one in first["items"] + rest["items"]] == ["c", "b", "a"]
    assert rest["next_cursor"] is None
    summary = await get(client, tenant, "/summary")
    assert summary["states"] == {"pending": 0, "firing": 2, "acknowledged": 0, "resolved": 1, "expired": 0}
    assert summary["severities"] == {"info": 1, "warning": 0, "critical": 1}
    assert [(one["rule_name"], one["count"]) for one in summary["rules"]] == [("CPU high", 1), ("Disk", 1)]
    assert summary["open"] == 2


async def test_users_sql_sees_alerts(core: Core, tenant: TestTenant, other_tenant: TestTenant) -> None:
    await apply(core, tenant, decide(Step.FIRE))
    for scope, count in ((tenant.scope, 1), (other_tenant.scope, 0)):
        async with core.db.raw(scope) as connection:
            assert await connection.fetchval("select count(*) from data.alerts where state = 'firing'") == count


async def test_alerts_of_another_tenant_do_not_exist(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    (alert_id,) = await apply(core, tenant, decide(Step.FIRE))
    assert (await client.get(f"{URL}/{alert_id}", headers=other_tenant.headers)).status_code == 404
    for act in ("acknowledge", "resolve"):
        answer = await client.post(f"{URL}/{alert_id}/{act}", json={}, headers=other_tenant.headers)
        assert answer.status_code == 404
