import asyncio

import pytest

from opsloom.kit.errors import CircuitOpen, ConnectionLost, DeadlinePassed, ExternalServiceFailed, InvalidInput
from opsloom.kit.resilience.board import BreakerBoard, Outcome
from opsloom.kit.resilience.breaker import BreakerPolicy, BreakerState, Transition
from opsloom.kit.resilience.breakers import Breakers, LocalStore


async def call(board: BreakerBoard, key: str, error: BaseException | None = None) -> None:
    """One guarded call that ends with `error`, or well."""
    async with Breakers(board, LocalStore(board)).guard(key):
        if error is not None:
            raise error


async def break_down(board: BreakerBoard, key: str, times: int = 5) -> None:
    for _ in range(times):
        with pytest.raises(ConnectionLost):
            await call(board, key, ConnectionLost("reset by peer"))


async def test_every_transition_is_heard_once_and_in_order(seconds) -> None:
    heard: list[Transition] = []
    board = BreakerBoard(seconds, listener=heard.append)
    await break_down(board, "shop")
    seconds.advance(60)
    await call(board, "shop")
    assert [(t.key, t.before.value, t.after.value) for t in heard] == [
        ("shop", "closed", "open"),
        ("shop", "open", "half_open"),
        ("shop", "half_open", "closed"),
    ]


async def test_an_open_breaker_refuses_and_says_when_to_come_back(seconds) -> None:
    board = BreakerBoard(seconds)
    await break_down(board, "shop")
    seconds.advance(18)
    with pytest.raises(CircuitOpen) as refused:
        await call(board, "shop", AssertionError("the body must not run"))
    assert refused.value.retry_after_s == pytest.approx(42)
    assert refused.value.status == 503


async def test_one_upstream_does_not_trip_another(seconds) -> None:
    board = BreakerBoard(seconds)
    await break_down(board, "shop")
    await call(board, "billing")
    assert [(seen.key, seen.state) for seen in board.views()] == [
        ("billing", BreakerState.CLOSED),
        ("shop", BreakerState.OPEN),
    ]


@pytest.mark.parametrize("error", [DeadlinePassed("slow"), ExternalServiceFailed("500"), ConnectionLost("gone")])
async def test_not_answering_counts_against_the_upstream(seconds, error: Exception) -> None:
    board = BreakerBoard(seconds, policy=BreakerPolicy(failures=1))
    with pytest.raises(type(error)):
        await call(board, "shop", error)
    assert board.views()[0].state is BreakerState.OPEN


@pytest.mark.parametrize("error", [InvalidInput("no"), KeyError("bug"), asyncio.CancelledError()])
async def test_our_own_refusals_and_faults_do_not(seconds, error: BaseException) -> None:
    board = BreakerBoard(seconds, policy=BreakerPolicy(failures=1))
    with pytest.raises(type(error)):
        await call(board, "shop", error)
    assert board.views()[0].state is BreakerState.CLOSED


async def test_reset_lets_calls_through_at_once_and_tells_about_it(seconds) -> None:
    heard: list[Transition] = []
    board = BreakerBoard(seconds, listener=heard.append)
    await break_down(board, "shop")
    assert board.reset("shop")
    await call(board, "shop")
    assert heard[-1].after is BreakerState.CLOSED
    assert not board.reset("unknown")


async def test_a_new_policy_starts_the_breaker_afresh(seconds) -> None:
    board = BreakerBoard(seconds)
    await break_down(board, "shop")
    board.report("shop", board.admit("shop", BreakerPolicy(failures=2)), Outcome.SUCCEEDED)
    assert board.views()[0].state is BreakerState.CLOSED


async def test_breakers_that_remember_nothing_make_room(seconds) -> None:
    board = BreakerBoard(seconds, limit=10)
    await break_down(board, "broken")
    for number in range(50):
        await call(board, f"api-{number}")
    kept = [seen.key for seen in board.views()]
    assert len(kept) <= 11
    assert "broken" in kept


async def test_breakers_guard_the_same_way_over_a_store(seconds) -> None:
    breakers = Breakers(BreakerBoard(seconds))
    for _ in range(5):
        with pytest.raises(ConnectionLost):
            async with breakers.guard("shop"):
                raise ConnectionLost("reset")
    with pytest.raises(CircuitOpen):
        async with breakers.guard("shop"):
            pytest.fail("the body must not run")
    assert await breakers.reset("shop")
    async with breakers.guard("shop"):
        pass
    assert [seen.state for seen in await breakers.views()] == [BreakerState.CLOSED]
    assert not await breakers.reset("unknown")


async def test_a_body_may_say_that_it_told_nothing(seconds) -> None:
    breakers = Breakers(BreakerBoard(seconds))
    for _ in range(5):
        with pytest.raises(ConnectionLost):
            async with breakers.guard("shop"):
                raise ConnectionLost("reset")
    seconds.advance(60)
    async with breakers.guard("shop") as unused:
        unused.outcome = Outcome.NOTHING
    assert breakers.local.views()[0].state is BreakerState.HALF_OPEN
    async with breakers.guard("shop") as failed:
        failed.outcome = Outcome.FAILED
    assert breakers.local.views()[0].state is BreakerState.OPEN
