"""Counting, following and taking away events over HTTP."""

import time
from collections.abc import AsyncIterator
from typing import Annotated, Final

import orjson
from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from opsloom.events.schemas import EventNarrowing
from opsloom.events.search import export, summary, tail
from opsloom.events.search.schemas import EventExportForm, EventSummary, EventSummaryQuery, ExportQuery
from opsloom.identity.access import Caller, Work, allowed, core_of, work
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core

router = APIRouter(prefix="/api/v1/events", tags=["events"])

Reading = Annotated[Work, Depends(work(Permission.EVENTS_READ), scope="function")]
Reader = Annotated[Caller, Depends(allowed(Permission.EVENTS_READ))]
CoreOf = Annotated[Core, Depends(core_of)]

_TEXT: Final = {"schema": {"type": "string"}}
_MEDIA: Final = {EventExportForm.CSV: "text/csv; charset=utf-8", EventExportForm.NDJSON: "application/x-ndjson"}
# A tail is ended and taken up again by the page, so that a revoked session does not listen on for ever.
LONGEST_S: Final = 600.0


@router.get("/summary")
async def summarise_events(w: Reading, query: Annotated[EventSummaryQuery, Query()]) -> EventSummary:
    """How many events there were when, by severity, and what each choice of a field would leave."""
    return await summary.summarise(w.session, w.scope, query, w.core.clock.now())


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"description": "The events", "content": {"text/csv": _TEXT, "application/x-ndjson": _TEXT}}},
)
async def export_events(core: CoreOf, caller: Reader, query: Annotated[ExportQuery, Query()]) -> StreamingResponse:
    """The newest 100,000 events that match, as CSV or NDJSON, one a row."""
    return StreamingResponse(
        export.export(core, caller.scope, query.filter(), query.format),
        media_type=_MEDIA[query.format],
        headers={
            "Content-Disposition": f'attachment; filename="events.{query.format.value}"',
            "Cache-Control": "no-store",
        },
    )


@router.get(
    "/tail",
    response_class=StreamingResponse,
    responses={200: {"description": "Server-sent events", "content": {"text/event-stream": _TEXT}}},
)
async def follow_events(core: CoreOf, caller: Reader, query: Annotated[EventNarrowing, Query()]) -> StreamingResponse:
    """Events that match as they come in: messages `events` with `items` (oldest first, at most 100) and `skipped`, how many more
    came than are sent. It begins with what comes."""
    batches = tail.follow(core, caller.scope, query.filter())
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_messages(batches), media_type="text/event-stream", headers=headers)


async def _messages(batches: AsyncIterator[tail.Batch | None]) -> AsyncIterator[bytes]:
    end = time.monotonic() + LONGEST_S
    yield b"retry: 1000\n\n"
    async for batch in batches:
        if batch is None:
            yield b": still here\n\n"
        else:
            told = {"items": [each.model_dump(mode="json") for each in batch.events], "skipped": batch.skipped}
            yield b"event: events\ndata: %b\n\n" % orjson.dumps(told)
        if time.monotonic() > end:
            return
