"""Taking tools over from other MCP servers: looking at what one offers, importing what was chosen, taking over a change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from opsloom.assets import service as assets
from opsloom.assets.service import Asset
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import InvalidInput, OpsloomError
from opsloom.tools.errors import RemoteToolGone, ToolRefused
from opsloom.tools.kind import ToolKind
from opsloom.tools.mcp.remote import Place, Remotes, RemoteTool
from opsloom.tools.mcp.runner import note_fault
from opsloom.tools.published import InForce, PublishedTools
from opsloom.tools.schemas import Capability, McpLogic, ToolContent

_MOST_TOOLS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Looked:
    """A tool on a server, and the asset that was made of it, if there is one."""

    tool: RemoteTool
    asset: Asset | None
    pinned: str | None

    @property
    def changed(self) -> bool:
        """It was imported, and looks different now."""
        return self.pinned is not None and self.pinned != self.tool.hash


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one chosen tool."""

    name: str
    asset: Asset | None = None
    error: OpsloomError | None = None


async def look(core: Core, scope: Scope, place: Place) -> list[Looked]:
    """What the server offers now. Raises what the connection raises, ToolFailed."""
    tools = await core.part(Remotes).tools(scope, place)
    known = await _imported(core, scope, place)
    return [Looked(tool, *known.get(tool.name, (None, None))) for tool in tools]


async def take(core: Core, scope: Scope, place: Place, names: Sequence[str], *, publish: bool) -> list[Taken]:
    """Make a tool of each; each stands alone, so one that cannot be made hides no other."""
    offered = {tool.name: tool for tool in await core.part(Remotes).tools(scope, place)}
    return [await _taken(core, scope, place, name, offered.get(name), publish=publish) for name in dict.fromkeys(names)]


async def repin(core: Core, scope: Scope, asset_id: UUID) -> tuple[Asset, bool]:
    """Put what the server shows now into the draft; somebody publishes it. Tells whether anything was different."""
    kind = core.part(ToolKind)
    tool = await _pinned(core, scope, asset_id)
    assert isinstance(tool.logic, McpLogic)
    logic = tool.logic
    offered = await core.part(Remotes).tools(scope, Place(logic.connection, logic.path))
    found = next((each for each in offered if each.name == logic.tool), None)
    if found is None:
        raise RemoteToolGone(f"The server no longer offers “{logic.tool}”.", hint="Archive the tool.")
    async with core.db.transaction(scope) as session:
        asset = await assets.get(session, kind, asset_id)
        if found.hash == logic.schema_hash:
            return asset, False
        fresh = content_of(Place(logic.connection, logic.path), found).model_copy(
            update={"when_to_use": tool.when_to_use, "limits": tool.limits}
        )
        change = (asset.name, fresh.model_dump(mode="json"))
        return await assets.save_draft(session, scope, kind, asset_id, change, if_revision=asset.draft_revision), True


async def look_again(core: Core, tenant_id: UUID) -> None:
    """Compare every tool in force with its server; a server that does not answer says nothing about its tools."""
    scope = Scope.system(tenant_id)
    places: dict[Place, list[InForce]] = {}
    for each in (await core.part(PublishedTools).table(tenant_id)).values():
        if isinstance(each, InForce) and isinstance(each.content.logic, McpLogic):
            logic = each.content.logic
            places.setdefault(Place(logic.connection, logic.path), []).append(each)
    for place, tools in places.items():
        try:
            offered = {tool.name: tool.hash for tool in await core.part(Remotes).tools(scope, place)}
        except OpsloomError:
            continue  # the connection's own breaker, health and log have it
        for tool in tools:
            await note_fault(core, scope, tool, _fault(tool, offered))


def content_of(place: Place, tool: RemoteTool) -> ToolContent:
    """What is stored of a remote tool."""
    said = {
        Capability.READ_ONLY: tool.read_only,
        Capability.DESTRUCTIVE: tool.destructive,
        Capability.IDEMPOTENT: tool.idempotent,
        Capability.OPEN_WORLD: tool.open_world,
    }
    return ToolContent(
        description=tool.description[:5_000],
        input_schema={"type": "object", **tool.input_schema},
        output_schema=tool.output_schema,
        logic=McpLogic(type="mcp", connection=place.connection, path=place.path, tool=tool.name, schema_hash=tool.hash),
        capabilities=[capability for capability, holds in said.items() if holds],
    )


async def _taken(core: Core, scope: Scope, place: Place, name: str, tool: RemoteTool | None, *, publish: bool) -> Taken:
    if tool is None:
        return Taken(name, error=RemoteToolGone(f"The server does not offer “{name}”."))
    kind = core.part(ToolKind)
    try:
        content = content_of(place, tool).model_dump(mode="json")
        async with core.db.transaction(scope) as session:
            asset = await assets.create_draft(session, scope, kind, tool.title[:200], content, key=_key(place, name))
            if publish:
                await assets.publish_or_ask(session, scope, kind, asset, f"Imported from {place.connection}")
            return Taken(name, asset)
    except OpsloomError as error:
        return Taken(name, error=error)
    except ValueError as error:  # a name or text that cannot be stored
        return Taken(name, error=InvalidInput(f"The server describes “{name}” in a way that cannot be stored: {error}"))


async def _imported(core: Core, scope: Scope, place: Place) -> dict[str, tuple[Asset, str]]:
    """By the remote name: the live asset made of it and what it is pinned to."""
    found: dict[str, tuple[Asset, str]] = {}
    async with core.db.transaction(scope) as session:
        for asset in await assets.list_assets(session, core.part(ToolKind), limit=_MOST_TOOLS):
            logic = asset.draft.get("logic", {})
            if logic.get("type") == "mcp" and (logic.get("connection"), logic.get("path", "")) == (
                place.connection,
                place.path,
            ):
                found[str(logic.get("tool"))] = (asset, str(logic.get("schema_hash")))
    return found


async def _pinned(core: Core, scope: Scope, asset_id: UUID) -> ToolContent:
    async with core.db.transaction(scope) as session:
        asset = await assets.get(session, core.part(ToolKind), asset_id)
        content = assets.read_content(core.part(ToolKind), asset.draft)
    assert isinstance(content, ToolContent)
    if not isinstance(content.logic, McpLogic):
        raise ToolRefused("Only a tool that was imported from an MCP server is pinned.")
    return content


def _fault(tool: InForce, offered: dict[str, str]) -> str | None:
    assert isinstance(tool.content.logic, McpLogic)
    now = offered.get(tool.content.logic.tool)
    if now is None:
        return "The server no longer offers this tool."
    if now != tool.content.logic.schema_hash:
        return "The server has changed this tool's description or schema since it was imported."
    return None


def _key(place: Place, name: str) -> str:
    return assets.slug_of(f"{place.connection}-{name}")
