"""Connections and the vault over HTTP: health, tests, browsing, safety, types; who may; what is told."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from fixtures.linked import Linked
from fixtures.shops import OWNER_PASSWORD, Shop
from fixtures.tenants import TestTenant
from opsloom import composition
from opsloom.app import create_app
from opsloom.connections import vault
from opsloom.health import Readiness
from opsloom.identity.permissions import Role
from opsloom.infra.core import Core
from opsloom.infra.secrets import Secrets

SERVERS = ["postgresql", "mysql"]
Answer = httpx2.Response


class Door:
    """A tenant's owner at the API."""

    def __init__(self, client: httpx2.AsyncClient, linked: Linked) -> None:
        self.client = client
        self.linked = linked

    async def ask(self, method: str, path: str, body: Any = None, role: Role = Role.OWNER) -> Answer:
        headers = self.linked.tenant.as_role(role)
        return await self.client.request(method, f"/api/v1{path}", json=body, headers=headers)

    async def made(self, name: str, config: dict[str, Any], **limits: float) -> str:
        """A published connection's id, made through the API."""
        content = {"config": config, "limits": limits}
        answer = await self.ask("POST", "/assets", {"kind": "connection", "name": name, "content": content})
        assert answer.status_code == 201, answer.text
        published = await self.ask("POST", f"/assets/{answer.json()['id']}/publish", {})
        assert published.status_code == 200, published.text
        return str(answer.json()["id"])


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def linked_client(linked_process: Core) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(linked_process, composition.routers(), Readiness(), composition.record_denial)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=("127.0.0.1", 40002))
    async with httpx2.AsyncClient(transport=transport, base_url="http://opsloom.test") as made:
        yield made


@pytest.fixture
def door(linked_client: httpx2.AsyncClient, linked: Linked) -> Door:
    return Door(linked_client, linked)


@pytest.mark.parametrize("shop", ["postgresql", "mysql", "sqlite", "duckdb"], indirect=True)
async def test_a_connection_from_draft_to_health(door: Door, shop: Shop) -> None:
    asset_id = await door.made("Orders", shop.reader)
    [shown] = (await door.ask("GET", "/connections")).json()["items"]
    assert (shown["id"], shown["key"], shown["type"], shown["state"]) == (asset_id, "orders", shop.type, "published")
    assert (shown["last_test"], shown["breaker"], shown["pool"], shown["fault"]) == (None, None, None, None)
    tested = (await door.ask("POST", f"/connections/{asset_id}/test", {})).json()
    assert tested["ok"], tested
    schemas = (await door.ask("GET", f"/connections/{asset_id}/browse")).json()["items"]
    below = await door.ask("GET", f"/connections/{asset_id}/browse?path={schemas[0]['path']}")
    assert below.status_code == 200
    shown = (await door.ask("GET", f"/connections/{asset_id}")).json()
    assert shown["last_test"]["ok"]
    assert shown["pool"] == {"size": 4, "in_use": 0}
    assert shown["breaker"]["state"] == "closed"
    assert (await door.ask("GET", f"/connections?type={shop.type}&q=ord")).json()["items"] == [shown]
    assert (await door.ask("GET", "/connections?type=redis")).json()["items"] == []


@pytest.mark.parametrize("shop", SERVERS, indirect=True)
async def test_a_connection_is_tried_before_it_is_saved(door: Door, shop: Shop) -> None:
    config = shop.owner | {"password": {"secret": "not/yet"}}
    missing = await door.ask("POST", "/connections/test", {"config": config})
    assert (missing.status_code, missing.json()["code"]) == (409, "secret_missing")
    tried = await door.ask("POST", "/connections/test", {"config": config, "secrets": {"not/yet": OWNER_PASSWORD}})
    assert tried.json()["ok"], tried.text
    tried = await door.ask("POST", "/connections/test", {"config": config, "secrets": {"not/yet": "wrong"}})
    assert [step["ok"] for step in tried.json()["steps"]] == [True, True, False]
    assert (await door.ask("GET", "/secrets?q=not")).json()["items"] == [], "what was given for a test is not kept"


async def test_a_draft_is_tried_where_nothing_is_in_force(door: Door) -> None:
    content = {"config": {"type": "sqlite", "path": "missing.db"}}
    made = (await door.ask("POST", "/assets", {"kind": "connection", "name": "Draft", "content": content})).json()
    tried = (await door.ask("POST", f"/connections/{made['id']}/test")).json()
    assert [(step["name"], step["ok"]) for step in tried["steps"]] == [("open", False)]
    assert "missing.db" in tried["steps"][0]["detail"]
    refused = await door.ask("GET", f"/connections/{made['id']}/browse")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_published")


def layers(answer: Answer) -> dict[str, bool | None]:
    assert answer.status_code == 200, answer.text
    return {layer["name"]: layer["holds"] for layer in answer.json()["layers"]}


@pytest.mark.parametrize("shop", ["postgresql"], indirect=True)
async def test_safety_of_postgresql(door: Door, shop: Shop) -> None:
    reader = layers(await door.ask("GET", f"/connections/{await door.made('Reader', shop.reader)}/safety"))
    assert reader == {
        "not_superuser": True, "read_only_role": True, "read_only_transaction": True, "statement_timeout": True,
        "row_security": False, "encrypted": False, "session_refuses_writes": True, "role_refuses_writes": True,
        "time_limit_works": True,
    }  # fmt: skip
    owner = layers(await door.ask("GET", f"/connections/{await door.made('Owner', shop.owner)}/safety"))
    assert owner == reader | {"read_only_role": False, "role_refuses_writes": False}


@pytest.mark.parametrize("shop", ["mysql"], indirect=True)
async def test_safety_of_mariadb(door: Door, shop: Shop) -> None:
    reader = layers(await door.ask("GET", f"/connections/{await door.made('Reader', shop.reader)}/safety"))
    assert reader | {"encrypted": None} == {
        "not_superuser": True, "read_only_role": True, "no_files": True, "row_security": None, "encrypted": None,
        "session_refuses_writes": True, "role_refuses_writes": True, "time_limit_works": True,
    }  # fmt: skip
    owner = layers(await door.ask("GET", f"/connections/{await door.made('Owner', shop.owner)}/safety"))
    assert (owner["read_only_role"], owner["role_refuses_writes"], owner["session_refuses_writes"]) == (
        False,
        False,
        True,
    )


@pytest.mark.parametrize("shop", ["sqlite", "duckdb"], indirect=True)
async def test_safety_of_files(door: Door, shop: Shop) -> None:
    found = layers(await door.ask("GET", f"/connections/{await door.made('File', shop.reader)}/safety"))
    assert all(found.values()), found
    assert {"session_refuses_writes", "time_limit_works"} <= set(found)


async def test_the_types_are_described(door: Door) -> None:
    items = {each["type"]: each for each in (await door.ask("GET", "/connection-types")).json()["items"]}
    assert set(items) == {
        "postgresql",
        "mysql",
        "sqlite",
        "duckdb",
        "sqlalchemy",
        "http",
        "prometheus",
        "redis",
        "smtp",
        "model",
    }
    assert items["postgresql"]["secrets"] == ["/password"]
    assert set(items["http"]["secrets"]) == {"/auth/password", "/auth/token", "/auth/key", "/auth/client_secret"}
    assert items["postgresql"]["config_schema"]["required"] == ["host", "database", "user"]


async def test_the_vault(door: Door) -> None:
    made = await door.ask("PUT", "/secrets/orders/password", {"value": "first"})
    assert (made.status_code, made.json()["name"], made.json()["used_by"]) == (200, "orders/password", [])
    asset_id = await door.made(
        "Api",
        {
            "type": "http",
            "url": "https://a.example/",
            "auth": {"type": "bearer", "token": {"secret": "orders/password"}},
        },
    )
    [shown] = (await door.ask("GET", "/secrets")).json()["items"]
    assert [(each["id"], each["published"]) for each in shown["used_by"]] == [(asset_id, True)]
    refused = await door.ask("DELETE", "/secrets/orders/password")
    assert (refused.status_code, refused.json()["code"]) == (409, "secret_in_use")
    await door.ask("POST", f"/assets/{asset_id}/unpublish", {})
    assert (await door.ask("DELETE", "/secrets/orders/password")).status_code == 204
    gone = await door.ask("DELETE", "/secrets/orders/password")
    assert (gone.status_code, gone.json()["code"]) == (404, "secret_not_found")
    again = await door.ask("POST", f"/assets/{asset_id}/publish", {})
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/config/auth/token")


async def test_the_vault_knows_the_scripts_that_name_a_secret(door: Door) -> None:
    await door.ask("PUT", "/secrets/crm/token", {"value": "v"})
    code = "def main(params, input, ctx):\n    return 1\n"
    script = {"type": "script", "code": code, "secrets": ["crm/token"]}
    plain = {"type": "script", "code": code}
    node = {"type": "logic", "id": "ask", "logic": script}
    each = {"type": "map", "id": "each", "over": "[1]", "do": {"type": "logic", "id": "one", "logic": script}}
    logics = {
        "script": script,
        "workflow": {"type": "workflow", "nodes": [node], "edges": []},
        "inside-a-map": {"type": "workflow", "nodes": [each], "edges": []},
        "none": plain,
    }
    ids = {}
    for path, logic in logics.items():
        made = await door.ask("POST", "/apis", {"name": path, "path": path, "method": "POST", "logic": logic})
        assert made.status_code == 201, made.text
        ids[path] = made.json()["id"]
    assert (await door.ask("DELETE", "/secrets/crm/token")).status_code == 204, "drafts only: they do not run"
    await door.ask("PUT", "/secrets/crm/token", {"value": "v"})
    published = await door.ask("POST", f"/apis/{ids['script']}/publish", {})
    assert published.status_code == 200, published.text
    saved = await door.client.put(
        f"/api/v1/apis/{ids['script']}",
        json={"name": "script", "path": "script", "method": "POST", "logic": plain},
        headers=door.linked.tenant.headers | {"If-Match": '"1"'},
    )
    assert saved.status_code == 200, saved.text
    [shown] = (await door.ask("GET", "/secrets")).json()["items"]
    assert [(each["kind"], each["key"], each["published"]) for each in shown["used_by"]] == [
        ("api", "inside-a-map", False),
        ("api", "script", True),
        ("api", "workflow", False),
    ]
    refused = (await door.ask("DELETE", "/secrets/crm/token")).json()
    assert (refused["code"], refused["detail"]) == ("secret_in_use", "The api “script” needs this secret.")
    await door.ask("POST", f"/apis/{ids['script']}/unpublish", {})
    assert (await door.ask("DELETE", "/secrets/crm/token")).status_code == 204


async def test_two_tenants_may_use_one_name(door: Door, other_tenant: TestTenant) -> None:
    await door.ask("PUT", "/secrets/shared/name", {"value": "ours"})
    theirs = await door.client.put(
        "/api/v1/secrets/shared/name", json={"value": "theirs"}, headers=other_tenant.headers
    )
    assert (theirs.status_code, theirs.json()["updated_by"]) == (200, "owner key")
    async with door.linked.core.db.transaction(door.linked.tenant.scope) as session:
        found = await vault.reveal(session, door.linked.tenant.scope, door.linked.core.part(Secrets), ["shared/name"])
    assert found["shared/name"].reveal() == "ours"


@pytest.mark.parametrize("name", ["Upper", "a//b", "/a", "a/", "..", "a b", "é", "a" * 201, "-a", "a/%2e%2e/b"])
async def test_names_of_secrets_are_plain(door: Door, name: str) -> None:
    answer = await door.client.put(f"/api/v1/secrets/{name}", json={"value": "v"}, headers=door.linked.tenant.headers)
    assert answer.status_code in {404, 405, 422}
    assert (await door.ask("GET", "/secrets")).json()["items"] == []


async def test_who_may(door: Door) -> None:
    await door.ask("PUT", "/secrets/s", {"value": "v"})
    asset_id = await door.made("Api", {"type": "http", "url": "https://a.example/"})
    assert (await door.ask("GET", "/connections", role=Role.VIEWER)).status_code == 403
    assert (await door.ask("GET", "/secrets", role=Role.OPERATOR)).status_code == 200
    assert (await door.ask("GET", "/connections", role=Role.OPERATOR)).status_code == 200
    for method, path, body in (
        ("PUT", "/secrets/s", {"value": "w"}),
        ("DELETE", "/secrets/s", None),
        ("POST", "/connections/test", {"config": {"type": "http", "url": "https://a.example/"}}),
        ("POST", f"/connections/{asset_id}/test", {}),
        ("POST", f"/connections/{asset_id}/breaker/reset", None),
    ):
        answer = await door.ask(method, path, body, role=Role.OPERATOR)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing"), path


async def test_a_paused_connection_is_shown_and_can_be_reset(door: Door) -> None:
    asset_id = await door.made("Gone", {"type": "redis", "host": "127.0.0.1", "port": 1})
    for _ in range(5):
        assert (await door.ask("GET", f"/connections/{asset_id}/browse")).status_code == 503
    paused = await door.ask("GET", f"/connections/{asset_id}/browse")
    assert (paused.json()["code"], "retry-after" in paused.headers) == ("circuit_open", True)
    assert (await door.ask("GET", f"/connections/{asset_id}")).json()["breaker"]["state"] == "open"
    shown = (await door.ask("POST", f"/connections/{asset_id}/breaker/reset")).json()
    assert shown["breaker"]["state"] == "closed"
    lost = await door.ask("GET", f"/connections/{asset_id}/browse")
    assert lost.json()["code"] == "target_lost"


async def test_archived_and_foreign_connections_are_not_there(door: Door, other_tenant: TestTenant) -> None:
    asset_id = await door.made("Api", {"type": "http", "url": "https://a.example/"})
    foreign = await door.client.get(f"/api/v1/connections/{asset_id}", headers=other_tenant.headers)
    assert (foreign.status_code, foreign.json()["code"]) == (404, "connection_not_found")
    await door.ask("POST", f"/assets/{asset_id}/archive", {})
    assert (await door.ask("GET", f"/connections/{asset_id}")).status_code == 404
    assert (await door.ask("GET", "/connections")).json()["items"] == []
