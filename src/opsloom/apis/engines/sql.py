"""The SQL engine: guard, PostgreSQL's verdict, and the run inside the walls."""

import time
from collections.abc import Awaitable, Callable

from opsloom.apis.engines.lane import Statement, StatementRefused
from opsloom.apis.engines.lanes import Lanes
from opsloom.apis.engines.meaning import meaning
from opsloom.apis.engines.protocol import EngineCall, EngineResult, Pace, Program, Validation
from opsloom.apis.engines.sql_connected import ConnectedSql
from opsloom.apis.engines.sql_stream import SqlStreams, StreamedSql
from opsloom.apis.engines.wire import LIMIT_MS, UNPREPARED, Row, Wire
from opsloom.apis.errors import LogicRefused, ResultTooLarge
from opsloom.apis.logic import SqlLogic
from opsloom.apis.params import Parameter
from opsloom.apis.schemas import ApiDefinition, Limits
from opsloom.apis.sql.functions import Catalog
from opsloom.apis.sql.guard import Finding, read
from opsloom.apis.sql.statement import SQL_TYPES, Wrapped, encode, wrap, wrap_rows
from opsloom.apis.sql.verdict import judge, load_catalog, output_schema
from opsloom.identity.scope import Scope
from opsloom.infra.db import Database
from opsloom.kit.errors import ConnectionLost, FieldProblem

_TOO_SLOW = "57014"


class SqlEngine:
    """`db` judges, `lanes` run; what names a connection is `connected`'s. The catalog of functions is read on first use and
    whenever an unknown name turns up."""

    type = "sql"

    def __init__(self, db: Database, lanes: Lanes, connected: ConnectedSql) -> None:
        self._db = db
        self._streams = SqlStreams(db.dsn)
        self._lanes = lanes
        self._connected = connected
        self._catalog: Catalog | None = None

    async def validate(self, definition: ApiDefinition, scope: Scope) -> Validation:
        assert isinstance(definition.logic, SqlLogic)
        if definition.logic.connection is not None:
            return await self._connected.validate(definition, scope)
        catalog = self._catalog = await load_catalog(self._db)
        declared = frozenset(parameter.name for parameter in definition.parameters)
        reading = read(definition.logic.sql, catalog, declared)
        used = reading.prepared.parameters if reading.prepared else ()
        if not reading.passes or reading.prepared is None:
            return Validation(reading.findings, parameters_used=used)
        verdict = await judge(self._db, reading.prepared, definition.parameters, catalog)
        schema = output_schema(verdict.columns) if verdict.columns else {}
        return Validation(verdict.findings, verdict.columns, schema, used)

    async def prepare(self, definition: ApiDefinition, key: str) -> Program:
        """The guard reads the text again: what it refuses today does not run, whatever was published before."""
        assert isinstance(definition.logic, SqlLogic)
        if definition.logic.connection is not None:
            return self._connected.prepare(definition)
        catalog = self._catalog = self._catalog or await load_catalog(self._db)
        reading = read(definition.logic.sql, catalog, frozenset(p.name for p in definition.parameters))
        if not reading.passes or reading.prepared is None:
            raise refused(reading.findings)
        limits = definition.limits
        wrapped = wrap(reading.prepared, max_rows=limits.max_rows, max_bytes=limits.max_bytes)
        program = SqlProgram(self._lanes, wrapped, (definition.parameters, limits), key)
        if definition.stream is None:
            return program
        rows = wrap_rows(reading.prepared, max_rows=definition.stream.max_rows)
        return StreamedSql(program, self._streams, rows, definition.parameters)


def refused(findings: tuple[Finding, ...]) -> LogicRefused:
    """All findings as one error; a pointer into a text ends with #line:column."""
    details = [
        FieldProblem(pointer=f"{f.pointer}#{f.line}:{f.column}", detail=f.message, code=f.code) for f in findings
    ]
    what = "SQL" if findings[0].pointer == "/logic/sql" else "logic"
    return LogicRefused(
        f"The {what} is refused: {findings[0].message}.", details=details, hint="See `errors` for each."
    )


class SqlProgram:
    """One version's statement, wrapped and named; the connections keep it prepared under `key`."""

    def __init__(self, lanes: Lanes, wrapped: Wrapped, terms: tuple[list[Parameter], Limits], key: str) -> None:
        parameters, limits = terms
        types = {parameter.name: SQL_TYPES[parameter.type][1] for parameter in parameters}
        self._lanes = lanes
        self._wrapped = wrapped
        self._limits = limits
        self._names = wrapped.parameters
        self._timeout = str(limits.timeout_ms).encode()
        self._quick_timeout = str(min(limits.timeout_ms, LIMIT_MS)).encode()
        self._statement = Statement(key.encode()[:60], wrapped.text.encode(), tuple(types[n] for n in self._names))

    async def run(self, call: EngineCall) -> EngineResult:
        asked = time.perf_counter()
        tenant = str(call.tenant_id).encode()
        values = [encode(call.values[name]) for name in self._names]
        wire = self._lanes.wires.pick() if call.pace.is_quick else None
        if wire is not None:
            answered = await self._quickly(wire, (tenant, self._quick_timeout), values, call.pace)
            if answered is not None:
                row, took_ms = answered
                return self._result(row, (time.perf_counter() - asked) * 1e3 - took_ms, took_ms)
        async with self._lanes.lease(call.pace) as lane:
            begun = time.perf_counter()
            row = await self._translated(lambda: lane.call((tenant, self._timeout), self._statement, values))
            ended = time.perf_counter()
        return self._result(row, (begun - asked) * 1e3, (ended - begun) * 1e3)

    async def _quickly(
        self, wire: Wire, enter: tuple[bytes, bytes], values: list[bytes | None], pace: Pace
    ) -> tuple[Row, float] | None:
        """The answer of a shared connection; None when the call has to be made again on one of its own."""
        try:
            return await wire.call(enter, self._statement, values)
        except ConnectionLost:
            return None
        except StatementRefused as error:
            if error.sqlstate == _TOO_SLOW and self._limits.timeout_ms > LIMIT_MS:
                pace.stumbled()
                return None
            if error.sqlstate in UNPREPARED:
                return None
            raise meaning(error, self._wrapped, self._limits.timeout_ms) from error

    def _result(self, row: Row, queue_ms: float, database_ms: float) -> EngineResult:
        found, size, body = int(row[0] or 0), int(row[1] or 0), row[2]
        if body is None:
            raise ResultTooLarge(
                f"The result has {size} bytes; the limit of this API is {self._limits.max_bytes}.",
                hint="Ask for fewer rows or columns.",
            )
        rows = min(found, self._limits.max_rows)
        return EngineResult(body, rows, found > rows, queue_ms, database_ms)

    async def _translated(self, call: Callable[[], Awaitable[list[bytes | None]]]) -> list[bytes | None]:
        try:
            return await call()
        except StatementRefused as error:
            raise meaning(error, self._wrapped, self._limits.timeout_ms) from error
