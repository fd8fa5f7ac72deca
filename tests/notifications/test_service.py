"""From a transition to the ledger, in the caller's transaction."""

import asyncio
import json
from uuid import UUID

import pytest
from sqlalchemy import select, text
from tests.notifications.conftest import AlertFact, Desk, TransitionFact

from fixtures.tenants import TestTenant
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.notifications import directory, service
from opsloom.notifications.content import Route, Severity
from opsloom.notifications.models import Notification
from opsloom.notifications.stages import Stages
from opsloom.notifications.telling import Telling

URL = "http://127.0.0.1:9/hook"


async def messages(core: Core, scope: Scope) -> list[dict[str, object]]:
    sql = text("select payload from stream_messages where topic = 'notifications' order by id")
    async with core.db.transaction(scope) as session:
        return [row if isinstance(row, dict) else json.loads(row) for row in (await session.execute(sql)).scalars()]


async def test_every_tenant_has_an_in_app_channel_without_making_one(desk: Desk) -> None:
    await desk.happen()
    [line] = await desk.ledger()
    assert (line.channel_name, line.channel_type, line.status) == ("In-app", "in_app", "sent")


async def test_two_transitions_at_once_make_one_default_channel(desk: Desk) -> None:
    await asyncio.gather(*(desk.happen() for _ in range(4)))
    lines = await desk.ledger()
    assert len(lines) == 4
    assert len({line.channel_id for line in lines}) == 1


async def test_a_deleted_default_channel_stays_deleted(desk: Desk) -> None:
    await desk.happen()
    [line] = await desk.ledger()
    async with desk.core.db.transaction(desk.tenant.scope) as session:
        await directory.remove(session, desk.tenant.scope, line.channel_id)
    await desk.happen()
    assert len(await desk.ledger()) == 1


async def test_one_line_for_each_transition_and_channel(desk: Desk) -> None:
    hooks = {await desk.webhook(URL, name=f"Hook {n}") for n in range(3)}
    alert = AlertFact()
    fired = await desk.happen(alert)
    resolved = await desk.happen(alert, TransitionFact(from_state="firing", to_state="resolved"))
    lines = await desk.ledger()
    keys = [(line.transition_id, line.channel_id) for line in lines]
    assert len(keys) == len(set(keys)) == 2 * (3 + 1)
    assert {line.transition_id for line in lines} == {fired.id, resolved.id}
    assert hooks < {line.channel_id for line in lines}
    assert {line.alert_id for line in lines} == {alert.id}


async def test_the_same_transition_twice_adds_nothing(desk: Desk) -> None:
    await desk.webhook(URL)
    alert, transition = AlertFact(), TransitionFact()
    for _ in range(3):
        await desk.happen(alert, transition)
    lines = await desk.ledger()
    assert len(lines) == 2
    hook = next(line for line in lines if line.channel_type == "webhook")
    assert len(await desk.queued(hook)) == 1


async def test_the_same_transition_from_two_processes_adds_one_line(desk: Desk) -> None:
    hook = await desk.webhook(URL)
    alert, transition = AlertFact(), TransitionFact()
    await asyncio.gather(*(desk.happen(alert, transition) for _ in range(5)))
    assert len(await desk.ledger(hook)) == 1
    assert len(await desk.queued(await desk.line(hook))) == 1


async def test_a_transition_that_is_rolled_back_leaves_nothing(desk: Desk) -> None:
    hook = await desk.webhook(URL)

    async def change_of_mind() -> None:
        async with desk.core.db.transaction(desk.tenant.scope) as session:
            await Telling(Stages())(session, desk.tenant.scope, AlertFact(), TransitionFact())
            raise KeyError("the engine changed its mind")

    with pytest.raises(KeyError):
        await change_of_mind()
    assert await desk.ledger(hook) == []
    async with desk.core.db.transaction(desk.tenant.scope) as session:
        sql = text("select count(*) from procrastinate_jobs where args->>'tenant_id' = :id")
        assert (await session.execute(sql, {"id": str(desk.tenant.id)})).scalar_one() == 0


async def test_channels_that_do_not_want_it_get_no_line(desk: Desk) -> None:
    picky = await desk.webhook(URL, route=Route(severities=[Severity.INFO]))
    await desk.happen(AlertFact(severity="critical"))
    assert await desk.ledger(picky) == []


async def test_a_rule_that_names_a_channel_reaches_that_one_alone(desk: Desk) -> None:
    named = await desk.webhook(URL, name="Night shift")
    await desk.webhook(URL, name="Day shift")
    await desk.happen(AlertFact(channels=["night-shift"]))
    assert [line.channel_id for line in await desk.ledger()] == [named]
    await desk.happen(AlertFact(channels=[str(named)]))
    assert [line.channel_id for line in await desk.ledger()] == [named, named]


async def test_pending_is_nobodys_business(desk: Desk) -> None:
    await desk.happen(transition=TransitionFact(from_state=None, to_state="pending"))
    await desk.happen(transition=TransitionFact(from_state="pending", to_state="expired"))
    assert await desk.ledger() == []


async def test_open_pages_hear_of_it(desk: Desk) -> None:
    alert = AlertFact()
    await desk.webhook(URL)
    await desk.happen(alert)
    told = await messages(desk.core, desk.tenant.scope)
    assert sorted(str(one["type"]) for one in told) == ["delivery.pending", "delivery.sent", "notification.created"]
    shown = next(one for one in told if one["type"] == "notification.created")
    assert (shown["title"], shown["severity"], shown["alert_id"]) == (alert.title, "critical", str(alert.id))


async def test_the_notification_carries_both_languages(desk: Desk) -> None:
    await desk.happen(AlertFact(title="디스크 공간 부족", severity="warning"))
    async with desk.core.db.transaction(desk.tenant.scope) as session:
        row = (await session.execute(select(Notification))).scalar_one()
    assert row.message == {"en": "[warning] 디스크 공간 부족: firing", "ko": "[경고] 디스크 공간 부족: 발생"}


async def test_each_user_reads_for_himself(desk: Desk) -> None:
    from opsloom.identity.permissions import Role
    from opsloom.identity.scope import Actor, ActorKind

    def reader(role: Role) -> Scope:
        actor = Actor(ActorKind.USER, desk.tenant.user_ids[role], str(role))
        return Scope(desk.tenant.id, actor, desk.tenant.scope.permissions)

    for _ in range(3):
        await desk.happen()
    one, other = reader(Role.VIEWER), reader(Role.OWNER)
    async with desk.core.db.transaction(one) as session:
        rows = await service.find_notifications(session, one, limit=10, before=None, unread=True)
        assert await service.mark_read(session, one, [rows[0][0].id, rows[0][0].id, UUID(int=7)]) == 2
        assert await service.mark_read(session, one, None) == 0
        assert [
            read for _, read in await service.find_notifications(session, one, limit=10, before=None, unread=False)
        ] == [True] * 3
    async with desk.core.db.transaction(other) as session:
        assert await service.unread(session, other) == 3


async def test_nothing_of_it_is_seen_by_another_tenant(desk: Desk, other_tenant: TestTenant) -> None:
    await desk.webhook(URL)
    await desk.happen()
    async with desk.core.db.transaction(other_tenant.scope) as session:
        for table in (
            "deliveries",
            "delivery_attempts",
            "notifications",
            "channel_secrets",
            "tenant_keys",
            "notification_reads",
        ):
            assert (await session.execute(text(f"select count(*) from {table}"))).scalar_one() == 0
