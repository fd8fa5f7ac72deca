"""Tools of other MCP servers, called through a connection of type http.

The official client speaks; under it lies a transport that hands every request to the connection, so that its address check,
credentials, limits, breaker and deadline hold for this protocol as for any other. A conversation lasts one call.

What a tool looks like (name, text, schemas) is pinned by a hash. A server that changes a tool after somebody looked at it could
make a model do something else ("rug pull"), so a tool whose hash differs is refused until a person has taken the new one.
"""

import time
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx2
import orjson

from opsloom.assets.service import content_hash
from opsloom.connections.service import Connections, HttpCall
from opsloom.identity.scope import Scope
from opsloom.infra.telemetry import get_logger
from opsloom.kit.errors import OpsloomError, ToolFailed
from opsloom.tools.errors import RemoteToolChanged, RemoteToolGone

if TYPE_CHECKING:
    from mcp.client import Client
    from mcp.types import CallToolResult, Tool

_BASE: Final = "http://connection.invalid"
_HOP: Final = frozenset(
    {"host", "content-length", "connection", "transfer-encoding", "accept-encoding", "authorization"}
)
_MOST_TOOLS: Final = 1_000
_LOOKED_S: Final = 60.0
_KEPT: Final = 1_000
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """An MCP endpoint: a connection's key and the path below its address."""

    connection: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class RemoteTool:
    """A tool as its server shows it; `hash` pins all that a model or a person goes by."""

    name: str
    title: str
    description: str
    input_schema: dict[str, Any]
    output_schema: dict[str, Any] | None
    read_only: bool
    destructive: bool
    idempotent: bool
    open_world: bool

    @property
    def hash(self) -> str:
        return content_hash(
            {
                "name": self.name,
                "description": self.description,
                "input_schema": self.input_schema,
                "output_schema": self.output_schema,
            }
        )


class Remotes:
    """Talks to MCP servers; remembers for a minute what their tools looked like."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._looked: OrderedDict[tuple[object, Place, str], tuple[float, str]] = OrderedDict()

    async def tools(self, scope: Scope, place: Place) -> list[RemoteTool]:
        """Everything the server offers. Raises ToolFailed and what connections raise."""
        async with self._client(scope, place) as client:
            return await _listed(client)

    async def call(self, scope: Scope, place: Place, name: str, pinned: str, arguments: dict[str, Any]) -> Any:
        """Run a tool that still looks as pinned. Raises RemoteToolChanged, RemoteToolGone, ToolFailed."""
        async with self._client(scope, place) as client:
            await self._look(scope, place, name, pinned, client)
            return _value(name, await client.call_tool(name, arguments))

    async def _look(self, scope: Scope, place: Place, name: str, pinned: str, client: "Client") -> None:
        known = self._looked.get((scope.tenant_id, place, name))
        now = time.monotonic()
        if known is None or known[0] <= now or known[1] != pinned:
            found = next((tool for tool in await _listed(client) if tool.name == name), None)
            if found is None:
                raise RemoteToolGone(
                    f"The server no longer offers “{name}”.", hint="Archive the tool, or import another."
                )
            known = self._looked[scope.tenant_id, place, name] = (now + _LOOKED_S, found.hash)
            while len(self._looked) > _KEPT:
                self._looked.popitem(last=False)
        if known[1] != pinned:
            raise RemoteToolChanged(
                f"The server's “{name}” is not what was imported: its description or schema has changed.",
                hint="Look at the change and take it over (re-pin), or keep the tool out of use.",
            )

    @asynccontextmanager
    async def _client(self, scope: Scope, place: Place) -> AsyncIterator["Client"]:
        from mcp.client import Client
        from mcp.client.streamable_http import streamable_http_client
        from mcp.shared.exceptions import MCPError

        carrier = _Carrier(self._connections, scope, place)
        try:
            # No answer is taken from the SDK's cache: it would outlive the connection's own rules.
            async with (
                httpx2.AsyncClient(transport=carrier, base_url=_BASE, timeout=None) as http,
                Client(streamable_http_client(_BASE, http_client=http), cache=None) as client,
            ):
                yield client
        except MCPError as error:
            raise carrier.failure or ToolFailed(f"The MCP server refused: {error}") from error
        except BaseExceptionGroup as group:
            raise carrier.failure or _first(group) from group


async def _listed(client: "Client") -> list[RemoteTool]:
    found: list[RemoteTool] = []
    cursor: str | None = None
    while True:
        page = await client.list_tools(cursor=cursor)
        found += [_read(tool) for tool in page.tools]
        cursor = page.next_cursor
        if cursor is None:
            return found
        if len(found) >= _MOST_TOOLS:
            raise ToolFailed(
                f"The MCP server offers more than {_MOST_TOOLS:,} tools.", hint="Narrow it by its own means."
            )


def _read(tool: "Tool") -> RemoteTool:
    hints = tool.annotations
    read_only = bool(hints and hints.read_only_hint)
    return RemoteTool(
        name=tool.name,
        title=tool.title or tool.name,
        description=tool.description or "",
        input_schema=dict(tool.input_schema),
        output_schema=dict(tool.output_schema) if tool.output_schema is not None else None,
        read_only=read_only,
        # What says nothing about itself is taken for the worst, as the protocol asks.
        destructive=not read_only and (hints is None or hints.destructive_hint is not False),
        idempotent=bool(hints and hints.idempotent_hint),
        open_world=hints is None or hints.open_world_hint is not False,
    )


def _value(name: str, result: "CallToolResult") -> Any:
    texts = [block.text for block in result.content if block.type == "text"]
    if result.is_error:
        raise ToolFailed(f"“{name}” failed: {' '.join(texts)[:2_000] or 'the server gave no reason'}")
    if result.structured_content is not None:
        return result.structured_content
    others = [block.type for block in result.content if block.type != "text"]
    if others:
        raise ToolFailed(f"“{name}” answered with {others[0]} content, which cannot be used here.")
    joined = "\n".join(texts)
    try:
        return orjson.loads(joined)
    except orjson.JSONDecodeError:
        return joined


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The cause inside the SDK's task groups."""
    inner: BaseException = group
    while isinstance(inner, BaseExceptionGroup):
        inner = inner.exceptions[0]
    if isinstance(inner, OpsloomError) or not isinstance(inner, Exception):
        return inner
    _log.warning("mcp.remote_failed", error=repr(inner)[:300])
    return ToolFailed("The MCP server did not keep to the protocol.")


class _Carrier(httpx2.AsyncBaseTransport):
    """Hands the SDK's requests to a connection. `failure` is why the last one could not be carried."""

    def __init__(self, connections: Connections, scope: Scope, place: Place) -> None:
        self._connections = connections
        self._scope = scope
        self._place = place
        self.failure: OpsloomError | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":  # a stream for messages outside a call: nothing here listens to one
            return httpx2.Response(405, request=request)
        call = HttpCall(
            method=request.method,
            path=self._place.path,
            headers={name: value for name, value in request.headers.items() if name.lower() not in _HOP},
            body=await request.aread(),
        )
        try:
            answer = await self._connections.call(self._scope, self._place.connection, call)
        except OpsloomError as error:
            self.failure = error
            raise
        return httpx2.Response(answer.status, headers=dict(answer.headers), content=answer.body, request=request)
