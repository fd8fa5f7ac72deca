"""A tool's definition, as it is stored in its versions."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from opsloom.apis.schemas import HttpLogic, Key, SqlLogic
from opsloom.kit.model import Name, Text, Wire

Schema = dict[str, Any]
"""A JSON Schema, draft 2020-12."""
Json = Any
"""A JSON value: what a tool takes and gives is described by its schemas, not by a type of ours."""


class Capability(StrEnum):
    """What a caller should know before calling; hints to a model, not walls."""

    READ_ONLY = "read_only"
    DESTRUCTIVE = "destructive"
    IDEMPOTENT = "idempotent"
    OPEN_WORLD = "open_world"


class BuiltinLogic(Wire):
    """An ability of Opsloom itself, by its name."""

    type: Literal["builtin"]
    name: Name


class ApiLogic(Wire):
    """A published API, by its key."""

    type: Literal["api"]
    api: Key


class McpLogic(Wire):
    """A tool of another MCP server; `schema_hash` pins what it looked like when it was imported."""

    type: Literal["mcp"]
    connection: Key
    tool: Name
    path: Annotated[Text, StringConstraints(max_length=1_000)] = ""
    schema_hash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


Logic = Annotated[BuiltinLogic | ApiLogic | SqlLogic | HttpLogic | McpLogic, Field(discriminator="type")]


class ToolLimits(Wire):
    """What one run may use. Rows and bytes count for sql and http logic."""

    timeout_ms: Annotated[int, Field(ge=10, le=120_000)] = 30_000
    max_rows: Annotated[int, Field(ge=1, le=100_000)] = 1_000
    max_bytes: Annotated[int, Field(ge=1_000, le=64_000_000)] = 1_000_000


def _any_object() -> Schema:
    return {"type": "object", "properties": {}}


class ToolContent(Wire):
    """Everything that decides what a tool takes, does and gives."""

    description: Annotated[Text, StringConstraints(max_length=5_000)] = ""
    when_to_use: Annotated[Text, StringConstraints(max_length=5_000)] = ""
    input_schema: Schema = Field(default_factory=_any_object)
    output_schema: Schema | None = None
    logic: Logic
    capabilities: list[Capability] = Field(default_factory=list, max_length=4)
    limits: ToolLimits = ToolLimits()
