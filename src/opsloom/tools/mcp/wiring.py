"""Puts the Model Context Protocol together for one process; the composition root calls it after tools and connections."""

from collections.abc import Sequence
from typing import Any, Final

from opsloom.connections.service import Connections
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task
from opsloom.tools.mcp import importing
from opsloom.tools.mcp.present import Offer
from opsloom.tools.mcp.remote import Remotes
from opsloom.tools.mcp.runner import McpRunner
from opsloom.tools.mcp.server import McpServer
from opsloom.tools.runners import Runners
from opsloom.tools.service import CalledFrom, Tools


class ToolShelf:
    """The tools as the server offers them."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def offers(self, scope: Scope) -> Sequence[Offer]:
        """Everything the caller may run, by key."""
        return [
            Offer(
                key=tool.key,
                title=tool.name,
                description=tool.content.description,
                when_to_use=tool.content.when_to_use,
                input_schema=tool.content.input_schema,
                output_schema=tool.content.output_schema,
                capabilities=frozenset(each.value for each in tool.content.capabilities),
            )
            for tool in await self._tools.offers(scope)
        ]

    async def call(self, scope: Scope, key: str, arguments: dict[str, Any]) -> Any:
        """Through the same executor as everybody."""
        return (await self._tools.run(scope, key, arguments, caller=CalledFrom.MCP)).content


def install(core: Core) -> None:
    """Make the parts, to be found by their class."""
    remotes = core.parts[Remotes] = Remotes(core.part(Connections))
    core.part(Runners).add(McpRunner(core, remotes))
    core.parts[McpServer] = McpServer(ToolShelf(core.part(Tools)))


async def look_again(core: Core) -> None:
    """Compare the imported tools of every tenant with what their servers show now."""
    for tenant_id in await core.db.tenant_ids():
        await importing.look_again(core, tenant_id)


LOOK_AGAIN: Final = Task("tools.look_again", look_again)
TASKS: Final = (LOOK_AGAIN,)
SCHEDULES: Final = (Schedule("41 * * * *", LOOK_AGAIN),)
