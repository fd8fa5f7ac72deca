"""HTTP of importing tools from other MCP servers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from opsloom.identity.access import Caller, allowed, core_of
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.tools.mcp import importing
from opsloom.tools.mcp.importing import Looked, Taken
from opsloom.tools.mcp.remote import Place
from opsloom.tools.mcp.schemas import (
    McpPlace,
    McpTake,
    PinShown,
    RemoteToolShown,
    RemoteToolsShown,
    TakenListShown,
    TakenShown,
)

router = APIRouter(prefix="/api/v1", tags=["tools"])

CoreOf = Annotated[Core, Depends(core_of)]
Importing = Annotated[Caller, Depends(allowed(Permission.TOOLS_WRITE, Permission.CONNECTIONS_READ))]


@router.post("/imports/mcp")
async def list_mcp_tools(caller: Importing, core: CoreOf, place: McpPlace) -> RemoteToolsShown:
    """Ask an MCP server what it offers; nothing is stored."""
    found = await importing.look(core, caller.scope, Place(place.connection, place.path))
    return RemoteToolsShown(items=[_looked(Place(place.connection, place.path), each) for each in found])


@router.post("/imports/mcp/apply")
async def import_mcp_tools(caller: Importing, core: CoreOf, request: McpTake) -> TakenListShown:
    """Make tools of the chosen ones, each pinned to what it looks like now. One that fails hides no other."""
    place = Place(request.connection, request.path)
    taken = await importing.take(core, caller.scope, place, request.tools, publish=request.publish)
    return TakenListShown(items=[_taken(each) for each in taken])


@router.post("/tools/{asset_id}/pin")
async def pin_mcp_tool(caller: Importing, core: CoreOf, asset_id: UUID) -> PinShown:
    """Put into the draft what the server shows now; publish it to use the tool again."""
    asset, changed = await importing.repin(core, caller.scope, asset_id)
    return PinShown(asset_id=asset.id, revision=asset.draft_revision, changed=changed)


def _looked(place: Place, found: Looked) -> RemoteToolShown:
    tool, asset = found.tool, found.asset
    return RemoteToolShown(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.input_schema,
        output_schema=tool.output_schema,
        capabilities=importing.content_of(place, tool).capabilities,
        schema_hash=tool.hash,
        asset_id=asset.id if asset else None,
        asset_key=asset.slug if asset else None,
        changed=found.changed,
    )


def _taken(taken: Taken) -> TakenShown:
    asset, error = taken.asset, taken.error
    return TakenShown(
        name=taken.name,
        asset_id=asset.id if asset else None,
        key=asset.slug if asset else None,
        published_version=asset.published_version if asset else None,
        code=error.code if error else None,
        error=error.message if error else None,
    )
