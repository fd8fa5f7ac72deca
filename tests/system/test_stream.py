"""The stream has no gap and no repeat, whatever is committed around it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from fixtures.tenants import TestTenant
from fixtures.waiting import until
from opsloom.identity.permissions import Role
from opsloom.infra import stream
from opsloom.infra.components import Supervisor
from opsloom.infra.core import Core
from opsloom.infra.db import Database, TenantScope
from opsloom.infra.stream import Hub
from opsloom.infra.wakeups import Wakeups


@pytest.fixture
async def hub(core: Core) -> AsyncIterator[Hub]:
    """A hub of its own, as another process would have."""
    wakeups = Wakeups(core.db)
    made = Hub(core.db, wakeups)
    supervisor = Supervisor([wakeups, made])
    supervisor.start()
    await wakeups.listening.wait()
    yield made
    await supervisor.stop()


async def _publish(core: Core, tenant: TestTenant, number: int, topic: str = "alerts") -> None:
    async with core.db.transaction(tenant.scope) as session:
        await stream.publish(session, tenant.id, topic, {"n": number})


async def _take(messages: AsyncIterator[stream.Message | None], count: int) -> list[stream.Message]:
    taken: list[stream.Message] = []
    async with asyncio.timeout(20):
        async for message in messages:
            if message is not None:
                taken.append(message)
            if len(taken) == count:
                return taken
    return taken


async def test_what_is_committed_arrives_once_in_order(core: Core, hub: Hub, tenant: TestTenant) -> None:
    following = asyncio.ensure_future(_take(hub.follow(tenant.id, frozenset({"alerts"}), stream.START), 60))
    await asyncio.gather(*(_publish(core, tenant, number) for number in range(60)))
    taken = await following
    assert sorted(message.payload["n"] for message in taken) == list(range(60))
    assert [message.position for message in taken] == sorted(message.position for message in taken)


async def test_an_older_transaction_that_commits_later_is_not_skipped(core: Core, hub: Hub, tenant: TestTenant) -> None:
    following = asyncio.ensure_future(_take(hub.follow(tenant.id, frozenset({"alerts"}), stream.START), 2))
    async with core.db.transaction(tenant.scope) as slow:
        await stream.publish(slow, tenant.id, "alerts", {"n": 1})
        await _publish(core, tenant, 2)
    assert [message.payload["n"] for message in await following] == [1, 2]


async def test_a_reader_resumes_where_it_was(core: Core, hub: Hub, tenant: TestTenant) -> None:
    for number in range(6):
        await _publish(core, tenant, number)
    first = await _take(hub.follow(tenant.id, frozenset({"alerts"}), stream.START), 2)
    position = stream.parse_event_id(first[-1].event_id)
    rest = await _take(hub.follow(tenant.id, frozenset({"alerts"}), position), 4)
    assert [message.payload["n"] for message in [*first, *rest]] == list(range(6))


async def test_tenants_and_topics_are_apart(core: Core, hub: Hub, tenant: TestTenant, other_tenant: TestTenant) -> None:
    following = asyncio.ensure_future(_take(hub.follow(tenant.id, frozenset({"alerts"}), stream.START), 1))
    await _publish(core, other_tenant, 1)
    await _publish(core, tenant, 2, topic="events")
    await _publish(core, tenant, 3)
    assert [message.payload["n"] for message in await following] == [3]


async def test_the_route_speaks_server_sent_events(core: Core, client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    await _publish(core, tenant, 7)
    supervisor = Supervisor([core.wakeups, core.hub])
    supervisor.start()
    try:
        reading = asyncio.ensure_future(
            client.get("/api/v1/stream?topics=alerts", headers=tenant.headers | {"Last-Event-ID": "0-0"})
        )
        await until(lambda: core.hub.subscribers(tenant.id) == 1, limit_s=20)
    finally:
        await supervisor.stop()
    answer = await reading
    assert answer.headers["content-type"].startswith("text/event-stream")
    data = [line[6:] for line in answer.text.splitlines() if line.startswith("data: ")]
    assert [json.loads(line) for line in data] == [{"n": 7}]


async def test_wrong_topics_and_ids_are_refused(client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    unknown = await client.get("/api/v1/stream?topics=secrets", headers=tenant.headers)
    assert (unknown.status_code, unknown.json()["code"]) == (422, "invalid_input")
    bad = await client.get("/api/v1/stream?topics=alerts", headers=tenant.headers | {"Last-Event-ID": "seven"})
    assert bad.status_code == 422


async def test_health_shows_this_process(client: httpx2.AsyncClient, tenant: TestTenant) -> None:
    answer = await client.get("/api/v1/system/health", headers=tenant.headers)
    assert answer.status_code == 200
    assert answer.json()["database"]["size_bytes"] > 1_000_000
    refused = await client.get("/api/v1/system/health", headers=tenant.as_role(Role.VIEWER))
    assert refused.status_code == 403


async def test_a_breaker_of_another_tenant_does_not_exist(
    core: Core, client: httpx2.AsyncClient, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    name = f"channel:{tenant.id}:one"
    core.breakers.local.breaker(name)
    mine = await client.get("/api/v1/system/health", headers=tenant.headers)
    assert [breaker["name"] for breaker in mine.json()["breakers"]] == [name]
    foreign = await client.post(f"/api/v1/system/breakers/{name}/reset", headers=other_tenant.headers)
    unknown = await client.post("/api/v1/system/breakers/nothing/reset", headers=other_tenant.headers)
    assert (foreign.status_code, foreign.json()["code"]) == (unknown.status_code, unknown.json()["code"])
    reset = await client.post(f"/api/v1/system/breakers/{name}/reset", headers=tenant.headers)
    assert reset.status_code == 204


class LateAnswers:
    """The database, but the next answer to one task stays on its way until `arrives`."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.held: asyncio.Task[object] | None = None
        self.under_way, self.arrives = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def raw(self, scope: TenantScope | None) -> AsyncIterator[object]:
        async with self._db.raw(scope) as connection:
            yield connection
        if self.held is asyncio.current_task() and not self.under_way.is_set():
            self.under_way.set()
            await self.arrives.wait()


async def test_what_others_are_handed_while_a_reader_comes_is_not_lost_to_it(core: Core, tenant: TestTenant) -> None:
    late, wakeups = LateAnswers(core.db), Wakeups(core.db)
    hub = Hub(late, wakeups)  # type: ignore[arg-type]  # all of it that the hub uses
    supervisor = Supervisor([wakeups, hub])
    supervisor.start()
    await wakeups.listening.wait()
    other = hub.follow(tenant.id, frozenset({"alerts"}), stream.START)
    await _publish(core, tenant, 1)
    (first,) = await _take(other, 1)
    coming = asyncio.create_task(_take(hub.follow(tenant.id, frozenset({"alerts"}), first.position), 1))
    late.held = coming
    await late.under_way.wait()
    await _publish(core, tenant, 2)
    assert [message.payload["n"] for message in await _take(other, 1)] == [2]
    late.arrives.set()
    assert [message.payload["n"] for message in await coming] == [2]
    await supervisor.stop()


async def test_a_reader_who_leaves_takes_nobody_along(core: Core, hub: Hub, tenant: TestTenant) -> None:
    staying = asyncio.ensure_future(_take(hub.follow(tenant.id, frozenset({"alerts"}), stream.START), 40))
    for number in range(40):
        leaving = hub.follow(tenant.id, frozenset({"alerts"}), stream.START)
        await _publish(core, tenant, number)
        await anext(leaving)
        await leaving.aclose()  # type: ignore[attr-defined]  # a generator
    assert [message.payload["n"] for message in await staying] == list(range(40))


async def test_a_position_of_a_newer_database_is_taken_for_the_end(core: Core, hub: Hub, tenant: TestTenant) -> None:
    await _publish(core, tenant, 1)
    beyond = (10**15, 7)
    following = asyncio.ensure_future(_take(hub.follow(tenant.id, frozenset({"alerts"}), beyond), 1))
    await until(lambda: hub.subscribers(tenant.id) == 1)
    await _publish(core, tenant, 2)
    assert [message.payload["n"] for message in await following] == [2]
