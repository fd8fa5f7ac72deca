"""Runs tools of other MCP servers, and lets people know when one of them is no longer what was imported."""

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.tools.errors import RemoteToolChanged, RemoteToolGone
from opsloom.tools.kind import ToolKind
from opsloom.tools.mcp.remote import Place, Remotes
from opsloom.tools.published import InForce
from opsloom.tools.runners import ToolCall
from opsloom.tools.schemas import Json, McpLogic, ToolContent


class McpRunner:
    """The runner of logic of type mcp."""

    type = "mcp"

    def __init__(self, core: Core, remotes: Remotes) -> None:
        self._core = core
        self._remotes = remotes

    async def check(self, session: AsyncSession, scope: Scope, content: ToolContent) -> None:
        """The connection is in force; the server itself is asked at each run. Raises AssetNotFound, NotPublished."""
        del scope
        await assets.in_force(session, "connection", _logic(content).connection)

    def permits(self, scope: Scope, content: ToolContent) -> bool:
        """Whoever may run tools: the connection's credential, not the caller's, is what the server sees."""
        del scope, content
        return True

    async def run(self, call: ToolCall) -> Json:
        logic = _logic(call.content)
        place = Place(logic.connection, logic.path)
        try:
            return await self._remotes.call(call.scope, place, logic.tool, logic.schema_hash, dict(call.arguments))
        except (RemoteToolChanged, RemoteToolGone) as error:
            if call.asset_id is not None and call.version:
                tool = InForce(call.asset_id, call.key, call.name, call.version, call.content_hash, call.content)
                await note_fault(self._core, call.scope, tool, str(error))
            raise


async def note_fault(core: Core, scope: Scope, tool: InForce, cause: str | None) -> None:
    """Write down why a tool cannot be used, or that it can again."""
    assert tool.asset_id is not None
    async with core.db.transaction(Scope.system(scope.tenant_id, trace_id=scope.trace_id)) as session:
        asset = await assets.get(session, core.part(ToolKind), tool.asset_id)
        if cause is None:
            await assets.clear_fault(session, scope, asset)
        else:
            await assets.report_fault(session, scope, asset, tool.version, cause)


def _logic(content: ToolContent) -> McpLogic:
    assert isinstance(content.logic, McpLogic)
    return content.logic
