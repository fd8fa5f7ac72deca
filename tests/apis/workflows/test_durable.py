"""Workflows that outlive the process: what ended is not done again, waiting takes no worker, people decide, runs are cancelled and
taken up again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from sqlalchemy import text

from apis.conftest import Builder, problem_in
from apis.workflows.test_engine import call, edge, publish, script, value
from fixtures.waiting import until
from opsloom.apis.scripts.sandbox import Sandbox
from opsloom.apis.workflows import store, turns
from opsloom.apis.workflows.models import RunState
from opsloom.apis.workflows.runner import Runner
from opsloom.identity.permissions import Role
from opsloom.infra.aside import Aside
from opsloom.infra.core import Core

COUNT = (
    "import cache\ndef main(params, input, ctx):\n    n = (cache.get(params['key']) or 0) + 1\n"
    "    cache.set(params['key'], n)\n    return n\n"
)


@pytest_asyncio.fixture(scope="module", loop_scope="session", autouse=True)
async def _close(core: Core) -> AsyncIterator[None]:
    yield
    await core.part(Sandbox).close()
    await core.part(Aside).close()


async def turn_of(builder: Builder, run_id: UUID) -> Any:
    """Who has the run's turn, and when it is due; None when it has none."""
    query = text("select runner_id, due_at from workflow_turns where run_id = :id")
    async with builder.core.db.transaction(builder.tenant.scope) as session:
        return (await session.execute(query, {"id": run_id})).one_or_none()


@asynccontextmanager
async def working(core: Core) -> AsyncIterator[None]:
    """A process that takes turns at runs by itself."""
    stop = asyncio.Event()
    parts = [asyncio.create_task(part.run(stop)) for part in (core.wakeups, core.part(Runner))]
    await core.wakeups.listening.wait()
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*parts)


def counted(node_id: str) -> dict[str, Any]:
    """A node that says how often it ran."""
    return script(node_id, COUNT, arguments={"key": f"'{node_id}'"})


async def start(builder: Builder, path: str, headers: dict[str, str] | None = None, **parameters: Any) -> UUID:
    answer = await builder.client.post(
        f"/runtime/{path}", json=parameters, headers=builder.tenant.headers | (headers or {})
    )
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == answer.json()["href"]
    return UUID(answer.json()["run_id"])


async def show(builder: Builder, run_id: UUID) -> dict[str, Any]:
    answer = await builder.client.get(f"/api/v1/workflow-runs/{run_id}", headers=builder.tenant.headers)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def act(builder: Builder, run_id: UUID, what: str, body: Any = None, headers: Any = None) -> Any:
    return await builder.client.post(
        f"/api/v1/workflow-runs/{run_id}/{what}", json=body, headers=headers or builder.tenant.headers
    )


def states(run: dict[str, Any]) -> dict[str, str]:
    return {node["node_id"]: node["state"] for node in run["nodes"]}


async def advance(builder: Builder, run_id: UUID) -> dict[str, Any]:
    """What the job does."""
    await builder.core.part(Runner).advance(builder.tenant.id, run_id)
    return await show(builder, run_id)


async def test_a_run_is_started_done_and_kept(builder: Builder) -> None:
    await publish(builder, "flow", [value("a", "params.n"), value("b", "nodes.a * 2")], edge("a", "b"),
                  durable=True, parameters=[{"name": "n", "type": "integer"}])  # fmt: skip
    run_id = await start(builder, "flow", n=21)
    assert (await show(builder, run_id))["state"] == "queued"
    run = await advance(builder, run_id)
    assert (run["state"], run["output"], states(run)) == ("succeeded", 42, {"a": "succeeded", "b": "succeeded"})
    listed = await builder.client.get("/api/v1/workflow-runs?state=succeeded", headers=builder.tenant.headers)
    assert [each["id"] for each in listed.json()["items"]] == [str(run_id)]


async def test_the_same_key_starts_one_run(builder: Builder) -> None:
    await publish(builder, "once", [value("a", "1")], durable=True)
    first = await start(builder, "once", {"Idempotency-Key": "k1"})
    assert await start(builder, "once", {"Idempotency-Key": "k1"}) == first
    assert await start(builder, "once", {"Idempotency-Key": "k2"}) != first


async def test_a_worker_lost_in_the_middle_repeats_nothing_that_ended(builder: Builder) -> None:
    nodes = [counted("one"), counted("two"), counted("three")]
    await publish(builder, "lost", nodes, edge("one", "two"), edge("two", "three"), durable=True)
    run_id = await start(builder, "lost")
    runs, core = builder.core.part(Runner), builder.core

    async def ended(count: int) -> bool:
        async with core.db.transaction(builder.tenant.scope) as session:
            return len(await store.nodes(session, run_id)) >= count

    kept: dict[str, Any] = {}
    for count in (1, 2):  # a worker is gone after the first node, the next one after the second
        job = asyncio.create_task(runs.advance(builder.tenant.id, run_id))
        await until(lambda count=count: ended(count))
        job.cancel()
        await asyncio.wait([job])
        kept = {node["node_id"]: (node["output"], node["ended_at"]) for node in (await show(builder, run_id))["nodes"]}
        assert len(kept) >= count
    run = await advance(builder, run_id)
    assert run["state"] == "succeeded"
    done = {node["node_id"]: (node["output"], node["ended_at"]) for node in run["nodes"]}
    assert {node_id: done[node_id] for node_id in kept} == kept


async def test_a_person_decides(builder: Builder) -> None:
    nodes = [
        {"type": "approval", "id": "ok", "message": "'Restart ' & params.host & '?'"},
        value("yes", "'restarted after ' & nodes.ok.comment"),
        value("no", "'left alone by ' & nodes.ok.by"),
    ]
    await publish(builder, "ask", nodes, edge("ok", "yes", "approved"), edge("ok", "no", "rejected"), durable=True,
                  parameters=[{"name": "host"}], output="$exists(nodes.yes) ? nodes.yes : nodes.no")  # fmt: skip
    for approve, said in ((True, "restarted after go on"), (False, "left alone by operator key")):
        run_id = await start(builder, "ask", host="web-1")
        run = await advance(builder, run_id)
        assert (run["state"], run["nodes"][0]["asked"]) == ("waiting", "Restart web-1?")
        decision = {"approve": approve, "comment": "go on"}
        refused = await act(builder, run_id, "nodes/ok/decision", decision, builder.tenant.as_role(Role.VIEWER))
        assert refused.status_code == 403
        operator = builder.tenant.as_role(Role.OPERATOR)
        assert (await act(builder, run_id, "nodes/ok/decision", decision, operator)).status_code == 200
        problem_in(await act(builder, run_id, "nodes/ok/decision", decision, operator), 409, "workflow_run_ended")
        run = await advance(builder, run_id)
        assert (run["state"], run["output"]) == ("succeeded", said)


async def test_nobody_in_time_is_a_failure_that_can_be_caught(
    builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes = [{"type": "approval", "id": "ok", "message": "'Well?'", "expires_s": 10}, value("late", "'nobody'")]
    await publish(builder, "late", nodes, edge("ok", "late", "error"), durable=True)
    run_id = await start(builder, "late")
    assert (await advance(builder, run_id))["state"] == "waiting"
    now = builder.core.clock.now
    monkeypatch.setattr(builder.core.clock, "now", lambda: now() + timedelta(seconds=11))
    run = await advance(builder, run_id)
    assert (run["state"], run["output"]) == ("succeeded", "nobody")


async def test_a_long_wait_takes_no_worker_and_ends_at_its_moment(
    builder: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    nodes = [{"type": "wait", "id": "w", "seconds": "3600"}, value("beside", "1"), value("after", "'later'")]
    await publish(builder, "long", nodes, edge("w", "after"), durable=True, output="nodes.after")
    run_id = await start(builder, "long")
    run = await advance(builder, run_id)
    assert (run["state"], states(run)) == ("waiting", {"w": "waiting", "beside": "succeeded"})
    assert run["wake_at"] is not None
    turn = await turn_of(builder, run_id)
    assert (turn.runner_id, turn.due_at.isoformat()) == (None, run["wake_at"].replace("Z", "+00:00"))
    now = builder.core.clock.now
    monkeypatch.setattr(builder.core.clock, "now", lambda: now() + timedelta(seconds=3601))
    run = await advance(builder, run_id)
    assert (run["state"], run["output"]) == ("succeeded", "later")


async def test_a_failed_run_goes_on_from_where_it_broke(builder: Builder) -> None:
    flaky = (
        "import cache\ndef main(params, input, ctx):\n    n = (cache.get('n') or 0) + 1\n    cache.set('n', n)\n"
        "    if n == 1:\n        raise ValueError('first')\n    return n\n"
    )
    nodes = [counted("before"), script("flaky", flaky), counted("after")]
    await publish(builder, "flaky", nodes, edge("before", "flaky"), edge("flaky", "after"), durable=True)
    run_id = await start(builder, "flaky")
    run = await advance(builder, run_id)
    assert (run["state"], run["error_code"]) == ("failed", "workflow_failed")
    assert "flaky" in run["error"]
    assert (await act(builder, run_id, "retry", {})).json()["state"] == "queued"
    run = await advance(builder, run_id)
    assert run["state"] == "succeeded"
    assert {node["node_id"]: node["output"] for node in run["nodes"]} == {"before": 1, "flaky": 2, "after": 1}
    assert (await act(builder, run_id, "retry", {"from_node": "flaky"})).status_code == 200
    run = await advance(builder, run_id)
    assert {node["node_id"]: node["output"] for node in run["nodes"]} == {"before": 1, "flaky": 3, "after": 2}
    problem_in(await act(builder, run_id, "retry", {"from_node": "nothing"}), 404, "workflow_run_not_found")
    problem_in(await act(builder, run_id, "retry", {}), 409, "workflow_run_ended")


async def test_a_waiting_run_is_cancelled_at_once_and_a_working_one_soon(builder: Builder) -> None:
    await publish(builder, "wait", [{"type": "wait", "id": "w", "seconds": "3600"}], durable=True)
    run_id = await start(builder, "wait")
    await advance(builder, run_id)
    run = (await act(builder, run_id, "cancel")).json()
    assert (run["state"], states(run)) == ("cancelled", {"w": "cancelled"})
    problem_in(await act(builder, run_id, "cancel"), 409, "workflow_run_ended")

    loop = script("loop", "def main(params, input, ctx):\n    while True:\n        pass\n", timeout_ms=60_000)
    await publish(builder, "busy", [loop], durable=True, limits={"timeout_ms": 60_000})
    run_id = await start(builder, "busy")

    async def is_now(state: str) -> bool:
        return bool((await show(builder, run_id))["state"] == state)

    async with working(builder.core):
        await until(lambda: is_now(RunState.RUNNING))
        await act(builder, run_id, "cancel")
        await until(lambda: is_now(RunState.CANCELLED))
    assert await turn_of(builder, run_id) is None


async def test_a_node_that_tells_tells_once_however_often_it_is_done(builder: Builder) -> None:
    node = {"type": "notify", "id": "say", "title": "'Hello'", "text": "'there'"}
    await publish(builder, "say", [node], durable=True)
    run_id = await start(builder, "say")
    await advance(builder, run_id)
    async with builder.core.db.transaction(builder.tenant.scope) as session:
        await store.forget(session, run_id, ["say"])
        await store.change(session, run_id, state=RunState.QUEUED, ended_at=None)
        await turns.want(session, builder.tenant.id, run_id)
    await advance(builder, run_id)
    listed = await builder.client.get("/api/v1/notifications", headers=builder.tenant.headers)
    assert [each["title"] for each in listed.json()["items"]] == ["Hello"]


async def test_a_run_keeps_the_version_it_began_with(builder: Builder) -> None:
    api_id = await publish(builder, "kept", [value("a", "'old'")], durable=True)
    run_id = await start(builder, "kept")
    changed = {
        "name": "kept", "path": "kept", "method": "POST",
        "logic": {"type": "workflow", "nodes": [value("a", "'new'")], "durable": True},
    }  # fmt: skip
    headers = builder.tenant.headers
    await builder.client.put(f"/api/v1/apis/{api_id}", json=changed, headers=headers | {"if-match": '"1"'})
    await builder.client.post(f"/api/v1/apis/{api_id}/publish", json={}, headers=headers)
    assert (await advance(builder, run_id))["output"] == "old"
    assert (await advance(builder, await start(builder, "kept")))["output"] == "new"


async def test_another_tenant_sees_nothing_of_it(builder: Builder, other_tenant: Any) -> None:
    await publish(builder, "mine", [value("a", "1")], durable=True)
    run_id = await start(builder, "mine")
    for what, body in (("cancel", None), ("retry", {}), ("nodes/a/decision", {"approve": True})):
        problem_in(await act(builder, run_id, what, body, other_tenant.headers), 404, "workflow_run_not_found")
    assert (await call(builder, "mine")).status_code == 202
