"""`/mcp`: the tools that the caller may use, over the Model Context Protocol's streamable HTTP.

Stateless: every request stands alone and may reach any process. Who calls is proven before the protocol's own code sees the
request (bearer token or API key; never a cookie, so that no page can make a browser call), and travels beside it: no tool
takes an identity as an argument. The protocol's package is imported with the first request, for it costs a second and memory.
"""

from __future__ import annotations  # what the package brings is imported late, and only named here

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from fastapi import APIRouter, Request
from fastapi.security import HTTPAuthorizationCredentials
from starlette.routing import Route
from starlette.types import Receive, Send
from starlette.types import Scope as AsgiScope

from opsloom import __version__
from opsloom.identity import access
from opsloom.identity.errors import PermissionMissing
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.telemetry import get_logger
from opsloom.kit.errors import OpsloomError
from opsloom.tools.mcp.present import (
    MOST_LISTED,
    RUN,
    SEARCH,
    Offer,
    as_tool,
    failed,
    named,
    refused,
    search,
    succeeded,
)

if TYPE_CHECKING:
    from mcp.server import ServerRequestContext
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
    from mcp.types import CallToolRequestParams, CallToolResult, ListToolsResult, PaginatedRequestParams

PATH: Final = "/mcp"
_CALLER: Final = "opsloom.caller"
_log = get_logger(__name__)


class Shelf(Protocol):
    """Where the tools are."""

    async def offers(self, scope: Scope) -> Sequence[Offer]:
        """Published tools that this caller may run, in a fixed order."""
        ...

    async def call(self, scope: Scope, key: str, arguments: dict[str, Any]) -> Any:
        """Run one; its value. Raises OpsloomError."""
        ...


class McpServer:
    """Component. The SDK's session manager lives from the first request to the end of the process."""

    name = "tools.mcp"

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._manager: StreamableHTTPSessionManager | None = None
        self._starting = asyncio.Lock()
        self._ended = asyncio.Event()
        self._life: asyncio.Task[None] | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Wait for the end, then let the manager go."""
        await stop.wait()
        await self.close()

    async def close(self) -> None:
        """End what the first request began."""
        self._ended.set()
        if self._life is not None:
            await self._life

    async def serve(self, asgi: AsgiScope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises SignInRequired, CredentialInvalid, PermissionMissing."""
        asgi[_CALLER] = await self._proven(Request(asgi, receive))
        await (await self._started()).handle_request(asgi, receive, send)

    async def _proven(self, request: Request) -> Scope:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        bearer = None
        if kind.lower() == "bearer" and token.strip():
            bearer = HTTPAuthorizationCredentials(scheme="Bearer", credentials=token.strip())
        caller = await access.authenticated(request, bearer, request.headers.get("x-api-key"), None)
        if not caller.scope.allows(Permission.TOOLS_RUN):
            raise PermissionMissing(
                f"This needs the permission {Permission.TOOLS_RUN.value}.",
                hint="Ask an administrator for a role or key that has it.",
            )
        return caller.scope

    async def _started(self) -> StreamableHTTPSessionManager:
        async with self._starting:
            if self._manager is None:
                manager = await asyncio.to_thread(self._make)
                ready = asyncio.Event()
                self._life = asyncio.create_task(self._live(manager, ready), name=self.name)
                await ready.wait()
                self._manager = manager
            return self._manager

    async def _live(self, manager: StreamableHTTPSessionManager, ready: asyncio.Event) -> None:
        async with manager.run():
            ready.set()
            await self._ended.wait()

    def _make(self) -> StreamableHTTPSessionManager:
        from mcp.server import Server
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        server: Server[Any] = Server(
            "opsloom",
            version=__version__,
            title="Opsloom",
            instructions="Tools of an operations workbench. Answers come from the tenant's own data, with the caller's rights.",
            on_list_tools=self._list,
            on_call_tool=self._call,
        )
        return StreamableHTTPSessionManager(server, json_response=True, stateless=True)

    async def _list(self, ctx: ServerRequestContext[Any], params: PaginatedRequestParams | None) -> ListToolsResult:
        from mcp.types import ListToolsResult

        del params  # one page: what is more than a page is searched
        offers = await self._shelf.offers(_scope_of(ctx))
        shown = offers if len(offers) <= MOST_LISTED else (SEARCH, RUN)
        return ListToolsResult(tools=[as_tool(offer) for offer in shown])

    async def _call(self, ctx: ServerRequestContext[Any], params: CallToolRequestParams) -> CallToolResult:
        scope, arguments = _scope_of(ctx), dict(params.arguments or {})
        offers = await self._shelf.offers(scope)
        name = params.name
        if len(offers) > MOST_LISTED and name == SEARCH.key:
            return succeeded(search(offers, str(arguments.get("query", ""))), SEARCH)
        if len(offers) > MOST_LISTED and name == RUN.key:
            inner = arguments.get("arguments", {})
            if not isinstance(inner, dict):
                return refused("`arguments` must be an object.", "Send the tool's arguments as a JSON object.")
            name, arguments = str(arguments.get("name", "")), inner
        offer = named(offers, name)
        if offer is None:
            return refused(f"There is no tool “{name}” for this caller.", "List or search the tools again.")
        try:
            return succeeded(await self._shelf.call(scope, offer.key, arguments), offer)
        except OpsloomError as error:
            if error.status >= 500:
                _log.warning("mcp.call_failed", tool=offer.key, code=error.code, error=str(error))
            return failed(error)


def _scope_of(ctx: ServerRequestContext[Any]) -> Scope:
    assert ctx.request is not None, "every message comes with its HTTP request"
    scope: Scope = ctx.request.scope[_CALLER]
    return scope


class _Endpoint:
    """The application at `/mcp`; a class, so that the framework hands over the raw request."""

    async def __call__(self, asgi: AsgiScope, receive: Receive, send: Send) -> None:
        core: Core = asgi["app"].state.core
        await core.part(McpServer).serve(asgi, receive, send)


router = APIRouter()
router.routes.append(
    # Nothing is sent without being asked and there are no sessions to end: GET and DELETE are not served.
    Route(PATH, endpoint=_Endpoint(), methods=["POST"], name="mcp", include_in_schema=False)
)
