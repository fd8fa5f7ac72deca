import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fixtures.waiting import until
from opsloom.kit.resilience import deadline
from opsloom.kit.resilience.bulkhead import BulkheadPolicy, Bulkheads
from opsloom.kit.resilience.errors import BulkheadFull


async def hold(bulkheads: Bulkheads, key: str, leave: asyncio.Event) -> str:
    async with bulkheads.slot(key):
        await leave.wait()
        return "served"


async def test_a_stuck_upstream_takes_only_its_share() -> None:
    bulkheads = Bulkheads(BulkheadPolicy(limit=2, queue=1, wait_s=60))
    stuck = asyncio.Event()
    calls = [asyncio.create_task(hold(bulkheads, "stuck", stuck)) for _ in range(3)]
    await until(lambda: bulkheads.running("stuck") == 2 and bulkheads.waiting("stuck") == 1)
    with pytest.raises(BulkheadFull) as refused:
        await hold(bulkheads, "stuck", stuck)
    assert refused.value.retry_after_s
    done = asyncio.Event()
    done.set()
    assert await hold(bulkheads, "healthy", done) == "served"
    stuck.set()
    assert await asyncio.gather(*calls) == ["served"] * 3
    assert bulkheads.running("stuck") == bulkheads.waiting("stuck") == 0


async def test_nobody_waits_longer_than_the_wait_limit() -> None:
    bulkheads = Bulkheads(BulkheadPolicy(limit=1, queue=5, wait_s=0.01))
    stuck = asyncio.Event()
    call = asyncio.create_task(hold(bulkheads, "k", stuck))
    await until(lambda: bulkheads.running("k") == 1)
    with pytest.raises(BulkheadFull):
        await hold(bulkheads, "k", stuck)
    assert bulkheads.waiting("k") == 0
    stuck.set()
    await call


async def test_nobody_waits_longer_than_the_callers_deadline() -> None:
    bulkheads = Bulkheads(BulkheadPolicy(limit=1, queue=5, wait_s=3600))
    stuck = asyncio.Event()
    call = asyncio.create_task(hold(bulkheads, "k", stuck))
    await until(lambda: bulkheads.running("k") == 1)
    with pytest.raises(BulkheadFull), deadline.limit(0.01):
        await hold(bulkheads, "k", stuck)
    stuck.set()
    await call


async def test_places_come_back_when_a_body_raises() -> None:
    bulkheads = Bulkheads(BulkheadPolicy(limit=1, queue=0))
    for _ in range(3):
        with pytest.raises(KeyError):
            async with bulkheads.slot("k"):
                raise KeyError("bug")
    assert bulkheads.running("k") == 0


@settings(max_examples=60, deadline=None)
@given(limit=st.integers(1, 4), queue=st.integers(0, 4), callers=st.integers(1, 30), seed=st.integers(0, 10_000))
def test_limits_hold_under_any_interleaving(limit: int, queue: int, callers: int, seed: int) -> None:
    dice = random.Random(seed)
    bulkheads = Bulkheads(BulkheadPolicy(limit=limit, queue=queue, wait_s=60))
    inside = 0
    served = refused = cancelled = 0

    async def call(steps_before: int, steps_inside: int) -> None:
        nonlocal inside, served, refused
        for _ in range(steps_before):
            await asyncio.sleep(0)
        try:
            async with bulkheads.slot("k"):
                inside += 1
                assert inside <= limit
                assert bulkheads.running("k") <= limit
                assert bulkheads.running("k") + bulkheads.waiting("k") <= limit + queue
                try:
                    for _ in range(steps_inside):
                        await asyncio.sleep(0)
                finally:
                    inside -= 1
                served += 1
        except BulkheadFull:
            refused += 1

    async def everybody() -> None:
        nonlocal cancelled
        tasks = [asyncio.create_task(call(dice.randrange(8), dice.randrange(12))) for _ in range(callers)]
        for task in tasks:
            if dice.random() < 0.2:
                for _ in range(dice.randrange(6)):
                    await asyncio.sleep(0)
                task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            assert outcome is None or isinstance(outcome, asyncio.CancelledError)
            cancelled += outcome is not None

    asyncio.run(everybody())
    assert served + refused + cancelled == callers
    assert bulkheads.running("k") == bulkheads.waiting("k") == 0
    assert not bulkheads._rooms


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"queue": -1}, {"wait_s": -1}])
def test_a_policy_that_makes_no_sense_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="bulkhead"):
        BulkheadPolicy(**wrong)
