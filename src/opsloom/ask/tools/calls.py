"""Steps that call what people published: an API, a tool of the registry, SQL over a connection. All run with the asker's own rights."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

import orjson
import sqlglot
from pydantic import JsonValue
from sqlglot import exp
from sqlglot.errors import SqlglotError

from opsloom.apis import service as apis
from opsloom.apis.schemas import ApiDefinition
from opsloom.ask.blocks import AssetUse
from opsloom.ask.plan import ApiStep, Call, SqlStep, Step, ToolStep
from opsloom.ask.tools.contract import Evidence, Row, ToolContext, ToolResult, ToolStatus
from opsloom.ask.tools.rows import rows_of
from opsloom.connections.catalog import service as catalogs
from opsloom.connections.service import Connections, Take
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.inventory.schemas import Query
from opsloom.kit.errors import PlanningFailed
from opsloom.tools.schemas import Capability
from opsloom.tools.service import CalledFrom, Tools

MOST_ROWS = 1000
_DIALECTS = {"postgresql": "postgres", "mysql": "mysql", "sqlite": "sqlite", "duckdb": "duckdb"}


@dataclass(frozen=True)
class ApiTool:
    """A published API, through the executor that serves it: its parameters, limits, cache and log hold."""

    core: Core
    name: str = "api_call"
    kind: str = "api"
    permission: Permission = Permission.APIS_RUN

    async def run(self, context: ToolContext, step: Step) -> ToolResult:
        """Raises ApiNotFound, ParametersInvalid and what a call at /runtime raises."""
        assert isinstance(step, ApiStep)
        began = _Began(context)
        await self._only_reads(context, step.api)
        run = await apis.run_by_key(self.core, context.scope, step.api, step.parameters, "questions")
        answer: JsonValue = orjson.loads(run.body)
        told = f"api {step.api} {_json(step.parameters)}"
        used = await apis.in_force(self.core, context.scope, step.api)
        asset = AssetUse(kind="api", name=used.name, version=used.version, asset_id=used.id)
        result = began.ended(self.name, step, told, rows_of(answer, min(step.limit, MOST_ROWS)))
        return replace(result, assets=(asset,))

    async def _only_reads(self, context: ToolContext, key: str) -> None:
        """A question changes nothing, whoever planned it. Raises PlanningFailed."""
        async with context.db.transaction(context.scope) as session:

            async def find(called: str) -> ApiDefinition | None:
                return await apis.published_by_key(self.core, session, called)

            definition = await find(key)
            reason = await apis.why_it_may_change(definition, find) if definition is not None else None
        if reason is not None:
            raise PlanningFailed(f"a question calls no API that may change something; it {reason}")


@dataclass(frozen=True)
class RegistryTool:
    """A tool of the registry, through the one way in that everybody uses."""

    core: Core
    name: str = "tool_call"
    kind: str = "tool"
    permission: Permission = Permission.TOOLS_RUN

    async def run(self, context: ToolContext, step: Step) -> ToolResult:
        """Raises ToolNotFound, PermissionMissing, ArgumentsInvalid and what the tool's logic raises."""
        assert isinstance(step, ToolStep)
        began, tools = _Began(context), self.core.part(Tools)
        offer = next((one for one in await tools.offers(context.scope) if one.key == step.tool), None)
        if offer is not None and Capability.READ_ONLY not in offer.content.capabilities:
            raise PlanningFailed("a question calls no tool that may change something")
        result = await tools.run(
            context.scope, step.tool, step.arguments, caller=CalledFrom.QUESTION, deadline_s=context.deadline_s
        )
        told = f"tool {step.tool} {_json(step.arguments)}"
        asset_id = offer.asset_id if offer is not None else None
        used = AssetUse(kind="tool", name=step.tool, version=result.version, asset_id=asset_id)
        return replace(began.ended(self.name, step, told, rows_of(result.content, MOST_ROWS)), assets=(used,))


@dataclass(frozen=True)
class SqlTool:
    """SQL that a model wrote: only over tables that a published catalog enables, and through the connection's own guard."""

    core: Core
    name: str = "connection_query"
    kind: str = "sql"
    permission: Permission = Permission.CONNECTIONS_READ

    async def run(self, context: ToolContext, step: Step) -> ToolResult:
        """Raises PlanningFailed for tables that are not enabled, and what the connection raises."""
        assert isinstance(step, SqlStep)
        began = _Began(context)
        connections = self.core.part(Connections)
        ready = await connections.ready(context.scope, step.connection)
        async with context.db.transaction(context.scope) as session:
            spoken = await catalogs.vocabulary(session, context.scope)
        enabled = {
            name
            for each in spoken
            if each.connection == step.connection
            for table in each.tables
            for name in (table.name, f"{table.schema_name}.{table.name}")
        }
        only_enabled(step.sql, enabled, _DIALECTS.get(ready.type.value))
        take = Take(total_s=context.deadline_s, rows=min(step.limit, MOST_ROWS))
        found = await connections.query(context.scope, step.connection, step.sql, {}, take)
        names = [column.name for column in found.columns]
        answer: list[JsonValue] = [dict(zip(names, row, strict=True)) for row in found.rows]  # type: ignore[arg-type]  # values are JSON's
        columns, rows, _ = rows_of(answer, MOST_ROWS)
        return began.ended(self.name, step, step.sql, (columns or tuple(names), rows, found.truncated))


def only_enabled(sql: str, enabled: Collection[str], dialect: str | None) -> None:
    """Raises PlanningFailed unless the statement is one query over enabled tables alone."""
    try:
        statements = sqlglot.parse(sql, dialect=dialect)
    except SqlglotError as error:
        raise PlanningFailed("the SQL cannot be read") from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise PlanningFailed("the SQL is not one query")
    own = {each.alias_or_name for each in statements[0].find_all(exp.CTE)}
    for table in statements[0].find_all(exp.Table):
        name = f"{table.db}.{table.name}" if table.db else table.name
        if name not in enabled and (table.db or table.name not in own):
            raise PlanningFailed(f"the table {name} is in no catalog that questions may use")


class _Began:
    """When a call began, and the evidence of its end."""

    def __init__(self, context: ToolContext) -> None:
        self._clock = context.clock
        self._at: datetime = context.clock.now()
        self._since = context.clock.monotonic()

    def ended(
        self, tool: str, step: Call, told: str, found: tuple[tuple[str, ...], tuple[Row, ...], bool]
    ) -> ToolResult:
        columns, rows, truncated = found
        took_ms = round((self._clock.monotonic() - self._since) * 1000, 3)
        evidence = Evidence(Query(sql=told), columns, rows, truncated, self._at, took_ms, step)
        return ToolResult(tool, step.id, ToolStatus.SUCCESS if rows else ToolStatus.NO_DATA, evidence)


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
