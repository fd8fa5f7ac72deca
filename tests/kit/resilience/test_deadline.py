import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.kit.errors import DeadlinePassed
from opsloom.kit.resilience import deadline


def test_without_a_deadline_nothing_is_limited() -> None:
    assert deadline.remaining() is None
    assert deadline.bounded(7.0) == 7.0
    deadline.check()


def test_time_runs_out(seconds) -> None:
    with deadline.limit(10, seconds):
        seconds.advance(4)
        assert deadline.remaining(seconds) == pytest.approx(6)
        assert deadline.bounded(100, seconds) == pytest.approx(6)
        deadline.check(seconds)
        seconds.advance(7)
        assert deadline.remaining(seconds) == 0
        with pytest.raises(DeadlinePassed):
            deadline.check(seconds)
    assert deadline.remaining(seconds) is None


@given(limits=st.lists(st.floats(0.001, 1e6), min_size=1, max_size=6))
def test_the_nearest_of_nested_deadlines_rules(limits: list[float]) -> None:
    def nested(rest: list[float]) -> float | None:
        if not rest:
            return deadline.remaining(lambda: 0.0)
        with deadline.limit(rest[0], lambda: 0.0):
            return nested(rest[1:])

    assert nested(limits) == pytest.approx(min(limits))


async def test_work_past_its_time_is_cancelled() -> None:
    never = asyncio.Event()
    with pytest.raises(DeadlinePassed):
        async with deadline.within(0.01):
            await never.wait()


async def test_the_outer_deadline_reaches_helpers_and_tasks() -> None:
    async def helper() -> float | None:
        async with deadline.within(500):
            return deadline.remaining()

    async with deadline.within(5):
        seen = await asyncio.create_task(helper())
    assert seen is not None
    assert seen <= 5


async def test_a_timeout_of_the_bodys_own_is_left_alone() -> None:
    with pytest.raises(TimeoutError):
        async with deadline.within(60):
            raise TimeoutError("the body's own")
