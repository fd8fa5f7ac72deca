"""Listing, showing and following events."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx2
import pytest

from fixtures.tenants import TestTenant
from fixtures.waiting import until
from opsloom.events import feed, service
from opsloom.events.announce import EventAnnouncer
from opsloom.events.commit import GroupCommit
from opsloom.events.decode import decode
from opsloom.events.jobs import keep_partitions
from opsloom.infra.core import Core
from opsloom.infra.db.dsn import Dsn

URL = "/api/v1/events"
JSON = {"content-type": "application/json"}


async def put(core: Core, tenant: TestTenant, *events: dict[str, Any]) -> None:
    decoded = decode(json.dumps(events).encode(), JSON, core.clock.now())
    assert not decoded.rejections
    await core.part(GroupCommit).store(tenant.id, decoded.events)


async def listed(client: httpx2.AsyncClient, tenant: TestTenant, **query: Any) -> list[str]:
    answer = await client.get(URL, params=query, headers=tenant.headers)
    assert answer.status_code == 200, answer.text
    return [each["event_id"] for each in answer.json()["items"]]


async def follow(core: Core, tenant: TestTenant, after: service.Cursor, limit: int) -> tuple[list[str], service.Cursor]:
    """What the feed gives next, by subject, and the place behind it."""
    async with core.db.raw(tenant.scope) as connection:
        found = await service.read_after(connection, tenant.scope, after, limit)
    return ([], after) if found is None else ([str(subject) for subject in found.subjects], found.last)


def at(minute: int) -> str:
    return f"2026-01-05T10:{minute:02}:00Z"


async def test_a_list_is_newest_first_and_pages_without_gap(
    client: httpx2.AsyncClient, core: Core, tenant: TestTenant
) -> None:
    # Two at the same time on purpose: the id decides, and no page may repeat or drop either.
    await put(core, tenant, *({"source": "s", "id": f"e{n}", "time": at(n // 2)} for n in range(11)))
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(6):
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(URL, params=query, headers=tenant.headers)).json()
        seen += [each["event_id"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert seen == [f"e{n}" for n in range(10, -1, -1)]


async def test_filters_narrow_the_list(client: httpx2.AsyncClient, core: Core, tenant: TestTenant) -> None:
    await put(
        core,
        tenant,
        {"source": "web", "id": "a", "type": "http", "severity": "error", "subject": "cart", "time": at(1)},
        {
            "source": "db",
            "id": "b",
            "type": "slow",
            "severity": "warning",
            "time": at(2),
            "data": {"message": "100% 느림_"},
        },
        {"source": "db", "id": "c", "type": "slow", "severity": "info", "time": at(3), "data": {"message": "fine"}},
    )
    assert await listed(client, tenant, source="db") == ["c", "b"]
    assert await listed(client, tenant, type="http", subject="cart") == ["a"]
    assert await listed(client, tenant, severity=["error", "warning"]) == ["b", "a"]
    assert await listed(client, tenant, **{"from": at(2), "to": at(3)}) == ["b"]
    assert await listed(client, tenant, q="느림") == ["b"]
    assert await listed(client, tenant, q="100%") == ["b"]
    assert await listed(client, tenant, q="_") == ["b"]
    assert await listed(client, tenant, q="CART") == ["a"]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"severity": "purple"},
        {"cursor": "x"},
        {"cursor": "WzFd"},
        {"from": "2026-01-01T00:00:00"},
        {"srouce": "a"},
        {"q": "\x00"},
    ],
)
async def test_bad_queries_are_explained(client: httpx2.AsyncClient, tenant: TestTenant, query: dict[str, Any]) -> None:
    answer = await client.get(URL, params=query, headers=tenant.headers)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


@pytest.mark.parametrize(
    "event_id",
    [
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "ffffffff-ffff-7fff-bfff-ffffffffffff",
        "00000000-0000-7000-8000-000000000000",
    ],
)
async def test_an_id_nobody_made_is_not_found(client: httpx2.AsyncClient, tenant: TestTenant, event_id: str) -> None:
    answer = await client.get(f"{URL}/{event_id}", headers=tenant.headers)
    assert (answer.status_code, answer.json()["code"]) == (404, "event_unknown")


async def test_the_feed_gives_each_event_once_and_in_order(
    core: Core, tenant: TestTenant, other_tenant: TestTenant
) -> None:
    await put(core, other_tenant, {"source": "foreign"})
    for batch in range(4):
        await put(core, tenant, *({"source": "s", "subject": f"{batch}-{n}", "data": {"n": n}} for n in range(5)))
    seen, after = await follow(core, tenant, service.START, 3)
    more = seen
    while more:
        more, after = await follow(core, tenant, after, 3)
        seen = seen + more
    assert seen == [f"{batch}-{n}" for batch in range(4) for n in range(5)]


async def test_a_piece_of_the_feed_ends_where_it_grows_too_large(
    core: Core, tenant: TestTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "MAX_BYTES", 250)
    text = "x" * 100
    await put(core, tenant, *({"source": "s", "subject": str(n), "data": {"text": text}} for n in range(4)))
    async with core.db.raw(tenant.scope) as connection:
        first = await service.read_after(connection, tenant.scope, service.START, 100)
        assert first is not None
        second = await service.read_after(connection, tenant.scope, first.last, 100)
    assert second is not None
    assert (first.subjects, first.more, second.subjects, second.more) == (["0", "1", "2"], True, ["3"], False)


async def test_the_feed_waits_for_whoever_began_earlier(core: Core, tenant: TestTenant) -> None:
    """A transaction that began first and commits last must not be passed: its rows would never be read."""
    async with core.db.raw(tenant.scope) as early:
        await early.execute("select pg_current_xact_id()")
        await put(core, tenant, {"source": "s", "subject": "late"})
        assert await follow(core, tenant, service.START, 10) == ([], service.START)
        await early.execute(
            "insert into events (tenant_id, id, source, event_id, type, subject, time, received_at) "
            "values ($1, gen_random_uuid(), 's', 'early', 't', 'early', now(), now())",
            tenant.id,
        )
    assert (await follow(core, tenant, service.START, 10))[0] == ["early", "late"]


async def test_a_follower_that_starts_at_the_end_sees_all_that_comes(core: Core, tenant: TestTenant) -> None:
    await put(core, tenant, {"source": "s", "subject": "old"})
    async with core.db.raw(tenant.scope) as connection:
        end = await service.feed_end(connection)
    await put(core, tenant, {"source": "s", "subject": "new"})
    assert (await follow(core, tenant, end, 10))[0] == ["new"]


async def test_many_writers_and_a_follower_miss_nothing(core: Core, tenant: TestTenant) -> None:
    """Several group commits write at once while the feed is read all the time."""
    nodes = [GroupCommit(core.db, core.clock, on_stored=lambda *_: None) for _ in range(3)]
    done = asyncio.Event()

    async def write(node: GroupCommit, name: int) -> None:
        for batch in range(15):
            body = json.dumps([{"source": f"w{name}", "subject": f"{name} {batch}-{n}"} for n in range(20)]).encode()
            await node.store(tenant.id, decode(body, JSON, core.clock.now()).events)

    async def read_all() -> list[str]:
        seen: list[str] = []
        after = service.START
        while True:
            finished = done.is_set()
            found, after = await follow(core, tenant, after, 50)
            seen += found
            if finished and not found:
                return seen

    following = asyncio.ensure_future(read_all())
    await asyncio.gather(*(write(node, name) for name, node in enumerate(nodes)))
    async with core.db.raw(tenant.scope) as connection:  # wait until no older transaction hides the last ones

        async def settled() -> bool:
            return bool(
                await connection.fetchval("select pg_snapshot_xmin(pg_current_snapshot()) >= pg_current_xact_id()")
            )

        await until(settled, limit_s=60)
    done.set()
    seen = await following
    assert len(seen) == len(set(seen)) == 3 * 15 * 20


async def test_arrivals_wake_followers_and_tell_pages_once(core: Core, tenant: TestTenant, app_dsn: Dsn) -> None:
    listener = await asyncpg.connect(**app_dsn.asyncpg())
    heard: asyncio.Queue[str] = asyncio.Queue()
    await listener.add_listener("opsloom_ingest", lambda *call: heard.put_nowait(str(call[-1])))
    for n in range(3):
        await put(core, tenant, {"source": "s", "id": str(n)}, {"source": "t", "id": str(n)})
    woken = [await asyncio.wait_for(heard.get(), 10)]
    assert str(tenant.id) in woken
    await listener.close()
    await core.part(EventAnnouncer).announce()
    async with core.db.raw(tenant.scope) as connection:
        rows = await connection.fetch("select topic, payload from stream_messages where tenant_id = $1", tenant.id)
    assert [row["topic"] for row in rows] == ["events"]
    assert (rows[0]["payload"]["type"], rows[0]["payload"]["count"]) == ("events.stored", 6)


async def test_users_sql_sees_its_own_tenant_s_events(core: Core, tenant: TestTenant, other_tenant: TestTenant) -> None:
    await put(core, tenant, {"source": "mine", "data": {"message": "hello"}})
    await put(core, other_tenant, {"source": "theirs"})
    async with core.db.raw(tenant.scope) as connection:
        await connection.execute("set local role opsloom_api_reader")
        rows = await connection.fetch("select source, message from data.events")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("select txid from public.events")
    assert [tuple(row) for row in rows] == [("mine", "hello")]


async def test_days_past_their_keeping_are_dropped_and_coming_ones_made(core: Core, owner_dsn: Dsn) -> None:
    owner = await asyncpg.connect(**owner_dsn.asyncpg())
    await owner.execute("select ensure_event_partitions(0, 40)")
    await keep_partitions(core)
    days = [
        datetime.strptime(row["relname"][-8:], "%Y%m%d").replace(tzinfo=UTC)
        for row in await owner.fetch(
            "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid "
            "where i.inhparent = 'events'::regclass"
        )
    ]
    await owner.close()
    today = core.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    assert min(days) == today - timedelta(days=core.settings.event_retention_days)
    assert max(days) >= today + timedelta(days=7)


async def test_only_the_server_s_role_makes_partitions(core: Core, tenant: TestTenant) -> None:
    async with core.db.raw(tenant.scope) as connection:
        await connection.execute("set local role opsloom_api_reader")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("select drop_event_partitions(2)")


async def test_the_server_s_role_changes_no_event(core: Core, tenant: TestTenant) -> None:
    await put(core, tenant, {"source": "s"})
    for statement in ("update events set type = 'x'", "delete from events", "truncate events"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with core.db.raw(tenant.scope) as connection:
                await connection.execute(statement)
