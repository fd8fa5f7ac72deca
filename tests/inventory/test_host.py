"""The monitor on this machine: samples and items arrive, failures stay where they happen."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio

from fixtures.tenants import TestTenant
from fixtures.waiting import until
from opsloom.infra.core import Core
from opsloom.inventory import samples, service
from opsloom.inventory.collect import Collector, collectors
from opsloom.inventory.host import HostMonitor
from opsloom.inventory.snapshot import Snapshot


@pytest_asyncio.fixture
async def watched(core: Core, tenant: TestTenant) -> AsyncIterator[Core]:
    """The core with this machine given to the test's tenant."""
    settings = core.settings.model_copy(update={"monitor_tenant": tenant.slug, "monitor_interval_s": 1.0})
    yield replace(core, settings=settings)


async def feed(core: Core, tenant: TestTenant) -> list[samples.FeedSample]:
    async with core.db.raw(tenant.scope) as connection:
        return await service.read_samples_after(connection, tenant.scope, samples.START, 5000)


async def test_the_second_round_stores_what_the_machine_does(watched: Core, tenant: TestTenant) -> None:
    monitor = HostMonitor(watched)
    assert await monitor.round() == 0
    while not (stored := await monitor.round()):
        pass
    seen = await feed(watched, tenant)
    assert len(seen) == stored
    metrics = {one.metric for one in seen}
    assert metrics >= {"memory.usage", "disk.usage", "load.1m", "process.count", "postgres.connections"}
    [connections] = {one.value for one in seen if one.metric == "postgres.connections"}
    assert connections >= 1


async def test_the_machine_becomes_items_with_relations(watched: Core, tenant: TestTenant) -> None:
    monitor = HostMonitor(watched)
    await monitor.round()
    async with watched.db.transaction(tenant.scope) as session:
        items = (await service.find_items(session, tenant.scope, limit=200)).items
        catalog = await service.read_catalog(session, tenant.scope)
    assert {"host", "filesystem", "process", "database"} <= {one.type for one in items}
    [host] = [one for one in catalog.items if one.monitored]
    assert host.type == "host"
    assert catalog.parts[host.id]


async def test_a_round_tells_the_pages(watched: Core, tenant: TestTenant) -> None:
    monitor = HostMonitor(watched)
    await monitor.round()
    await monitor.round()
    async with watched.db.raw(tenant.scope) as connection:
        topics = [row["topic"] for row in await connection.fetch("select topic from stream_messages")]
    assert "metrics" in topics


async def test_a_broken_collector_leaves_the_rest_running(watched: Core, tenant: TestTenant) -> None:
    def broken(_so_far: Snapshot) -> Snapshot:
        raise PermissionError("not for you")

    every: dict[str, Collector] = {**collectors(watched.settings.data_dir), "disks": broken}
    monitor = HostMonitor(watched, every)
    await monitor.round()
    assert await monitor.round() > 0
    assert {one.metric for one in await feed(watched, tenant)} >= {"memory.usage", "load.1m"}


async def test_it_runs_until_told_to_stop(watched: Core, tenant: TestTenant) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(HostMonitor(watched).run(stop))

    async def measured() -> bool:
        return bool(await feed(watched, tenant))

    await until(measured, limit_s=30)
    stop.set()
    await asyncio.wait_for(running, 30)


async def test_without_a_tenant_it_waits(core: Core) -> None:
    settings = core.settings.model_copy(update={"monitor_tenant": "nobody-has-this-slug"})
    assert await HostMonitor(replace(core, settings=settings)).round() == 0
