"""Escalation on the real database: who is told when, once, whatever dies and however the clock leaps."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from alerts.acting import decide
from fakes.clock import FakeClock
from fixtures.tenants import TestTenant
from opsloom.alerts import service as alerts
from opsloom.alerts.lifecycle import Step
from opsloom.alerts.service import Listeners
from opsloom.alerts.timers import service as timers
from opsloom.alerts.timers.service import Handlers
from opsloom.identity.permissions import Role
from opsloom.infra.core import Core
from opsloom.infra.db import Database
from opsloom.kit.errors import OpsloomError
from opsloom.notifications.stages import Dropped, Stages

POLICIES = "/api/v1/escalation-policies"


class Setting:
    """A tenant with a person on call who is reached by a pager of his own, and a policy of two steps."""

    def __init__(self, core: Core, client: httpx2.AsyncClient, tenant: TestTenant, clock: FakeClock) -> None:
        self.core, self.tenant, self.clock = core, tenant, clock
        self._client = client
        self.channels: dict[str, str] = {}

    async def ask(self, method: str, path: str, body: Any = None, status: int = 200, **more: Any) -> Any:
        answer = await self._client.request(method, path, json=body, headers=self.tenant.headers | more)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def prepare(self, **changes: Any) -> None:
        for name in ("team", "pager", "chief"):
            asked = {"name": name, "config": {"type": "in_app"}, "route": {"severities": ["info"]}}
            self.channels[name] = (await self.ask("POST", "/api/v1/channels", asked, 201))["id"]
        operator = str(self.tenant.user_ids[Role.OPERATOR])
        await self.ask("PUT", f"/api/v1/oncall-contacts/{operator}", {"channels": [self.channels["pager"]]})
        layer = {"name": "all", "members": [operator], "first_day": "2026-01-01"}
        rota = await self.ask("POST", "/api/v1/oncall-schedules", {"name": "Primary", "layers": [layer]}, 201)
        self.policy = {
            "name": "Default",
            "steps": [
                {"after_min": 0, "targets": [{"type": "channel", "id": self.channels["team"]}]},
                {"after_min": 10, "targets": [{"type": "schedule", "id": rota["id"]}]},
            ],
            "repeats": 1,
            "repeat_after_min": 20,
            "sla": {"critical": {"acknowledge_min": 15, "resolve_min": 60}},
            "breach_targets": [{"type": "channel", "id": self.channels["chief"]}],
        } | changes
        self.saved = await self.ask("POST", POLICIES, self.policy, 201)

    async def fire(self) -> str:
        async with self.core.db.transaction(self.tenant.scope) as session:
            decision = decide(Step.FIRE, title="CPU", channels=())
            await alerts.apply(session, self.tenant.scope, [decision], self.core.part(Listeners))
        incident = (await self.ask("GET", "/api/v1/incidents"))["items"][0]["id"]
        # The clock of the test goes on from when the incident opened.
        opened = (await self.incident(incident))["opened_at"]
        self.clock.advance((datetime.fromisoformat(opened) - self.clock.now()).total_seconds())
        return str(incident)

    async def incident(self, incident: str) -> Any:
        return await self.ask("GET", f"/api/v1/incidents/{incident}")

    async def due(self) -> list[tuple[UUID, str]]:
        async with self.core.db.transaction(self.tenant.scope) as session:
            return await timers.overdue(session, self.clock.now() + timedelta(seconds=1))

    async def pass_minutes(self, minutes: float) -> None:
        """Let time pass, and everything that is due be done."""
        self.clock.advance(minutes * 60)
        while found := await self.due():
            for incident_id, key in found:
                await timers.fire(self.core, self.tenant.id, incident_id, key)

    async def told(self) -> list[tuple[str, str]]:
        """Channel and type of every page, in order."""
        lines = (await self.ask("GET", "/api/v1/deliveries?limit=500"))["items"]
        return [(one["channel_name"], one["event_type"]) for one in reversed(lines) if one["kind"] == "message"]


@pytest.fixture
def setting(core: Core, client: httpx2.AsyncClient, tenant: TestTenant, monkeypatch: pytest.MonkeyPatch) -> Setting:
    clock = FakeClock(core.clock.now())
    monkeypatch.setattr(core, "clock", clock)
    return Setting(core, client, tenant, clock)


STEP, LATE = "incident.escalated", "incident.sla_breached"


async def test_steps_are_taken_until_somebody_takes_the_incident(setting: Setting) -> None:
    await setting.prepare()
    incident = await setting.fire()
    await setting.pass_minutes(0)
    assert await setting.told() == [("team", STEP)]
    await setting.pass_minutes(9)
    assert await setting.told() == [("team", STEP)]
    await setting.pass_minutes(1)
    assert await setting.told() == [("team", STEP), ("pager", STEP)]
    await setting.pass_minutes(20)
    assert await setting.told() == [("team", STEP), ("pager", STEP), ("chief", LATE), ("team", STEP)]
    await setting.ask("POST", f"/api/v1/incidents/{incident}/steps", {"step": "acknowledge"})
    await setting.pass_minutes(20)
    assert len(await setting.told()) == 4
    await setting.pass_minutes(20)
    assert await setting.told() == [
        ("team", STEP), ("pager", STEP), ("chief", LATE), ("team", STEP), ("chief", LATE),
    ]  # fmt: skip
    lines = [one for one in (await setting.incident(incident))["entries"] if one["kind"] != "alert_joined"]
    assert [(one["kind"], one["detail"].get("told", "")) for one in lines if one["actor"] == "system"][1:] == [
        ("escalated", "team"),
        ("escalated", "operator (pager)"),
        ("sla_breached", "chief"),
        ("escalated", "team"),
        ("sla_breached", "chief"),
    ]


async def test_a_step_whose_process_dies_before_it_is_written_down_is_taken_once(setting: Setting) -> None:
    """The connection is cut between the claim and the commit, by the database's own hand, as by a kill -9."""
    await setting.prepare()
    incident = await setting.fire()
    ((incident_id, key),) = [each for each in await setting.due() if each[1].startswith("escalation")]
    handlers = setting.core.part(Handlers).by_purpose
    take_step = handlers["escalation_step"]

    async def dying(session: Any, core: Core, scope: Any, timer: Any) -> str:
        outcome = await take_step(session, core, scope, timer)
        backend = (await session.execute(text("select pg_backend_pid()"))).scalar_one()
        await _terminate(core.db, setting, backend)
        return outcome

    handlers["escalation_step"] = dying
    try:
        with pytest.raises(OpsloomError):
            await timers.fire(setting.core, setting.tenant.id, incident_id, key)
    finally:
        handlers["escalation_step"] = take_step
    assert await setting.told() == []
    await asyncio.gather(*(timers.fire(setting.core, setting.tenant.id, incident_id, key) for _ in range(4)))
    assert await setting.told() == [("team", STEP)]
    entries = (await setting.incident(incident))["entries"]
    assert [one["kind"] for one in entries].count("escalated") == 1


async def _terminate(db: Database, setting: Setting, backend: int) -> None:
    async with db.raw(setting.tenant.scope) as connection:
        assert await connection.fetchval("select pg_terminate_backend($1)", backend)


async def test_a_clock_that_leaps_back_repeats_no_step(setting: Setting) -> None:
    await setting.prepare(sla={})
    await setting.fire()
    await setting.pass_minutes(10)
    before = await setting.told()
    assert len(before) == 2
    setting.clock.advance(-300)
    await setting.pass_minutes(5)
    assert await setting.told() == before
    await setting.pass_minutes(19)
    assert await setting.told() == before
    await setting.pass_minutes(1)
    assert len(await setting.told()) == 3


async def test_silenced_alerts_page_nobody_and_say_why(
    setting: Setting, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silence:
        name = "silence"

        async def judge(self, *_asked: object) -> Dropped | None:
            return Dropped("silenced", "being repaired", "s-1")

    await setting.prepare(sla={})
    monkeypatch.setattr(core.part(Stages), "each", [Silence()])
    incident = await setting.fire()
    await setting.pass_minutes(0)
    assert await setting.told() == []
    (line,) = [one for one in (await setting.incident(incident))["entries"] if one["kind"] == "not_escalated"]
    assert (line["detail"]["reason"], line["detail"]["by"]) == ("silenced", "s-1")
    monkeypatch.setattr(core.part(Stages), "each", [])
    await setting.pass_minutes(10)
    assert await setting.told() == [("pager", STEP)]


async def test_a_dry_run_says_who_would_be_told_and_tells_nobody(setting: Setting) -> None:
    await setting.prepare()
    asked = {"severity": "critical", "at": "2026-05-04T10:00:00Z"}
    shown = await setting.ask("POST", f"{POLICIES}/preview", asked)
    assert shown["policy"] == "Default"
    assert [(one["at"], one["round"], one["told"][0]["name"]) for one in shown["steps"]] == [
        ("2026-05-04T10:00:00Z", 0, "team"),
        ("2026-05-04T10:10:00Z", 0, "Primary"),
        ("2026-05-04T10:30:00Z", 1, "team"),
        ("2026-05-04T10:40:00Z", 1, "Primary"),
    ]
    assert shown["steps"][1]["told"][0]["people"] == [{"name": "operator", "channels": ["pager"]}]
    assert [(one["kind"], one["at"]) for one in shown["breaches"]] == [
        ("acknowledge", "2026-05-04T10:15:00Z"),
        ("resolve", "2026-05-04T11:00:00Z"),
    ]
    unreached = {"type": "user", "id": str(setting.tenant.user_ids[Role.ADMIN])}
    draft = {"name": "draft", "steps": [{"targets": [unreached]}]}
    shown = await setting.ask("POST", f"{POLICIES}/preview", asked | {"policy": draft})
    assert shown["steps"][0]["told"][0]["problem"] == "no_contact"
    early = {"name": "Info", "severities": ["info"], "position": 1, "steps": draft["steps"]}
    await setting.ask("POST", POLICIES, early, 201)
    assert (await setting.ask("POST", f"{POLICIES}/preview", {"severity": "info"}))["policy"] == "Info"
    assert await setting.told() == []


async def test_what_is_wrong_is_named_and_what_is_gone_is_shown(setting: Setting) -> None:
    await setting.prepare()
    steps = [{"after_min": 5, "targets": [{"type": "user", "id": str(setting.tenant.id)}]}, *setting.policy["steps"]]
    refused = await setting.ask("POST", POLICIES, setting.policy | {"steps": steps}, 422)
    assert {one["pointer"] for one in refused["errors"]} == {"/steps/1/after_min", "/steps/0/targets/0"}
    at = f"{POLICIES}/{setting.saved['id']}"
    await setting.ask("PUT", at, setting.policy, 428)
    await setting.ask("PUT", at, setting.policy | {"name": "Other"}, **{"If-Match": '"1"'})
    await setting.ask("DELETE", f"/api/v1/channels/{setting.channels['team']}", status=204)
    (shown,) = (await setting.ask("GET", POLICIES))["items"]
    assert (shown["name"], shown["missing"]) == ("Other", [{"type": "channel", "id": setting.channels["team"]}])
    await setting.ask("DELETE", at, status=204)
    incident = await setting.fire()
    await setting.pass_minutes(30)
    assert await setting.told() == []
    assert (await setting.incident(incident))["policy_id"] is None


async def test_where_no_channel_leads_to_whoever_is_on_call_the_next_is_told(setting: Setting) -> None:
    await setting.prepare()
    members = [str(setting.tenant.user_ids[role]) for role in (Role.VIEWER, Role.BUILDER, Role.OPERATOR)]
    layer = {"name": "all", "members": members, "first_day": "2026-01-01", "every": 366}
    rota = await setting.ask("POST", "/api/v1/oncall-schedules", {"name": "Silent", "layers": [layer]}, 201)
    steps = [{"after_min": 0, "targets": [{"type": "schedule", "id": rota["id"]}]}]
    at = f"{POLICIES}/{setting.saved['id']}"
    await setting.ask("PUT", at, setting.policy | {"steps": steps}, **{"If-Match": f'"{setting.saved["revision"]}"'})
    incident = await setting.fire()
    await setting.pass_minutes(0.1)
    assert await setting.told() == [("pager", STEP)]
    lines = (await setting.incident(incident))["entries"]
    (said,) = [one["detail"]["told"] for one in lines if one["kind"] == "escalated"]
    names = said.split(" (")[0].split(", ")
    assert len(names) == 3, said
    assert said.endswith("(pager)")
