"""SQLite files: they are read, and nothing else happens to them or beside them."""

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy

from fixtures.linked import Linked
from opsloom.connections.errors import FileRefused, QueryRefused
from opsloom.connections.service import Take


@pytest.fixture
def shop(linked: Linked) -> Path:
    linked.folder.mkdir(parents=True)
    path = linked.folder / "shop.db"
    with sqlite3.connect(path) as made:
        made.execute("create table orders (id integer primary key, customer text not null, total real)")
        made.executemany("insert into orders values (?, ?, ?)", [(n, f"손님 {n}", n * 1.5) for n in range(1, 101)])
    made.close()
    return path


async def test_a_query_with_parameters(linked: Linked, shop: Path) -> None:
    key = await linked.publish("Shop", {"type": "sqlite", "path": shop.name})
    sql = "select id, customer, ':id' as said from orders where id < :id order by id -- :nothing"
    rows = await linked.connections.query(linked.tenant.scope, key, sql, {"id": 3})
    assert [column.name for column in rows.columns] == ["id", "customer", "said"]
    assert rows.rows == [[1, "손님 1", ":id"], [2, "손님 2", ":id"]]
    assert not rows.truncated


async def test_rows_are_limited(linked: Linked, shop: Path) -> None:
    key = await linked.publish("Shop", {"type": "sqlite", "path": shop.name})
    rows = await linked.connections.query(linked.tenant.scope, key, "select id from orders", {}, Take(rows=10))
    assert (len(rows.rows), rows.truncated) == (10, True)


async def test_the_inspector_sees_the_tables(linked: Linked, shop: Path) -> None:
    key = await linked.publish("Shop", {"type": "sqlite", "path": shop.name})
    names = await linked.connections.inspect(
        linked.tenant.scope, key, lambda c: sqlalchemy.inspect(c).get_table_names()
    )
    assert names == ["orders"]
    tables = await linked.connections.browse(linked.tenant.scope, key, "main")
    assert [(node.name, node.kind) for node in tables] == [("orders", "table")]
    columns = await linked.connections.browse(linked.tenant.scope, key, tables[0].path)
    assert [node.name for node in columns] == ["id", "customer", "total"]


@pytest.mark.parametrize(
    "sql",
    [
        "insert into orders values (1000, 'x', 1)", "delete from orders", "update orders set total = 0", "drop table orders",
        "create table t (x int)", "attach database '/etc/passwd' as p", "pragma query_only = off", "vacuum into 'copy.db'",
        "pragma writable_schema = on", "select load_extension('x')", "select 1; delete from orders", "pragma journal_mode = delete",
    ],
)  # fmt: skip
async def test_only_reading_passes(linked: Linked, shop: Path, sql: str) -> None:
    key = await linked.publish("Shop", {"type": "sqlite", "path": shop.name})
    with pytest.raises(QueryRefused):
        await linked.connections.query(linked.tenant.scope, key, sql, {})
    before = sqlite3.connect(shop)
    assert before.execute("select count(*) from orders").fetchone() == (100,)
    before.close()


@pytest.mark.parametrize("path", ["../shop.db", "/etc/passwd", "a/../../shop.db", "missing.db", ".", "folder"])
async def test_files_elsewhere_are_refused(linked: Linked, shop: Path, path: str) -> None:
    (linked.folder / "folder").mkdir()

    async def used() -> None:
        key = await linked.publish("Shop", {"type": "sqlite", "path": path})
        await linked.connections.query(linked.tenant.scope, key, "select 1", {})

    with pytest.raises(FileRefused):
        await used()


async def test_a_link_does_not_lead_out(linked: Linked, shop: Path, tmp_path: Path) -> None:
    outside = tmp_path / "secret.db"
    sqlite3.connect(outside).close()
    outside.touch()
    (linked.folder / "innocent.db").symlink_to(outside)
    key = await linked.publish("Shop", {"type": "sqlite", "path": "innocent.db"})
    with pytest.raises(FileRefused):
        await linked.connections.query(linked.tenant.scope, key, "select 1", {})
