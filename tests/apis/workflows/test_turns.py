"""Who works on which run: fair among tenants, never more than a tenant may have, one runner a run; what is written by a runner that lost
its turn is refused, and what PostgreSQL refuses costs nobody else."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from apis.conftest import Builder
from apis.workflows.test_durable import act, show, start, turn_of, working
from apis.workflows.test_engine import publish, script, value
from fixtures.tenants import TestTenant
from fixtures.waiting import until
from opsloom.apis.workflows import patience, runner, turns
from opsloom.apis.workflows.graph import NodeState
from opsloom.apis.workflows.ledger import Ledger, TurnLost
from opsloom.apis.workflows.models import RunState
from opsloom.apis.workflows.words import Saying, Words
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import DatabaseFailed
from opsloom.kit.ids import new_id


@pytest_asyncio.fixture(autouse=True)
async def _nobody_waits(core: Core) -> None:
    """Runs that other tests left behind would come first."""
    async with core.db.connection() as connection, connection.transaction():
        await connection.execute("select set_config('opsloom.turns', 'all', true)")
        await connection.execute("delete from workflow_turns")
        await connection.execute("delete from workflow_runners")


@pytest_asyncio.fixture
async def theirs(core: Core, client: Any, other_tenant: TestTenant) -> Builder:
    return Builder(core, client, other_tenant)


async def queued(builder: Builder, count: int) -> list[UUID]:
    await publish(builder, "turns", [value("a", "1")], durable=True)
    return [await start(builder, "turns") for _ in range(count)]


async def claim(core: Core, runner_id: UUID, places: int, of_tenant: int) -> dict[UUID, list[UUID]]:
    async with core.db.connection() as connection:
        return (await turns.claim(connection, runner_id, places, of_tenant)).runs


async def beat(core: Core, runner_id: UUID) -> tuple[int, dict[UUID, bool]]:
    async with core.db.connection() as connection:
        return await turns.beat(connection, runner_id)


def node(builder: Builder, run_id: UUID, output: object) -> Words:
    now = builder.core.clock.now()
    row = {"run_id": run_id, "node_id": "n", "state": NodeState.SUCCEEDED, "port": "", "output": output}
    return Words(
        Saying.NODE, builder.tenant.id, run_id, row | {"started_at": now, "ended_at": now}, {"type": "workflow.node"}
    )


async def test_tenants_take_turns_and_none_has_more_than_it_may(builder: Builder, theirs: Builder, core: Core) -> None:
    many, few = await queued(builder, 8), await queued(theirs, 2)
    mine = new_id()
    assert await claim(core, mine, 4, 3) == {builder.tenant.id: many[:2], theirs.tenant.id: few}
    assert await claim(core, mine, 99, 3) == {builder.tenant.id: many[2:3]}
    assert await claim(core, new_id(), 99, 3) == {}  # whoever asks


async def test_runs_of_a_runner_that_is_gone_are_taken_over_and_it_writes_nothing_more(
    builder: Builder, core: Core
) -> None:
    (run_id,) = await queued(builder, 1)
    gone, other = new_id(), new_id()
    await beat(core, gone)
    assert await claim(core, gone, 9, 9) == {builder.tenant.id: [run_id]}
    await Ledger(core.db, gone).write(node(builder, run_id, 1))
    assert await beat(core, other) == (0, {})
    assert await claim(core, other, 9, 9) == {}
    async with core.db.connection() as connection:
        await connection.execute("update workflow_runners set alive_until = now() - interval '1 s' where id = $1", gone)
    assert (await beat(core, other))[0] == 1
    assert await claim(core, other, 9, 9) == {builder.tenant.id: [run_id]}
    late = Ledger(core.db, gone)
    with pytest.raises(TurnLost):
        await late.write(node(builder, run_id, 2))
    ended = {"run_id": run_id, "state": RunState.FAILED, "ended_at": core.clock.now()}
    with pytest.raises(TurnLost):
        await late.write(Words(Saying.END, builder.tenant.id, run_id, ended, {}))
    await Ledger(core.db, other).write(node(builder, run_id, 3))  # what has ended stays as it was
    run = await show(builder, run_id)
    assert (run["state"], [each["output"] for each in run["nodes"]]) == ("queued", [1])


async def test_what_postgresql_refuses_costs_nobody_else(builder: Builder, core: Core) -> None:
    runs, mine = await queued(builder, 3), new_id()
    await claim(core, mine, 9, 9)
    ledger = Ledger(core.db, mine, writers=1)
    said = [ledger.write(node(builder, run_id, output)) for run_id, output in zip(runs, ("a", "\0", "c"), strict=True)]
    first, second, third = await asyncio.gather(*said, return_exceptions=True)
    assert (first, third) == (runs[0], runs[2])
    assert isinstance(second, DatabaseFailed)
    assert [len((await show(builder, run_id))["nodes"]) for run_id in runs] == [1, 0, 1]


async def test_who_wants_work_while_it_is_worked_on_is_taken_up_again(builder: Builder, core: Core) -> None:
    (run_id,), mine = await queued(builder, 1), new_id()
    await claim(core, mine, 9, 9)
    async with core.db.transaction(builder.tenant.scope) as session:
        await turns.want(session, builder.tenant.id, run_id)
    assert await claim(core, mine, 9, 9) == {}
    paused = {"run_id": run_id, "wake_at": core.clock.now() + timedelta(days=1)}
    await Ledger(core.db, mine).write(Words(Saying.PAUSE, builder.tenant.id, run_id, paused, {}))
    assert await claim(core, mine, 9, 9) == {builder.tenant.id: [run_id]}


async def test_calls_at_once_with_one_key_begin_one_run(builder: Builder) -> None:
    await publish(builder, "once", [value("a", "1")], durable=True)
    found = await asyncio.gather(*(start(builder, "once", {"Idempotency-Key": "same"}) for _ in range(6)))
    assert len(set(found)) == 1


async def test_a_process_hears_of_runs_and_of_their_moments(
    builder: Builder, core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "_SHORT_WAIT_S", 0.0)
    await publish(builder, "soon", [{"type": "wait", "id": "w", "seconds": "0.2"}], durable=True)
    async with working(core):
        runs = [await start(builder, "soon") for _ in range(3)]

        async def all_ended() -> bool:
            return {(await show(builder, run_id))["state"] for run_id in runs} == {"succeeded"}

        await until(all_ended)


@pytest.fixture
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_LAST_WORK_S", 0.0)


@pytest.mark.usefixtures("_hurry")
async def test_a_process_that_stops_leaves_its_runs_to_others(builder: Builder, core: Core) -> None:
    loop = script("loop", "def main(params, input, ctx):\n    while True:\n        pass\n", timeout_ms=60_000)
    await publish(builder, "endless", [loop], durable=True, limits={"timeout_ms": 60_000})
    async with working(core):
        run_id = await start(builder, "endless")

        async def running() -> bool:
            return bool((await show(builder, run_id))["state"] == RunState.RUNNING)

        await until(running)
    assert (await turn_of(builder, run_id)).runner_id is None
    assert (await show(builder, run_id))["state"] == "running"
    assert (await act(builder, run_id, "cancel")).json()["state"] == "cancelled"
    assert await turn_of(builder, run_id) is None


async def test_a_turn_shows_itself_to_its_tenant_alone(builder: Builder, theirs: Builder, core: Core) -> None:
    await queued(builder, 1)
    for scope, count in ((builder.tenant.scope, 1), (theirs.tenant.scope, 0), (Scope.outside(), 0)):
        async with core.db.raw(scope) as connection:
            assert await connection.fetchval("select count(*) from workflow_turns") == count
