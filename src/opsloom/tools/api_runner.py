"""Runs published APIs as tools: through the same executor, limits, cache and log as a call at `/runtime`."""

from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis import service as apis
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import FieldProblem
from opsloom.tools.errors import ToolRefused
from opsloom.tools.runners import ToolCall
from opsloom.tools.schemas import ApiLogic, Json, ToolContent


class ApiRunner:
    type = "api"

    def __init__(self, core: Core) -> None:
        self._core = core

    async def check(self, session: AsyncSession, scope: Scope, content: ToolContent) -> None:
        """The API is published and takes what the input schema lets through."""
        del scope
        definition = await apis.published_by_key(self._core, session, _key(content))
        if definition is None:
            problem = FieldProblem(pointer="/logic/api", detail="no such API is published", code="not_published")
            raise ToolRefused(f"No API with the key “{_key(content)}” is published.", details=[problem])
        properties: dict[str, Any] = content.input_schema.get("properties") or {}
        declared = {parameter.name: parameter for parameter in definition.parameters}
        problems = [
            FieldProblem(
                pointer=f"/input_schema/properties/{name}", detail="the API has no such parameter", code="unknown"
            )
            for name in properties
            if name not in declared
        ]
        required = content.input_schema.get("required") or []
        problems += [
            FieldProblem(pointer=f"/input_schema/required/{name}", detail="the API needs it", code="required")
            for name in (each.name for each in definition.parameters if each.must_be_given)
            if name not in required
        ]
        if problems:
            raise ToolRefused("The input schema and the API's parameters do not agree.", details=problems)

    def permits(self, scope: Scope, content: ToolContent) -> bool:
        del content
        return scope.allows(Permission.APIS_RUN)

    async def run(self, call: ToolCall) -> Json:
        key, called_as = _key(call.content), f"tools/{call.key}"
        run = await apis.run_by_key(self._core, call.scope, key, call.arguments, called_as)
        return orjson.loads(run.body)


def _key(content: ToolContent) -> str:
    assert isinstance(content.logic, ApiLogic)
    return content.logic.api
