"""Recording and reading metrics on the real database; every figure is worked out a second way."""

import asyncio
import statistics
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from fixtures.tenants import TestTenant
from opsloom.infra.core import Core
from opsloom.infra.db.dsn import Dsn
from opsloom.inventory import samples, service
from opsloom.inventory.errors import SampleRefused
from opsloom.inventory.monitor import Found, FoundItem, FoundRelation
from opsloom.inventory.samples import Sample
from opsloom.inventory.schemas import Aggregate, Comparison, MetricQuery, Threshold
from opsloom.kit.ids import new_id

START = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=30)
WORLD = Found(
    (
        FoundItem("h:1", "host", "web-1", addresses=("10.0.0.1",)),
        FoundItem("h:2", "host", "web-2"),
        FoundItem("f:1", "filesystem", "web-1 /"),
    ),
    (FoundRelation("f:1", "PART_OF", "h:1"),),
)


async def make_world(core: Core, tenant: TestTenant) -> dict[str, UUID]:
    async with core.db.transaction(tenant.scope) as session:
        return await service.ensure_found(session, tenant.scope, WORLD, core.clock.now(), "test")


def wave(item_id: UUID, metric: str = "cpu.usage", offset: float = 0.0) -> list[Sample]:
    return [Sample(item_id, metric, START + timedelta(seconds=5 * n), (n * 37 % 101) + offset) for n in range(120)]


async def record(core: Core, tenant: TestTenant, batch: list[Sample]) -> int:
    async with core.db.raw(tenant.scope) as connection:
        return await service.record_samples(connection, tenant.scope, batch)


async def ask(core: Core, tenant: TestTenant, query: MetricQuery) -> list[dict[str, object]]:
    async with core.db.raw(tenant.scope) as connection:
        return (await service.query_metric(connection, tenant.scope, query)).rows


async def test_samples_are_stored_once(core: Core, tenant: TestTenant) -> None:
    ids = await make_world(core, tenant)
    batch = wave(ids["h:1"])
    assert await record(core, tenant, batch) == 120
    assert await record(core, tenant, batch) == 0


@pytest.mark.parametrize("aggregate", list(Aggregate))
async def test_every_aggregate_agrees_with_python(core: Core, tenant: TestTenant, aggregate: Aggregate) -> None:
    ids = await make_world(core, tenant)
    batch = wave(ids["h:1"])
    await record(core, tenant, [*batch, *wave(ids["h:2"], offset=500)])
    inside = [one for one in batch if START + timedelta(seconds=50) <= one.time < START + timedelta(seconds=400)]
    numbers = [one.value for one in inside]
    cuts = statistics.quantiles(numbers, n=100, method="inclusive")
    expected = {
        Aggregate.AVG: statistics.fmean(numbers), Aggregate.MIN: min(numbers), Aggregate.MAX: max(numbers),
        Aggregate.SUM: sum(numbers), Aggregate.COUNT: float(len(numbers)), Aggregate.LATEST: numbers[-1],
        Aggregate.P50: cuts[49], Aggregate.P90: cuts[89], Aggregate.P95: cuts[94], Aggregate.P99: cuts[98],
        Aggregate.FIRST: numbers[0], Aggregate.STDDEV: statistics.stdev(numbers),
        Aggregate.RATE: (numbers[-1] - numbers[0]) / (inside[-1].time - inside[0].time).total_seconds(),
    }[aggregate]  # fmt: skip
    query = MetricQuery(
        metric="cpu.usage", item_ids=(ids["h:1"],), aggregate=aggregate,
        start=START + timedelta(seconds=50), end=START + timedelta(seconds=400),
    )  # fmt: skip
    [row] = await ask(core, tenant, query)
    assert row["value"] == pytest.approx(expected)
    assert row["samples"] == len(numbers)


async def test_the_highest_value_comes_with_its_time(core: Core, tenant: TestTenant) -> None:
    ids = await make_world(core, tenant)
    batch = wave(ids["h:1"])
    await record(core, tenant, batch)
    top = max(batch, key=lambda one: (one.value, -one.time.timestamp()))
    query = MetricQuery(metric="cpu.usage", aggregate=Aggregate.MAX, start=START, end=START + timedelta(hours=1))
    [row] = await ask(core, tenant, query)
    assert (row["value"], row["time"]) == (top.value, top.time)


async def test_buckets_cover_the_interval_once(core: Core, tenant: TestTenant) -> None:
    ids = await make_world(core, tenant)
    batch = wave(ids["h:1"])
    await record(core, tenant, batch)
    query = MetricQuery(
        metric="cpu.usage", aggregate=Aggregate.SUM, step_s=60, start=START, end=START + timedelta(minutes=10)
    )
    rows = await ask(core, tenant, query)
    assert [row["time"] for row in rows] == [START + timedelta(minutes=n) for n in range(10)]
    assert sum(row["value"] for row in rows) == pytest.approx(sum(one.value for one in batch))


async def test_items_are_ranked_and_filtered_by_their_value(core: Core, tenant: TestTenant) -> None:
    ids = await make_world(core, tenant)
    await record(core, tenant, [*wave(ids["h:1"]), *wave(ids["h:2"], offset=500)])
    span = {"start": START, "end": START + timedelta(hours=1)}
    ranked = await ask(core, tenant, MetricQuery(metric="cpu.usage", by_item=True, aggregate=Aggregate.MAX, **span))
    assert [row["item"] for row in ranked] == ["web-2", "web-1"]
    over = Threshold(comparison=Comparison.ABOVE, value=400)
    high = await ask(core, tenant, MetricQuery(metric="cpu.usage", by_item=True, having=over, **span))
    assert [row["item"] for row in high] == ["web-2"]


async def test_another_tenant_sees_none_of_it(core: Core, tenant: TestTenant, other_tenant: TestTenant) -> None:
    ids = await make_world(core, tenant)
    await record(core, tenant, wave(ids["h:1"]))
    query = MetricQuery(metric="cpu.usage", start=START, end=START + timedelta(hours=1), raw=True)
    assert await ask(core, other_tenant, query) == []
    async with core.db.raw(other_tenant.scope) as connection:
        assert await service.read_samples_after(connection, other_tenant.scope, samples.START, 10) == []
        assert await connection.fetch("select 1 from data.items") == []


async def test_a_sample_of_an_unknown_item_is_refused(core: Core, tenant: TestTenant) -> None:
    with pytest.raises(SampleRefused):
        await record(core, tenant, wave(new_id()))


async def test_a_sample_outside_the_kept_days_is_refused(core: Core, tenant: TestTenant) -> None:
    ids = await make_world(core, tenant)
    with pytest.raises(SampleRefused):
        await record(core, tenant, [Sample(ids["h:1"], "cpu.usage", datetime(1999, 1, 1, tzinfo=UTC), 1.0)])


async def test_the_feed_returns_everything_once_and_in_order(core: Core, tenant: TestTenant) -> None:
    ids = await make_world(core, tenant)
    for part in range(4):
        await record(core, tenant, wave(ids["h:1"])[part * 30 : part * 30 + 30])
    cursor, seen = samples.START, []
    while True:
        async with core.db.raw(tenant.scope) as connection:
            page = await service.read_samples_after(connection, tenant.scope, cursor, 17)
        if not page:
            break
        seen += page
        cursor = page[-1].cursor
    assert [one.cursor for one in seen] == sorted(one.cursor for one in seen)
    assert sorted(one.time for one in seen) == [one.time for one in wave(ids["h:1"])]
    assert {(one.item, one.metric, one.unit, one.labels) for one in seen} == {("web-1", "cpu.usage", "percent", "{}")}
    async with core.db.raw(tenant.scope) as connection:
        assert await service.samples_end(connection, tenant.scope) == cursor


async def test_the_feed_does_not_pass_a_transaction_that_may_still_commit(core: Core, tenant: TestTenant) -> None:
    ids = await make_world(core, tenant)
    batch = wave(ids["h:1"])
    await record(core, tenant, batch[:1])  # the series exists: two writers that create it would wait for one another
    async with core.db.raw(tenant.scope) as connection:
        begin = await service.samples_end(connection, tenant.scope)
    written, release = asyncio.Event(), asyncio.Event()

    async def slow_writer() -> None:
        async with core.db.raw(tenant.scope) as connection:
            await service.record_samples(connection, tenant.scope, batch[1:10])
            written.set()
            await release.wait()

    writer = asyncio.create_task(slow_writer())
    try:
        await written.wait()
        await record(core, tenant, batch[10:20])
        async with core.db.raw(tenant.scope) as connection:
            assert await service.read_samples_after(connection, tenant.scope, begin, 100) == []
    finally:
        release.set()
        await writer
    async with core.db.raw(tenant.scope) as connection:
        page = await service.read_samples_after(connection, tenant.scope, begin, 100)
    assert len(page) == 19


async def test_series_numbers_kept_by_a_writer_survive_a_rollback(core: Core, tenant: TestTenant) -> None:
    ids = await make_world(core, tenant)
    book = samples.SeriesBook()

    async def give_up() -> None:
        async with core.db.raw(tenant.scope) as connection:
            await service.record_samples(connection, tenant.scope, wave(ids["h:1"])[:5], book)
            raise RuntimeError("given up")

    with pytest.raises(RuntimeError, match="given up"):
        await give_up()
    for part in (slice(0, 5), slice(5, 9)):
        async with core.db.raw(tenant.scope) as connection:
            stored = await service.record_samples(connection, tenant.scope, wave(ids["h:1"])[part], book)
        assert stored == part.stop - part.start


async def test_a_commit_wakes_the_engine(core: Core, tenant: TestTenant) -> None:
    ids = await make_world(core, tenant)
    heard: asyncio.Queue[str] = asyncio.Queue()
    listener = await core.db.dedicated()
    try:
        await listener.add_listener("opsloom_ingest", lambda _c, _p, _n, payload: heard.put_nowait(payload))
        await record(core, tenant, wave(ids["h:1"])[:1])
        async with asyncio.timeout(10):
            while await heard.get() != str(tenant.id):
                pass
    finally:
        await listener.close()


async def test_partitions_appear_go_and_stay_isolated(owner_dsn: Dsn, core: Core) -> None:
    async with core.db.raw(None) as connection:
        await samples.ensure_partitions(connection, days=9, back=5)
        assert await samples.ensure_partitions(connection, days=9, back=5) == 0
    with pytest.raises(asyncpg.InvalidParameterValueError):
        async with core.db.raw(None) as connection:
            await connection.fetchval("select ensure_sample_partitions(61, 0)")
    owner = await asyncpg.connect(**owner_dsn.asyncpg())
    try:
        parts = await owner.fetch(
            "select c.relname, c.relforcerowsecurity, (select count(*) from pg_policy p where p.polrelid = c.oid) as policies"
            " from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'metric_samples'::regclass"
        )
    finally:
        await owner.close()
    assert len(parts) >= 15
    assert all(part["relforcerowsecurity"] and part["policies"] == 1 for part in parts)
    async with core.db.raw(None) as connection:
        assert await samples.drop_partitions(connection, keep_days=3) == 2
    with pytest.raises(asyncpg.InvalidParameterValueError):
        async with core.db.raw(None) as connection:
            await samples.drop_partitions(connection, keep_days=0)


async def test_a_gone_item_is_retired_and_comes_back(core: Core, tenant: TestTenant) -> None:
    ids = await make_world(core, tenant)
    async with core.db.transaction(tenant.scope) as session:
        less = Found(WORLD.items[:1])
        await service.ensure_found(session, tenant.scope, less, core.clock.now(), "test")
        names = [one.name for one in (await service.find_items(session, tenant.scope, limit=10)).items]
        assert names == ["web-1"]
        assert await service.ensure_found(session, tenant.scope, WORLD, core.clock.now(), "test") == ids
        assert len((await service.find_items(session, tenant.scope, limit=10)).items) == 3
