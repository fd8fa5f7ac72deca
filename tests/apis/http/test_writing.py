"""APIs that change rows: only by POST with a key and the right, once for a key, never beyond their limit, never by a trial."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from apis.conftest import problem_in
from apis.http.conftest import Upstream
from fixtures.shops import mariadb_shop, postgres_shop, shop_mariadb, shop_postgres
from opsloom.apis import service
from opsloom.apis.errors import WriteUnreachable
from opsloom.assets import service as assets
from opsloom.assets.kinds import Kinds

__all__ = ["shop_mariadb", "shop_postgres"]  # fixtures of these tests

PARAMETERS = [
    {"name": "id", "type": "integer", "required": True, "where": "body"},
    {"name": "customer", "type": "string", "required": True, "where": "body"},
]
RENAME = "update orders set customer = :customer where id >= :id and id < :id + 2"


async def connect(upstream: Upstream, config: dict[str, Any], *, writes: bool = True) -> None:
    """A connection `shop` in force."""
    kind = upstream.linked.core.part(Kinds).named("connection")
    scope = upstream.linked.tenant.scope
    async with upstream.linked.core.db.transaction(scope) as session:
        asset = await assets.create_draft(session, scope, kind, "shop", {"config": config, "writes": writes})
        await assets.publish(session, scope, kind, asset.id)


def rows_of(path: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(path) as db:
        return db.execute("select id, customer from orders order by id").fetchall()


@pytest_asyncio.fixture
async def shop(upstream: Upstream) -> Upstream:
    """Five orders in a SQLite file behind the connection `shop`, which is for writing."""
    upstream.linked.folder.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(file_of(upstream)) as db:
        db.execute("create table orders (id integer primary key, customer text not null)")
        db.executemany("insert into orders values (?, ?)", [(n, f"c{n}") for n in range(1, 6)])
    await connect(upstream, {"type": "sqlite", "path": "shop.db"})
    return upstream


def file_of(upstream: Upstream) -> Path:
    return upstream.linked.folder / "shop.db"


def draft(sql: str = RENAME, path: str = "rename", **more: Any) -> dict[str, Any]:
    logic = {"type": "sql_write", "connection": "shop", "sql": sql, "max_changes": more.pop("most", 3)}
    return {"name": path, "path": path, "method": "POST", "logic": logic, "parameters": PARAMETERS, **more}


async def publish(upstream: Upstream, body: dict[str, Any]) -> dict[str, Any]:
    made = await upstream.send("/apis", body)
    assert made.status_code == 201, made.text
    answer = await upstream.send(f"/apis/{made.json()['id']}/publish", {})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = made.json()
    return found


async def call(upstream: Upstream, key: str | None, path: str = "rename", **values: Any) -> httpx2.Response:
    headers = upstream.builder.tenant.headers | ({} if key is None else {"Idempotency-Key": key})
    return await upstream.builder.client.post(f"/runtime/{path}", json=values, headers=headers)


async def test_the_same_key_gives_the_same_answer_and_changes_once(shop: Upstream) -> None:
    api = await publish(shop, draft("insert into orders (id, customer) values (:id, :customer) returning id, customer"))
    first = await call(shop, "k1", id=10, customer="new")
    assert (first.status_code, first.json()) == (200, {"changed": 1, "items": [{"id": 10, "customer": "new"}]})
    again = await call(shop, "k1", id=10, customer="new")
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    problem_in(await call(shop, "k1", id=11, customer="other"), 422, "idempotency_key_reused")
    together = await asyncio.gather(*(call(shop, "k2", id=12, customer="once") for _ in range(5)))
    assert [answer.json() for answer in together] == [{"changed": 1, "items": [{"id": 12, "customer": "once"}]}] * 5
    assert [row[0] for row in rows_of(file_of(shop))] == [1, 2, 3, 4, 5, 10, 12]
    log = await shop.builder.client.get("/api/v1/audit?action=api.changed", headers=shop.builder.tenant.headers)
    assert [(each["target"]["id"], each["detail"]["changed"]) for each in log.json()["items"]] == [(api["id"], 1)] * 2


async def test_too_many_rows_change_none(shop: Upstream) -> None:
    await publish(shop, draft("update orders set customer = :customer where id >= :id", most=3))
    problem_in(await call(shop, "k", id=1, customer="x"), 409, "too_many_changed")
    assert {row[1] for row in rows_of(file_of(shop))} == {"c1", "c2", "c3", "c4", "c5"}
    assert (await call(shop, "k", id=3, customer="x")).json()["changed"] == 3, "a failure leaves the key free"


async def test_only_a_post_with_a_key_and_the_right_reaches_it(shop: Upstream) -> None:
    api = await publish(shop, draft())
    problem_in(await call(shop, None, id=1, customer="x"), 400, "api_key_missing")
    got = await shop.builder.call("rename", id=1, customer="x")
    problem_in(got, 405, "api_method_not_allowed")
    made = await shop.send("/keys", {"name": "caller", "scopes": ["apis.run", "apis.read"]})
    headers = {"X-API-Key": made.json()["key"], "Idempotency-Key": "k"}
    denied = await shop.builder.client.post("/runtime/rename", json={"id": 1, "customer": "x"}, headers=headers)
    problem_in(denied, 403, "permission_missing")
    with pytest.raises(WriteUnreachable):
        await service.run_by_key(
            shop.builder.core, shop.builder.tenant.scope, api["slug"], {"id": 1, "customer": "x"}, "tools/x"
        )
    assert {row[1] for row in rows_of(file_of(shop))} == {"c1", "c2", "c3", "c4", "c5"}
    assert (await shop.builder.runs(api["id"]))[-1]["code"] == "api_key_missing"


async def test_nothing_calls_it_later_or_for_anybody_and_that_is_said_at_once(shop: Upstream) -> None:
    api, values = await publish(shop, draft()), {"id": 1, "customer": "x"}
    headers = shop.builder.tenant.headers | {"Prefer": "respond-async", "Idempotency-Key": "k"}
    later = await shop.builder.client.post("/runtime/rename", json=values, headers=headers)
    problem_in(later, 403, "api_write_unreachable")
    problem_in(await shop.send(f"/apis/{api['id']}/batches", {"items": [values]}), 403, "api_write_unreachable")
    schedule = {"name": "nightly", "cron": "0 3 * * *", "zone": "UTC", "parameters": values}
    problem_in(await shop.send(f"/apis/{api['id']}/schedules", schedule), 403, "api_write_unreachable")
    nodes = [{"type": "api", "id": "a", "api": api["slug"], "arguments": {"id": "1", "customer": "'x'"}}]
    flow = {"name": "flow", "path": "flow", "method": "POST", "logic": {"type": "workflow", "nodes": nodes}}
    made = await shop.send("/apis", flow)
    refused = problem_in(await shop.send(f"/apis/{made.json()['id']}/publish", {}), 422, "api_logic_refused")
    assert [(each["code"], each["pointer"][:20]) for each in refused["errors"]] == [
        ("api_changes", "/logic/nodes/0/api#1")
    ]
    public = await shop.send("/apis", draft(path="public", auth={"callers": "public"}))
    refused = problem_in(await shop.send(f"/apis/{public.json()['id']}/publish", {}), 422, "api_logic_refused")
    assert [each["code"] for each in refused["errors"]] == ["public_changes"]


async def test_a_trial_shows_what_would_change_and_changes_nothing(shop: Upstream) -> None:
    made = await shop.send("/apis", draft(RENAME + " returning id, customer"))
    ran = await shop.send(f"/apis/{made.json()['id']}/run", {"parameters": {"id": 2, "customer": "x"}})
    assert ran.status_code == 200, ran.text
    shown = ran.json()["items"][0]
    assert (shown["dry_run"], shown["changed"]) == (True, 2)
    assert shown["items"] == [{"id": 2, "customer": "x"}, {"id": 3, "customer": "x"}]
    assert shown["before"] == [{"id": 2, "customer": "c2"}, {"id": 3, "customer": "c3"}]
    assert {row[1] for row in rows_of(file_of(shop))} == {"c1", "c2", "c3", "c4", "c5"}


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("select * from orders", "not_a_write"),
        ("delete from orders", "no_condition"),
        ("delete from opsloom_writes where true", "relation_not_allowed"),
        ("update orders set customer = readfile('x') where id = :id", "function_not_allowed"),
        ("update missing set customer = :customer where id = :id", "database"),
    ],
)
async def test_what_cannot_be_published_says_why(shop: Upstream, sql: str, code: str) -> None:
    body = draft(sql)
    checked = await shop.send("/apis/check", {"logic": body["logic"], "parameters": PARAMETERS})
    assert [each["code"] for each in checked.json()["findings"]] == [code], checked.text


async def test_the_connection_must_be_for_writing_and_the_api_for_post(upstream: Upstream) -> None:
    upstream.linked.folder.mkdir(parents=True, exist_ok=True)
    sqlite3.connect(file_of(upstream)).execute("create table orders (id integer primary key, customer text)")
    await connect(upstream, {"type": "sqlite", "path": "shop.db"}, writes=False)
    checked = await upstream.send("/apis/check", {"logic": draft()["logic"], "parameters": PARAMETERS})
    assert [each["code"] for each in checked.json()["findings"]] == ["connection_not_for_writing"]
    query = [{**each, "where": "query"} for each in PARAMETERS]
    refused = await upstream.send("/apis", {**draft(), "method": "GET", "parameters": query})
    assert refused.status_code == 422
    kept = await upstream.send("/apis", draft() | {"cache": {"ttl_s": 5}})
    assert kept.status_code == 422


_KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from opsloom.connections.content import Limits
from opsloom.connections.results import Change
from opsloom.connections.sql.changing import change
from opsloom.connections.sql.session import SqlSession
from opsloom.connections.sql.sqlite import WritingSqlite

asked = Change(sql="insert into orders (customer) values ('killed') returning id, customer", params={}, most=1, owner="o",
               key="k", fingerprint="f")
session = SqlSession(WritingSqlite(lambda: Path(sys.argv[1])), Limits())

def work(connection):
    done = change(connection, session.flavour, asked, session.limits)
    if sys.argv[2] == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    return done

done = asyncio.run(session.change(work, 5, keep=True))
if sys.argv[2] == "after":
    os.kill(os.getpid(), signal.SIGKILL)
print(done.replayed, done.rows, flush=True)
os._exit(0)
"""


@pytest.mark.parametrize(("moment", "replayed"), [("before", False), ("after", True)])
def test_a_killed_process_leaves_all_or_nothing(tmp_path: Path, moment: str, replayed: bool) -> None:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as db:
        db.execute("create table orders (id integer primary key, customer text)")
        db.execute(
            "create table opsloom_writes (owner, idempotency_key, fingerprint, answer, at, primary key (owner, idempotency_key))"
        )

    def run(when: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", _KILLED, str(path), when]
        return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ})

    assert run(moment).returncode == -signal.SIGKILL
    assert run("never").stdout.strip() == f"{replayed} [[1, 'killed']]"
    with sqlite3.connect(path) as db:
        assert db.execute("select count(*) from orders").fetchone() == (1,)


@pytest.mark.parametrize("kind", ["postgresql", "mysql"])
async def test_servers_change_once_too(request: pytest.FixtureRequest, upstream: Upstream, kind: str) -> None:
    made = postgres_shop if kind == "postgresql" else mariadb_shop
    server = request.getfixturevalue("shop_postgres" if kind == "postgresql" else "shop_mariadb")
    found = await made(server, upstream.linked)
    await connect(upstream, found.owner)
    await publish(upstream, draft("insert into orders (id, customer) values (:id, :customer)"))
    answers = await asyncio.gather(*(call(upstream, "k", id=5000, customer="50% :id") for _ in range(4)))
    assert [answer.json() for answer in answers] == [{"changed": 1, "items": []}] * 4, answers[0].text
    await publish(upstream, draft("update orders set customer = :customer where id >= :id", "many"))
    problem_in(await call(upstream, "m", "many", id=1, customer="x"), 409, "too_many_changed")
    shown = await upstream.send("/apis/sql/plan", {
        "logic": {"type": "sql", "connection": "shop", "sql": "select customer from orders where total > 3 order by customer"},
        "analyze": True,
    })  # fmt: skip
    assert shown.status_code == 200, shown.text
    assert shown.json()["measured"]
    two = {
        "type": "sql",
        "connection": "shop",
        "sql": "select count(*) as n from orders where customer = 'x' or id = 5000",
    }
    made_api = await upstream.send("/apis", {"name": "count", "path": "count", "logic": two})
    ran = await upstream.send(f"/apis/{made_api.json()['id']}/run", {})
    assert ran.json()["items"] == [{"n": 1}]
