"""What people do with the log: look, count, export."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis.errors import RunNotFound
from opsloom.apis.logs import repository
from opsloom.apis.logs.filters import RunFilter
from opsloom.apis.logs.repository import MOST_COUNTED, Place
from opsloom.apis.logs.schemas import ExportForm, FacetValue, RunFacets, RunListQuery
from opsloom.apis.models import ApiRun
from opsloom.apis.schemas import RunLogShown
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit import spreadsheet
from opsloom.kit.paging import Page, decode_cursor, page_of

MOST_EXPORTED: Final = 100_000
_EXPORT_PAGE: Final = 2_000
_SEARCH_LIMIT: Final = text("set local statement_timeout = '10s'")
_COLUMNS: Final = tuple(RunLogShown.model_fields)


async def list_runs(session: AsyncSession, scope: Scope, query: RunListQuery) -> Page[RunLogShown]:
    """Newest first. Raises InvalidInput for a foreign cursor."""
    place: Any = None if query.cursor is None else decode_cursor(query.cursor, datetime, UUID)
    await session.execute(_SEARCH_LIMIT)
    rows = await repository.newest(session, scope.tenant_id, query.filter(), limit=query.limit + 1, before=place)
    return page_of([RunLogShown.model_validate(row) for row in rows], query.limit, lambda run: (run.at, run.id))


async def get_run(session: AsyncSession, scope: Scope, run_id: UUID) -> ApiRun:
    """One logged run. Raises RunNotFound."""
    found = await repository.one(session, scope.tenant_id, run_id)
    if found is None:
        raise RunNotFound("There is no such run in the log.", hint="The log forgets; see what is kept on its page.")
    return found


async def count_facets(session: AsyncSession, scope: Scope, wanted: RunFilter) -> RunFacets:
    """What each field's choices would leave."""
    await session.execute(_SEARCH_LIMIT)
    looked_at, choices = await repository.facets(session, scope.tenant_id, wanted)
    fields: dict[str, list[FacetValue]] = {name: [] for name in RunFacets.model_fields}
    for each in choices:
        fields[each.field].append(FacetValue(value=each.value, label=each.label, count=each.runs))
    return RunFacets(
        complete=looked_at <= MOST_COUNTED,
        counted=min(looked_at, MOST_COUNTED),
        apis=fields["apis"],
        versions=fields["versions"],
        outcomes=fields["outcomes"],
        codes=fields["codes"],
        callers=fields["callers"],
        caches=fields["caches"],
    )


async def export(core: Core, scope: Scope, wanted: RunFilter, form: ExportForm) -> AsyncIterator[bytes]:
    """The newest runs as text, a page at a time: no transaction is held while the reader takes its time."""
    if form is ExportForm.CSV:
        yield spreadsheet.line(_COLUMNS)
    place: Place | None = None
    for _ in range(MOST_EXPORTED // _EXPORT_PAGE):
        async with core.db.transaction(scope) as session:
            await session.execute(_SEARCH_LIMIT)
            rows = await repository.newest(session, scope.tenant_id, wanted, limit=_EXPORT_PAGE, before=place)
            shown = [RunLogShown.model_validate(row).model_dump(mode="json") for row in rows]
        if form is ExportForm.CSV:
            yield b"".join(spreadsheet.line(row[name] for name in _COLUMNS) for row in shown)
        else:
            yield b"".join(orjson.dumps(row) + b"\n" for row in shown)
        if len(rows) < _EXPORT_PAGE:
            return
        place = (rows[-1].at, rows[-1].id)
