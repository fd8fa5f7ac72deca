"""A tool's definition, as it is stored in its versions, and the shapes of the routes."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from opsloom.apis.schemas import HttpLogic, Key, ScriptLogic, SqlLogic, WorkflowLogic
from opsloom.kit.comparing import Difference
from opsloom.kit.model import Name, Shown, StorableJson, Text, Wire

FieldName = Annotated[Text, StringConstraints(max_length=500)]
Arguments = dict[FieldName, StorableJson]
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


Logic = Annotated[
    BuiltinLogic | ApiLogic | SqlLogic | HttpLogic | ScriptLogic | WorkflowLogic | McpLogic, Field(discriminator="type")
]


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


# --- expectations of saved cases ---


class Equals(Wire):
    """The result is exactly this."""

    type: Literal["equals"]
    value: StorableJson


class Contains(Wire):
    """The result has at least this: more fields and more items are fine."""

    type: Literal["contains"]
    value: StorableJson


class Succeeds(Wire):
    """Any result that fits the output schema."""

    type: Literal["succeeds"] = "succeeds"


class Fails(Wire):
    """An error with this code."""

    type: Literal["fails"]
    code: Annotated[Text, StringConstraints(min_length=1, max_length=100)]


Expectation = Annotated[Equals | Contains | Succeeds | Fails, Field(discriminator="type")]


class CaseOutcome(Shown):
    """What a run of a case gave. `version` 0 is the draft."""

    passed: bool
    code: str
    detail: str
    differences: list[Difference]
    version: int
    ms: float
    at: datetime


class CaseDraft(Wire):
    """A saved case: arguments, and what is expected of them."""

    name: Name
    arguments: Arguments = Field(default_factory=dict)
    expectation: Expectation = Succeeds()


class CaseShown(Shown):
    id: UUID
    name: str
    arguments: dict[str, Json]
    expectation: Expectation
    outcome: CaseOutcome | None
    updated_at: datetime
    updated_by: str


class CasesRun(Wire):
    """Which cases to run, all when none is named, and on what."""

    draft: bool = True
    case_ids: Annotated[list[UUID], Field(max_length=200)] = Field(default_factory=list)


class CasesShown(Shown):
    """Cases after a run. `skipped` ones were not reached in time."""

    passed: int
    failed: int
    skipped: int
    items: list[CaseShown]


# --- running ---


class ToolRunRequest(Wire):
    """Arguments of a run; `draft` runs the draft the way the published version runs."""

    arguments: Arguments = Field(default_factory=dict)
    draft: bool = False


class ToolRunShown(Shown):
    result: Json
    ms: float
    run_id: UUID
    version: int


class ToolRunLine(Shown):
    """One run in the history. `code` is empty when it succeeded; `version` 0 is the draft."""

    id: UUID
    at: datetime
    version: int
    caller: str
    actor_kind: str
    actor_name: str
    code: str
    detail: str
    arguments: dict[str, Json]
    bytes: int
    total_ms: float
    trace_id: str


class OfferShown(Shown):
    """A tool the caller may run; `asset_id` is absent for a builtin that no asset wraps."""

    key: str
    name: str
    asset_id: UUID | None
    version: int
    type: str
    description: str
    when_to_use: str
    input_schema: Schema
    output_schema: Schema | None
    capabilities: list[Capability]


class OffersShown(Shown):
    items: list[OfferShown]


class BuiltinShown(Shown):
    """An ability of Opsloom itself that a tool may wrap."""

    name: str
    title: str
    description: str
    when_to_use: str
    input_schema: Schema
    output_schema: Schema | None
    capabilities: list[Capability]
    permission: str


class BuiltinsShown(Shown):
    items: list[BuiltinShown]


class FromApi(Wire):
    """Make a tool of a published API. Name and description are the API's unless given."""

    api: Key
    name: Name | None = None
    description: Annotated[Text, StringConstraints(max_length=5_000)] | None = None
    when_to_use: Annotated[Text, StringConstraints(max_length=5_000)] = ""
    publish: bool = False


class MadeShown(Shown):
    """An asset that was made; `published_version` is absent while it is a draft."""

    asset_id: UUID
    kind: str
    key: str
    name: str
    published_version: int | None
