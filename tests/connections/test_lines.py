"""Open connections: one pool for each version, closed when it is out of force, never shared with what it is not."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
import sqlalchemy

from fixtures.external_postgres import ADMIN, ExternalPostgres
from fixtures.linked import Linked
from fixtures.shops import OWNER_PASSWORD, READER_PASSWORD, Shop
from opsloom.assets import service as assets
from opsloom.assets.errors import NotPublished
from opsloom.assets.kinds import Kinds
from opsloom.connections.errors import ContentUnreadable, CredentialsRefused
from opsloom.connections.service import Connections
from opsloom.connections.wiring import LineKeeper
from opsloom.infra.db.bootstrap import DATABASE
from opsloom.infra.db.embedded import EmbeddedPostgres
from opsloom.kit.errors import DeadlinePassed, OpsloomError
from opsloom.kit.resilience import deadline
from opsloom.kit.resilience.errors import BulkheadFull

on_postgres = pytest.mark.parametrize("shop", ["postgresql"], indirect=True)


def sessions(server: ExternalPostgres, database: str) -> list[str]:
    """Who is connected to a database."""
    with psycopg.connect(**server.dsn(ADMIN, "postgres").psycopg()) as connection:
        rows = connection.execute(
            "select usename from pg_stat_activity where datname = %s and application_name = 'opsloom'", (database,)
        )
        return [str(row[0]) for row in rows.fetchall()]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.02)


class Gate:
    """Holds work inside a connection's threads until it is opened."""

    def __init__(self) -> None:
        self.inside = 0
        self._lock = threading.Lock()
        self._open = threading.Event()

    def work(self, connection: sqlalchemy.Connection) -> str:
        name = str(connection.exec_driver_sql("select current_user").scalar_one())
        with self._lock:
            self.inside += 1
        assert self._open.wait(20)
        return name

    def open(self) -> None:
        self._open.set()


@on_postgres
async def test_a_new_version_opens_anew_and_the_old_one_ends_when_it_is_done(
    linked: Linked, shop: Shop, shop_postgres: ExternalPostgres
) -> None:
    scope, gate = linked.tenant.scope, Gate()
    key = await linked.publish("Shop", shop.reader)
    running = asyncio.create_task(linked.connections.inspect(scope, key, gate.work))
    await until(lambda: gate.inside == 1)
    await linked.republish(key, shop.owner)
    rows = await linked.connections.query(scope, key, "select current_user")
    assert rows.rows == [["owner"]]
    gate.open()
    assert await running == "reader", "what was running keeps the version it began with"
    await until(lambda: sessions(shop_postgres, shop.reader["database"]) == ["owner"])


@on_postgres
async def test_a_pool_is_bounded_and_the_rest_waits_or_is_refused(
    linked: Linked, shop: Shop, shop_postgres: ExternalPostgres
) -> None:
    scope, gate = linked.tenant.scope, Gate()
    key = await linked.publish("Shop", shop.reader, pool=2)
    asked = [asyncio.create_task(linked.connections.inspect(scope, key, gate.work)) for _ in range(10)]
    await until(lambda: gate.inside == 2)
    assert len(sessions(shop_postgres, shop.reader["database"])) == 2
    with pytest.raises(BulkheadFull):
        await linked.connections.query(scope, key, "select 1")
    gate.open()
    assert await asyncio.gather(*asked) == ["reader"] * 10
    assert len(sessions(shop_postgres, shop.reader["database"])) == 2


@on_postgres
async def test_what_is_withdrawn_lets_go_of_its_connections(
    linked: Linked, shop: Shop, shop_postgres: ExternalPostgres
) -> None:
    core, scope = linked.core, linked.tenant.scope
    stop = asyncio.Event()
    parts = [asyncio.create_task(core.wakeups.run(stop)), asyncio.create_task(LineKeeper(core).run(stop))]
    await core.wakeups.listening.wait()
    key = await linked.publish("Shop", shop.reader)
    await linked.connections.query(scope, key, "select 1")
    assert len(sessions(shop_postgres, shop.reader["database"])) == 1
    async with core.db.transaction(scope) as session:
        asset = await assets.by_key(session, "connection", key)
        assert asset is not None
        await assets.unpublish(session, scope, core.part(Kinds).named("connection"), asset.id)
    await until(lambda: sessions(shop_postgres, shop.reader["database"]) == [])
    with pytest.raises(NotPublished):
        await linked.connections.query(scope, key, "select 1")
    stop.set()
    await asyncio.gather(*parts)


@on_postgres
async def test_a_new_password_is_taken_up(linked: Linked, shop: Shop) -> None:
    key = await linked.publish("Shop", shop.reader)
    name = shop.reader["password"]["secret"]
    await linked.secret(name, OWNER_PASSWORD)
    with pytest.raises(CredentialsRefused):
        await linked.connections.query(linked.tenant.scope, key, "select 1")
    await linked.secret(name, READER_PASSWORD)
    assert (await linked.connections.query(linked.tenant.scope, key, "select 1")).rows == [[1]]


@on_postgres
async def test_the_callers_deadline_is_kept_and_the_place_is_free_again(
    linked: Linked, shop: Shop, shop_postgres: ExternalPostgres
) -> None:
    key = await linked.publish("Shop", shop.reader, pool=1)
    with pytest.raises(DeadlinePassed):
        async with deadline.within(0.3):
            await linked.connections.query(linked.tenant.scope, key, "select pg_sleep(60)")
    assert (await linked.connections.query(linked.tenant.scope, key, "select 1")).rows == [[1]]
    gone = asyncio.create_task(linked.connections.query(linked.tenant.scope, key, "select pg_sleep(60)"))
    await until(lambda: _sleeping(shop_postgres, shop.reader["database"]) == 1)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    await until(lambda: _sleeping(shop_postgres, shop.reader["database"]) == 0)


def _sleeping(server: ExternalPostgres, database: str) -> int:
    with psycopg.connect(**server.dsn(ADMIN, "postgres").psycopg()) as connection:
        found: Any = connection.execute(
            "select count(*) from pg_stat_activity where datname = %s and state = 'active' and wait_event = 'PgSleep'",
            (database,),
        ).fetchone()
        return int(found[0])


@on_postgres
async def test_a_process_that_stops_does_not_wait_for_statements(
    linked: Linked, shop: Shop, shop_postgres: ExternalPostgres
) -> None:
    key = await linked.publish("Shop", shop.reader, total_s=600)
    connections = Connections(linked.core)  # as of another process, for this one goes on
    running = asyncio.create_task(connections.query(linked.tenant.scope, key, "select pg_sleep(300)"))
    await until(lambda: _sleeping(shop_postgres, shop.reader["database"]) == 1)
    await connections.lines.close()
    with pytest.raises(OpsloomError):
        await running
    await until(lambda: sessions(shop_postgres, shop.reader["database"]) == [])


@on_postgres
async def test_nothing_of_one_call_is_left_for_the_next(linked: Linked, shop: Shop) -> None:
    key = await linked.publish("Shop", shop.owner, pool=1)
    scope = linked.tenant.scope
    await linked.connections.query(scope, key, "select set_config('search_path', 'elsewhere', false)")
    await linked.connections.query(scope, key, "select set_config('statement_timeout', '0', false)")
    rows = await linked.connections.query(
        scope, key, "select current_setting('search_path'), current_setting('transaction_read_only')"
    )
    assert rows.rows == [['"$user", public', "on"]]
    again = await linked.connections.query(scope, key, "select current_setting('statement_timeout')")
    assert again.rows != [["0"]]


@on_postgres
async def test_a_server_that_went_away_and_came_back(
    linked: Linked, shop: Shop, shop_postgres: ExternalPostgres
) -> None:
    key = await linked.publish("Shop", shop.reader)
    scope = linked.tenant.scope
    assert (await linked.connections.query(scope, key, "select 1")).rows == [[1]]
    with psycopg.connect(**shop_postgres.dsn(ADMIN, "postgres").psycopg(), autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", (shop.reader["database"],)
        )
    assert (await linked.connections.query(scope, key, "select 1")).rows == [[1]]


async def test_content_of_another_age_is_a_fault_and_hides_nobody(linked: Linked, postgres: EmbeddedPostgres) -> None:
    key = await linked.publish("Old", {"type": "http", "url": "https://a.example/"})
    superuser = postgres.dsn.as_role(postgres.dsn.user, database=DATABASE)
    with psycopg.connect(**superuser.psycopg()) as connection:
        change = (
            "update asset_versions set content = jsonb_set(content, '{config,type}', '\"telnet\"') where tenant_id = %s"
        )
        connection.execute(change, (linked.tenant.id,))
    with pytest.raises(ContentUnreadable):
        await linked.connections.ready(linked.tenant.scope, key)
    async with linked.core.db.transaction(linked.tenant.scope) as session:
        faults = (await session.execute(sqlalchemy.text("select cause from asset_faults"))).scalars().all()
    assert len(faults) == 1
    assert "telnet" in faults[0]
