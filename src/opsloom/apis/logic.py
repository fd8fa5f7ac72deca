"""Logic of one step that an API, a tool or a workflow's node can have, told apart by `type`."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from opsloom.connections.content import SecretName
from opsloom.kit.model import StorableJson, Text, Wire

Key = Annotated[Text, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
"""The key of another asset."""
Template = Annotated[Text, StringConstraints(max_length=20_000)]
"""Text in which `{{ … }}` holds a JSONata expression over the parameters."""
Expression = Annotated[Text, StringConstraints(min_length=1, max_length=10_000)]
"""A JSONata expression."""
FieldName = Annotated[Text, StringConstraints(min_length=1, max_length=200)]


class SqlLogic(Wire):
    """One read-only query; parameters are written `:name`. Without a connection it reads the schema `data`."""

    type: Literal["sql"] = "sql"
    sql: Annotated[Text, StringConstraints(min_length=1, max_length=50_000)]
    connection: Key | None = None


class WriteLogic(Wire):
    """One INSERT, UPDATE, DELETE or MERGE on a connection that is for writing; parameters are written `:name`. It answers to
    POST alone, to callers who may change data and give an idempotency key, and changes at most `max_changes` rows."""

    type: Literal["sql_write"] = "sql_write"
    sql: Annotated[Text, StringConstraints(min_length=1, max_length=50_000)]
    connection: Key
    max_changes: Annotated[int, Field(ge=1, le=10_000)] = 100


class HttpMethod(StrEnum):
    GET = "GET"
    POST = "POST"
    PUT = "PUT"
    PATCH = "PATCH"
    DELETE = "DELETE"


class BodyType(StrEnum):
    JSON = "json"
    FORM = "form"
    TEXT = "text"


class _Pages(Wire):
    max_pages: Annotated[int, Field(ge=1, le=100)] = 10


class CursorPages(_Pages):
    """The answer names the next page: `next` finds it, and it is sent as the query parameter `parameter`."""

    type: Literal["cursor"]
    next: Expression
    parameter: FieldName


class LinkPages(_Pages):
    """The answer's header `Link: <…>; rel="next"` is the next page's address."""

    type: Literal["link"]


class NumberPages(_Pages):
    """Pages are counted; the last one has no rows, or fewer than `size` when that is given."""

    type: Literal["number"]
    parameter: FieldName
    first: Annotated[int, Field(ge=0, le=1_000_000)] = 1
    step: Annotated[int, Field(ge=1, le=10_000)] = 1
    size: Annotated[int | None, Field(ge=1, le=10_000)] = None


Pages = Annotated[CursorPages | LinkPages | NumberPages, Field(discriminator="type")]


class HttpLogic(Wire):
    """One call of an upstream. `rows` finds the rows in an answer's body, `map` turns all rows into the result."""

    type: Literal["http"] = "http"
    connection: Key
    method: HttpMethod = HttpMethod.GET
    path: Annotated[Template, StringConstraints(min_length=1, max_length=4_000)]
    query: dict[FieldName, Template] = Field(default_factory=dict, max_length=100)
    headers: dict[FieldName, Template] = Field(default_factory=dict, max_length=50)
    body: StorableJson = None
    body_type: BodyType = BodyType.JSON
    rows: Expression | None = None
    map: Expression | None = None
    pages: Pages | None = None


class ScriptLogic(Wire):
    """Python with one function `main(params, input, ctx)`. It reaches only the connections and secrets named here."""

    type: Literal["script"] = "script"
    code: Annotated[Text, StringConstraints(min_length=1, max_length=100_000)]
    connections: list[Key] = Field(default_factory=list, max_length=20)
    secrets: list[SecretName] = Field(default_factory=list, max_length=20)


def typed(logic: object) -> object:
    """Logic that names no type is SQL, the only type there was at first."""
    if isinstance(logic, dict) and "type" not in logic:
        return {"type": "sql", **logic}
    return logic


JsonSchema = dict[str, Any]
