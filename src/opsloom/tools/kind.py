"""The kind `tool` of the asset registry."""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis.service import logic_links
from opsloom.assets.kinds import Breaking, Hits, Link, PlainKind
from opsloom.assets.service import Asset
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.kit.errors import FieldProblem
from opsloom.kit.json_schema import SchemaInvalid, compiled
from opsloom.tools.errors import ToolRefused
from opsloom.tools.published import PublishedTools
from opsloom.tools.runners import Runners
from opsloom.tools.schemas import ApiLogic, BuiltinLogic, McpLogic, Schema, ToolContent


class ToolKind(PlainKind):
    """Checks that schemas are schemas and that the logic could be loaded; tells this process at once."""

    name = "tool"
    model: type[BaseModel] = ToolContent
    read = Permission.TOOLS_READ
    write = Permission.TOOLS_WRITE

    def __init__(self, runners: Runners) -> None:
        self._runners = runners
        self._published: PublishedTools | None = None

    def tell(self, published: PublishedTools) -> None:
        """Whom to tell of changes; the two know each other."""
        self._published = published

    def links(self, content: BaseModel) -> Sequence[Link]:
        assert isinstance(content, ToolContent)
        return list(_links(content))

    def breaking(self, before: BaseModel, after: BaseModel) -> Sequence[Breaking]:
        assert isinstance(before, ToolContent)
        assert isinstance(after, ToolContent)
        return [*_narrower_input(before, after), *_poorer_output(before, after)]

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Raises SchemaInvalid, ToolRefused and what the logic's runner raises."""
        del asset
        assert isinstance(content, ToolContent)
        if content.input_schema.get("type") != "object":
            problem = FieldProblem(pointer="/input_schema/type", detail="must be “object”", code="schema")
            raise SchemaInvalid("Arguments are always an object.", details=[problem], hint='Set "type": "object".')
        compiled(content.input_schema, "/input_schema")
        if content.output_schema is not None:
            compiled(content.output_schema, "/output_schema")
        runner = self._runners.get(content.logic.type)
        if runner is None:
            problem = FieldProblem(pointer="/logic/type", detail="nothing here runs this type", code="unknown")
            raise ToolRefused(f"No tool of type {content.logic.type} can run here.", details=[problem])
        await runner.check(session, scope, content)

    async def published(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        del session, asset, content
        self._forget(scope)

    async def withdrawn(self, session: AsyncSession, scope: Scope, asset: Asset) -> None:
        del session, asset
        self._forget(scope)

    def _forget(self, scope: Scope) -> None:
        if self._published is not None:
            self._published.forget(scope.tenant_id)


def _links(content: ToolContent) -> Iterator[Link]:
    match content.logic:
        case ApiLogic(api=key):
            arguments = [f"parameter.{name}" for name in _properties(content.input_schema)]
            columns = [f"column.{name}" for name in _properties(_row(content.output_schema))]
            yield Link("api", key, "wraps", "/logic/api", (*arguments, *columns))
        case McpLogic(connection=key):
            yield Link("connection", key, "calls", "/logic/connection")
        case BuiltinLogic():
            return
        case logic:
            yield from logic_links(logic, "/logic")


def _row(schema: Schema | None) -> Schema:
    """The schema of one row where the output is a list of rows, as of APIs."""
    items = _properties(schema or {}).get("items")
    row = items.get("items") if isinstance(items, dict) else None
    return row if isinstance(row, dict) else {}


def _properties(schema: Schema) -> Schema:
    found = schema.get("properties")
    return found if isinstance(found, dict) else {}


def _required(schema: Schema) -> list[str]:
    found = schema.get("required")
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _narrower_input(before: ToolContent, after: ToolContent) -> Iterator[Breaking]:
    old, new = _properties(before.input_schema), _properties(after.input_schema)
    for name in sorted(old.keys() - new.keys()):
        yield Breaking(f"argument.{name}", f"the argument {name} is gone")
    for name in sorted(old.keys() & new.keys()):
        if _type(old[name]) != _type(new[name]):
            yield Breaking(f"argument.{name}", f"the argument {name} has another type")
    for name in sorted(set(_required(after.input_schema)) - set(_required(before.input_schema))):
        yield Breaking(f"argument.{name}", f"the argument {name} is required now", Hits.OTHERS)


def _poorer_output(before: ToolContent, after: ToolContent) -> Iterator[Breaking]:
    old, new = _properties(before.output_schema or {}), _properties(after.output_schema or {})
    for name in sorted(old):
        if name not in new:
            yield Breaking(f"output.{name}", f"{name} is gone from the result")
        elif _type(old[name]) != _type(new[name]):
            yield Breaking(f"output.{name}", f"{name} of the result has another type")


def _type(schema: object) -> object:
    return schema.get("type") if isinstance(schema, dict) else schema
