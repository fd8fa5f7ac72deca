"""Shapes of importing tools from other MCP servers."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from opsloom.apis.schemas import Key
from opsloom.kit.model import Name, Shown, Text, Wire
from opsloom.tools.schemas import Capability


class McpPlace(Wire):
    """An MCP endpoint: a connection of type http and the path below its address."""

    connection: Key
    path: Annotated[Text, StringConstraints(max_length=1_000)] = ""


class McpTake(McpPlace):
    """Which of its tools to make tools of; published at once if asked."""

    tools: Annotated[list[Name], Field(min_length=1, max_length=200)]
    publish: bool = False


class RemoteToolShown(Shown):
    """A tool of another server. `changed`: it was imported and looks different now."""

    name: str
    title: str
    description: str
    input_schema: dict[str, Any]
    output_schema: dict[str, Any] | None
    capabilities: list[Capability]
    schema_hash: str
    asset_id: UUID | None
    asset_key: str | None
    changed: bool


class RemoteToolsShown(Shown):
    items: list[RemoteToolShown]


class TakenShown(Shown):
    """What became of one tool: its asset, or why there is none."""

    name: str
    asset_id: UUID | None
    key: str | None
    published_version: int | None
    code: str | None
    error: str | None


class TakenListShown(Shown):
    items: list[TakenShown]


class PinShown(Shown):
    """The draft after the server's present form was taken over; `changed` tells whether there was anything to take."""

    asset_id: UUID
    revision: int
    changed: bool
