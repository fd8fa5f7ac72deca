"""SQL APIs on other databases: a SQLite file and a MariaDB, through their connections."""

import sqlite3
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from apis.conftest import problem_in
from apis.http.conftest import Upstream
from fixtures.mariadb import MISSING, ROOT, ROOT_PASSWORD, MariaDb


@pytest_asyncio.fixture
async def shop(upstream: Upstream) -> Upstream:
    """A SQLite file of orders behind the connection `shop`."""
    upstream.linked.folder.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(upstream.linked.folder / "shop.db") as db:
        db.execute("create table orders (id integer primary key, name text, total real, placed date)")
        rows = [(n, f"order {n}", n * 1.5, f"2026-01-{n:02d}") for n in range(1, 21)]
        db.executemany("insert into orders values (?, ?, ?, ?)", rows)
    await upstream.linked.publish("shop", {"type": "sqlite", "path": "shop.db"}, rows=15)
    return upstream


def sql(text: str, connection: str = "shop") -> dict[str, Any]:
    return {"type": "sql", "connection": connection, "sql": text}


async def publish(upstream: Upstream, path: str, logic: dict[str, Any], **more: Any) -> str:
    made = await upstream.send("/apis", {"name": path, "path": path, "logic": logic, **more})
    assert made.status_code == 201, made.text
    answer = await upstream.send(f"/apis/{made.json()['id']}/publish", {})
    assert answer.status_code == 200, answer.text
    return str(made.json()["id"])


async def test_rows_of_another_database(shop: Upstream) -> None:
    logic = sql("select id, name, total, placed from orders where total > :least order by id desc -- ':x'\n;")
    least = [{"name": "least", "type": "number", "required": True}]
    api_id = await publish(shop, "orders", logic, parameters=least)
    answer = await shop.builder.call("orders", least=25)
    assert answer.status_code == 200, answer.text
    assert answer.json()["items"][0] == {"id": 20, "name": "order 20", "total": 30.0, "placed": "2026-01-20"}
    assert [row["id"] for row in answer.json()["items"]] == [20, 19, 18, 17]
    assert (await shop.builder.call("orders.csv", least=29)).text.splitlines()[0] == "id,name,total,placed"
    row = (await shop.builder.runs(api_id))[0]
    assert (row["status"], row["rows"]) == (200, 1)


async def test_both_limits_of_rows_hold(shop: Upstream) -> None:
    await publish(shop, "some", sql("select id from orders"), limits={"max_rows": 10})
    body = (await shop.builder.call("some")).json()
    assert (len(body["items"]), body["truncated"]) == (10, True)
    await publish(shop, "more", sql("select id from orders"), limits={"max_rows": 1000})
    body = (await shop.builder.call("more")).json()
    assert (len(body["items"]), body["truncated"]) == (15, True)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("delete from orders", "not_a_query"),
        ("select * from orders; delete from orders", "not_a_query"),
        ("select load_extension('x')", "function_not_allowed"),
        ("select * from missing", "database"),
        ("select id, id from orders", "column_repeated"),
        ("select :gone from orders", "parameter_undeclared"),
    ],
)
async def test_what_cannot_be_published_says_why(shop: Upstream, text: str, code: str) -> None:
    checked = await shop.send("/apis/check", {"logic": sql(text)})
    assert checked.status_code == 200, checked.text
    assert [each["code"] for each in checked.json()["findings"]] == [code]


async def test_a_draft_cannot_write_either(shop: Upstream) -> None:
    logic = sql("with gone as (select 1) delete from orders")
    made = await shop.send("/apis", {"name": "w", "path": "w", "logic": logic})
    problem_in(await shop.send(f"/apis/{made.json()['id']}/run", {}), 422, "api_logic_refused")
    with sqlite3.connect(shop.linked.folder / "shop.db") as db:
        assert db.execute("select count(*) from orders").fetchone() == (20,)


async def test_a_runaway_query_ends_in_time(shop: Upstream) -> None:
    endless = "with recursive n(x) as (select 1 union all select x + 1 from n) select x from n where x < 0"
    made = await shop.send("/apis", {"name": "e", "path": "e", "logic": sql(endless), "limits": {"timeout_ms": 300}})
    problem_in(await shop.send(f"/apis/{made.json()['id']}/run", {}), 504, "api_timeout")
    await publish(shop, "after", sql("select count(*) as n from orders"))
    assert (await shop.builder.call("after")).json()["items"] == [{"n": 20}]


async def test_a_table_that_went_away_fails_the_call(shop: Upstream) -> None:
    api_id = await publish(shop, "gone", sql("select id from orders"))
    with sqlite3.connect(shop.linked.folder / "shop.db") as db:
        db.execute("drop table orders")
    problem = problem_in(await shop.builder.call("gone"), 502, "api_statement_failed")
    assert "orders" in problem["detail"]
    assert (await shop.builder.runs(api_id))[0]["code"] == "api_statement_failed"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def mariadb() -> AsyncIterator[MariaDb]:
    server = MariaDb()
    server.make()
    yield server
    server.remove()


@pytest.mark.skipif(MISSING, reason="MariaDB is not installed")
async def test_mariadb(upstream: Upstream, mariadb: MariaDb) -> None:
    password = await upstream.linked.secret("maria/password", ROOT_PASSWORD)
    config = {"type": "mysql", "host": mariadb.host, "port": mariadb.port, "database": "mysql", "user": ROOT,
              "password": password, "tls": "prefer"}  # fmt: skip
    await upstream.linked.publish("maria", config)
    logic = sql("select :a + 1 as n, concat('50%', :b) as t, cast('2026-01-01' as date) as d", "maria")
    parameters = [{"name": "a", "type": "integer", "required": True}, {"name": "b", "default": "it's"}]
    await publish(upstream, "maria", logic, parameters=parameters)
    answer = await upstream.builder.call("maria", a=41)
    assert answer.json()["items"] == [{"n": 42, "t": "50%it's", "d": "2026-01-01"}], answer.text
    checked = await upstream.send("/apis/check", {"logic": sql("select sleep(10)", "maria")})
    assert checked.json()["findings"][0]["code"] == "function_not_allowed"
