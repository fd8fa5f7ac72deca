"""Streams woken through Redis: what is committed arrives, also when Redis goes away."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from fixtures.redis_server import SERVER, RedisServer
from fixtures.tenants import TestTenant
from fixtures.waiting import until
from opsloom.infra import stream
from opsloom.infra.components import Supervisor
from opsloom.infra.core import Core
from opsloom.infra.db import Database
from opsloom.infra.redis_wakeups import RedisWakeups
from opsloom.infra.stream import Hub
from opsloom.infra.wakeups import Wakeups

pytestmark = pytest.mark.skipif(SERVER is None, reason="redis-server is not installed")


@pytest.fixture
async def redis_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    await server.ready()
    yield server
    server.stop()


@pytest.fixture
async def redis(redis_server: RedisServer) -> AsyncIterator[Redis]:
    client = redis_server.client()
    yield client
    await client.aclose()


@pytest.fixture
async def node(core: Core) -> AsyncIterator[Database]:
    """A second node's database pool."""
    db = Database(core.db.dsn, pool_size=2)
    yield db
    await db.close()


async def _first(hub: Hub, tenant: TestTenant) -> object:
    async for message in hub.follow(tenant.id, frozenset({"alerts"}), stream.START):
        if message is not None:
            return message.payload
    return None


async def _publish(db: Database, tenant: TestTenant, payload: dict[str, object]) -> None:
    async with db.transaction(tenant.scope) as session:
        await stream.publish(session, tenant.id, "alerts", payload)


async def test_a_commit_on_one_node_reaches_another_through_redis(
    core: Core, node: Database, redis: Redis, tenant: TestTenant
) -> None:
    wakeups = Wakeups(core.db)  # not running: nothing is heard through PostgreSQL
    hub = Hub(core.db, wakeups)
    listening = RedisWakeups(redis, wakeups)
    node.waker = RedisWakeups(redis, Wakeups(node))
    supervisor = Supervisor([hub, listening])
    supervisor.start()
    await asyncio.wait_for(listening.listening.wait(), 10)
    waiting = asyncio.ensure_future(_first(hub, tenant))
    await until(lambda: hub.subscribers(tenant.id) == 1)
    await _publish(node, tenant, {"through": "redis"})
    assert await asyncio.wait_for(waiting, 20) == {"through": "redis"}
    await supervisor.stop()


async def test_without_redis_the_wake_up_goes_through_the_database(
    core: Core, node: Database, redis: Redis, redis_server: RedisServer, tenant: TestTenant
) -> None:
    wakeups = Wakeups(core.db)
    hub = Hub(core.db, wakeups)
    node.waker = RedisWakeups(redis, Wakeups(node))
    redis_server.stop()
    supervisor = Supervisor([wakeups, hub])
    supervisor.start()
    await asyncio.wait_for(wakeups.listening.wait(), 10)
    waiting = asyncio.ensure_future(_first(hub, tenant))
    await until(lambda: hub.subscribers(tenant.id) == 1)
    await _publish(node, tenant, {"through": "notify"})
    assert await asyncio.wait_for(waiting, 20) == {"through": "notify"}
    await supervisor.stop()
