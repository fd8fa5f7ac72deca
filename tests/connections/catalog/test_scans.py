"""A scan from the queue to its end, over real connections: what it stores, what it tells, and what it leaves alone."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text, update
from tests.connections.catalog.conftest import Library, Shelf, mariadb_shelf, postgres_shelf
from tests.connections.catalog.databases import ODD, fill

from fixtures.external_postgres import ExternalPostgres
from fixtures.linked import Linked
from fixtures.mariadb import MariaDb
from opsloom.connections.catalog import jobs, scanning, service, trouble
from opsloom.connections.catalog.diff import ChangeKind
from opsloom.connections.catalog.errors import ScanFinished, ScanRunning
from opsloom.connections.catalog.models import CatalogScan, ScanStatus

pytestmark = [
    pytest.mark.filterwarnings("ignore:Did not recognize type"),
    pytest.mark.filterwarnings("ignore:duckdb-engine doesn't yet support"),
]
each_database = pytest.mark.parametrize("shelf", ["postgresql", "mariadb", "sqlite", "duckdb"], indirect=True)
postgresql = pytest.mark.parametrize("shelf", ["postgresql"], indirect=True)
PRIVATE = ("kim@example.com", "lee@example.com")


@each_database
async def test_a_scan_stores_what_is_there(library: Library, shelf: Shelf) -> None:
    catalog = await library.catalog(shelf.key)
    scan = await library.scanned(catalog)
    assert (scan.status, scan.code, scan.cause, scan.tables_failed) == (ScanStatus.SUCCEEDED, None, None, 0)
    facts = await library.facts(catalog)
    assert {"customers", "orders", "big_orders", "select", ODD} <= facts.keys()
    assert scan.tables_total == scan.tables_done == scan.tables_read == len(facts)
    assert {key.target.split(".")[1] for key in facts["orders"].foreign_keys} == {"customers", "orders"}
    diff = await library.diff(catalog, scan.id)
    assert diff.counts == {ChangeKind.TABLE_ADDED: len(facts)}


@each_database
async def test_the_next_scan_reads_only_what_changed(library: Library, shelf: Shelf) -> None:
    catalog = await library.catalog(shelf.key)
    first = await library.scanned(catalog)
    before = await library.tables(catalog)
    await library.let_go()
    fill(shelf.engine, ["alter table customers add column age integer", "create table added (id integer primary key)"])
    if shelf.engine.dialect.name == "postgresql":
        fill(shelf.engine, ["grant select on added to reader"])
    second = await library.scanned(catalog)
    assert second.status == ScanStatus.SUCCEEDED
    without_mark = [name for name, each in before.items() if each.mark is None]  # views of a file say nothing cheaply
    assert second.tables_read == 2 + len(without_mark)
    assert second.tables_total == first.tables_total + 1
    after = await library.tables(catalog)
    assert after["customers"].scan_id == second.id
    assert after["customers"].changed_at > before["customers"].changed_at
    assert (after["orders"].scan_id, after["orders"].changed_at) == (first.id, before["orders"].changed_at)
    diff = await library.diff(catalog, second.id)
    assert [(each.kind, each.column) for each in diff.changes] == [
        (ChangeKind.TABLE_ADDED, None),
        (ChangeKind.COLUMN_ADDED, "age"),
    ]
    third = await library.scanned(catalog, whole=True)
    assert third.tables_read == third.tables_total
    assert (await library.diff(catalog, third.id)).changes == []


@postgresql
async def test_removed_and_renamed(library: Library, shelf: Shelf) -> None:
    catalog = await library.catalog(shelf.key)
    await library.scanned(catalog)
    fill(shelf.engine, ["alter table orders rename to purchases", "alter table customers rename nickname to handle"])
    scan = await library.scanned(catalog)
    diff = await library.diff(catalog, scan.id)
    assert diff.counts[ChangeKind.TABLE_REMOVED] == diff.counts[ChangeKind.TABLE_ADDED] == 1
    pairs = {(each.table_before, each.table_after, each.column_before, each.column_after) for each in diff.candidates}
    assert ("public.orders", "public.purchases", None, None) in pairs
    assert ("public.customers", "public.customers", "nickname", "handle") in pairs
    assert "orders" not in await library.tables(catalog)


@each_database
async def test_what_is_private_is_never_stored(library: Library, shelf: Shelf) -> None:
    fill(shelf.engine, ["create table notes (id integer primary key, body varchar(200), plain varchar(20))",
                        "insert into notes values (1, 'write to kim@example.com', 'hello')"])  # fmt: skip
    if shelf.engine.dialect.name == "postgresql":
        fill(shelf.engine, ["grant select on notes to reader"])
    catalog = await library.catalog(shelf.key, samples={"rows": 5, "mask": ["orders.total"]})
    scan = await library.scanned(catalog)
    stored = await library.tables(catalog)
    assert (scan.status, scan.cause) == (ScanStatus.SUCCEEDED, None)
    assert [each.problem for each in stored.values() if each.problem] == []
    assert not any(word in json.dumps(each.samples) for each in stored.values() for word in PRIVATE)
    notes: Any = stored["notes"].samples
    assert notes["rows"] == [[1, None, "hello"]]
    assert {each["name"]: each["masked"] for each in notes["columns"]} == {"id": None, "body": "value", "plain": None}
    orders: Any = stored["orders"].samples
    assert {each["name"]: each["masked"] for each in orders["columns"]}["total"] == "declared"
    customers: Any = stored["customers"].samples
    assert {each["name"]: each["masked"] for each in customers["columns"]}["email"] == "name"
    await library.change(catalog, samples=None)
    await library.scanned(catalog)
    assert all(each.samples is None for each in (await library.tables(catalog)).values()), "other wishes, read again"


@postgresql
async def test_a_table_that_may_not_be_read_costs_only_itself(library: Library, shelf: Shelf) -> None:
    fill(shelf.engine, ["revoke select on orders from reader"])
    catalog = await library.catalog(shelf.key, samples={"rows": 2})
    scan = await library.scanned(catalog)
    assert (scan.status, scan.tables_failed) == (ScanStatus.SUCCEEDED, 1)
    stored = await library.tables(catalog)
    assert stored["orders"].problem == "No sample: permission denied for table orders"
    assert stored["orders"].columns == 5, "its structure is known all the same"
    assert stored["customers"].samples is not None
    fill(shelf.engine, ["grant select on orders to reader"])
    again = await library.scanned(catalog)
    assert (again.tables_read, again.tables_failed) == (1, 0), "what failed is tried again"
    assert (await library.tables(catalog))["orders"].samples is not None


async def test_a_table_that_cannot_be_read_any_more_keeps_its_facts(
    library: Library, linked: Linked, shop_mariadb: MariaDb
) -> None:
    shelf = await mariadb_shelf(shop_mariadb, linked)
    fill(shelf.engine, ["create table base (id integer)", "create view above as select id from base"])
    catalog = await library.catalog(shelf.key)
    await library.scanned(catalog)
    fill(shelf.engine, ["drop table base"])
    scan = await library.scanned(catalog)
    assert (scan.status, scan.tables_failed) == (ScanStatus.SUCCEEDED, 1)
    above = (await library.tables(catalog))["above"]
    assert "invalid table" in (above.problem or "")
    assert above.columns == 1
    assert [each.table.split(".")[1] for each in (await library.diff(catalog, scan.id)).changes] == ["base"]


async def test_an_empty_schema(library: Library, linked: Linked, shop_postgres: ExternalPostgres) -> None:
    shelf = await postgres_shelf(shop_postgres, linked)
    catalog = await library.catalog(shelf.key, include=["empty.*"])
    scan = await library.scanned(catalog)
    assert (scan.status, scan.tables_total) == (ScanStatus.SUCCEEDED, 0)
    assert await library.tables(catalog) == {}


async def test_a_connection_that_is_not_there(library: Library) -> None:
    catalog = await library.catalog("nowhere", publish=False)
    scan = await library.scanned(catalog)
    assert (scan.status, scan.code, scan.version) == (ScanStatus.FAILED, "connection_not_found", 0)
    assert "nowhere" in (scan.cause or "")


async def held(shelf: Shelf, statement: str) -> Any:
    """Another session that keeps a table to itself until it is closed."""
    connection = shelf.engine.connect()
    connection.exec_driver_sql(statement)
    return connection


async def until(library: Library, condition: str, **given: Any) -> None:
    """Wait until the server of the other database, or ours, says so."""
    async with asyncio.timeout(20):
        while True:
            async with library.linked.core.db.transaction(library.linked.tenant.scope) as session:
                if (await session.execute(text(condition), given)).scalar():
                    return
            await asyncio.sleep(0.02)


RUNNING = "select count(*) from catalog_scans where status = 'running' and tables_total > 0"


async def test_a_lost_connection_fails_the_scan_and_leaves_the_facts(
    library: Library, linked: Linked, shop_postgres: ExternalPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "SAMPLED_BATCH", 3)
    monkeypatch.setattr(trouble, "LOCK_WAIT_MS", 20_000)
    shelf = await postgres_shelf(shop_postgres, linked)
    catalog = await library.catalog(shelf.key, samples={"rows": 1})
    first = await library.scanned(catalog)
    before = {name: each.read_at for name, each in (await library.tables(catalog)).items()}
    fill(shelf.engine, ["alter table customers add column age integer"])
    locked = await held(shelf, "lock table orders in access exclusive mode")
    scan_id = await library.start(catalog, whole=True)
    running = asyncio.create_task(library.run(catalog, scan_id))
    await until(library, RUNNING)
    with shelf.engine.connect() as admin:
        async with asyncio.timeout(20):
            ended = text(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity "
                "where usename = 'reader' and datname = current_database() and wait_event_type = 'Lock'"
            )
            while not admin.execute(ended).scalar():
                admin.rollback()
                await asyncio.sleep(0.02)
    scan = await running
    locked.close()
    assert (scan.status, scan.code) == (ScanStatus.FAILED, "target_lost")
    assert {name: each.read_at for name, each in (await library.tables(catalog)).items()} == before
    again = await library.scanned(catalog)
    assert again.status == ScanStatus.SUCCEEDED
    assert first.tables_total == again.tables_total


async def test_a_running_scan_stops_between_two_tables(
    library: Library, linked: Linked, shop_postgres: ExternalPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "SAMPLED_BATCH", 3)
    monkeypatch.setattr(trouble, "LOCK_WAIT_MS", 20_000)
    shelf = await postgres_shelf(shop_postgres, linked)
    catalog = await library.catalog(shelf.key, samples={"rows": 1})
    locked = await held(shelf, "lock table customers in access exclusive mode")
    scan_id = await library.start(catalog)
    running = asyncio.create_task(library.run(catalog, scan_id))
    await until(library, RUNNING)
    async with linked.core.db.transaction(linked.tenant.scope) as session:
        await service.cancel_scan(session, linked.tenant.scope, catalog, scan_id, linked.core.clock.now())
    locked.close()
    scan = await running
    assert scan.status == ScanStatus.CANCELLED
    assert scan.tables_done < scan.tables_total
    assert await library.tables(catalog) == {}
    with pytest.raises(ScanFinished):
        async with linked.core.db.transaction(linked.tenant.scope) as session:
            await service.cancel_scan(session, linked.tenant.scope, catalog, scan_id, linked.core.clock.now())


@postgresql
async def test_a_waiting_scan_is_cancelled_at_once(library: Library, linked: Linked, shelf: Shelf) -> None:
    catalog = await library.catalog(shelf.key)
    scan_id = await library.start(catalog)
    async with linked.core.db.transaction(linked.tenant.scope) as session:
        await service.cancel_scan(session, linked.tenant.scope, catalog, scan_id, linked.core.clock.now())
    assert (await library.run(catalog, scan_id)).status == ScanStatus.CANCELLED
    assert await library.tables(catalog) == {}


@postgresql
async def test_one_scan_at_a_time(library: Library, shelf: Shelf) -> None:
    catalog = await library.catalog(shelf.key)
    first = await library.start(catalog)
    with pytest.raises(ScanRunning):
        await library.start(catalog)
    other = await library.catalog(shelf.key, "Another")
    await library.start(other)
    await library.run(catalog, first)
    await library.start(catalog)


async def alter(library: Library, scan_id: UUID, **values: Any) -> None:
    """A scan as another process left it."""
    async with library.linked.core.db.transaction(library.linked.tenant.scope) as session:
        await session.execute(update(CatalogScan).where(CatalogScan.id == scan_id).values(**values))


@postgresql
async def test_a_scan_whose_process_died_is_marked_and_can_be_started_again(library: Library, shelf: Shelf) -> None:
    catalog = await library.catalog(shelf.key)
    long_ago = library.linked.core.clock.now() - timedelta(minutes=5)
    dead = await library.start(catalog)
    await alter(library, dead, status=ScanStatus.RUNNING, started_at=long_ago, seen_at=long_ago)
    await jobs.sweep(library.linked.core)
    marked = await library.scan(catalog, dead)
    assert (marked.status, marked.code) == (ScanStatus.INTERRUPTED, "interrupted")
    assert (await library.scanned(catalog)).status == ScanStatus.SUCCEEDED

    silent = await library.start(catalog)
    await alter(library, silent, status=ScanStatus.RUNNING, started_at=long_ago, seen_at=long_ago)
    after = await library.start(catalog)
    assert (await library.scan(catalog, silent)).status == ScanStatus.INTERRUPTED, "nobody has to wait for the sweep"
    assert (await library.run(catalog, after)).status == ScanStatus.SUCCEEDED

    taken_over = await library.start(catalog)
    now = library.linked.core.clock.now()
    await alter(library, taken_over, status=ScanStatus.RUNNING, started_at=now, seen_at=now)
    assert (await library.run(catalog, taken_over)).status == ScanStatus.INTERRUPTED, "the queue gave the job out again"


async def test_a_process_that_comes_back_too_late_stores_nothing(
    library: Library, linked: Linked, shop_postgres: ExternalPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "PULSE_S", 60)
    monkeypatch.setattr(trouble, "LOCK_WAIT_MS", 20_000)
    shelf = await postgres_shelf(shop_postgres, linked)
    catalog = await library.catalog(shelf.key, samples={"rows": 1})
    locked = await held(shelf, "lock table customers in access exclusive mode")
    scan_id = await library.start(catalog)
    running = asyncio.create_task(library.run(catalog, scan_id))
    await until(library, RUNNING)
    await alter(library, scan_id, status=ScanStatus.INTERRUPTED)
    locked.close()
    assert (await running).status == ScanStatus.INTERRUPTED
    assert await library.tables(catalog) == {}


async def test_a_table_that_somebody_rebuilds_is_its_own_problem(
    library: Library, linked: Linked, shop_postgres: ExternalPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trouble, "LOCK_WAIT_MS", 100)
    shelf = await postgres_shelf(shop_postgres, linked)
    catalog = await library.catalog(shelf.key)
    locked = await held(shelf, "lock table customers in access exclusive mode")
    scan = await library.scanned(catalog)
    locked.close()
    assert (scan.status, scan.tables_failed) == (ScanStatus.SUCCEEDED, 1)
    assert "lock timeout" in ((await library.tables(catalog))["customers"].problem or "")
    assert (await library.scanned(catalog)).tables_failed == 0


async def test_a_table_that_does_not_answer_in_time_is_its_own_problem(
    library: Library, linked: Linked, shop_postgres: ExternalPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trouble, "LOCK_WAIT_MS", 60_000)
    shelf = await postgres_shelf(shop_postgres, linked, total_s=3.0)
    catalog = await library.catalog(shelf.key, include=["customers", "orders", "typed"])
    locked = await held(shelf, "lock table customers in access exclusive mode")
    scan = await library.scanned(catalog)
    locked.close()
    assert (scan.status, scan.tables_failed) == (ScanStatus.SUCCEEDED, 1)
    stored = await library.tables(catalog)
    assert "3 s" in (stored["customers"].problem or "")
    assert (stored["customers"].columns, stored["orders"].columns) == (0, 5)


async def test_a_database_that_does_not_answer_at_all_is_given_up(
    library: Library, linked: Linked, shop_postgres: ExternalPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trouble, "LOCK_WAIT_MS", 60_000)
    monkeypatch.setattr(scanning, "SLOW_TABLES", 1)
    shelf = await postgres_shelf(shop_postgres, linked, total_s=3.0)
    catalog = await library.catalog(shelf.key, include=["customers"])
    locked = await held(shelf, "lock table customers in access exclusive mode")
    scan = await library.scanned(catalog)
    locked.close()
    assert (scan.status, scan.code) == (ScanStatus.FAILED, "deadline_passed")


async def test_a_lock_in_mariadb_costs_the_sample_alone(
    library: Library, linked: Linked, shop_mariadb: MariaDb
) -> None:
    shelf = await mariadb_shelf(shop_mariadb, linked, total_s=3.0)
    catalog = await library.catalog(shelf.key, samples={"rows": 1})
    locked = await held(shelf, "lock tables customers write")
    scan = await library.scanned(catalog)
    locked.close()
    assert (scan.status, scan.tables_failed) == (ScanStatus.SUCCEEDED, 1)
    stored = await library.tables(catalog)
    assert stored["customers"].problem
    assert stored["orders"].samples is not None
