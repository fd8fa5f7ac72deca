"""The whole way with the real worker: a transition is committed, a signed post arrives, the ledger says so."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.notifications.conftest import Desk, verified

from fakes.receiver import Receiver, answers
from fixtures.waiting import until
from opsloom.infra.core import Core
from opsloom.infra.jobs import Worker
from opsloom.notifications import jobs
from opsloom.notifications.channels.types import Senders


@pytest.fixture
async def worker(core: Core, desk: Desk) -> AsyncIterator[None]:
    """A running worker that knows this domain's tasks; its way out is the tests'."""
    del desk
    stop = asyncio.Event()
    running = asyncio.create_task(Worker(core, jobs.TASKS, (), concurrency=8).run(stop))
    yield
    stop.set()
    await running


async def status(desk: Desk, channel_id: object, wanted: set[str]) -> str:
    seen = ""

    async def reached() -> bool:
        nonlocal seen
        seen = (await desk.line(channel_id)).status  # type: ignore[arg-type]
        return seen in wanted

    await until(reached, lambda: f"{wanted}, it is {seen}", limit_s=30)
    return seen


@pytest.mark.usefixtures("worker")
async def test_a_committed_transition_reaches_the_receiver(desk: Desk) -> None:
    async with Receiver().serving() as receiver:
        hook = await desk.webhook(receiver.url)
        await desk.happen()
        await receiver.wait_for(1)
        assert verified(receiver.received[0])
        assert await status(desk, hook, {"sent", "failed"}) == "sent"


@pytest.mark.usefixtures("worker")
async def test_a_failure_is_tried_again_by_the_worker_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    senders = desk.core.part(Senders)
    monkeypatch.setattr(senders, "policy", replace(senders.policy, base_s=0.01, max_wait_s=0.02))
    async with Receiver(script=[answers(500), answers(429)]).serving() as receiver:
        hook = await desk.webhook(receiver.url)
        await desk.happen()
        await receiver.wait_for(3)
        assert await status(desk, hook, {"sent", "failed"}) == "sent"
        line = await desk.line(hook)
        assert line.attempts == 3
        assert len({got.headers["webhook-id"] for got in receiver.received}) == 1


@pytest.mark.usefixtures("worker")
async def test_the_sweep_looks_after_every_tenant(desk: Desk) -> None:
    from sqlalchemy import text

    async with Receiver().serving() as receiver:
        hook = await desk.webhook(receiver.url)
        await desk.happen()
        await receiver.wait_for(1)
        await status(desk, hook, {"sent"})
        lost = text(
            "update deliveries set status = 'pending', finished_at = null, next_attempt_at = now() - interval '1 hour'"
        )
        async with desk.core.db.transaction(desk.tenant.scope) as session:
            await session.execute(lost)
        await jobs.sweep(desk.core)
        await receiver.wait_for(2)
        assert await status(desk, hook, {"sent"}) == "sent"
