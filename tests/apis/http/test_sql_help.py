"""Help with writing SQL: layout, drawings, vocabulary, and plans of each database, over HTTP."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_asyncio

from apis.conftest import fill, problem_in
from apis.http.conftest import Upstream
from opsloom.connections.errors import ConnectionUnknown

METRICS = "select m.time, m.value from data.metrics m join data.items i on i.id = m.item_id where i.name = :host order by m.value"
HOST = [{"name": "host", "type": "string", "required": True}]


def nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for each in node["children"]:
        yield from nodes(each)


@pytest_asyncio.fixture
async def files(upstream: Upstream) -> Upstream:
    """The same orders in a SQLite file and in a DuckDB file."""
    import duckdb

    upstream.linked.folder.mkdir(parents=True, exist_ok=True)
    rows = [(n, f"order {n}", n * 1.5) for n in range(1, 20_001)]
    with sqlite3.connect(upstream.linked.folder / "shop.db") as db:
        db.execute("create table orders (id integer primary key, name text, total real)")
        db.executemany("insert into orders values (?, ?, ?)", rows)
    with duckdb.connect(str(upstream.linked.folder / "shop.duckdb")) as made:
        made.execute(
            "create table orders as select range as id, 'order ' || range as name, range * 1.5 as total from range(20000)"
        )
    await upstream.linked.publish("shop", {"type": "sqlite", "path": "shop.db"})
    await upstream.linked.publish("pond", {"type": "duckdb", "path": "shop.duckdb"})
    return upstream


async def plan(upstream: Upstream, logic: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = await upstream.send("/apis/sql/plan", {"logic": {"type": "sql", **logic}, **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_plan_of_our_own_data(upstream: Upstream) -> None:
    await fill(upstream.builder.core, upstream.builder.tenant, "web-1", [float(n) for n in range(50)])
    planned = await plan(upstream, {"sql": METRICS}, parameters=HOST)
    assert not planned["measured"]
    assert all(node["rows_actual"] is None for node in nodes(planned["root"]))
    ran = await plan(upstream, {"sql": METRICS}, parameters=HOST, values={"host": "web-1"}, analyze=True)
    assert ran["measured"]
    assert ran["root"]["rows_actual"] == 50
    assert sum(node["is_worst"] for node in nodes(ran["root"])) == 1
    assert sum(node["share"] for node in nodes(ran["root"])) == pytest.approx(1)
    assert ran["total_ms"] > 0


async def test_a_plan_that_runs_needs_its_values_and_its_time(upstream: Upstream) -> None:
    body = {"logic": {"type": "sql", "sql": METRICS}, "parameters": HOST, "analyze": True}
    problem_in(await upstream.send("/apis/sql/plan", body), 422, "api_parameters_invalid")
    endless = {"type": "sql", "sql": "select count(*) as n from generate_series(1, 1000000000) g"}
    body = {"logic": endless, "limits": {"timeout_ms": 100}, "analyze": True}
    problem_in(await upstream.send("/apis/sql/plan", body), 504, "api_timeout")
    assert (await plan(upstream, endless))["root"]["label"]


@pytest.mark.parametrize(
    "sql",
    ["delete from data.metrics", "select set_config('a', 'b', true) as x", "select 1 as a; drop table x", "analyze"],
)
async def test_what_may_not_run_has_no_plan(upstream: Upstream, sql: str) -> None:
    for analyze in (False, True):
        body = {"logic": {"type": "sql", "sql": sql}, "analyze": analyze}
        problem_in(await upstream.send("/apis/sql/plan", body), 422, "api_logic_refused")


async def test_plans_of_files(files: Upstream) -> None:
    sql = "select name from orders where total > :least order by name"
    least = [{"name": "least", "type": "number", "required": True}]
    light = await plan(files, {"sql": sql, "connection": "shop"}, parameters=least, values={"least": 3}, analyze=True)
    assert not light["measured"], "SQLite cannot measure"
    assert [node["relation"] for node in nodes(light["root"]) if node["relation"]] == ["orders"]
    assert {each["code"] for node in nodes(light["root"]) for each in node["warnings"]} == {"seq_scan", "temporary"}
    pond = await plan(files, {"sql": sql, "connection": "pond"}, parameters=least, values={"least": 3}, analyze=True)
    assert pond["measured"]
    assert any(node["rows_actual"] == 19997 for node in nodes(pond["root"]))
    assert sum(node["is_worst"] for node in nodes(pond["root"])) == 1
    assert (await plan(files, {"sql": sql, "connection": "pond"}, parameters=least))["root"]["children"]
    refused = {"logic": {"type": "sql", "sql": "delete from orders", "connection": "shop"}, "analyze": True}
    problem_in(await files.send("/apis/sql/plan", refused), 422, "api_logic_refused")


async def test_layout_and_drawings(files: Upstream) -> None:
    sql = "select name from orders where total > :least and name is not null order by name"
    laid = await files.send("/apis/sql/layout", {"sql": sql, "connection": "shop"})
    assert laid.json()["sql"].split("\n")[1] == "from orders"
    problem_in(await files.send("/apis/sql/layout", {"sql": "select 'open"}), 422, "api_logic_refused")
    shown = (await files.send("/apis/sql/drawing", {"sql": sql, "connection": "shop"})).json()
    written = await files.send("/apis/sql/text", {"drawing": shown["drawing"], "connection": "shop"})
    assert (await files.send("/apis/sql/drawing", {"sql": written.json()["sql"]})).json()["drawing"] == shown["drawing"]
    cannot = (await files.send("/apis/sql/drawing", {"sql": "select a,\n b + 1 as c from t"})).json()
    assert (cannot["drawing"], cannot["reason"], cannot["line"], cannot["column"]) == (None, "expression", 2, 2)
    problem_in(await files.send("/apis/sql/drawing", {"sql": sql, "connection": "nobody"}), 404, ConnectionUnknown.code)


async def test_what_there_is_to_name(files: Upstream) -> None:
    headers = files.builder.tenant.headers
    own = (await files.builder.client.get("/api/v1/apis/sql/vocabulary", headers=headers)).json()
    metrics = next(table for table in own["tables"] if table["name"] == "metrics")
    assert {"time", "value", "item_id"} <= {column["name"] for column in metrics["columns"]}
    assert metrics["foreign_keys"] == [{"columns": ["item_id"], "target": "data.items", "referred_columns": ["id"]}]
    assert {"date_trunc", "avg", "row_number", "lower"} <= set(own["functions"])
    assert not {"set_config", "pg_sleep", "int4pl", "pg_read_file"} & set(own["functions"])
    other = await files.builder.client.get("/api/v1/apis/sql/vocabulary?connection=shop", headers=headers)
    assert (other.json()["dialect"], other.json()["cataloged"]) == ("sqlite", False)
