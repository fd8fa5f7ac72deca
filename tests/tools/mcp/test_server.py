"""`/mcp` as the official client sees it: who may come in, what is listed and searched, results and refusals."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import orjson
import pytest
import pytest_asyncio
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from fixtures.tenants import TestTenant
from opsloom.app import create_app
from opsloom.composition import record_denial
from opsloom.health import Readiness
from opsloom.identity.permissions import Role
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import InvalidInput
from opsloom.tools.mcp.present import MOST_LISTED, Offer
from opsloom.tools.mcp.server import McpServer, router

URL = "http://opsloom.test/mcp"
CALL = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
ACCEPT = {"accept": "application/json, text/event-stream"}


class Shelf:
    """So many tools that say who calls them."""

    def __init__(self, count: int = 2) -> None:
        self.count = count

    async def offers(self, scope: Scope) -> Sequence[Offer]:
        del scope
        whoami = Offer("whoami", "Who am I", "Says who calls.", "", {"properties": {}}, None, frozenset({"read_only"}))
        rest = [
            Offer(f"disk-{number}", f"Disk {number}", f"How full disk {number} is.", "", {}, None, frozenset())
            for number in range(1, self.count)
        ]
        return [whoami, *rest]

    async def call(self, scope: Scope, key: str, arguments: dict[str, Any]) -> Any:
        if key == "whoami":
            return {"tenant": str(scope.tenant_id), "actor": scope.actor.name, "arguments": arguments}
        raise InvalidInput("That disk is gone.", hint="Use disk-1.")


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest_asyncio.fixture(loop_scope="session")
async def http(core: Core, shelf: Shelf) -> AsyncIterator[httpx2.AsyncClient]:
    """The application with these tools on its shelf."""
    before = core.parts.get(McpServer)
    server = core.parts[McpServer] = McpServer(shelf)
    app = create_app(core, [router], Readiness(), record_denial)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=("127.0.0.1", 40000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://opsloom.test") as made:
        yield made
    await server.close()
    core.parts.pop(McpServer)
    if before is not None:
        core.parts[McpServer] = before


@asynccontextmanager
async def session(http: httpx2.AsyncClient, tenant: TestTenant, mode: str = "auto") -> AsyncIterator[Client]:
    http.headers.update(tenant.headers)
    async with Client(streamable_http_client(URL, http_client=http), mode=mode) as client:
        yield client


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_official_client_lists_and_calls(http: httpx2.AsyncClient, tenant: TestTenant, mode: str) -> None:
    async with session(http, tenant, mode) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == ["whoami", "disk-1"]
        answer = await client.call_tool("whoami", {"tenant": "another"})
    said = orjson.loads(answer.content[0].text)  # type: ignore[union-attr]
    assert not answer.is_error
    assert said == {
        "tenant": str(tenant.id),
        "actor": "owner key",
        "arguments": {"tenant": "another"},
    }


async def test_a_refusal_is_something_the_model_can_read(http: httpx2.AsyncClient, tenant: TestTenant) -> None:
    async with session(http, tenant) as client:
        gone = await client.call_tool("disk-1", {})
        unknown = await client.call_tool("disk-99", {})
    assert gone.is_error
    assert gone.content[0].text == "The input is not valid: That disk is gone. [invalid_input]\nUse disk-1."  # type: ignore[union-attr]
    assert unknown.is_error
    assert "disk-99" in unknown.content[0].text  # type: ignore[union-attr]


async def test_too_many_tools_are_searched(http: httpx2.AsyncClient, tenant: TestTenant, shelf: Shelf) -> None:
    shelf.count = MOST_LISTED + 1
    async with session(http, tenant) as client:
        assert [tool.name for tool in (await client.list_tools()).tools] == ["search_tools", "run_tool"]
        found = await client.call_tool("search_tools", {"query": "who am I"})
        named = orjson.loads(found.content[0].text)[0]["name"]  # type: ignore[union-attr]
        ran = await client.call_tool("run_tool", {"name": named, "arguments": {}})
        wrong = await client.call_tool("run_tool", {"name": named, "arguments": "none"})
    assert named == "whoami"
    assert orjson.loads(ran.content[0].text)["tenant"] == str(tenant.scope.tenant_id)  # type: ignore[union-attr]
    assert wrong.is_error


async def test_nobody_comes_in_without_a_credential(http: httpx2.AsyncClient) -> None:
    for headers in ({}, {"cookie": "opsloom_session=x"}, {"authorization": "Bearer x"}, {"x-api-key": "x"}):
        answer = await http.post("/mcp", json=CALL, headers=ACCEPT | headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_session_cookie_is_no_way_in(http: httpx2.AsyncClient, tenant: TestTenant) -> None:
    key = tenant.headers["X-API-Key"]
    answer = await http.post("/mcp", json=CALL, headers=ACCEPT | {"cookie": f"opsloom_session={key}"})
    assert answer.status_code == 401


async def test_somebody_without_the_permission_is_refused(http: httpx2.AsyncClient, tenant: TestTenant) -> None:
    answer = await http.post("/mcp", json=CALL, headers=ACCEPT | tenant.as_role(Role.VIEWER))
    assert answer.status_code == 403
    assert answer.json()["code"] == "permission_missing"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"jsonrpc": "2.0", "id": 1, "method": 7}', b"\xff\xfe"])
async def test_a_broken_message_is_the_clients_fault(http: httpx2.AsyncClient, tenant: TestTenant, body: bytes) -> None:
    headers = ACCEPT | tenant.headers | {"content-type": "application/json"}
    answer = await http.post("/mcp", content=body, headers=headers)
    assert 400 <= answer.status_code < 500
