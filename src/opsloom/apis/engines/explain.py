"""How a query would run, or ran: asked in the world that published queries run in, and rolled back with it.

On Opsloom's own data the plan is asked for over a lane, as the role that only reads the views, read-only, within the API's
limit of time; on another database through its connection, in its reading transaction.
"""

import secrets

from opsloom.apis.engines.lane import Statement, StatementRefused
from opsloom.apis.engines.lanes import Lanes
from opsloom.apis.engines.protocol import Pace
from opsloom.apis.engines.sql import refused
from opsloom.apis.engines.sql_connected import SQL_TYPES, declared_of, dialect_of, in_our_words
from opsloom.apis.errors import ApiUnservable, LogicRefused, PlanNotGiven, RunTimedOut, StatementFailed
from opsloom.apis.logic import SqlLogic
from opsloom.apis.params import Values
from opsloom.apis.schemas import ApiDefinition
from opsloom.apis.sql import foreign
from opsloom.apis.sql.guard import read
from opsloom.apis.sql.lexer import Prepared
from opsloom.apis.sql.plans.model import PlanUnreadable, QueryPlan
from opsloom.apis.sql.plans.read import plan_of
from opsloom.apis.sql.statement import SQL_TYPES as VALUE_TYPES
from opsloom.apis.sql.statement import encode
from opsloom.apis.sql.verdict import load_catalog
from opsloom.connections.service import Connections, Take
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import FieldProblem

_OPTIONS = {False: "format json", True: "format json, analyze, buffers"}


class Explainer:
    """Plans of SQL logic."""

    def __init__(self, core: Core, lanes: Lanes) -> None:
        self._core = core
        self._lanes = lanes

    async def explain(self, scope: Scope, definition: ApiDefinition, values: Values, *, analyze: bool) -> QueryPlan:
        """Raises LogicRefused, PlanNotGiven and what a run raises."""
        assert isinstance(definition.logic, SqlLogic)
        try:
            if definition.logic.connection is None:
                return await self._own(scope, definition, values, analyze=analyze)
            return await self._connected(scope, definition, values, analyze=analyze)
        except PlanUnreadable as error:
            raise PlanNotGiven(f"There is no plan to show: {error}.", hint="Run the query instead.") from error

    async def _own(self, scope: Scope, definition: ApiDefinition, values: Values, *, analyze: bool) -> QueryPlan:
        assert isinstance(definition.logic, SqlLogic)
        reading = read(definition.logic.sql, await load_catalog(self._core.db), declared_of(definition))
        if not reading.passes or reading.prepared is None:
            raise refused(reading.findings)
        text = _asking(reading.prepared, definition.limits.max_rows, analyze=analyze)
        types = {each.name: VALUE_TYPES[each.type][1] for each in definition.parameters}
        names = reading.prepared.parameters
        statement = Statement(secrets.token_hex(16).encode(), text.encode(), tuple(types[name] for name in names))
        enter = (str(scope.tenant_id).encode(), str(definition.limits.timeout_ms).encode())
        try:
            async with self._lanes.lease(Pace()) as lane:
                row = await lane.call(enter, statement, [encode(values[name]) for name in names])
        except StatementRefused as error:
            if error.sqlstate == "57014":
                raise RunTimedOut(f"The statement ran longer than {definition.limits.timeout_ms} ms.",
                                  hint="Ask for the plan without running it.") from error  # fmt: skip
            detail = FieldProblem(pointer="/logic/sql", detail=error.message, code=error.sqlstate)
            raise StatementFailed(f"The statement failed: {error.message}.", details=[detail]) from error
        return plan_of("postgres", [[(row[0] or b"").decode()]], measured=analyze)

    async def _connected(self, scope: Scope, definition: ApiDefinition, values: Values, *, analyze: bool) -> QueryPlan:
        """It is the caller who named the connection: one that cannot be used is a mistake in what was sent."""
        try:
            return await self._planned(scope, definition, values, analyze=analyze)
        except ApiUnservable as error:
            details = [FieldProblem(pointer="/logic/connection", detail=error.message)]
            raise LogicRefused(error.message, details=details, hint=error.hint) from error

    async def _planned(self, scope: Scope, definition: ApiDefinition, values: Values, *, analyze: bool) -> QueryPlan:
        assert isinstance(definition.logic, SqlLogic)
        key, sql = definition.logic.connection or "", definition.logic.sql
        connections = self._core.part(Connections)
        async with in_our_words(key, definition.limits):
            ready = await connections.ready(scope, key)
            if ready.type not in SQL_TYPES:
                raise LogicRefused(f"The connection “{key}” is of type {ready.type}.", details=[])
            dialect = dialect_of(ready.type, getattr(ready.config, "url", ""))
            judged = foreign.read(sql, dialect, declared_of(definition))
            if judged.findings:
                raise refused(judged.findings)
            take = Take(total_s=definition.limits.timeout_ms / 1e3)
            found = await connections.explain(scope, key, sql, values, take, analyze=analyze)
        return plan_of(found.dialect, found.rows, measured=found.measured)


def _asking(prepared: Prepared, max_rows: int, *, analyze: bool) -> str:
    """The statement as an API runs it, but for the JSON that is made of its rows."""
    alias = secrets.token_hex(8)
    return f'explain ({_OPTIONS[analyze]}) select * from (\n{prepared.text}\n) "{alias}" limit {max_rows + 1:d}'
