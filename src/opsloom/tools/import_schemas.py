"""Shapes of importing OpenAPI documents. Flat, because the routes read these bodies themselves."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from opsloom.apis.schemas import Key
from opsloom.kit.model import Name, Shown, Text, Wire
from opsloom.tools.schemas import Schema

Make = Literal["api", "tool", "both"]
"""What to make of an operation; `both` is an API and a tool that wraps it."""


class ImportRead(Wire):
    """Where the document comes from: its text, a path below a connection, or this server itself (`own`)."""

    document: str | None = None
    connection: Key | None = None
    path: Annotated[Text, StringConstraints(max_length=2_000)] = ""
    own: bool = False

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.own and self.document is not None:
            raise ValueError("give a document, or ask for this server's own")
        if not self.own and self.document is None and self.connection is None:
            raise ValueError("give a document, or a connection to fetch it through")
        return self


class ImportApply(ImportRead):
    """Which operations to make what of. `connection` is what they will call, and where the document is fetched when its
    text is not sent. `base_path` goes before the document's paths; left out, it is that of the document's server."""

    connection: Key
    operations: Annotated[
        list[Annotated[Text, StringConstraints(max_length=2_000)]], Field(min_length=1, max_length=200)
    ]
    make: Make = "api"
    publish: bool = False
    path_prefix: Annotated[Text, StringConstraints(max_length=100)] = ""
    base_path: Annotated[Text, StringConstraints(max_length=500)] | None = None
    tags: list[Name] = Field(default_factory=list, max_length=20)


class ProblemShown(Shown):
    """Why an operation, or a part of it, cannot be used; `pointer` is a place in the document."""

    pointer: str
    detail: str
    code: str


class ParameterShown(Shown):
    name: str
    place: str
    required: bool


class OperationShown(Shown):
    """One operation of the document. Not `usable`: see `problems`. Of very large documents not all schemas are shown."""

    id: str
    method: str
    path: str
    name: str
    description: str
    tags: list[str]
    deprecated: bool
    usable: bool
    problems: list[ProblemShown]
    parameters: list[ParameterShown]
    input_schema: Schema | None
    output_schema: Schema | None


class ImportShown(Shown):
    """What the document holds."""

    title: str
    version: str
    openapi: str
    server: str
    base_path: str
    operations: list[OperationShown]


class ImportedShown(Shown):
    """What became of one operation: its asset, or `code` and `error` that say why there is none."""

    operation: str
    asset_id: UUID | None
    kind: str | None
    key: str | None
    name: str
    published_version: int | None
    path: str | None
    code: str | None
    error: str | None


class ImportedListShown(Shown):
    items: list[ImportedShown]
