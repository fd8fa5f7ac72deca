"""Shapes of the reference of published APIs, and of what changed from version to version."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from opsloom.apis.examples import ExampleSource
from opsloom.apis.logic import JsonSchema
from opsloom.apis.schemas import Limits, Method, Parameter
from opsloom.kit.model import Shown


class EntryShown(Shown):
    """One published API in the list of the reference."""

    id: UUID
    name: str
    path: str
    method: Method
    version: int
    tags: list[str]
    description: str
    logic: str


class ExampleShown(Shown):
    """A call and what it answers; values that open something are `***`. `answer` is absent where none was kept."""

    name: str
    source: ExampleSource
    parameters: dict[str, Any]
    answer: Any = None
    status: int


class ErrorShown(Shown):
    """An error a caller may meet."""

    status: int
    code: str
    text: str


class ConsumerShown(Shown):
    """Something in force that uses an API. `breaks`: it would notice the changes; `reasons` say which."""

    id: UUID
    kind: str
    key: str
    name: str
    breaks: bool = False
    reasons: list[str] = Field(default_factory=list)


class ReferenceShown(EntryShown):
    """Everything a caller needs to know of a published API."""

    url: str
    parameters: list[Parameter]
    answer_schema: JsonSchema
    media_types: list[str]
    limits: Limits
    cache_s: int
    errors: list[ErrorShown]
    examples: list[ExampleShown]
    used_by: list[ConsumerShown]
    used_by_hidden: int


class ApiChangeShown(Shown):
    """One difference; `breaks` if a caller could notice it."""

    part: str
    reason: str
    breaks: bool


class ApiChangesShown(Shown):
    """What changed between two versions (0 is the draft), and who uses the API. `hidden` ones may not be read."""

    from_version: int | None
    to_version: int
    breaks: bool
    changes: list[ApiChangeShown]
    consumers: list[ConsumerShown]
    hidden: int


class ReleaseShown(Shown):
    """A version with what it changed; `changes` are none for the first one, and where one of the two cannot be read."""

    version: int
    at: datetime
    by: str
    comment: str
    is_published: bool
    breaks: bool
    changes: list[ApiChangeShown]
