"""Catalogs over HTTP, with the real worker: from a draft to a table with its words."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx2
import jsonschema_rs
import pytest
from tests.connections.catalog.conftest import Library, Shelf
from tests.connections.catalog.databases import ODD, fill

from fixtures.linked import Linked
from opsloom import composition
from opsloom.app import create_app
from opsloom.connections.catalog import jobs, service
from opsloom.health import Readiness
from opsloom.identity.permissions import Role
from opsloom.infra.jobs import Worker
from opsloom.infra.stream import START
from opsloom.tools.service import Builtins

pytestmark = pytest.mark.filterwarnings("ignore:Did not recognize type")
postgresql = pytest.mark.parametrize("shelf", ["postgresql"], indirect=True)


class Door:
    """The API for one of the tenant's roles."""

    def __init__(self, client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
        self._client, self._headers = client, headers

    async def ask(self, method: str, path: str, status: int = 200, **how: Any) -> Any:
        answer = await self._client.request(method, f"/api/v1{path}", headers=self._headers, **how)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture
async def client(linked: Linked) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(linked.core, composition.routers(), Readiness(), composition.record_denial)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=("127.0.0.1", 40000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://opsloom.test") as made:
        yield made


@pytest.fixture
def door(client: httpx2.AsyncClient, linked: Linked) -> Door:
    return Door(client, linked.tenant.headers)


@pytest.fixture
async def worker(linked: Linked) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = asyncio.create_task(Worker(linked.core, jobs.TASKS, (), concurrency=2).run(stop))
    yield
    stop.set()
    await running


async def ended(door: Door, catalog: object, scan: str) -> Any:
    """The scan when it has ended."""
    async with asyncio.timeout(60):
        while True:
            shown = await door.ask("GET", f"/catalogs/{catalog}/scans/{scan}")
            if shown["status"] not in {"queued", "running"}:
                return shown
            await asyncio.sleep(0.05)


CONTENT = {
    "samples": {"rows": 2},
    "tables": {
        "public.orders": {
            "description": {"en": "Sales", "ko": "판매"},
            "synonyms": {"ko": ["주문서"]},
            "columns": {"total": {"synonyms": {"en": ["turnover"]}}, "vanished": {}},
        },
        "public.select": {"enabled": False},
    },
}
ODD_PATH = f'public."{ODD.replace(chr(34), chr(34) * 2)}"'


@postgresql
@pytest.mark.usefixtures("worker")
async def test_the_whole_way(door: Door, linked: Linked, shelf: Shelf) -> None:
    content = {"connection": shelf.key, **CONTENT}
    made = await door.ask("POST", "/assets", 201, json={"kind": "catalog", "name": "Shop", "content": content})
    catalog = made["id"]
    empty = await door.ask("GET", f"/catalogs/{catalog}")
    assert (empty["tables"], empty["last"], empty["current"], empty["orphans"]) == (0, None, None, [])

    scan = await door.ask("POST", f"/catalogs/{catalog}/scans", 202, json={})
    assert (scan["status"], scan["version"]) == ("queued", 0)
    shown = await ended(door, catalog, scan["id"])
    assert (shown["status"], shown["cause"]) == ("succeeded", None)
    assert shown["tables_done"] == shown["tables_total"] == 11
    overview = await door.ask("GET", f"/catalogs/{catalog}")
    assert (overview["tables"], overview["enabled"], overview["last"]["id"]) == (11, 10, scan["id"])
    assert overview["orphans"] == [{"table": "public.orders", "column": "vanished"}]

    diff = await door.ask("GET", f"/catalogs/{catalog}/scans/{scan['id']}/diff")
    assert (diff["against"], diff["counts"]) == (None, {"table_added": 11})
    fill(shelf.engine, ["drop table sales.deals"])
    later = await door.ask("POST", f"/catalogs/{catalog}/scans", 202, json={"whole": True})
    await ended(door, catalog, later["id"])
    diff = await door.ask("GET", f"/catalogs/{catalog}/scans/{later['id']}/diff")
    assert (diff["against"], diff["counts"]) == (scan["id"], {"table_removed": 1})
    listed = await door.ask("GET", f"/catalogs/{catalog}/scans")
    assert [each["id"] for each in listed["items"]] == [later["id"], scan["id"]]
    refused = await door.ask("POST", f"/catalogs/{catalog}/scans/{later['id']}/cancel", 409)
    assert refused["code"] == "scan_finished"

    messages = [each async for each in told(linked)]
    states = [each.payload["status"] for each in messages if each.payload["scan_id"] == scan["id"]]
    assert states[0] == "queued"
    assert states[-1] == "succeeded"
    assert "running" in states


@pytest.fixture
async def catalog(library: Library, shelf: Shelf) -> UUID:
    """A scanned catalog with words."""
    made = await library.catalog(shelf.key, **CONTENT)
    await library.scanned(made)
    return made


@postgresql
async def test_tables_are_found_by_names_comments_and_words(door: Door, catalog: UUID) -> None:
    page = await door.ask("GET", f"/catalogs/{catalog}/tables", params={"limit": 5})
    rest = await door.ask("GET", f"/catalogs/{catalog}/tables", params={"limit": 500, "cursor": page["next_cursor"]})
    paths = [each["path"] for each in (*page["items"], *rest["items"])]
    assert paths == sorted(paths)
    assert len(set(paths)) == 11

    async def found(**how: Any) -> list[str]:
        answer = await door.ask("GET", f"/catalogs/{catalog}/tables", params=how)
        return [each["path"] for each in answer["items"]]

    assert await found(q="주문서") == ["public.orders"], "by a synonym"
    assert await found(q="TURNover") == ["public.orders"], "by a column's synonym"
    assert await found(q="with tax") == ["public.orders"], "by a column's comment"
    assert await found(q="열 이름") == [ODD_PATH], "by a column's name"
    assert await found(q="_%") == [], "signs are signs"
    assert await found(kind="view") == ["public.big_orders"]
    assert await found(problem=True) == []


@postgresql
async def test_one_table(door: Door, catalog: UUID) -> None:
    orders = await door.ask("GET", f"/catalogs/{catalog}/tables/public.orders")
    assert orders["description"] == {"en": "Sales", "ko": "판매"}
    columns = {each["name"]: each for each in orders["structure"]["columns"]}
    assert columns["total"]["synonyms"]["en"] == ["turnover"]
    assert columns["total"]["comment"] == "With tax"
    assert columns["parent_id"]["references"] == ["public.orders"]
    assert [each["table"] for each in orders["structure"]["referenced_by"]] == ["public.orders"]
    customers = await door.ask("GET", f"/catalogs/{catalog}/tables/public.customers")
    assert {each["table"] for each in customers["structure"]["referenced_by"]} == {"public.orders", "sales.deals"}
    assert [each["masked"] for each in customers["samples"]["columns"]] == [None, "name", None]
    odd = await door.ask("GET", f"/catalogs/{catalog}/tables/{quote(ODD_PATH, safe='')}")
    assert odd["name"] == ODD
    assert (await door.ask("GET", f"/catalogs/{catalog}/tables/nothing", 404))["code"] == "catalog_table_not_found"


@postgresql
async def test_the_diagram(door: Door, catalog: UUID) -> None:
    drawn = await door.ask("GET", f"/catalogs/{catalog}/diagram", params={"tables": ["sales.deals", "gone"]})
    assert [(each["path"], each["chosen"]) for each in drawn["tables"]] == [
        ("sales.deals", True),
        ("public.customers", False),
    ]
    assert [(each["source"], each["target"]) for each in drawn["edges"]] == [("sales.deals", "public.customers")]
    assert (drawn["missing"], drawn["truncated"]) == (["gone"], False)
    some = await door.ask("GET", f"/catalogs/{catalog}/diagram", params={"limit": 2})
    assert (len(some["tables"]), some["truncated"]) == (2, True)


async def told(linked: Linked) -> AsyncIterator[Any]:
    """What was said on the topic so far."""
    async with asyncio.timeout(20):
        async for each in linked.core.hub.follow(linked.tenant.id, frozenset({"catalogs"}), START):
            if each is None:
                return
            yield each
            if each.payload["status"] == "succeeded" and each.payload["tables_total"] == 10:
                return


@postgresql
async def test_questions_are_given_what_is_published_and_enabled(
    library: Library, linked: Linked, shelf: Shelf
) -> None:
    words = {"public.orders": {"description": {"ko": "판매"}}, "public.select": {"enabled": False}}
    catalog = await library.catalog(shelf.key, "Shop", tables=words)
    await library.catalog(shelf.key, "Not published", publish=False)
    await library.scanned(catalog)
    async with linked.core.db.transaction(linked.tenant.scope) as session:
        [spoken] = await service.vocabulary(session, linked.tenant.scope)
    assert (spoken.catalog, spoken.connection) == ("shop", shelf.key)
    tables = {table.path: table for table in spoken.tables}
    assert "public.select" not in tables
    assert tables["public.orders"].description.ko == "판매"
    assert [key.target for key in tables["sales.deals"].foreign_keys] == ["public.customers"]


@postgresql
async def test_who_may(client: httpx2.AsyncClient, library: Library, linked: Linked, shelf: Shelf) -> None:
    catalog = await library.catalog(shelf.key)
    viewer, operator = (Door(client, linked.tenant.as_role(role)) for role in (Role.VIEWER, Role.OPERATOR))
    assert (await viewer.ask("GET", f"/catalogs/{catalog}/tables", 403))["code"] == "permission_missing"
    assert (await operator.ask("GET", f"/catalogs/{catalog}/tables"))["items"] == []
    await operator.ask("POST", f"/catalogs/{catalog}/scans", 403, json={})


@postgresql
async def test_a_catalog_links_to_its_connection(door: Door, library: Library, shelf: Shelf) -> None:
    catalog = await library.catalog(shelf.key)
    links = await door.ask("GET", f"/assets/{catalog}/links")
    assert [(each["kind"], each["key"], each["role"]) for each in links["uses"]] == [
        ("connection", shelf.key, "describes")
    ]


@postgresql
async def test_an_archived_catalog_is_not_scanned(door: Door, library: Library, linked: Linked, shelf: Shelf) -> None:
    catalog = await library.catalog(shelf.key)
    waiting = await library.start(catalog)
    await door.ask("POST", f"/assets/{catalog}/archive", json={})
    assert (await library.run(catalog, waiting)).status == "cancelled"
    assert (await door.ask("POST", f"/catalogs/{catalog}/scans", 409, json={}))["code"] == "archived"


async def test_content_that_is_not_a_catalog(door: Door) -> None:
    bad = {"connection": "shop", "samples": {"rows": 0}, "tables": {"a.b": {"synonym": {}}}, "include": [""]}
    answer = await door.ask("POST", "/assets", 422, json={"kind": "catalog", "name": "Bad", "content": bad})
    assert {each["pointer"] for each in answer["errors"]} == {"/samples/rows", "/tables/a.b/synonym", "/include/0"}


@postgresql
async def test_a_builtin_tool_finds_tables_by_peoples_words(library: Library, linked: Linked, shelf: Shelf) -> None:
    words = {
        "public.orders": {"synonyms": {"ko": ["매출"]}, "columns": {"customer_id": {"enabled": False}}},
        "public.customers": {"enabled": False},
    }
    await library.scanned(await library.catalog(shelf.key, tables=words))
    builtin = linked.core.part(Builtins).find("data_search")
    assert builtin is not None
    found: Any = await builtin.run(linked.tenant.scope, {"words": ["매출", "nickname"]})
    [catalog] = found["catalogs"]
    assert catalog["connection"] == shelf.key
    assert [each["path"] for each in catalog["tables"]] == ["public.orders"]
    assert "customer_id" not in {each["name"] for each in catalog["tables"][0]["columns"]}
    jsonschema_rs.validate(builtin.output_schema or {}, found)
    nothing: Any = await builtin.run(linked.tenant.scope, {"words": ["no such word"]})
    assert nothing == {"catalogs": []}
