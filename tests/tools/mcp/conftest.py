"""A real MCP server on loopback, made with the official server package, whose tools a test can change."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest_asyncio
import uvicorn
from mcp.server import Server
from mcp.types import CallToolResult, ListToolsResult, TextContent, Tool, ToolAnnotations

from fixtures.linked import Linked, linked_core
from fixtures.tenants import make_tenant
from fixtures.waiting import until
from opsloom.infra.core import Core
from opsloom.infra.db.dsn import Dsn
from opsloom.settings import Settings


@dataclass
class Upstream:
    """`tools` is what it offers; `calls` what it was asked, with the headers it saw."""

    url: str = ""
    tools: list[Tool] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any], dict[str, str]]] = field(default_factory=list)
    hang: bool = False

    async def list(self, ctx: Any, params: Any) -> ListToolsResult:
        if self.hang:
            await asyncio.Event().wait()
        return ListToolsResult(tools=self.tools)

    async def call(self, ctx: Any, params: Any) -> CallToolResult:
        self.calls.append((params.name, dict(params.arguments or {}), dict(ctx.request.headers)))
        if params.name == "fail":
            return CallToolResult(content=[TextContent(type="text", text="the disk is gone")], is_error=True)
        if params.name == "picture":
            return CallToolResult(content=[], structured_content=None)
        text = TextContent(type="text", text='{"free": 12}')
        structured = {"free": 12} if params.name == "structured" else None
        return CallToolResult(content=[text], structured_content=structured)


def tool(name: str, description: str = "How full a disk is.", **more: Any) -> Tool:
    schema = {"type": "object", "properties": {"disk": {"type": "string"}}, "required": ["disk"]}
    return Tool(name=name, description=description, input_schema=schema, **more)


@pytest_asyncio.fixture(loop_scope="session")
async def upstream() -> AsyncIterator[Upstream]:
    made = Upstream()
    made.tools = [
        tool("disk", annotations=ToolAnnotations(read_only_hint=True)),
        tool("structured", output_schema={"type": "object", "properties": {"free": {"type": "number"}}}),
        tool("fail"),
    ]
    app = Server("disks", on_list_tools=made.list, on_call_tool=made.call).streamable_http_app(json_response=False)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none"))
    task = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    made.url = f"http://127.0.0.1:{port}"
    yield made
    server.should_exit = True
    server.force_exit = True
    await task


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def linked_process(core: Core, settings: Settings, app_dsn: Dsn) -> AsyncIterator[Core]:
    del core
    async with linked_core(settings, app_dsn) as made:
        yield made


@pytest_asyncio.fixture
async def linked(linked_process: Core) -> Linked:
    return Linked(linked_process, await make_tenant(linked_process))
