"""Wires: many calls under way on one connection, each a transaction of its own, and none gets another's answer."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
import pytest_asyncio

from apis.conftest import Builder
from fixtures.tenants import TestTenant
from fixtures.waiting import until
from opsloom.apis.engines.lane import Statement, StatementRefused
from opsloom.apis.engines.lanes import Lanes
from opsloom.apis.engines.protocol import Pace
from opsloom.apis.engines.wire import LIMIT_MS, Wire
from opsloom.apis.engines.wires import Wires
from opsloom.infra.core import Core
from opsloom.infra.db.dsn import Dsn
from opsloom.kit.errors import ConnectionLost

WHO = Statement(b"who", b"select current_setting('opsloom.tenant'), current_user, $1", (25,))
DIVIDE = Statement(b"divide", b"select 10 / $1", (23,))
HANG = Statement(b"hang", b"select count(*) from generate_series(1, 10000000000) g", ())


@pytest_asyncio.fixture(loop_scope="session")
async def wire(core: Core) -> AsyncIterator[Wire]:
    made = await Wire.open(core.db.dsn)
    yield made
    made.close()


async def test_each_call_gets_its_own_answer_as_its_own_tenant(
    wire: Wire, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    """Calls of two tenants, good and bad ones, all sent before the first answer."""

    async def ask(number: int) -> bytes | None:
        ours = (tenant, other_tenant)[number % 2]
        enter = (str(ours.id).encode(), b"5000")
        if number % 5 == 0:
            with pytest.raises(StatementRefused) as refused:
                await wire.call(enter, DIVIDE, (b"0",))
            assert refused.value.sqlstate == "22012"
            return None
        row, _ = await wire.call(enter, WHO, (b"%d" % number,))
        assert row[:2] == [enter[0], b"opsloom_api_reader"]
        return row[2]

    answers = await asyncio.gather(*[ask(number) for number in range(200)])
    assert answers == [b"%d" % number if number % 5 else None for number in range(200)]
    assert wire.under_way == 0


async def test_large_answers_come_whole(wire: Wire, tenant: TestTenant) -> None:
    repeat = Statement(b"repeat", b"select repeat('x', $1::int), null", (23,))
    sizes = [0, 1, 70_000, 3_000_000, 5]
    answers = await asyncio.gather(
        *[wire.call((str(tenant.id).encode(), b"5000"), repeat, (b"%d" % size,)) for size in sizes]
    )
    assert [row for row, _ in answers] == [[b"x" * size, None] for size in sizes]


async def test_a_statement_that_was_not_prepared_after_all_is_prepared_by_the_next(
    wire: Wire, tenant: TestTenant
) -> None:
    """The group that prepares fails at its first step, and those behind it were sent in good faith."""
    good, bad = (str(tenant.id).encode(), b"5000"), (b"x", b"no number")
    first = asyncio.ensure_future(wire.call(bad, WHO, (b"a",)))
    second = asyncio.ensure_future(wire.call(good, WHO, (b"b",)))
    states = [error.sqlstate for error in await asyncio.gather(first, second, return_exceptions=True)]  # type: ignore[union-attr]
    assert states == ["22023", "26000"]
    row, _ = await wire.call(good, WHO, (b"c",))
    assert row[2] == b"c"


async def test_callers_that_leave_do_not_shift_the_answers(wire: Wire, tenant: TestTenant) -> None:
    enter = (str(tenant.id).encode(), b"5000")
    calls = [asyncio.ensure_future(wire.call(enter, WHO, (b"%d" % number,))) for number in range(20)]
    await asyncio.sleep(0)
    for leaving in calls[::3]:
        leaving.cancel()
    answers = await asyncio.gather(*calls, return_exceptions=True)
    kept = [(number, each) for number, each in enumerate(answers) if number % 3]
    assert all(isinstance(each, tuple) and each[0][2] == b"%d" % number for number, each in kept)


async def test_everybody_on_a_connection_that_ends_is_told(
    core: Core, wire: Wire, tenant: TestTenant, postgres: object
) -> None:
    superuser = core.db.dsn.as_role(postgres.dsn.user, database=core.db.dsn.database)  # type: ignore[attr-defined]
    calls = [asyncio.ensure_future(wire.call((str(tenant.id).encode(), b"60000"), HANG, ())) for _ in range(3)]
    with psycopg.connect(**superuser.psycopg(), autocommit=True) as admin:

        def killed() -> bool:
            row = admin.execute(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where state = 'active' and query like '%10000000000) g'"
            ).fetchone()
            return bool(row and row[0])

        await until(killed)
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(each) for each in answers] == [ConnectionLost] * 3
    assert not wire.is_open


async def test_the_connection_with_the_least_to_do_is_picked_and_a_stuck_one_is_not(
    core: Core, tenant: TestTenant
) -> None:
    wires = Wires(core.db.dsn, size=2)
    assert wires.pick() is None
    await until(lambda: wires.pick() is not None)
    stuck = wires.pick()
    assert stuck is not None
    hanging = asyncio.ensure_future(stuck.call((str(tenant.id).encode(), b"500"), HANG, ()))
    await until(lambda: wires.pick() not in (None, stuck))
    assert not hanging.done()
    with pytest.raises(StatementRefused):
        await hanging
    stuck.close()
    with pytest.raises(ConnectionLost):
        await stuck.call((str(tenant.id).encode(), b"500"), WHO, (b"a",))
    assert wires.pick() not in (None, stuck)
    await wires.close()


def test_only_sockets_of_this_machine_are_spoken_to_directly() -> None:
    assert Wires(Dsn("db.example", 5432, "opsloom_app", "opsloom")).pick() is None


async def test_a_quick_api_that_turns_slow_is_run_again_where_it_may_be(builder: Builder) -> None:
    """Above the time a shared connection gives, the answer is the same, and the others' calls are let through."""
    sql = "select count(*) as n from generate_series(1, :n) g"
    parameters = [{"name": "n", "type": "integer", "required": True}]
    api_id = await builder.publish("turns", sql, parameters=parameters, limits={"timeout_ms": 30_000})
    wires = builder.core.part(Lanes).wires
    for _ in range(Pace.QUICK_RUNS + 1):
        assert (await builder.call("turns", n=1)).status_code == 200
    await until(lambda: wires.pick() is not None)
    assert (await builder.call("turns", n=1)).json()["items"] == [{"n": 1}]
    size = 4_000_000
    while True:
        answer = await builder.call("turns", n=size)
        assert answer.json()["items"] == [{"n": size}]
        row = (await builder.runs(api_id))[0]
        if row["queue_ms"] >= LIMIT_MS:  # it was stopped on the shared connection first
            break
        size *= 2
    assert (row["status"], row["code"]) == (200, "")
