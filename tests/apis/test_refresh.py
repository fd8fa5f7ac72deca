"""While a process listens it keeps what is published and who calls in memory, and drops both when they change."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest_asyncio

from apis.conftest import Builder
from opsloom.apis.kind import ApiKind
from opsloom.apis.published import Published
from opsloom.apis.service import Engines
from opsloom.infra.core import Core
from opsloom.infra.wakeups import Wakeups


@pytest_asyncio.fixture(loop_scope="session")
async def listening(core: Core) -> AsyncIterator[Wakeups]:
    stop = asyncio.Event()
    running = asyncio.ensure_future(core.wakeups.run(stop))
    await core.wakeups.listening.wait()
    yield core.wakeups
    stop.set()
    await running


async def _until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await condition():
            await asyncio.sleep(0)


async def test_another_process_hears_of_what_is_published(builder: Builder, listening: Wakeups) -> None:
    core, tenant_id = builder.core, builder.tenant.id
    elsewhere = Published(core.db, listening, core.part(Engines), core.part(ApiKind))
    assert (await elsewhere.table(tenant_id)).entries == []
    await builder.publish("heard", "select 1 as one")

    async def knows() -> bool:
        return (await elsewhere.table(tenant_id)).find("heard") is not None

    await _until(knows)
    assert await elsewhere.table(tenant_id) is await elsewhere.table(tenant_id)


async def test_a_revoked_key_stops_opening_published_apis(builder: Builder, listening: Wakeups) -> None:
    client, headers = builder.client, builder.tenant.headers
    await builder.publish("guarded", "select 1 as one")
    made = await client.post("/api/v1/keys", json={"name": "caller", "scopes": ["apis.run"]}, headers=headers)
    assert made.status_code == 201, made.text
    key = {"X-API-Key": made.json()["key"]}
    assert [(await client.get("/runtime/guarded", headers=key)).status_code for _ in range(2)] == [200, 200]
    await client.delete(f"/api/v1/keys/{made.json()['id']}", headers=headers)

    async def refused() -> bool:
        return (await client.get("/runtime/guarded", headers=key)).status_code == 401

    await _until(refused)
