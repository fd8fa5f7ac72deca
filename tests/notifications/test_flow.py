"""A channel's limit: what is over it goes out in one later message, and nothing is lost."""

import json
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.notifications.conftest import AlertFact, Desk

from fakes.receiver import Receiver, answers
from opsloom.notifications import flow, jobs
from opsloom.notifications.content import Limit
from opsloom.notifications.flow import Count, Held
from opsloom.notifications.models import Delivery

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@given(st.integers(1, 5), st.integers(1, 60), st.lists(st.integers(0, 30), max_size=60))
def test_no_window_has_more_than_its_messages_and_everything_is_sent_or_held(
    messages: int, per_s: int, waits: list[int]
) -> None:
    limit, count, now = Limit(messages=messages, per_s=per_s), None, START
    windows: dict[datetime, int] = {}
    for wait in waits:
        now += timedelta(seconds=wait)
        following = flow.step(count, limit, now)
        if isinstance(following, Held):
            assert count is not None
            assert following.until == count.since + timedelta(seconds=per_s)
            assert following.until > now
            continue
        count = following
        windows[count.since] = windows.get(count.since, 0) + 1
    assert all(each <= messages for each in windows.values())


def test_what_comes_while_a_digest_is_open_joins_it() -> None:
    open_since = Count(START, 1, gathering=True)
    assert isinstance(flow.step(open_since, Limit(messages=1, per_s=5), START + timedelta(minutes=9)), Held)


async def _run(desk: Desk, line: Delivery) -> None:
    counted = line.grouping is not None and line.kind == "transition"
    await jobs.deliver(
        desk.core, str(desk.tenant.id), str(line.id), str(line.channel_id), attempt=line.attempts, counted=counted
    )


async def test_a_storm_becomes_a_few_messages_and_one_digest(desk: Desk, receiver: Receiver) -> None:
    hook = await desk.webhook(receiver.url, limit={"messages": 3, "per_s": 60})
    for at in range(12):
        await desk.happen(AlertFact(title=f"Alert {at}", severity="critical" if at == 11 else "warning"))
    for line in await desk.ledger(hook):
        await _run(desk, line)
    lines = await desk.ledger(hook)
    [digest] = [line for line in lines if line.kind == "digest"]
    assert [line.status for line in lines if line.kind == "transition"] == ["sent"] * 3 + ["gathered"] * 9
    assert {line.digest_id for line in lines if line.status == "gathered"} == {digest.id}
    [(_, due)] = await desk.queued(digest)
    assert due is not None, "its job waits for the end of the window"
    await _run(desk, digest)
    *first, last = receiver.received
    assert len(first) == 3
    body = json.loads(last.body)
    assert (body["type"], body["data"]["count"]) == ("digest", 9)
    assert [each["title"] for each in body["data"]["alerts"]] == [f"Alert {at}" for at in range(3, 12)]
    after = await desk.ledger(hook)
    assert {line.status for line in after} == {"sent"}
    assert next(line.severity for line in after if line.kind == "digest") == "critical"


async def test_labels_are_counted_apart(desk: Desk, receiver: Receiver) -> None:
    hook = await desk.webhook(receiver.url, limit={"messages": 1, "per_s": 60, "by": ["service"]})
    for service in ("checkout", "search", "checkout"):
        await desk.happen(AlertFact(labels={"service": service}))
    for line in await desk.ledger(hook):
        await _run(desk, line)
    assert [line.status for line in await desk.ledger(hook)][:3] == ["sent", "sent", "gathered"]


async def test_the_lines_of_a_digest_that_fails_fail_with_it_and_go_to_who_stands_in(
    desk: Desk, receiver: Receiver
) -> None:
    receiver.script = [answers(200), answers(410)]
    await desk.webhook(f"{receiver.url}/other", name="Other")
    hook = await desk.webhook(receiver.url, limit={"messages": 1, "per_s": 60}, fallback="other")
    for _ in range(3):
        await desk.happen()
    for line in await desk.ledger(hook):
        await _run(desk, line)
    [digest] = [line for line in await desk.ledger(hook) if line.kind == "digest"]
    await _run(desk, digest)
    assert [line.status for line in await desk.ledger(hook)] == ["sent", "failed", "failed", "failed"]
    [instead] = [line for line in await desk.ledger() if line.fallback_for == digest.id]
    assert (instead.channel_name, instead.kind, instead.status) == ("Other", "digest", "pending")
    assert json.loads(instead.body)["data"]["count"] == 2
