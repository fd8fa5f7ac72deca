"""What a process that dies leaves behind is found, sent again under the same id, and marked."""

import asyncio

import pytest
from sqlalchemy import text
from tests.notifications.conftest import Desk, without_link

from fakes.receiver import Receiver, hangs
from opsloom.kit.errors import ConnectionLost
from opsloom.notifications import jobs
from opsloom.notifications.channels.types import Outgoing, Senders
from opsloom.notifications.models import Delivery


class Vanishes:
    """A sender whose process dies between the call and its record."""

    def __init__(self, inner: object) -> None:
        self.inner = inner

    async def send(self, outgoing: Outgoing, clock: object) -> object:
        await self.inner.send(outgoing, clock)  # type: ignore[attr-defined]
        raise asyncio.CancelledError


async def test_an_attempt_nobody_recorded_is_sent_again_and_marked(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = await desk.webhook(receiver.url)
    await desk.happen()
    line = await desk.line(hook)
    senders = desk.core.part(Senders)
    with monkeypatch.context() as patched:
        patched.setattr(senders, "by_type", {"webhook": Vanishes(senders.by_type["webhook"])})
        with pytest.raises(asyncio.CancelledError):
            await desk.attempt(line)
    assert len(receiver.received) == 1
    line = await desk.line(hook)
    assert (line.status, line.attempts) == ("sending", 1)
    assert await jobs.sweep_tenant(desk.core, desk.tenant.scope) == 0
    await desk.attempt(line)
    assert len(receiver.received) == 1, "its lease still runs"
    await let_lease_pass(desk, line)
    assert await jobs.sweep_tenant(desk.core, desk.tenant.scope) == 1
    assert (await desk.queued(line))[-1][0] == 1
    await desk.attempt(line)
    line = await desk.line(hook)
    assert (line.status, line.attempts, line.maybe_repeated) == ("sent", 2, True)
    assert [made.outcome for made in await desk.tries(line)] == ["unknown", "sent"]
    one, two = receiver.received
    assert one.headers["webhook-id"] == two.headers["webhook-id"]
    assert without_link(one.body) == without_link(two.body)


async def let_lease_pass(desk: Desk, line: Delivery) -> None:
    sql = text("update deliveries set next_attempt_at = next_attempt_at - interval '10 minutes' where id = :id")
    async with desk.core.db.transaction(desk.tenant.scope) as session:
        await session.execute(sql, {"id": line.id})


async def test_an_attempt_that_outlives_its_lease_does_not_undo_the_next_one(desk: Desk, receiver: Receiver) -> None:
    receiver.script = [hangs]
    hook = await desk.webhook(receiver.url)
    await desk.happen()
    slow = asyncio.create_task(desk.attempt(await desk.line(hook)))
    await receiver.wait_for(1)
    line = await desk.line(hook)
    await let_lease_pass(desk, line)
    await desk.attempt(line)
    await slow
    line = await desk.line(hook)
    assert (line.status, line.attempts, line.maybe_repeated) == ("sent", 2, True)


async def test_a_line_whose_job_was_lost_is_queued_again(desk: Desk, receiver: Receiver) -> None:
    hook = await desk.webhook(receiver.url)
    await desk.happen()
    line = await desk.line(hook)
    assert await jobs.sweep_tenant(desk.core, desk.tenant.scope) == 0
    await let_lease_pass(desk, line)
    assert await jobs.sweep_tenant(desk.core, desk.tenant.scope) == 1
    assert await jobs.sweep_tenant(desk.core, desk.tenant.scope) == 0
    assert [attempt for attempt, _ in await desk.queued(line)] == [0, 0]
    await desk.attempt(line)
    await desk.attempt(line)
    assert len(receiver.received) == 1


async def test_a_lost_database_leaves_the_attempt_to_the_next_job(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = await desk.webhook(receiver.url)
    await desk.happen()
    line = await desk.line(hook)

    def away(_scope: object) -> object:
        raise ConnectionLost("The database cannot be reached.")

    with monkeypatch.context() as patched:
        patched.setattr(desk.core.db, "transaction", away)
        with pytest.raises(ConnectionLost):
            await desk.attempt(line)
    assert receiver.received == []
    await desk.attempt(line)
    assert (await desk.line(hook)).status == "sent"
