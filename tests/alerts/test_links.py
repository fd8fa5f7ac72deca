"""Acknowledging by the link in a message: one click, one alert, for a day; looking changes nothing."""

from datetime import timedelta
from uuid import UUID

import httpx2
import pytest
from tests.notifications.conftest import Desk, out  # noqa: F401  # the fixture of the way out

from fakes.receiver import Receiver
from fixtures.tenants import TestTenant
from opsloom.alerts import service as alerts
from opsloom.alerts.schemas import Decision, Severity, Step
from opsloom.alerts.transitions import Listeners
from opsloom.infra import links
from opsloom.infra.core import Core
from opsloom.infra.secrets import Secrets
from opsloom.kit.ids import new_id
from opsloom.notifications.service import ACKNOWLEDGE_PURPOSE


async def firing(core: Core, tenant: TestTenant) -> UUID:
    now = core.clock.now()
    decision = Decision(
        new_id(),
        new_id(),
        1,
        "Busy checkout",
        "host=web-01",
        Step.FIRE,
        now,
        now,
        "above",
        Severity.CRITICAL,
        "CPU is high",
    )
    async with core.db.transaction(tenant.scope) as session:
        [made] = await alerts.apply(session, tenant.scope, [decision], Listeners())
        return made.alert_id


async def token_for(
    core: Core, tenant: TestTenant, alert_id: UUID, *, purpose: str = ACKNOWLEDGE_PURPOSE, hours: int = 24
) -> str:
    ends_at = int((core.clock.now() + timedelta(hours=hours)).timestamp())
    async with core.db.transaction(tenant.scope) as session:
        said = f"{alert_id.hex}.{ends_at}.Night shift"
        return await links.seal(session, core.part(Secrets), tenant.id, purpose, said)


async def test_one_click_acknowledges_and_looking_does_not(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant
) -> None:
    alert_id = await firing(core, tenant)
    body = {"token": await token_for(core, tenant, alert_id)}
    for _ in range(3):
        seen = await client.post("/api/v1/acknowledge-links/question", json=body)
        assert (seen.status_code, seen.json()["state"], seen.json()["open"]) == (200, "firing", True)
    assert (await client.get("/api/v1/acknowledge-links/acknowledge", params=body)).status_code == 404
    done = await client.post("/api/v1/acknowledge-links/acknowledge", json=body)
    assert (done.status_code, done.json()["state"], done.json()["open"]) == (200, "acknowledged", False)
    assert done.json()["acknowledged_by"] == "link from Night shift"
    again = await client.post("/api/v1/acknowledge-links/acknowledge", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "alert_state_conflict")


async def test_a_link_that_is_late_changed_or_for_something_else(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    alert_id = await firing(core, tenant)
    late = await token_for(core, tenant, alert_id, hours=-1)
    good = await token_for(core, tenant, alert_id)
    foreign = await token_for(core, other_tenant, alert_id)
    other = await token_for(core, tenant, alert_id, purpose="approval-link")
    moved = f"{other_tenant.id.hex}.{good.partition('.')[2]}"
    for token, code in (
        (late, "acknowledge_link_expired"),
        (good[:-4] + "AAAA", "acknowledge_link_invalid"),
        (foreign, "acknowledge_link_invalid"),
        (other, "acknowledge_link_invalid"),
        (moved, "acknowledge_link_invalid"),
        ("nonsense", "acknowledge_link_invalid"),
    ):
        for path in ("question", "acknowledge"):
            answer = await client.post(f"/api/v1/acknowledge-links/{path}", json={"token": token})
            assert answer.json()["code"] == code, (token[:8], path)


async def test_the_link_in_a_message_is_one_that_works(
    core: Core,
    client: httpx2.AsyncClient,
    tenant: TestTenant,
    out: object,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from opsloom.infra.http import Http
    from opsloom.notifications.channels.apprise import AppriseSender
    from opsloom.notifications.channels.types import Senders
    from opsloom.notifications.content import ChannelType

    assert isinstance(out, Http)
    senders = core.part(Senders)
    monkeypatch.setattr(senders, "by_type", {**senders.by_type, ChannelType.APPRISE: AppriseSender(out)})
    desk = Desk(core, tenant)
    async with Receiver().serving() as receiver:
        hook = await desk.service("apprise", {"url": f"json://127.0.0.1:{receiver.port}/x"})
        alert_id = await firing(core, tenant)
        async with core.db.transaction(tenant.scope) as session:
            alert, timeline = await alerts.get(session, alert_id)
            from opsloom.notifications.stages import Stages
            from opsloom.notifications.telling import Telling

            await Telling(Stages())(session, tenant.scope, alert, timeline[-1])
        await desk.attempt(await desk.line(hook))
        sent = receiver.received[0].body.decode()
    token = sent.partition("#token=")[2].partition('"')[0].partition("\\n")[0]
    assert token not in repr((await desk.line(hook)).__dict__)
    done = await client.post("/api/v1/acknowledge-links/acknowledge", json={"token": token, "comment": "on it"})
    assert done.json()["state"] == "acknowledged", done.text
