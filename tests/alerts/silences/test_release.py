"""What is kept quiet has its line of the ledger, and is told when nothing keeps it quiet any more and it still fires."""

from datetime import UTC, datetime, timedelta
from typing import Any

from alerts.acting import apply, decide
from fakes.clock import FakeClock
from fixtures.tenants import TestTenant
from opsloom.alerts import service as alerts
from opsloom.alerts.lifecycle import Severity, Step
from opsloom.alerts.service import Listeners
from opsloom.alerts.silences import repository, service
from opsloom.alerts.silences.matchers import parse
from opsloom.alerts.silences.models import Inhibition, MaintenanceWindow
from opsloom.alerts.silences.release import release
from opsloom.alerts.silences.schemas import InhibitionRequest, SilenceRequest, WindowRequest
from opsloom.alerts.silences.stages import stages
from opsloom.alerts.silences.windows import Once
from opsloom.infra.core import Core
from opsloom.notifications.stages import Stages
from opsloom.notifications.telling import Telling

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WEB = [parse("item=~web-.*")]


class Quiet:
    """One tenant whose alerts are told through the stages, at a time of the test's choice."""

    def __init__(self, core: Core, tenant: TestTenant) -> None:
        self.core, self.tenant, self.clock = core, tenant, FakeClock(NOW)
        self.listeners = Listeners([Telling(Stages(stages(self.clock)))])

    async def fire(self, *decisions: Any) -> list[Any]:
        return await apply(self.core, self.tenant, *decisions, listeners=self.listeners)

    async def silence(self, minutes: int = 60) -> Any:
        asked = SilenceRequest(matchers=WEB, ends_at=NOW + timedelta(minutes=minutes), comment="deploying")
        async with self.core.db.transaction(self.tenant.scope) as session:
            return await service.silence(session, self.tenant.scope, asked, self.clock.now())

    async def release(self, minute: int) -> int:
        self.clock.advance((NOW + timedelta(minutes=minute) - self.clock.now()).total_seconds())
        async with self.core.db.transaction(self.tenant.scope) as session:
            return await release(session, self.tenant.scope, self.clock.now())

    async def ledger(self) -> list[tuple[str, str, str | None]]:
        """Event, status and reason of each line, oldest first."""
        async with self.core.db.raw(self.tenant.scope) as connection:
            rows = await connection.fetch("select event_type, status, reason from deliveries order by created_at, id")
        return [(row["event_type"], row["status"], row["reason"]) for row in rows]

    async def act(self, alert_id: Any, name: str) -> None:
        async with self.core.db.transaction(self.tenant.scope) as session:
            await getattr(alerts, name)(session, self.tenant.scope, alert_id, "", self.listeners)


def plain(**changes: Any) -> Any:
    """A decision whose rule names no channel: the tenant's in-app channel takes it."""
    return decide(Step.FIRE, channels=(), **changes)


async def test_a_silence_that_ends_while_the_alert_fires_lets_it_be_told_once(core: Core, tenant: TestTenant) -> None:
    quiet = Quiet(core, tenant)
    await quiet.silence()
    await quiet.fire(plain())
    assert await quiet.ledger() == [("alert.firing", "dropped", "silenced")]
    assert await quiet.release(59) == 0
    assert await quiet.release(60) == 1
    assert await quiet.ledger() == [("alert.firing", "dropped", "silenced"), ("alert.firing", "sent", None)]
    # Neither another look nor a clock that leapt back five minutes (the silence seems to be in force again) tells it twice.
    assert [await quiet.release(minute) for minute in (61, 55, 65)] == [0, 0, 0]
    async with core.db.raw(tenant.scope) as connection:
        lines = await connection.fetch("select stage, detail, dropped_by, resent_from, id from deliveries order by id")
        shown = await connection.fetchval("select count(*) from notifications")
    assert lines[0]["stage"] == "silence"
    assert lines[0]["detail"] == "Silenced until 2026-03-02 10:00 UTC: deploying"
    assert (lines[1]["resent_from"], shown) == (lines[0]["id"], 1)


async def test_what_was_resolved_or_taken_over_meanwhile_is_not_told(core: Core, tenant: TestTenant) -> None:
    quiet = Quiet(core, tenant)
    await quiet.silence()
    taken, _ = await quiet.fire(plain(key="taken"), plain(key="over"))
    await quiet.act(taken, "acknowledge")
    await quiet.fire(decide(Step.CLEAR, 5, key="over", channels=()))
    assert {status for _, status, _ in await quiet.ledger()} == {"dropped"}
    assert await quiet.release(61) == 0
    await quiet.act(taken, "unacknowledge")
    assert (await quiet.ledger())[-1] == ("alert.firing", "sent", None)
    assert await quiet.release(62) == 0


async def test_a_silence_ended_by_hand_tells_at_once(core: Core, tenant: TestTenant) -> None:
    quiet = Quiet(core, tenant)
    silence = await quiet.silence()
    await quiet.fire(plain())
    async with core.db.transaction(tenant.scope) as session:
        await service.expire(session, tenant.scope, silence.id, NOW + timedelta(minutes=3))
    async with core.db.raw(tenant.scope) as connection:
        waiting = "select count(*) from procrastinate_jobs where task_name = $1 and args->>'tenant_id' = $2"
        assert await connection.fetchval(waiting, service.RELEASE, str(tenant.id)) == 1
    assert await quiet.release(4) == 1


async def test_another_silence_keeps_it_quiet_on(core: Core, tenant: TestTenant) -> None:
    quiet = Quiet(core, tenant)
    await quiet.silence(10)
    await quiet.silence(20)
    await quiet.fire(plain())
    assert [await quiet.release(minute) for minute in (11, 21)] == [0, 1]


async def test_a_window_and_an_inhibition_do_the_same(core: Core, tenant: TestTenant) -> None:
    quiet = Quiet(core, tenant)
    hour = Once(starts_at=NOW, ends_at=NOW + timedelta(minutes=30))
    planned = WindowRequest(name="Nightly", matchers=WEB, timing=hour)
    hides = InhibitionRequest(
        name="Critical first", source=[parse("severity=critical")], target=[parse("severity=warning")], equal=["rack"]
    )
    async with core.db.transaction(tenant.scope) as session:
        window = await service.open_window(session, tenant.scope, planned, NOW)
        await service.inhibit(session, tenant.scope, hides, NOW)
    assert isinstance(window, MaintenanceWindow)
    db = {"labels": {"item": "db-1", "rack": "7"}}
    await quiet.fire(plain(key="web"), plain(key="worse", **db), plain(key="lesser", severity=Severity.WARNING, **db))
    assert await quiet.ledger() == [
        ("alert.firing", "dropped", "in_maintenance"),
        ("alert.firing", "sent", None),
        ("alert.firing", "dropped", "inhibited"),
    ]
    assert await quiet.release(30) == 1
    await quiet.fire(decide(Step.CLEAR, 9, key="worse", channels=(), **db))
    assert await quiet.release(31) == 1
    assert (await quiet.ledger())[-1] == ("alert.firing", "sent", None)
    async with core.db.transaction(tenant.scope) as session:
        assert len(await repository.page(session, Inhibition, limit=5, before=None)) == 1
