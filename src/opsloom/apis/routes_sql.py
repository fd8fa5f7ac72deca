"""Help with writing SQL over HTTP: layout, plans, drawings, and what there is to name."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from opsloom.apis import service, vocabulary
from opsloom.apis.engines.explain import Explainer
from opsloom.apis.engines.sql_connected import SQL_TYPES, dialect_of, sample_of
from opsloom.apis.errors import LogicRefused
from opsloom.apis.params import Parameter, Place, Reader, Values
from opsloom.apis.schemas import ApiDefinition
from opsloom.apis.schemas_sql import (
    DrawingRequest,
    DrawingShown,
    PlanRequest,
    SqlRequest,
    SqlShown,
    VocabularyShown,
)
from opsloom.apis.sql.drawing.read import NotDrawable, drawn
from opsloom.apis.sql.drawing.write import sql_of
from opsloom.apis.sql.layout import NotLaidOut, laid_out
from opsloom.apis.sql.plans.model import QueryPlan
from opsloom.apis.sql.verdict import load_catalog
from opsloom.connections.errors import ConnectionTypeUnfit, ConnectionUnknown
from opsloom.connections.service import Connections
from opsloom.identity.access import Caller, allowed, core_of
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import FieldProblem

router = APIRouter(prefix="/api/v1/apis/sql", tags=["apis"])

CoreOf = Annotated[Core, Depends(core_of)]
Building = Annotated[Caller, Depends(allowed(Permission.APIS_WRITE))]


@router.post("/layout")
async def lay_out_sql(caller: Building, core: CoreOf, request: SqlRequest) -> SqlShown:
    """The same statement, a clause to a line: only blanks change."""
    dialect = await _dialect(core, caller.scope, request.connection)
    try:
        return SqlShown(sql=laid_out(request.sql, dialect))
    except NotLaidOut as error:
        detail = FieldProblem(pointer="/sql", detail=str(error), code="syntax")
        raise LogicRefused(f"The SQL cannot be laid out: {error}.", details=[detail]) from error


@router.post("/drawing")
async def draw_sql(caller: Building, core: CoreOf, request: SqlRequest) -> DrawingShown:
    """The query as the visual builder draws it, or the reason why it cannot."""
    dialect = await _dialect(core, caller.scope, request.connection)
    try:
        return DrawingShown(drawing=drawn(request.sql, dialect))
    except NotDrawable as why:
        return DrawingShown(reason=why.reason, line=why.line, column=why.column)


@router.post("/text")
async def write_drawing(caller: Building, core: CoreOf, request: DrawingRequest) -> SqlShown:
    """A drawing as SQL, in the words of the connection's database."""
    return SqlShown(sql=sql_of(request.drawing, await _dialect(core, caller.scope, request.connection)))


@router.post("/plan")
async def explain_sql(caller: Building, core: CoreOf, request: PlanRequest) -> QueryPlan:
    """How the database would run the query, or with `analyze` how it ran it: read-only, within the limits, rolled back."""
    flat = [each.model_copy(update={"where": Place.QUERY}) for each in request.parameters]
    definition = ApiDefinition(path="plan", logic=request.logic, parameters=flat, limits=request.limits)
    service.may_try(caller.scope, definition)
    values = _values(flat, dict(request.values), complete=request.analyze)
    return await core.part(Explainer).explain(caller.scope, definition, values, analyze=request.analyze)


@router.get("/vocabulary")
async def list_sql_vocabulary(
    caller: Building,
    core: CoreOf,
    connection: Annotated[
        str | None, Query(min_length=1, max_length=80, description="A connection's key. Default: Opsloom's own data.")
    ] = None,
) -> VocabularyShown:
    """Tables, columns and keys with people's words, and the functions that pass the guard."""
    dialect = await _dialect(core, caller.scope, connection)
    catalog = await load_catalog(core.db) if connection is None else None
    async with core.db.transaction(caller.scope) as session:
        if catalog is not None:
            return await vocabulary.own(session, catalog)
        return await vocabulary.connected(session, caller.scope, connection or "", dialect)


def _values(parameters: list[Parameter], given: dict[str, object], *, complete: bool) -> Values:
    """What a call would give; where nothing runs, what is missing is made up. Raises ParametersInvalid."""
    if not complete:
        given |= {each.name: sample_of(each) for each in parameters if given.get(each.name) is None}
    return Reader(parameters).read((), {}, given)


async def _dialect(core: Core, scope: Scope, connection: str | None) -> str:
    if connection is None:
        return "postgres"
    service.may_connect(scope)
    try:
        ready = await core.part(Connections).ready(scope, connection)
    except ConnectionUnknown:
        raise ConnectionUnknown("There is no such connection.", hint="Use a connection's key.") from None
    if ready.type not in SQL_TYPES:
        raise ConnectionTypeUnfit(f"“{ready.name}” is of type {ready.type}, which has no SQL.")
    return dialect_of(ready.type, getattr(ready.config, "url", ""))
