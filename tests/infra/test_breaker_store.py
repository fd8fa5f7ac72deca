"""The same promises, whether breakers remember in this process or in a Redis that several processes share."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from fakes.clock import FakeClock
from fixtures.redis_server import SERVER, RedisServer
from opsloom.infra.breaker_store import FALLBACKS, HASH, SHARED, RedisStore
from opsloom.kit.errors import CircuitOpen
from opsloom.kit.resilience.board import BreakerBoard, Outcome
from opsloom.kit.resilience.breaker import BreakerPolicy, BreakerState, Transition
from opsloom.kit.resilience.breakers import BreakerStore, LocalStore


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    if SERVER is None:
        pytest.skip("redis-server is not installed: breaker state shared through Redis is not tested here")
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def redis(redis_server: RedisServer) -> AsyncIterator[Redis]:
    await redis_server.ready()
    client = redis_server.client()
    await client.delete(HASH)
    yield client
    await client.aclose()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def heard() -> list[Transition]:
    return []


@pytest.fixture(params=["local", "redis"])
def store(request: pytest.FixtureRequest, clock: FakeClock, heard: list[Transition]) -> BreakerStore:
    if request.param == "local":
        return LocalStore(BreakerBoard(clock.monotonic, listener=heard.append))
    return RedisStore(request.getfixturevalue("redis"), clock, BreakerBoard(clock.monotonic), listener=heard.append)


async def fail(store: BreakerStore, key: str = "shop", times: int = 5, policy: BreakerPolicy | None = None) -> None:
    for _ in range(times):
        await store.report(key, await store.admit(key, policy), Outcome.FAILED)


async def test_a_healthy_upstream_is_never_in_the_way(store: BreakerStore, heard: list[Transition]) -> None:
    for _ in range(20):
        await store.report("shop", await store.admit("shop"), Outcome.SUCCEEDED)
    assert heard == []


async def test_opens_after_five_and_tells_how_long(store: BreakerStore, clock: FakeClock) -> None:
    await fail(store)
    clock.advance(20)
    with pytest.raises(CircuitOpen) as refused:
        await store.admit("shop")
    assert refused.value.retry_after_s == pytest.approx(40)
    await store.admit("billing")


async def test_among_many_callers_one_is_the_probe(
    store: BreakerStore, clock: FakeClock, heard: list[Transition]
) -> None:
    await fail(store)
    clock.advance(60)
    answers = await asyncio.gather(*(store.admit("shop") for _ in range(25)), return_exceptions=True)
    permits = [answer for answer in answers if isinstance(answer, int)]
    assert len(permits) == 1
    assert all(isinstance(answer, CircuitOpen) for answer in answers if not isinstance(answer, int))
    await store.report("shop", permits[0], Outcome.SUCCEEDED)
    await store.admit("shop")
    assert [change.after for change in heard] == [BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.CLOSED]


async def test_a_failed_probe_pauses_again(store: BreakerStore, clock: FakeClock) -> None:
    await fail(store)
    clock.advance(60)
    await fail(store, times=1)
    clock.advance(59)
    with pytest.raises(CircuitOpen):
        await store.admit("shop")


async def test_answers_from_before_the_trip_change_nothing(store: BreakerStore, clock: FakeClock) -> None:
    early = await store.admit("shop")
    await fail(store)
    clock.advance(60)
    await store.admit("shop")
    await store.report("shop", early, Outcome.SUCCEEDED)
    with pytest.raises(CircuitOpen):
        await store.admit("shop")


async def test_a_cancelled_probe_gives_its_place_up(store: BreakerStore, clock: FakeClock) -> None:
    await fail(store)
    clock.advance(60)
    await store.report("shop", await store.admit("shop"), Outcome.NOTHING)
    await store.report("shop", await store.admit("shop"), Outcome.SUCCEEDED)
    await store.admit("shop")


async def test_the_failure_ratio_trips_it_too(store: BreakerStore, heard: list[Transition]) -> None:
    policy = BreakerPolicy(failures=100, ratio=0.5, window_s=30, minimum_calls=8)
    for _ in range(4):
        await store.report("shop", await store.admit("shop", policy), Outcome.SUCCEEDED)
        await fail(store, times=1, policy=policy)
    assert [change.reason for change in heard] == ["failure_ratio"]


async def test_views_and_reset(store: BreakerStore, heard: list[Transition]) -> None:
    await fail(store)
    await fail(store, key="billing", times=2)
    shown = {seen.key: (seen.state, seen.failures, seen.retry_after_s) for seen in await store.views()}
    assert shown == {"shop": (BreakerState.OPEN, 5, 60), "billing": (BreakerState.CLOSED, 2, 0)}
    assert await store.reset("shop")
    await store.admit("shop")
    assert not await store.reset("unknown")
    assert [change.reason for change in heard] == ["consecutive_failures", "reset"]


async def test_processes_count_together_and_one_of_them_tells(redis: Redis, clock: FakeClock) -> None:
    heard: list[Transition] = []
    one, two = (RedisStore(redis, clock, BreakerBoard(clock.monotonic), listener=heard.append) for _ in range(2))
    await fail(one, times=3)
    await fail(two, times=2)
    with pytest.raises(CircuitOpen):
        await one.admit("shop")
    assert len(heard) == 1


async def test_failures_reported_at_once_are_all_counted(redis: Redis, clock: FakeClock) -> None:
    stores = [
        RedisStore(redis, clock, BreakerBoard(clock.monotonic), policy=BreakerPolicy(failures=1000)) for _ in range(4)
    ]
    permits = [(store, await store.admit("shop")) for store in stores for _ in range(5)]
    await asyncio.gather(*(store.report("shop", permit, Outcome.FAILED) for store, permit in permits))
    assert [seen.failures for seen in await stores[0].views()] == [20]


async def test_without_redis_it_decides_locally_says_so_and_comes_back(tmp_path: Path, clock: FakeClock) -> None:
    if SERVER is None:
        pytest.skip("redis-server is not installed: breaker state shared through Redis is not tested here")
    server = RedisServer(tmp_path)
    server.start()
    await server.ready()
    client = server.client()
    store = RedisStore(client, clock, BreakerBoard(clock.monotonic), pause_s=5)
    before = FALLBACKS._value.get()
    try:
        await fail(store, times=4)
        server.stop()
        await fail(store, times=5)
        with pytest.raises(CircuitOpen):
            await store.admit("shop")
        assert [seen.state for seen in await store.views()] == [BreakerState.OPEN]
        assert SHARED._value.get() == 0
        assert FALLBACKS._value.get() == before + 1
        server.start()
        await server.ready()
        clock.advance(6)
        await store.admit("shop")
        assert SHARED._value.get() == 1
    finally:
        await client.aclose()
        server.stop()
