"""Every kind of SQL database through the same door: queries, limits, refusals, browsing, and what happens when it fails."""

import time
from decimal import Decimal

import pytest
import sqlalchemy

from fixtures.linked import Linked
from fixtures.shops import ROWS, Shop
from opsloom.connections.errors import NothingThere, QueryRefused, ResultTooLarge, StatementTooLong
from opsloom.connections.service import Column, Take
from opsloom.kit.errors import DeadlinePassed

ALL = ["postgresql", "mysql", "sqlite", "duckdb"]
SERVERS = ["postgresql", "mysql"]
each_database = pytest.mark.parametrize("shop", ALL, indirect=True)
each_server = pytest.mark.parametrize("shop", SERVERS, indirect=True)
ENDLESS = {
    "postgresql": "select count(*) from generate_series(1, 1000000000) a, generate_series(1, 1000000) b",
    "mysql": "select count(*) from orders a, orders b, orders c, orders d where a.total + b.total + c.total > d.id",
    "sqlite": "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n",
    "duckdb": "select count(*) from range(10000000) a, range(10000000) b where a.range % 7 = b.range % 11",
}


@each_database
async def test_parameters_are_values_and_literals_stay(linked: Linked, shop: Shop) -> None:
    key = await linked.publish("Shop", shop.reader)
    sql = "select id, customer, total, ':id 50%' as said from orders where id < :id or customer = :name order by id /* :no */"
    rows = await linked.connections.query(linked.tenant.scope, key, sql, {"id": 3, "name": "' or 1=1 -- "})
    assert [column.name for column in rows.columns] == ["id", "customer", "total", "said"]
    assert rows.rows == [[1, "손님 1 50% :id", 1.25, ":id 50%"], [2, "손님 2 50% :id", 2.5, ":id 50%"]]
    assert not rows.truncated


@each_database
async def test_a_statement_without_parameters(linked: Linked, shop: Shop) -> None:
    key = await linked.publish("Shop", shop.reader)
    rows = await linked.connections.query(
        linked.tenant.scope, key, "select count(*) from orders where customer like '%50!%%' escape '!'"
    )
    assert rows.rows == [[ROWS]]


@each_database
async def test_a_missing_parameter_is_told_by_name(linked: Linked, shop: Shop) -> None:
    key = await linked.publish("Shop", shop.reader)
    with pytest.raises(QueryRefused, match=":wanted"):
        await linked.connections.query(linked.tenant.scope, key, "select id from orders where id = :wanted", {"id": 3})


@each_database
async def test_rows_and_bytes_are_limited(linked: Linked, shop: Shop) -> None:
    key = await linked.publish("Shop", shop.reader, rows=500, pool=1)
    scope, sql = linked.tenant.scope, "select id, customer from orders order by id"
    few = await linked.connections.query(scope, key, sql, {}, Take(rows=7))
    assert ([row[0] for row in few.rows], few.truncated) == (list(range(1, 8)), True)
    wide = await linked.connections.query(scope, key, sql, {}, Take(rows=10_000))
    assert (len(wide.rows), wide.truncated) == (500, True)
    small = await linked.connections.query(scope, key, sql, {}, Take(bytes=1000))
    assert 0 < len(small.rows) < 100
    assert small.truncated
    exact = await linked.connections.query(scope, key, sql + " limit 500", {})
    assert (len(exact.rows), exact.truncated) == (500, False)
    with pytest.raises(ResultTooLarge):
        await linked.connections.query(scope, key, sql, {}, Take(bytes=5))
    assert len((await linked.connections.query(scope, key, sql + " limit 3", {})).rows) == 3


@each_database
async def test_a_statement_without_end_is_ended(linked: Linked, shop: Shop) -> None:
    key = await linked.publish("Shop", shop.reader, pool=1)
    began = time.monotonic()
    with pytest.raises(DeadlinePassed):
        await linked.connections.query(linked.tenant.scope, key, ENDLESS[shop.type], {}, Take(total_s=0.5))
    assert time.monotonic() - began < 5
    # The only place of the pool is free again, so it was really ended.
    rows = await linked.connections.query(linked.tenant.scope, key, "select 1", {}, Take(total_s=20))
    assert rows.rows == [[1]]


@each_database
@pytest.mark.parametrize(
    "sql",
    [
        "insert into orders values (5000, 'x', 1)",
        "update orders set total = 0",
        "delete from orders",
        "drop table orders",
        "truncate table orders",
        "create table stolen (x integer)",
        "select 1; delete from orders",
        "commit; delete from orders",
        "select 1; commit; delete from orders; select 2",
        "with gone as (delete from orders returning id) select * from gone",
        "set transaction read write",
        "alter table orders add x integer",
        "not even sql",
        "select * from missing",
        "",
    ],
)
async def test_an_owner_only_reads(linked: Linked, shop: Shop, sql: str) -> None:
    key = await linked.publish("Shop", shop.owner)
    with pytest.raises(QueryRefused):
        await linked.connections.query(linked.tenant.scope, key, sql)
    rows = await linked.connections.query(linked.tenant.scope, key, "select count(*) from orders")
    assert rows.rows == [[ROWS]]


@each_database
async def test_browsing_from_schemas_to_columns(linked: Linked, shop: Shop) -> None:
    key = await linked.publish("Shop", shop.reader)
    browse = linked.connections.browse
    schemas = await browse(linked.tenant.scope, key)
    found = {}
    own = [schema for schema in schemas if schema.name == shop.reader.get("database")]
    for schema in own or schemas:  # a server of many databases shows those of other tests too
        found |= {node.name: node for node in await browse(linked.tenant.scope, key, schema.path)}
    columns = await browse(linked.tenant.scope, key, found["orders"].path)
    assert [node.name for node in columns] == ["id", "customer", "total"]
    assert all(node.leaf for node in columns)
    for path in ("nowhere", f"{schemas[0].path}/nowhere", f"{found['orders'].path}/id/x"):
        with pytest.raises(NothingThere):
            await browse(linked.tenant.scope, key, path)


@pytest.mark.parametrize("shop", ["postgresql", "mysql", "sqlite"], indirect=True)
async def test_the_inspector(linked: Linked, shop: Shop) -> None:
    key = await linked.publish("Shop", shop.reader)
    seen = await linked.connections.inspect(
        linked.tenant.scope, key, lambda connection: sqlalchemy.inspect(connection).get_pk_constraint("orders")
    )
    assert seen["constrained_columns"] == ["id"]


@each_database
async def test_a_test_tells_its_steps(linked: Linked, shop: Shop) -> None:
    key = await linked.publish("Shop", shop.reader)
    steps = await linked.connections.test(linked.tenant.scope, key)
    names = ["resolve", "connect", "authenticate", "query"] if shop.type in SERVERS else ["open", "query"]
    assert [(step.name, step.ok) for step in steps] == [(name, True) for name in names], steps
    assert all(step.detail for step in steps)


@each_server
async def test_types_are_named(linked: Linked, shop: Shop) -> None:
    key = await linked.publish("Shop", shop.reader)
    rows = await linked.connections.query(
        linked.tenant.scope, key, "select id, customer, total from orders where id = 1"
    )
    expected = {"postgresql": ["int4", "varchar(50)", "numeric(10,2)"], "mysql": ["long", "var_string", "newdecimal"]}
    assert rows.columns == [
        Column(name, kind) for name, kind in zip(["id", "customer", "total"], expected[shop.type], strict=True)
    ]
    assert rows.rows == [[1, "손님 1 50% :id", float(Decimal("1.25"))]]


@pytest.mark.parametrize("shop", ["postgresql", "mysql", "sqlite"], indirect=True)
async def test_statements_that_take_too_long_do_not_pause_a_connection_that_is_well(linked: Linked, shop: Shop) -> None:
    key = await linked.publish("Shop", shop.reader)
    for _ in range(6):
        with pytest.raises(StatementTooLong):
            await linked.connections.query(linked.tenant.scope, key, ENDLESS[shop.type], {}, Take(total_s=0.3))
    assert (await linked.connections.query(linked.tenant.scope, key, "select 1")).rows == [[1]]


@each_server
async def test_one_value_that_is_larger_than_everything(linked: Linked, shop: Shop) -> None:
    key = await linked.publish("Shop", shop.reader, pool=1)
    with pytest.raises(ResultTooLarge):
        await linked.connections.query(linked.tenant.scope, key, "select repeat('x', 15000000)", {}, Take(bytes=1000))
    assert (await linked.connections.query(linked.tenant.scope, key, "select 1")).rows == [[1]]
