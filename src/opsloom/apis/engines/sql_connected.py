"""SQL on another database: through its connection, which reads only, within the connection's limits and the API's."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import orjson

from opsloom.apis.engines.http.engine import connection_findings
from opsloom.apis.engines.protocol import EngineCall, EngineResult, Validation
from opsloom.apis.errors import ApiUnservable, LogicRefused, ResultTooLarge, RunTimedOut, StatementFailed
from opsloom.apis.logic import SqlLogic
from opsloom.apis.params import Parameter, ParameterType, Value
from opsloom.apis.schemas import ApiDefinition, Limits, OutputColumn
from opsloom.apis.sql.foreign import read
from opsloom.apis.sql.guard import Finding
from opsloom.apis.sql.verdict import output_schema
from opsloom.assets.errors import AssetNotFound, NotPublished
from opsloom.connections import errors as connection_errors
from opsloom.connections.service import Column, Connections, ConnectionType, Take
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import DeadlinePassed, FieldProblem
from opsloom.kit.resilience import deadline

_DIALECTS = {
    ConnectionType.POSTGRESQL: "postgres",
    ConnectionType.MYSQL: "mysql",
    ConnectionType.SQLITE: "sqlite",
    ConnectionType.DUCKDB: "duckdb",
}
SQL_TYPES = frozenset({*_DIALECTS, ConnectionType.SQLALCHEMY})
_OF_URL = {"postgresql": "postgres", "mariadb": "mysql"}
_SAMPLES: dict[ParameterType, Value] = {
    ParameterType.STRING: "",
    ParameterType.INTEGER: 1,
    ParameterType.NUMBER: 1.0,
    ParameterType.BOOLEAN: True,
    ParameterType.DATE: "2026-01-01",
    ParameterType.DATETIME: "2026-01-01T00:00:00+00:00",
    ParameterType.UUID: str(UUID(int=0)),
    ParameterType.JSON: "null",
}
_UNUSABLE = (
    connection_errors.ConnectionUnknown,
    connection_errors.SecretMissing,
    connection_errors.ConnectionTypeUnfit,
    AssetNotFound,
    NotPublished,
)
_KEPT_S = 30.0
_CHECK_S = 5.0
_WORDS = (
    (("bool",), "boolean"),
    (("timestamp", "datetime"), "timestamp without time zone"),
    (("date",), "date"),
    (("float", "double", "real", "decimal", "numeric", "number"), "double precision"),
    (("interval",), "text"),
    (("int", "long", "short", "tiny", "year"), "bigint"),
    (("char", "text", "enum", "varchar", "string", "uuid", "time", "blob", "bytea"), "text"),
)
"""Databases' words for types, as parts of them, and ours: only what shows in JSON matters."""


class ConnectedSql:
    """Judges and prepares SQL that names a connection."""

    def __init__(self, core: Core) -> None:
        self._core = core

    async def validate(self, definition: ApiDefinition, scope: Scope) -> Validation:
        """The guard's findings, then the database's own: the query runs once without rows, and tells its columns."""
        logic = _logic(definition)
        findings = await connection_findings(self._core, scope, logic.connection or "", SQL_TYPES)
        if findings:
            return Validation(tuple(findings))
        ready = await self._core.part(Connections).ready(scope, logic.connection or "")
        judged = read(logic.sql, dialect_of(ready.type, getattr(ready.config, "url", "")), declared_of(definition))
        if judged.findings:
            return Validation(judged.findings, parameters_used=judged.parameters)
        try:
            columns = await self._columns(definition, scope)
        except connection_errors.QueryRefused as error:
            return Validation((Finding("database", error.message.rstrip(".")),), parameters_used=judged.parameters)
        found = tuple(OutputColumn(name=each.name, type=_word(each.type)) for each in columns)
        schema = definition.row_schema or output_schema(found)
        return Validation((), found, schema, judged.parameters)

    def prepare(self, definition: ApiDefinition) -> "ConnectedProgram":
        return ConnectedProgram(self._core, _logic(definition), declared_of(definition), definition.limits)

    async def _columns(self, definition: ApiDefinition, scope: Scope) -> list[Column]:
        logic = _logic(definition)
        values = {each.name: sample_of(each) for each in definition.parameters}
        sql = f"select * from (\n{logic.sql.rstrip().rstrip(';')}\n) opsloom_check where 1 = 0"
        rows = await self._core.part(Connections).query(
            scope, logic.connection or "", sql, values, Take(total_s=_CHECK_S, rows=1)
        )
        return rows.columns


@dataclass(frozen=True, slots=True)
class _Fit:
    """The guard's verdict for one tenant's connection, for a while."""

    until: float
    findings: tuple[Finding, ...]


class ConnectedProgram:
    """One version's query."""

    def __init__(self, core: Core, logic: SqlLogic, declared: frozenset[str], limits: Limits) -> None:
        self._core = core
        self._sql = logic.sql.rstrip().rstrip(";")
        self._key = logic.connection or ""
        self._declared = declared
        self._limits = limits
        self._fits: dict[UUID, _Fit] = {}

    async def run(self, call: EngineCall) -> EngineResult:
        scope, limits = Scope.system(call.tenant_id), self._limits
        began = time.perf_counter()
        async with in_our_words(self._key, limits):
            await self._fit(scope)
            take = Take(total_s=deadline.remaining(), rows=limits.max_rows, bytes=limits.max_bytes)
            rows = await self._core.part(Connections).query(scope, self._key, self._sql, call.values, take)
        names = [column.name for column in rows.columns]
        if len(set(names)) < len(names):
            raise StatementFailed("Two columns of the result have one name.", hint="Name every column once, with AS.")
        body = orjson.dumps([dict(zip(names, row, strict=True)) for row in rows.rows])
        if len(body) > limits.max_bytes:
            raise ResultTooLarge(
                f"The result has {len(body)} bytes; the limit of this API is {limits.max_bytes}.",
                hint="Ask for fewer rows or columns.",
            )
        queue_ms = max((time.perf_counter() - began) * 1e3 - rows.ms, 0.0)
        return EngineResult(body, len(rows.rows), rows.truncated, queue_ms, rows.ms)

    async def _fit(self, scope: Scope) -> None:
        """The guard again, in the dialect the connection has now. Raises LogicRefused."""
        fit = self._fits.get(scope.tenant_id)
        if fit is None or fit.until < time.monotonic():
            ready = await self._core.part(Connections).ready(scope, self._key)
            if ready.type not in SQL_TYPES:
                raise connection_errors.ConnectionTypeUnfit(f"it is of type {ready.type}")
            judged = read(self._sql, dialect_of(ready.type, getattr(ready.config, "url", "")), self._declared)
            fit = self._fits[scope.tenant_id] = _Fit(time.monotonic() + _KEPT_S, judged.findings)
        if fit.findings:
            details = [FieldProblem(pointer=each.pointer, detail=each.message, code=each.code) for each in fit.findings]
            raise LogicRefused(f"The SQL is refused: {fit.findings[0].message}.", details=details)


@asynccontextmanager
async def in_our_words(key: str, limits: Limits) -> AsyncIterator[None]:
    """What happens inside has the API's time, and what connections raise is said as APIs say it."""
    try:
        async with deadline.within(limits.timeout_ms / 1e3):
            yield
    except connection_errors.QueryRefused as error:
        detail = FieldProblem(pointer="/logic/sql", detail=error.message, code="database")
        raise StatementFailed(f"The statement failed: {error.message}", details=[detail], hint=error.hint) from error
    except connection_errors.ResultTooLarge as error:
        raise ResultTooLarge(error.message, hint="Ask for fewer rows or columns.") from error
    except _UNUSABLE as error:
        why = f"The connection “{key}” cannot be used: {error.message}"
        raise ApiUnservable(why, hint="Publish the connection.") from error
    except DeadlinePassed as error:
        raise RunTimedOut(
            f"The statement ran longer than {limits.timeout_ms} ms.",
            hint="Narrow what it reads, or raise the API's limit.",
        ) from error


def dialect_of(kind: ConnectionType, url: str) -> str:
    """sqlglot's word for the database of a connection."""
    if kind is ConnectionType.SQLALCHEMY:
        name = url.partition(":")[0].partition("+")[0]
        return _OF_URL.get(name, name)
    return _DIALECTS[kind]


def _logic(definition: ApiDefinition) -> SqlLogic:
    assert isinstance(definition.logic, SqlLogic)
    return definition.logic


def declared_of(definition: ApiDefinition) -> frozenset[str]:
    """The names of its parameters."""
    return frozenset(each.name for each in definition.parameters)


def sample_of(parameter: Parameter) -> Value:
    """A value that a statement can be judged with."""
    if parameter.default is not None:
        return parameter.default
    return parameter.enum[0] if parameter.enum else _SAMPLES[parameter.type]


def _word(kind: str) -> str:
    """A type in the words the schema of rows is made from; unknown ones may be anything."""
    plain = kind.lower()
    return next((word for parts, word in _WORDS if any(part in plain for part in parts)), "json")
