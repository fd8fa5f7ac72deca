"""Group commit: a bad row costs only itself, a lost database acknowledges nothing, midnight makes no second copy."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from fakes.clock import FakeClock
from fixtures.tenants import TestTenant
from fixtures.waiting import until
from opsloom.events.commit import GroupCommit, id_at
from opsloom.events.errors import EventsBacklogged, EventStoreAway
from opsloom.events.event import NewEvent
from opsloom.events.repository import near_midnight
from opsloom.infra.core import Core
from opsloom.infra.db import Database
from opsloom.infra.db.dsn import Dsn
from opsloom.infra.db.embedded import SUPERUSER, EmbeddedPostgres


def event(index: int, event_id: str | None = None, data: str = "{}", source: str = "a") -> NewEvent:
    return NewEvent(index, source, event_id, "t", None, None, datetime(2026, 3, 2, tzinfo=UTC), data, "{}")


def commit_of(core: Core, clock: FakeClock | None = None, db: Database | None = None, **limits: int) -> GroupCommit:
    return GroupCommit(db or core.db, clock or core.clock, on_stored=lambda _tenant, _count, _at: None, **limits)


async def ids_of(core: Core, tenant: TestTenant) -> list[str]:
    async with core.db.raw(tenant.scope) as connection:
        rows = await connection.fetch("select event_id from events where tenant_id = $1 order by event_id", tenant.id)
    return [row["event_id"] for row in rows]


@pytest.mark.parametrize(
    "poison",
    [
        event(0, "poison", data="not json"),
        event(0, "poison", data='"\\u0000"'),
        event(0, "poison", data="1e200000"),
        event(0, "poison\x1fid"),
        event(0, "poi\x00son"),
        event(0, "\ud800"),
    ],
    ids=["not json", "nul escape", "number", "separator", "nul", "surrogate"],
)
async def test_a_row_the_database_refuses_costs_only_itself(
    core: Core, tenant: TestTenant, other_tenant: TestTenant, poison: NewEvent
) -> None:
    commit = commit_of(core)
    mine = [event(index, f"g{index}") for index in range(9)]
    mine[4] = NewEvent(4, *[getattr(poison, name) for name in NewEvent.__struct_fields__[1:]])
    first, beside, foreign = await asyncio.gather(
        commit.store(tenant.id, mine),
        commit.store(tenant.id, [event(0, "beside")]),
        commit.store(other_tenant.id, [event(0, "foreign")]),
    )
    assert (first.accepted, [(each.index, each.code) for each in first.refused]) == (8, [(4, "not_storable")])
    assert (beside.accepted, foreign.accepted) == (1, 1)
    assert await ids_of(core, tenant) == sorted([f"g{index}" for index in range(9) if index != 4] + ["beside"])
    assert await ids_of(core, other_tenant) == ["foreign"]


async def test_two_writers_never_store_the_same_event_twice(core: Core, tenant: TestTenant) -> None:
    nodes = [commit_of(core), commit_of(core)]
    batch = [event(index, f"e{index:03}") for index in range(300)]
    outcomes = await asyncio.gather(
        *(nodes[n % 2].store(tenant.id, batch if n % 4 < 2 else batch[::-1]) for n in range(8))
    )
    assert sum(outcome.accepted for outcome in outcomes) == 300
    assert sum(outcome.duplicates for outcome in outcomes) == 7 * 300
    assert await ids_of(core, tenant) == [f"e{index:03}" for index in range(300)]


async def test_duplicates_are_counted_to_the_request_that_sent_them(core: Core, tenant: TestTenant) -> None:
    commit = commit_of(core)
    await commit.store(tenant.id, [event(0, "old")])
    new, mixed, old = await asyncio.gather(
        commit.store(tenant.id, [event(0, "n1"), event(1, None)]),
        commit.store(tenant.id, [event(0, "old"), event(1, "n2"), event(2, "n1")]),
        commit.store(tenant.id, [event(0, "old")]),
    )
    assert [(each.accepted, each.duplicates) for each in (new, mixed, old)] == [(2, 0), (1, 2), (0, 1)]


async def test_what_was_stored_before_midnight_is_known_the_whole_next_day(core: Core, tenant: TestTenant) -> None:
    today = core.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    clock = FakeClock(today + timedelta(days=1, hours=-1))
    commit = commit_of(core, clock)
    assert (await commit.store(tenant.id, [event(0, "e")])).accepted == 1
    for hours in (2, 22.9):
        clock.advance(hours * 3600)
        again = await commit.store(tenant.id, [event(0, "e"), event(1, f"new-{hours}")])
        assert (again.accepted, again.duplicates) == (1, 1)


@pytest.mark.parametrize("offsets", [(-1, 1), (1, -1)])
async def test_writers_on_both_sides_of_midnight_agree(
    core: Core, tenant: TestTenant, offsets: tuple[int, int]
) -> None:
    midnight = core.clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    nodes = [commit_of(core, FakeClock(midnight + timedelta(seconds=off)), writers=1) for off in offsets]
    batch = [event(index, f"e{index}") for index in range(100)]
    outcomes = [await node.store(tenant.id, batch) for node in nodes]
    outcomes += await asyncio.gather(*(node.store(tenant.id, batch) for node in nodes))
    assert [outcome.accepted for outcome in outcomes] == [100, 0, 0, 0]
    assert len(await ids_of(core, tenant)) == 100


def test_near_midnight() -> None:
    assert near_midnight(datetime(2026, 3, 2, 23, 57, tzinfo=UTC))
    assert near_midnight(datetime(2026, 3, 3, 0, 3, tzinfo=UTC))
    assert not near_midnight(datetime(2026, 3, 3, 0, 6, tzinfo=UTC))
    assert near_midnight(datetime(2026, 3, 3, 9, 1, tzinfo=UTC).astimezone() - timedelta(hours=9))


def test_ids_tell_their_moment_and_leave_room_to_count() -> None:
    moment = datetime(2026, 3, 2, 9, 0, 0, 123000, tzinfo=UTC)
    for _ in range(200):
        first = id_at(moment)
        last = UUID(int=first.int + 10_000)
        for each in (first, last):
            assert (each.version, each.variant) == (7, "specified in RFC 4122")
            assert each.int >> 80 == int(moment.timestamp() * 1000)


async def test_a_full_queue_refuses_before_it_takes(core: Core, tenant: TestTenant) -> None:
    commit = commit_of(core, max_waiting=10, writers=1)
    waiting = [asyncio.ensure_future(commit.store(tenant.id, [event(0, f"w{n}")] * 5)) for n in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(EventsBacklogged) as caught:
        await commit.store(tenant.id, [event(0, "late")])
    assert caught.value.retry_after_s
    assert [(await each).accepted for each in waiting] == [1, 1]
    assert await ids_of(core, tenant) == ["w0", "w1"]
    assert (await commit.store(tenant.id, [event(0, "late")])).accepted == 1


async def test_a_request_larger_than_the_queue_still_goes_through_alone(core: Core, tenant: TestTenant) -> None:
    commit = commit_of(core, max_waiting=10)
    assert (await commit.store(tenant.id, [event(n, f"e{n}") for n in range(50)])).accepted == 50


async def test_who_stops_waiting_does_not_disturb_the_others(core: Core, tenant: TestTenant) -> None:
    commit = commit_of(core)
    leaving = asyncio.ensure_future(commit.store(tenant.id, [event(0, "left")]))
    staying = asyncio.ensure_future(commit.store(tenant.id, [event(0, "stayed")]))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).accepted == 1


@pytest_asyncio.fixture
async def own_db(app_dsn: Dsn) -> AsyncIterator[Database]:
    """A pool of its own, so that its connections can be ended without hurting other tests."""
    made = Database(app_dsn, pool_size=2)
    await made.open()
    yield made
    await made.close()


async def test_a_connection_lost_in_the_middle_acknowledges_nothing_and_heals(
    core: Core, tenant: TestTenant, own_db: Database, postgres: EmbeddedPostgres, owner_dsn: Dsn
) -> None:
    commit = commit_of(core, db=own_db)
    assert (await commit.store(tenant.id, [event(0, "before")])).accepted == 1
    # Only a superuser sees what other roles' sessions are doing.
    owner = await asyncpg.connect(**postgres.dsn.as_role(SUPERUSER, database=owner_dsn.database).asyncpg())
    blocker = owner.transaction()
    await blocker.start()
    await owner.execute("lock table events in exclusive mode")
    waiting = [asyncio.ensure_future(commit.store(tenant.id, [event(0, f"lost{n}")])) for n in range(3)]

    async def insert_cut_off() -> bool:
        """As soon as it waits for the lock."""
        await owner.execute("select pg_stat_clear_snapshot()")  # what was seen once in a transaction is seen to its end
        ended = await owner.fetchval(
            "select count(pg_terminate_backend(a.pid)) from pg_stat_activity a "
            "where a.wait_event_type = 'Lock' and a.query like '%insert into events%' and a.pid <> pg_backend_pid()"
        )
        return bool(ended)

    try:
        await until(insert_cut_off, limit_s=30)
        results = await asyncio.gather(*waiting, return_exceptions=True)
    finally:
        await blocker.rollback()
        await owner.close()
    assert [type(result) for result in results] == [EventStoreAway] * 3
    assert await ids_of(core, tenant) == ["before"]
    again = await asyncio.gather(*(commit.store(tenant.id, [event(0, f"lost{n}")]) for n in range(3)))
    assert [outcome.accepted for outcome in again] == [1, 1, 1]


async def test_a_missing_partition_is_made(core: Core, tenant: TestTenant, owner_dsn: Dsn) -> None:
    clock = FakeClock(core.clock.now() + timedelta(days=5))
    part = f"events_{clock.now():%Y%m%d}"
    owner = await asyncpg.connect(**owner_dsn.asyncpg())
    await owner.execute(f"drop table {part}")
    assert (await commit_of(core, clock).store(tenant.id, [event(0, "e")])).accepted == 1
    security = await owner.fetchrow("select relrowsecurity, relforcerowsecurity from pg_class where relname = $1", part)
    await owner.close()
    assert tuple(security) == (True, True)
