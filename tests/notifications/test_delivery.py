"""Attempts against a real receiver that takes, refuses, hangs, resets and drips."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, update
from tests.notifications.conftest import AlertFact, Desk, TransitionFact, verified

from fakes.receiver import Receiver, answers, drips, hangs, resets
from opsloom.infra.http import CallLimits, Http
from opsloom.infra.secrets import Secrets
from opsloom.kit.resilience.breaker import BreakerState
from opsloom.notifications import delivery as deliveries
from opsloom.notifications import directory, service
from opsloom.notifications.channels.types import Outgoing, Senders
from opsloom.notifications.channels.webhook import WebhookSender
from opsloom.notifications.models import ChannelSecret, Delivery
from opsloom.notifications.schemas import ChannelBody


async def test_a_signed_post_arrives_once(desk: Desk, receiver: Receiver) -> None:
    hook = await desk.webhook(receiver.url, headers={"X-Team": "ops"})
    alert = AlertFact()
    await desk.happen(alert)
    await desk.attempt(await desk.line(hook))
    [got] = receiver.received
    assert verified(got)
    assert (got.method, got.headers["content-type"], got.headers["x-team"]) == ("POST", "application/json", "ops")
    body = json.loads(got.body)
    assert (body["type"], body["data"]["alert"]["id"]) == ("alert.firing", str(alert.id))
    line = await desk.line(hook)
    assert (line.status, line.reason, line.attempts, line.maybe_repeated) == ("sent", None, 1, False)
    assert got.headers["webhook-id"] == f"msg_{line.id.hex}"
    [made] = await desk.tries(line)
    assert (made.outcome, made.status_code, made.error) == ("sent", 200, None)
    assert made.duration_ms is not None
    assert made.finished_at is not None


async def test_a_job_that_comes_late_or_twice_sends_nothing(desk: Desk, receiver: Receiver) -> None:
    hook = await desk.webhook(receiver.url)
    await desk.happen()
    line = await desk.line(hook)
    await asyncio.gather(*(desk.attempt(line, 0) for _ in range(2)))
    for number in (0, 1, 2):
        await desk.attempt(line, number)
    assert len(receiver.received) == 1


async def test_a_doubled_job_does_not_bring_a_retry_forward(desk: Desk, receiver: Receiver) -> None:
    receiver.script = [answers(500)]
    hook = await desk.webhook(receiver.url)
    await desk.happen()
    line = await desk.line(hook)
    await desk.attempt(line, 0)
    await desk.attempt(line, 0)
    assert len(receiver.received) == 1
    line = await desk.line(hook)
    assert (line.status, line.attempts) == ("retrying", 1)


async def test_failures_are_repeated_under_the_same_id_until_it_is_taken(desk: Desk, receiver: Receiver) -> None:
    receiver.script = [answers(500), answers(503), answers(204, b"")]
    hook = await desk.webhook(receiver.url)
    await desk.happen()
    for expected in ("retrying", "retrying", "sent"):
        await desk.attempt(await desk.line(hook))
        line = await desk.line(hook)
        assert line.status == expected
    assert len({got.headers["webhook-id"] for got in receiver.received}) == 1
    assert all(verified(got) for got in receiver.received)
    assert [(t.number, t.outcome, t.status_code) for t in await desk.tries(line)] == [
        (1, "failed", 500),
        (2, "failed", 503),
        (3, "sent", 204),
    ]
    assert [attempt for attempt, _ in await desk.queued(line)] == [0, 1, 2]
    assert (line.finished_at, line.next_attempt_at) != (None, None)


async def test_waits_grow_and_are_in_the_queue(desk: Desk, receiver: Receiver) -> None:
    receiver.otherwise = answers(500)
    hook = await desk.webhook(receiver.url)
    await desk.happen()
    waits = []
    for _ in range(3):
        await desk.attempt(await desk.line(hook))
        line = await desk.line(hook)
        last = (await desk.tries(line))[-1]
        assert line.next_attempt_at is not None
        assert last.finished_at is not None
        assert (await desk.queued(line))[-1] == (line.attempts, line.next_attempt_at)
        waits.append((line.next_attempt_at - last.finished_at).total_seconds())
    assert waits == [3.75, 7.5, 15.0]  # three quarters of 5, 10, 20: the jitter of these tests


async def test_retry_after_is_honoured(desk: Desk, receiver: Receiver) -> None:
    receiver.script = [answers(429, b"", retry_after="120"), answers(200)]
    hook = await desk.webhook(receiver.url)
    await desk.happen()
    await desk.attempt(await desk.line(hook))
    line = await desk.line(hook)
    [made] = await desk.tries(line)
    assert line.status == "retrying"
    assert line.next_attempt_at is not None
    assert made.finished_at is not None
    assert line.next_attempt_at - made.finished_at == timedelta(seconds=120)
    await desk.attempt(line)
    assert (await desk.line(hook)).status == "sent"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 422, 301, 302, 307])
async def test_a_refusal_is_not_repeated(desk: Desk, receiver: Receiver, status: int) -> None:
    receiver.otherwise = answers(status, b"", location=receiver.url)
    hook = await desk.webhook(receiver.url)
    await desk.happen()
    await desk.attempt(await desk.line(hook))
    line = await desk.line(hook)
    assert (line.status, line.reason, line.attempts) == ("failed", "refused_by_receiver", 1)
    assert len(receiver.received) == 1


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
async def test_what_may_pass_is_repeated(desk: Desk, receiver: Receiver, status: int) -> None:
    receiver.otherwise = answers(status, b"")
    hook = await desk.webhook(receiver.url)
    await desk.happen()
    await desk.attempt(await desk.line(hook))
    assert (await desk.line(hook)).status == "retrying"


async def test_it_is_given_up_after_the_last_attempt_and_can_be_sent_again(desk: Desk, receiver: Receiver) -> None:
    receiver.script = [answers(500)] * 4
    hook = await desk.webhook(receiver.url)
    await desk.happen()
    line = await desk.line(hook)
    async with desk.core.db.transaction(desk.tenant.scope) as session:
        await session.execute(update(Delivery).where(Delivery.id == line.id).values(attempts_allowed=4))
    for _ in range(4):
        await desk.attempt(await desk.line(hook))
    line = await desk.line(hook)
    assert (line.status, line.reason, line.attempts) == ("failed", "attempts_exhausted", 4)
    async with desk.core.db.transaction(desk.tenant.scope) as session:
        again = await service.resend(session, desk.tenant.scope, line.id)
    await desk.attempt(again)
    old, new = await desk.ledger(hook)
    assert (old.status, old.attempts) == ("failed", 4)
    assert (new.status, new.attempts, new.resent_from, new.transition_id) == ("sent", 1, old.id, old.transition_id)
    assert len({got.headers["webhook-id"] for got in receiver.received}) == 1


@pytest.mark.parametrize("fault", [hangs, resets, drips])
async def test_a_receiver_that_hangs_resets_or_drips_costs_its_deadline_only(
    desk: Desk, receiver: Receiver, fault: object
) -> None:
    receiver.script = [fault]  # type: ignore[list-item]
    hook = await desk.webhook(receiver.url)
    await desk.happen()
    async with asyncio.timeout(10):
        await desk.attempt(await desk.line(hook))
    line = await desk.line(hook)
    assert line.status in {"retrying", "sent"}
    if line.status == "retrying":
        await desk.attempt(line)
    assert (await desk.line(hook)).status == "sent"


async def test_other_channels_do_not_wait_for_one_that_hangs(
    desk: Desk, out: Http, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = CallLimits(read_s=300, total_s=300)
    monkeypatch.setattr(desk.core.part(Senders), "by_type", {"webhook": WebhookSender(out, patient)})
    async with Receiver(otherwise=hangs).serving() as stuck:
        bad, good = await desk.webhook(stuck.url, name="Stuck"), await desk.webhook(receiver.url, name="Fine")
        for _ in range(4):
            await desk.happen()
        waiting = [asyncio.create_task(desk.attempt(line)) for line in await desk.ledger(bad)]
        await stuck.wait_for(2)
        for line in await desk.ledger(good):
            await desk.attempt(line)
        assert [task.done() for task in waiting].count(False) == 2
        assert len(receiver.received) == 4
        stuck.closing.set()
        await asyncio.gather(*waiting)
        assert len(stuck.received) == 2
        put_off = [line for line in await desk.ledger(bad) if line.reason == "channel_busy"]
        assert len(put_off) == 2
        assert all(line.attempts == 0 and line.next_attempt_at is not None for line in put_off)


async def test_no_transaction_is_open_while_the_receiver_takes_its_time(desk: Desk, receiver: Receiver) -> None:
    receiver.otherwise = hangs
    hook = await desk.webhook(receiver.url)
    await desk.happen()
    sending = asyncio.create_task(desk.attempt(await desk.line(hook)))
    await receiver.wait_for(1)
    assert desk.core.db.in_use["orm_open"] == 0
    line = await desk.line(hook)
    assert (line.status, line.attempts) == ("sending", 1)
    await sending


async def test_a_channel_that_keeps_failing_is_paused_alone_and_comes_back(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = await desk.webhook(receiver.url)
    key = deliveries.breaker_key(desk.tenant.id, hook)
    async with Receiver(otherwise=answers(500)).serving() as broken:
        bad = await desk.webhook(broken.url, name="Broken")
        for _ in range(8):
            await desk.happen()
        for line in await desk.ledger(bad):
            await desk.attempt(line)
        assert len(broken.received) == 5
        paused = [line for line in await desk.ledger(bad) if line.reason == "circuit_open"]
        assert len(paused) == 3
        assert all(line.attempts == 0 and line.status == "retrying" for line in paused)
        for line in await desk.ledger(hook):
            await desk.attempt(line)
        assert len(receiver.received) == 8
        states = {view.key: view.state for view in await desk.core.breakers.views()}
        bad_key = deliveries.breaker_key(desk.tenant.id, bad)
        assert (states[key], states[bad_key]) == (BreakerState.CLOSED, BreakerState.OPEN)
        broken.otherwise = answers(200)
        await desk.core.breakers.reset(bad_key)
        await desk.attempt(paused[0])
        assert len(broken.received) == 6


async def test_refusals_do_not_pause_a_channel(desk: Desk, receiver: Receiver) -> None:
    receiver.otherwise = answers(404)
    hook = await desk.webhook(receiver.url)
    for _ in range(7):
        await desk.happen()
    for line in await desk.ledger(hook):
        await desk.attempt(line)
    assert len(receiver.received) == 7


async def test_what_waits_for_a_deleted_or_disabled_channel_is_given_up(desk: Desk, receiver: Receiver) -> None:
    gone, quiet = await desk.webhook(receiver.url, name="Gone"), await desk.webhook(receiver.url, name="Quiet")
    await desk.happen()
    tools = directory.Tools(desk.core.part(Secrets), desk.core.http.policy, desk.core.clock)
    config = {"type": "webhook", "url": receiver.url}
    body = ChannelBody.model_validate({"name": "Quiet", "enabled": False, "config": config})
    async with desk.core.db.transaction(desk.tenant.scope) as session:
        await directory.remove(session, desk.tenant.scope, gone)
        await directory.update(session, desk.tenant.scope, tools, quiet, (body, 1))
    for channel, reason in ((gone, "channel_gone"), (quiet, "channel_disabled")):
        await desk.attempt(await desk.line(channel))
        line = await desk.line(channel)
        assert (line.status, line.reason) == ("failed", reason)
    assert receiver.received == []


async def test_an_address_that_may_not_be_called_is_given_up_at_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = await desk.webhook("http://internal.example/hook")

    async def inside(_host: str, _port: int) -> list[object]:
        from ipaddress import ip_address

        return [ip_address("10.0.0.1")]

    monkeypatch.setattr(desk.core.http.transport._backend, "_resolver", inside)
    await desk.happen()
    await desk.attempt(await desk.line(hook))
    line = await desk.line(hook)
    assert (line.status, line.reason) == ("failed", "not_callable")
    assert "may not be called" in str((await desk.tries(line))[0].error)


async def test_secrets_that_cannot_be_read_end_it_with_a_reason(desk: Desk, receiver: Receiver) -> None:
    hook = await desk.webhook(receiver.url)
    await desk.happen()
    async with desk.core.db.transaction(desk.tenant.scope) as session:
        await session.execute(update(ChannelSecret).values(sealed="osl1.damaged"))
    await desk.attempt(await desk.line(hook))
    line = await desk.line(hook)
    assert (line.status, line.reason, line.attempts) == ("failed", "not_callable", 0)
    async with desk.core.db.transaction(desk.tenant.scope) as session:
        await session.execute(delete(ChannelSecret))
    await desk.happen()
    await desk.attempt((await desk.ledger(hook))[1])
    assert (await desk.ledger(hook))[1].reason == "not_callable"
    assert receiver.received == []


async def test_a_sender_that_breaks_is_a_failed_attempt(
    desk: Desk, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        async def send(self, _outgoing: Outgoing, _clock: object) -> object:
            raise ZeroDivisionError("a bug")

    hook = await desk.webhook(receiver.url)
    await desk.happen()
    monkeypatch.setattr(desk.core.part(Senders), "by_type", {"webhook": Broken()})
    await desk.attempt(await desk.line(hook))
    line = await desk.line(hook)
    [made] = await desk.tries(line)
    assert (line.status, made.outcome, made.error) == ("retrying", "failed", "The sender failed (ZeroDivisionError).")


async def test_every_told_state_arrives_with_its_own_type(desk: Desk, receiver: Receiver) -> None:
    hook = await desk.webhook(receiver.url)
    for to_state, from_state in (("firing", "pending"), ("resolved", "firing"), ("expired", "firing")):
        await desk.happen(transition=TransitionFact(from_state=from_state, to_state=to_state))
    for line in await desk.ledger(hook):
        await desk.attempt(line)
    assert [json.loads(got.body)["type"] for got in receiver.received] == [
        "alert.firing",
        "alert.resolved",
        "alert.expired",
    ]
    assert all(verified(got) for got in receiver.received)


async def test_a_webhook_of_an_alert_that_fires_carries_the_link_that_the_ledger_does_not(
    desk: Desk, receiver: Receiver
) -> None:
    hook = await desk.webhook(receiver.url)
    await desk.happen()
    line = await desk.line(hook)
    await desk.attempt(line)
    (got,) = receiver.received
    assert verified(got)
    told = json.loads(got.body)
    assert told["data"].pop("acknowledge").startswith("http")
    assert told == json.loads((await desk.line(hook)).body)
