"""SQL that changes rows, on a connection that is for writing.

Invariant: a call changes something only when it came by POST at /runtime, from a caller with the right to change data, with an
idempotency key; any other way in is refused, and a trial is rolled back. Once committed, the same key gives the same answer
(`connections.sql.changing`). Before and after, a row of the audit log says who changed how much.
"""

import hashlib
import time

import orjson

from opsloom.apis.engines.http.engine import connection_findings
from opsloom.apis.engines.protocol import Asker, EngineCall, EngineResult, Validation, Writes
from opsloom.apis.engines.sql import refused
from opsloom.apis.engines.sql_connected import declared_of, dialect_of, in_our_words, sample_of
from opsloom.apis.errors import KeyMissing, LogicRefused, WriteUnreachable
from opsloom.apis.logic import WriteLogic
from opsloom.apis.schemas import ApiDefinition, Limits
from opsloom.apis.sql.guard import Finding
from opsloom.apis.sql.writing import Writing, read
from opsloom.connections import errors as connection_errors
from opsloom.connections.service import Change, Changed, Connections, ConnectionType, Take
from opsloom.identity import audit
from opsloom.identity.errors import PermissionMissing
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.resilience import deadline

TYPES = frozenset({ConnectionType.POSTGRESQL, ConnectionType.MYSQL, ConnectionType.SQLITE, ConnectionType.SQLALCHEMY})
_CHECK_S = 5.0
_SHOWN = 50


class WriteEngine:
    """Judges and prepares SQL that changes rows."""

    type = "sql_write"

    def __init__(self, core: Core) -> None:
        self._core = core

    async def validate(self, definition: ApiDefinition, scope: Scope) -> Validation:
        """The guard's findings, then the database's own: the statement is planned, never run."""
        logic = _logic(definition)
        findings = [*_permitted(scope), *await connection_findings(self._core, scope, logic.connection, TYPES)]
        if findings:
            return Validation(tuple(findings))
        connections = self._core.part(Connections)
        ready = await connections.ready(scope, logic.connection)
        if not ready.writes:
            why = "the connection is not for writing: say so in its definition and publish it"
            return Validation((Finding("connection_not_for_writing", why, pointer="/logic/connection"),))
        judged = read(logic.sql, dialect_of(ready.type, getattr(ready.config, "url", "")), declared_of(definition))
        if judged.findings:
            return Validation(judged.findings, parameters_used=judged.parameters)
        values = {each.name: sample_of(each) for each in definition.parameters}
        try:
            await connections.plan_change(scope, logic.connection, logic.sql, values, Take(total_s=_CHECK_S))
        except connection_errors.QueryRefused as error:
            return Validation((Finding("database", error.message.rstrip(".")),), parameters_used=judged.parameters)
        return Validation((), (), definition.row_schema or {}, judged.parameters)

    async def prepare(self, definition: ApiDefinition, key: str) -> "WriteProgram":
        del key
        return WriteProgram(self._core, _logic(definition), declared_of(definition), definition.limits)


class WriteProgram:
    """One version's statement."""

    def __init__(self, core: Core, logic: WriteLogic, declared: frozenset[str], limits: Limits) -> None:
        self._core = core
        self._logic = logic
        self._declared = declared
        self._limits = limits

    async def run(self, call: EngineCall) -> EngineResult:
        """Raises WriteUnreachable, PermissionMissing, KeyMissing and what a run on a connection raises."""
        asker, key = _entitled(call.asker)
        scope, began = Scope.system(call.tenant_id), time.perf_counter()
        async with in_our_words(self._logic.connection, self._limits):
            judged = await self._judged(scope)
            asked = Change(
                sql=self._logic.sql,
                params=call.values,
                most=self._logic.max_changes,
                owner=f"{call.tenant_id}:{asker.api_id}",
                key=key,
                fingerprint=_fingerprint(self._logic.sql, dict(call.values)),
                before=judged.before if key is None else None,
            )
            if key is not None:
                await self._note(call, asker, "api.change_asked", {"key": key})
            take = Take(total_s=deadline.remaining(), rows=self._limits.max_rows, bytes=self._limits.max_bytes)
            done = await self._core.part(Connections).change(scope, self._logic.connection, asked, take)
        if key is not None and not done.replayed:
            await self._note(call, asker, "api.changed", {"key": key, "changed": done.changed})
        return _answer(done, dry=key is None, queue_ms=max((time.perf_counter() - began) * 1e3 - done.ms, 0.0))

    async def _judged(self, scope: Scope) -> Writing:
        """The guard again, in the dialect the connection has now. Raises LogicRefused."""
        ready = await self._core.part(Connections).ready(scope, self._logic.connection)
        if ready.type not in TYPES or not ready.writes:
            raise LogicRefused(
                f"The connection “{self._logic.connection}” is not for writing.",
                hint="Say so in its definition, and publish it.",
            )
        judged = read(self._logic.sql, dialect_of(ready.type, getattr(ready.config, "url", "")), self._declared)
        if judged.findings:
            raise refused(judged.findings)
        return judged

    async def _note(self, call: EngineCall, asker: Asker, action: str, detail: dict[str, object]) -> None:
        """In a transaction of its own: none of ours is held while the other database works."""
        scope = Scope(call.tenant_id, asker.actor, asker.permissions, asker.trace_id)
        more = {"api": asker.api, "version": asker.version, "connection": self._logic.connection}
        async with self._core.db.transaction(scope) as session:
            await audit.record(session, scope, action, "api", asker.api_id, {**more, **detail})


def _entitled(asker: Asker | None) -> tuple[Asker, str | None]:
    """Who asks, and the key; None is a trial."""
    if asker is None or asker.writes is Writes.NEVER:
        raise WriteUnreachable(
            "An API that changes rows is called by POST at its own address, and by nothing else.",
            hint="Tools, workflows, scripts, schedules and replays do not reach it.",
        )
    if Permission.APIS_CHANGE not in asker.permissions:
        raise PermissionMissing(
            f"This needs the permission {Permission.APIS_CHANGE.value}.",
            hint="Ask an administrator for a role or key that has it.",
        )
    if asker.writes is Writes.TRIAL:
        return asker, None
    if not asker.idempotency_key:
        raise KeyMissing("A call that changes rows needs the header Idempotency-Key.", hint="Give each call a new one.")
    return asker, asker.idempotency_key


def _answer(done: Changed, *, dry: bool, queue_ms: float) -> EngineResult:
    """A trial also shows the rows as they were, as far as one query can say."""
    body: dict[str, object] = {"changed": done.changed, "items": _items(done.columns, done.rows)}
    if dry:
        body |= {"dry_run": True, "items": _items(done.columns, done.rows[:_SHOWN])}
        body["before"] = _items(done.before_columns, done.before[:_SHOWN])
    headers = {"Idempotency-Replayed": "true"} if done.replayed else {}
    return EngineResult(orjson.dumps(body), done.changed, False, queue_ms, done.ms, whole=True, headers=headers)


def _items(columns: list[str], rows: list[list[object]] | object) -> list[dict[str, object]]:
    assert isinstance(rows, list)
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _fingerprint(sql: str, values: dict[str, object]) -> str:
    return hashlib.sha256(orjson.dumps([sql, values], option=orjson.OPT_SORT_KEYS)).hexdigest()


def _permitted(scope: Scope) -> list[Finding]:
    if scope.allows(Permission.APIS_CHANGE):
        return []
    why = f"an API that changes rows needs the permission {Permission.APIS_CHANGE.value}"
    return [Finding("change_forbidden", why, pointer="/logic")]


def _logic(definition: ApiDefinition) -> WriteLogic:
    assert isinstance(definition.logic, WriteLogic)
    return definition.logic
