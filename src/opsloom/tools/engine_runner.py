"""Runs a tool's own logic (sql, http, script) with the engines of APIs: the same guards, limits and log.

The input schema's properties become the parameters of an API that has no path; what is no plain value travels as JSON.
"""

from typing import Any, Final

import orjson
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis import service as apis
from opsloom.apis.schemas import ApiDefinition
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import FieldProblem
from opsloom.tools.errors import ToolRefused, ToolUnusable
from opsloom.tools.runners import ToolCall
from opsloom.tools.schemas import Json, Schema, ToolContent

_PLAIN: Final = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean"}
_FORMATS: Final = {"date": "date", "date-time": "datetime", "uuid": "uuid"}


class EngineRunner:
    """One for each type of logic that the engines of APIs know."""

    def __init__(self, core: Core, logic_type: str) -> None:
        self.type = logic_type
        self._core = core

    async def check(self, session: AsyncSession, scope: Scope, content: ToolContent) -> None:
        """Raises ToolRefused with every finding of the engine."""
        del session
        findings = await apis.findings_of(self._core, scope, definition_of(content))
        if findings:
            problems = [
                FieldProblem(pointer=f"{each.pointer}#{each.line}:{each.column}", detail=each.message, code=each.code)
                for each in findings
            ]
            raise ToolRefused(f"The logic is refused: {findings[0].message}.", details=problems, hint="See `errors`.")

    def permits(self, scope: Scope, content: ToolContent) -> bool:
        """Whoever may run tools: publishing the tool lent its logic."""
        del scope, content
        return True

    async def run(self, call: ToolCall) -> Json:
        if call.asset_id is None:
            raise ToolUnusable("Only a saved tool has logic of its own.")
        of = apis.Named(call.asset_id, call.name, call.version, call.content_hash, f"tools/{call.key}")
        run = await apis.run_definition(self._core, call.scope, of, definition_of(call.content), call.arguments)
        return orjson.loads(run.body)


def definition_of(content: ToolContent) -> ApiDefinition:
    """The tool's logic as an API's definition. Raises ToolRefused that points at properties which cannot be parameters."""
    needed = content.input_schema.get("required") or []
    properties: dict[str, Any] = content.input_schema.get("properties") or {}
    typed = content.logic.type == "sql"
    parameters = [
        _parameter(name, schema, typed=typed) | {"required": name in needed} for name, schema in properties.items()
    ]
    limits = content.limits
    body = {
        "path": "tool",
        "method": "POST",
        "logic": content.logic.model_dump(mode="json"),
        "parameters": parameters,
        "limits": {
            "timeout_ms": min(limits.timeout_ms, 60_000),
            "max_rows": limits.max_rows,
            "max_bytes": limits.max_bytes,
        },
    }
    try:
        return ApiDefinition.model_validate(body)
    except ValidationError as error:
        names = list(properties)
        problems = [
            FieldProblem(pointer=_pointer(each["loc"], names), detail=each["msg"], code="parameter")
            for each in error.errors(include_url=False)
        ]
        raise ToolRefused("The input schema cannot be used with this logic.", details=problems) from None


def _parameter(name: str, schema: object, *, typed: bool) -> dict[str, Any]:
    """A property as a parameter. Dates and the like keep the caller's form, unless SQL needs their type."""
    known: Schema = schema if isinstance(schema, dict) else {}
    kind = _PLAIN.get(str(known.get("type")), "json")
    if kind == "string" and typed:
        kind = _FORMATS.get(str(known.get("format")), "string")
    if "$ref" in known:
        kind = "json"
    sensitive = known.get("writeOnly") is True or known.get("format") == "password"
    parameter: dict[str, Any] = {"name": name, "type": kind, "where": "body", "sensitive": sensitive}
    default = known.get("default")
    if default is not None:
        parameter["default"] = orjson.dumps(default).decode() if kind == "json" else default
    return parameter


def _pointer(loc: tuple[int | str, ...], names: list[str]) -> str:
    if len(loc) > 1 and loc[0] == "parameters" and isinstance(loc[1], int):
        return f"/input_schema/properties/{names[loc[1]]}"
    return "/" + "/".join(str(part) for part in loc)
