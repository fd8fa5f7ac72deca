"""What people do about alerts: giving them back, assigning, talking; several at once; and two at the same time."""

import asyncio
import time
from datetime import timedelta

import httpx2
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from alerts.acting import START, URL, Ear, apply, decide, get, post
from fixtures.tenants import TestTenant
from opsloom.alerts import bulk, service
from opsloom.alerts.lifecycle import Origin, Step
from opsloom.alerts.models import AlertTransition
from opsloom.alerts.schemas import AlertAction, AlertBulkRequest
from opsloom.alerts.service import Listeners
from opsloom.identity.permissions import Role
from opsloom.infra.core import Core
from opsloom.kit.errors import ConnectionLost
from opsloom.kit.ids import new_id


async def test_a_timeline_tells_who_did_what_in_order(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    (alert_id,) = await apply(core, tenant, decide(Step.FIRE))
    operator = str(tenant.user_ids[Role.OPERATOR])
    await post(client, tenant, f"/{alert_id}/comments", {"comment": "디스크를 보는 중"})
    await post(client, tenant, f"/{alert_id}/assign", {"assignee_id": operator, "comment": "yours"})
    await post(client, tenant, f"/{alert_id}/acknowledge", {})
    given_back = await post(client, tenant, f"/{alert_id}/unacknowledge", {"comment": "not me"})
    assert (given_back["state"], given_back["acknowledged_by"], given_back["acknowledged_at"]) == ("firing", None, None)
    assert given_back["fired_at"] == "2026-03-02T09:00:00Z"
    await post(client, tenant, f"/{alert_id}/assign", {"assignee_id": None})
    await post(client, tenant, f"/{alert_id}/resolve", {})
    await post(client, tenant, f"/{alert_id}/comments", {"comment": "post mortem on Friday"})
    alert = await get(client, tenant, f"/{alert_id}")
    told = [(line["kind"], line["to_state"], line["assignee"], line["comment"]) for line in alert["timeline"]]
    assert told == [
        ("transition", "firing", None, ""),
        ("comment", None, None, "디스크를 보는 중"),
        ("assigned", None, "operator", "yours"),
        ("transition", "acknowledged", None, ""),
        ("transition", "firing", None, "not me"),
        ("unassigned", None, None, ""),
        ("transition", "resolved", None, ""),
        ("comment", None, None, "post mortem on Friday"),
    ]
    assert {line["actor"] for line in alert["timeline"]} == {"system", "owner key"}
    assert (alert["assignee"], alert["revision"]) == (None, 8)


async def test_what_makes_no_sense_is_refused(core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    (alert_id,) = await apply(core, tenant, decide(Step.FIRE))
    viewer = {"assignee_id": str(tenant.user_ids[Role.VIEWER])}
    for path, body, status, code in [
        ("unacknowledge", {}, 409, "alert_state_conflict"),
        ("assign", viewer, 404, "assignee_unknown"),
        ("assign", {"assignee_id": str(new_id())}, 404, "assignee_unknown"),
        ("comments", {"comment": "  "}, 422, "invalid_input"),
    ]:
        refused = await post(client, tenant, f"/{alert_id}/{path}", body, status)
        assert refused["code"] == code, path
    await apply(core, tenant, decide(Step.CLEAR, 5))
    over = {"assignee_id": str(tenant.user_ids[Role.OPERATOR])}
    assert (await post(client, tenant, f"/{alert_id}/assign", over, 409))["code"] == "alert_state_conflict"
    for word in ("label=x", "assignee=me", "label=%3Dx"):
        assert (await client.get(f"{URL}?{word}", headers=tenant.headers)).status_code == 422


async def test_a_stale_assignment_is_refused(core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    (alert_id,) = await apply(core, tenant, decide(Step.FIRE))
    seen = await client.get(f"{URL}/{alert_id}", headers=tenant.headers)
    await post(client, tenant, f"/{alert_id}/comments", {"comment": "somebody was faster"})
    body = {"assignee_id": str(tenant.user_ids[Role.OPERATOR])}
    stale = tenant.headers | {"If-Match": seen.headers["etag"]}
    refused = await client.post(f"{URL}/{alert_id}/assign", json=body, headers=stale)
    assert (refused.status_code, refused.json()["code"], refused.json()["revision"]) == (412, "alert_changed", 2)
    fresh = tenant.headers | {"If-Match": '"2"'}
    assert (await client.post(f"{URL}/{alert_id}/assign", json=body, headers=fresh)).status_code == 200


async def test_of_two_who_acknowledge_at_once_one_is_told(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    (alert_id,) = await apply(core, tenant, decide(Step.FIRE))
    at = f"{URL}/{alert_id}/acknowledge"
    answers = await asyncio.gather(
        *(client.post(at, json={}, headers=tenant.as_role(role)) for role in (Role.OPERATOR, Role.ADMIN, Role.OWNER))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    alert = await get(client, tenant, f"/{alert_id}")
    assert [line["to_state"] for line in alert["timeline"]] == ["firing", "acknowledged"]


async def test_an_alert_closed_by_hand_stays_closed_while_its_condition_holds(core: Core, tenant: TestTenant) -> None:
    (alert_id,) = await apply(core, tenant, decide(Step.FIRE))
    async with core.db.transaction(tenant.scope) as session:
        await service.resolve(session, tenant.scope, alert_id, "known", Listeners())
    # The rule goes on: its condition clears later, which is nothing new, and only then comes true again.
    assert await apply(core, tenant, decide(Step.CLEAR, 60)) == []
    (again,) = await apply(core, tenant, decide(Step.FIRE, 120))
    assert again != alert_id


async def test_each_of_many_has_its_own_outcome(core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    first, second = await apply(core, tenant, decide(Step.FIRE, key="a"), decide(Step.FIRE, key="b"))
    await post(client, tenant, f"/{second}/acknowledge", {})
    missing = new_id()
    ids = [str(each) for each in (second, missing, first, first)]
    body = {"ids": ids, "action": "acknowledge", "comment": "storm"}
    answer = await post(client, tenant, "/bulk", body)
    assert (answer["done"], answer["refused"]) == (1, 2)
    assert [(each["id"], each["done"], each["state"], each["code"]) for each in answer["items"]] == [
        (str(second), False, None, "alert_state_conflict"),
        (str(missing), False, None, "alert_not_found"),
        (str(first), True, "acknowledged", None),
    ]
    for action in ("unacknowledge", "comment", "assign", "resolve"):
        done = await post(client, tenant, "/bulk", {"ids": [str(first)], "action": action, "comment": "x"})
        assert done["done"] == 1, action
    timeline = (await get(client, tenant, f"/{first}"))["timeline"]
    assert [line["kind"] for line in timeline][-3:] == ["comment", "unassigned", "transition"]
    await post(client, tenant, "/bulk", {"ids": [str(first)], "action": "comment"}, 422)


async def test_a_database_that_goes_away_in_the_middle_leaves_nothing_half_done(core: Core, tenant: TestTenant) -> None:
    ids = await apply(core, tenant, *(decide(Step.FIRE, key=key) for key in "abc"))

    class Pulls:
        """Ends the connection under the second alert."""

        def __init__(self) -> None:
            self.heard = 0

        async def __call__(self, session: AsyncSession, *_told: object) -> None:
            self.heard += 1
            if self.heard == 2:
                await session.execute(text("select pg_terminate_backend(pg_backend_pid())"))

    request = AlertBulkRequest(ids=ids, action=AlertAction.RESOLVE)
    with pytest.raises(ConnectionLost):
        async with core.db.transaction(tenant.scope) as session:
            await bulk.carry_out(session, tenant.scope, request, Listeners([Pulls()]))
    async with core.db.transaction(tenant.scope) as session:
        after = await bulk.carry_out(session, tenant.scope, request, Listeners())
    assert (after.done, after.refused) == (3, 0)


async def test_a_timeline_keeps_its_order_when_the_clock_leaps_back(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    (alert_id,) = await apply(core, tenant, decide(Step.FIRE))
    await post(client, tenant, f"/{alert_id}/acknowledge", {})
    real = time.time_ns
    monkeypatch.setattr("opsloom.kit.ids.time.time_ns", lambda: real() - 300 * 10**9)
    await post(client, tenant, f"/{alert_id}/unacknowledge", {})
    await post(client, tenant, f"/{alert_id}/comments", {"comment": "later"})
    timeline = (await get(client, tenant, f"/{alert_id}"))["timeline"]
    assert [line["to_state"] or line["kind"] for line in timeline] == ["firing", "acknowledged", "firing", "comment"]


async def test_a_posted_alert_ends_when_nobody_speaks_of_it(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    until = START + timedelta(minutes=5)
    posted = {"origin": Origin.POSTED, "expires_at": until}
    silent, said, rule = await apply(
        core,
        tenant,
        decide(Step.FIRE, key="silent", **posted),
        decide(Step.FIRE, key="said", ends_at_given=True, **posted),
        decide(Step.FIRE, key="rule"),
    )
    ear = Ear()

    async def lapse(seconds: int) -> list[AlertTransition]:
        async with core.db.transaction(tenant.scope) as session:
            return await service.lapse(session, tenant.scope, until + timedelta(seconds=seconds), Listeners([ear]))

    assert await lapse(-1) == []
    assert {(each.alert_id, each.to_state, each.reason) for each in await lapse(0)} == {
        (silent, "expired", "not_heard"),
        (said, "resolved", "ended"),
    }
    assert await lapse(60) == []
    assert len(ear.heard) == 2
    assert (await get(client, tenant, f"/{rule}"))["state"] == "firing"
    async with core.db.transaction(tenant.scope) as session:
        withdrawn = await service.withdraw_others(session, tenant.scope, [], until, Listeners())
    assert [each.alert_id for each in withdrawn] == [rule]


async def test_taking_rules_away_leaves_posted_alerts(core: Core, tenant: TestTenant) -> None:
    await apply(core, tenant, decide(Step.FIRE, origin=Origin.POSTED))
    async with core.db.transaction(tenant.scope) as session:
        assert await service.withdraw_others(session, tenant.scope, [], START, Listeners()) == []
