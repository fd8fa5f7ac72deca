"""Lanes: one message group a call, statements kept prepared, connections recovered, slow calls kept apart."""

import asyncio
from collections.abc import AsyncIterator

import psycopg
import pytest
import pytest_asyncio

from fixtures.tenants import TestTenant
from fixtures.waiting import until
from opsloom.apis.engines.lane import Lane, Statement, StatementRefused
from opsloom.apis.engines.lanes import Lanes
from opsloom.apis.engines.places import Sizes
from opsloom.apis.engines.protocol import Pace
from opsloom.apis.errors import RunsBusy
from opsloom.infra.core import Core
from opsloom.infra.db.dsn import Dsn
from opsloom.kit.errors import ConnectionLost

HANG = Statement(b"hang", b"select count(*) from generate_series(1, 10000000000) g", ())


def _one(number: int) -> Statement:
    return Statement(f"one{number}".encode(), f"select {number} + $1".encode(), (23,))


@pytest_asyncio.fixture(loop_scope="session")
async def lane(core: Core) -> AsyncIterator[Lane]:
    made = await Lane.open(core.db.dsn, most_statements=3)
    yield made
    made.close()


@pytest_asyncio.fixture(loop_scope="session")
async def lanes(core: Core) -> AsyncIterator[Lanes]:
    made = Lanes(core.db.dsn, Sizes(fast=2, slow=2, most=6, wait_s=60))
    yield made
    await made.close()


def _enter(tenant: TestTenant, timeout_ms: int = 5000) -> tuple[bytes, bytes]:
    return str(tenant.id).encode(), str(timeout_ms).encode()


async def test_statements_are_prepared_again_after_being_forgotten(lane: Lane, tenant: TestTenant) -> None:
    for number in [0, 1, 2, 3, 4, 0, 3, 0, 1, 2]:
        assert await lane.call(_enter(tenant), _one(number), (b"10",)) == [str(number + 10).encode()]


async def test_a_failed_run_leaves_its_statement_usable(lane: Lane, tenant: TestTenant) -> None:
    divide = Statement(b"divide", b"select 10 / $1", (23,))
    for _ in range(2):
        with pytest.raises(StatementRefused) as refused:
            await lane.call(_enter(tenant), divide, (b"0",))
        assert refused.value.sqlstate == "22012"
    assert await lane.call(_enter(tenant), divide, (b"5",)) == [b"2"]


async def test_a_statement_that_cannot_be_parsed_says_where(lane: Lane, tenant: TestTenant) -> None:
    for _ in range(2):
        with pytest.raises(StatementRefused) as refused:
            await lane.call(_enter(tenant), Statement(b"bad", b"select nothing", ()), ())
        assert (refused.value.sqlstate, refused.value.position) == ("42703", 8)


async def test_large_values_and_results_pass(lane: Lane, tenant: TestTenant) -> None:
    big = b"x" * 3_000_000
    echo = Statement(b"echo", b"select $1 || $1", (25,))
    assert await lane.call(_enter(tenant), echo, (big,)) == [big + big]


async def test_a_call_given_up_is_stopped_on_the_server_and_the_lane_goes_on(lane: Lane, tenant: TestTenant) -> None:
    call = asyncio.ensure_future(lane.call(_enter(tenant, 60_000), HANG, ()))
    while not lane.is_answering:
        await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await lane.recover()
    assert lane.is_open
    assert await lane.call(_enter(tenant), _one(1), (b"1",)) == [b"2"]


async def test_a_killed_connection_is_noticed_at_rest_and_at_work(
    lane: Lane, tenant: TestTenant, owner_dsn: Dsn, core: Core
) -> None:
    with psycopg.connect(**owner_dsn.as_role("postgres").psycopg(), autocommit=True) as admin:
        call = asyncio.ensure_future(lane.call(_enter(tenant, 60_000), HANG, ()))
        while not lane.is_answering:
            await asyncio.sleep(0)
        admin.execute("select pg_terminate_backend(%s)", (lane.backend_pid,))
        with pytest.raises(ConnectionLost):
            await call
        second = await Lane.open(core.db.dsn)
        admin.execute("select pg_terminate_backend(%s)", (second.backend_pid,))
        while second.is_open:
            await asyncio.sleep(0)
    with pytest.raises(ConnectionLost):
        await second.call(_enter(tenant), _one(1), (b"1",))


async def test_nobody_answers_is_connection_lost() -> None:
    with pytest.raises(ConnectionLost):
        await Lane.open(Dsn("/nonexistent", 5432, "opsloom_app", "opsloom"))


async def _hold(lanes: Lanes, pace: Pace, release: asyncio.Event) -> None:
    async with lanes.lease(pace):
        await release.wait()


async def test_calls_that_overrun_make_room_for_others(lanes: Lanes) -> None:
    release, slow = asyncio.Event(), Pace()
    held = [asyncio.ensure_future(_hold(lanes, slow, release)) for _ in range(5)]
    while lanes.in_use["fast"] < 2:
        await asyncio.sleep(0)
    async with lanes.lease(Pace()):
        assert slow.is_slow
        assert lanes.in_use["slow"] == 2
        assert not any(task.done() for task in held)
    release.set()
    await asyncio.gather(*held)
    assert lanes.in_use["fast"] == lanes.in_use["slow"] == 0


async def test_known_slow_calls_wait_only_for_each_other(core: Core) -> None:
    lanes = Lanes(core.db.dsn, Sizes(fast=2, slow=2, most=6, wait_s=0.05))
    release, slow = asyncio.Event(), Pace()
    slow.overran()
    held = [asyncio.ensure_future(_hold(lanes, slow, release)) for _ in range(2)]
    while lanes.in_use["slow"] < 2:
        await asyncio.sleep(0)
    with pytest.raises(RunsBusy) as busy:
        async with lanes.lease(slow):
            pass
    assert busy.value.retry_after_s
    async with lanes.lease(Pace()):
        pass
    release.set()
    await asyncio.gather(*held)
    async with lanes.lease(slow):
        assert lanes.in_use["slow"] == 1
    await lanes.close()


async def test_who_overruns_where_no_place_is_left_is_ended(core: Core) -> None:
    lanes = Lanes(core.db.dsn, Sizes(fast=2, slow=1, most=4, wait_s=60))
    release = asyncio.Event()
    held: list[asyncio.Future[None]] = []
    for most in (
        2,
        4,
        4,
    ):  # two find a place at once, two push those aside, and the last two find nothing to push them to
        held += [asyncio.ensure_future(_hold(lanes, Pace(), release)) for _ in range(2)]
        await until(lambda most=most: lanes.in_use["fast"] + lanes.in_use["slow"] >= most)
    done, _ = await asyncio.wait(held, return_when=asyncio.FIRST_COMPLETED)
    assert all(isinstance(task.exception(), RunsBusy) for task in done)
    async with lanes.lease(Pace()):
        assert lanes.in_use["slow"] == 2
    release.set()
    await asyncio.gather(*held, return_exceptions=True)
    assert lanes.in_use["fast"] == lanes.in_use["slow"] == 0
    await lanes.close()


async def test_an_api_found_slow_may_prove_itself_now_and_then(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    lanes = Lanes(core.db.dsn, Sizes(fast=2, slow=1, most=4, wait_s=0.05))
    release, hanging, unlucky = asyncio.Event(), Pace(), Pace()
    hanging.overran()
    unlucky.overran()
    held = asyncio.ensure_future(_hold(lanes, hanging, release))
    await until(lambda: lanes.in_use["slow"] == 1)
    with pytest.raises(RunsBusy):
        async with lanes.lease(unlucky):
            pass
    monkeypatch.setattr(Pace, "PROVES_ITSELF_S", 0.0)
    async with lanes.lease(unlucky):
        assert lanes.in_use["fast"] == 1
        with pytest.raises(RunsBusy):  # half of the places are for those that nothing is known against
            async with lanes.lease(unlucky):
                pass
    release.set()
    await held
    await lanes.close()


async def test_a_waiter_that_leaves_gives_its_place_on(lanes: Lanes) -> None:
    release = asyncio.Event()
    held = [asyncio.ensure_future(_hold(lanes, Pace(), release)) for _ in range(2)]
    while lanes.in_use["fast"] < 2:
        await asyncio.sleep(0)
    leaving = [asyncio.ensure_future(_hold(lanes, Pace(), release)) for _ in range(3)]
    await asyncio.sleep(0)
    for task in leaving:
        task.cancel()
    await asyncio.gather(*leaving, return_exceptions=True)
    release.set()
    await asyncio.gather(*held)
    assert lanes.in_use["fast"] == lanes.in_use["slow"] == 0
