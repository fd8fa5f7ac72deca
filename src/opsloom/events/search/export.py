"""Stored events as a file, a page at a time: no transaction is held while the reader takes its time."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import text

from opsloom.events import repository
from opsloom.events.filters import EventFilter
from opsloom.events.schemas import EventShown
from opsloom.events.search.schemas import EventExportForm
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit import spreadsheet

MOST: Final = 100_000
_PAGE: Final = 2_000
_LIMIT: Final = text("set local statement_timeout = '10s'")
_COLUMNS: Final = tuple(EventShown.model_fields)


async def export(core: Core, scope: Scope, wanted: EventFilter, form: EventExportForm) -> AsyncIterator[bytes]:
    """The newest events that match, newest first."""
    if form is EventExportForm.CSV:
        yield spreadsheet.line(_COLUMNS)
    place: tuple[datetime, UUID] | None = None
    for _ in range(MOST // _PAGE):
        async with core.db.transaction(scope) as session:
            await session.execute(_LIMIT)
            rows = await repository.newest(session, scope.tenant_id, wanted, _PAGE, place)
            shown = [EventShown.model_validate(row).model_dump(mode="json") for row in rows]
        if form is EventExportForm.CSV:
            yield b"".join(spreadsheet.line(row[name] for name in _COLUMNS) for row in shown)
        else:
            yield b"".join(orjson.dumps(row) + b"\n" for row in shown)
        if len(rows) < _PAGE:
            return
        place = (rows[-1].time, rows[-1].id)
