"""The contract between the executor and a tool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from opsloom.ask.blocks import AssetUse
from opsloom.ask.plan import Call, Step
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.db import Database
from opsloom.inventory.schemas import Query, Scalar
from opsloom.kit.clock import Clock


class ToolStatus(StrEnum):
    """`no_data` is an answer: the question was asked and nothing matched."""

    SUCCESS = "success"
    NO_DATA = "no_data"
    AMBIGUOUS = "ambiguous"
    FORBIDDEN = "forbidden"
    ERROR = "error"


class ErrorFamily(StrEnum):
    DATABASE = "database"
    PLANNING = "planning"
    TOOL = "tool"
    POLICY = "policy"
    DEADLINE = "deadline"
    CIRCUIT = "circuit"


Row = dict[str, Scalar]


@dataclass(frozen=True)
class Evidence:
    """A query that ran and what it returned. Where it was no single query, `call` is the step that gives it again."""

    query: Query
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    truncated: bool
    ran_at: datetime
    took_ms: float
    call: Call | None = None


@dataclass(frozen=True)
class ToolResult:
    """`evidence` is there for success and no_data; `family` and `detail` say what went wrong otherwise.

    `parts` are further queries the result rests on, by what they are about.
    """

    tool: str
    step_id: str
    status: ToolStatus
    evidence: Evidence | None = None
    family: ErrorFamily | None = None
    detail: str = ""
    derived: Row = field(default_factory=dict)  # worked out from other steps, without a query of its own
    parts: Mapping[str, Evidence] = field(default_factory=dict)
    assets: tuple[AssetUse, ...] = ()  # the versions of the registry's tools and APIs that it called


@dataclass(frozen=True)
class ToolContext:
    """What a tool may use: the tenant's read-only rows, nothing else."""

    db: Database
    scope: Scope
    clock: Clock
    deadline_s: float


class Tool(Protocol):
    """One ability. `kind` is the step's; a caller without `permission` gets `forbidden`."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def permission(self) -> Permission: ...

    async def run(self, context: ToolContext, step: Step) -> ToolResult:
        """Rows and query of a step. Raises OpsloomError or the driver's errors; the executor sorts them."""
        ...


Registry = Mapping[str, Tool]


def registry(*tools: Tool) -> Registry:
    """Tools by the kind of step they serve. Two for one kind is a mistake of the composition root."""
    by_kind: dict[str, Tool] = {}
    for tool in tools:
        if tool.kind in by_kind:
            raise ValueError(f"two tools for steps of kind {tool.kind}")
        by_kind[tool.kind] = tool
    return by_kind


def plain(value: Any) -> Scalar:
    """A database value as it can be stored and shown."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={value[key]}" for key in sorted(value))
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    return str(value) if not hasattr(value, "as_integer_ratio") else float(value)
