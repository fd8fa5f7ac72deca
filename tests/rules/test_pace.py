"""How much is taken at a time, and what is gathered before it is committed."""

from contextlib import suppress

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from fixtures.tenants import TestTenant
from opsloom.infra.core import Core
from opsloom.rules.detectors.threshold import ThresholdDetector
from opsloom.rules.pace import JUDGED_S, LEAST, MOST, Pace, is_due
from opsloom.rules.tenant_engine import TenantEngine
from rules.world import FAILED, World


@pytest_asyncio.fixture
async def world(core: Core, tenant: TestTenant) -> World:
    return await World(core, tenant).build()


class Crash(BaseException):
    """The process dies here."""


class DyingLate(TenantEngine):
    """Dies in its second commit."""

    commits = 0

    async def before_commit(self) -> None:
        self.commits += 1
        if self.commits == 2:
            raise Crash


@given(st.lists(st.floats(0, 10), max_size=30))
def test_a_batch_grows_while_it_is_judged_in_time_and_never_leaves_its_bounds(times):
    pace = Pace()
    for spent in times:
        before = pace.limit
        pace.judged(before, spent)
        assert LEAST <= pace.limit <= min(MOST, 2 * before)
        if spent <= JUDGED_S / 2:
            assert pace.limit == min(MOST, 2 * before)
        if spent > JUDGED_S:
            assert pace.limit <= max(LEAST, before)


def test_decisions_wait_only_while_there_is_more_to_read():
    assert is_due(0, decided=True, moved=True, more=False)
    assert not is_due(0.05, decided=True, moved=True, more=True)
    assert is_due(0.1, decided=True, moved=True, more=True)
    assert not is_due(1, decided=False, moved=True, more=False)
    assert is_due(2, decided=False, moved=True, more=True)
    assert not is_due(60, decided=False, moved=False, more=False)


async def crowd(world: World, count: int) -> None:
    for number in range(count):
        await world.event(1 + number / 100, "payment", f"order-{number}", {"status": "failed", "amount": 900})


async def revision(world: World) -> int:
    async with world.core.db.raw(world.scope) as connection:
        return int(await connection.fetchval("select revision from engine_progress"))


async def test_an_engine_that_is_behind_commits_many_batches_at_once(world: World) -> None:
    await world.publish(**FAILED)
    engine = await world.engine(batch=2)
    before = await revision(world)
    await crowd(world, 9)
    await world.drain(engine)
    assert len(await world.alerts()) == 9
    assert await revision(world) == before + 1


async def test_death_between_gathered_commits_neither_loses_nor_doubles(world: World) -> None:
    await world.publish(**FAILED)
    engine = await world.engine(DyingLate, batch=1)
    with suppress(Crash):
        for first in range(0, 30, 10):
            await crowd(world, first + 10)
            await world.drain(engine)
    assert engine.commits == 2
    await world.drain(await world.engine(batch=2))
    found = await world.alerts()
    assert sorted(one.key for one in found) == sorted(f'subject="order-{number}"' for number in range(20))
    for one in found:
        assert await world.steps(one) == [(None, "firing")]


async def test_what_a_rule_decided_before_it_failed_is_stored_with_its_states(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.publish(**FAILED)
    engine = await world.engine(batch=2)
    await crowd(world, 4)
    good, calls = ThresholdDetector.observe, []

    def failing(self, *asked):
        calls.append(1)
        if len(calls) > 1:
            raise ZeroDivisionError
        return good(self, *asked)

    monkeypatch.setattr(ThresholdDetector, "observe", failing)
    await world.drain(engine)
    assert engine.runtime.runs == {}
    assert len(await world.alerts()) == 2
    async with world.core.db.raw(world.scope) as connection:
        keys = await connection.fetch("select key from rule_states order by key")
    assert [row["key"] for row in keys] == ['subject="order-0"', 'subject="order-1"']
