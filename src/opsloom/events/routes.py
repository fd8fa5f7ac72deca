"""HTTP in and out of events."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from opsloom.events import service
from opsloom.events.body import read_body
from opsloom.events.schemas import INGEST_BODY, EventQuery, EventShown, Ingested
from opsloom.identity.access import Caller, Work, allowed, core_of, work
from opsloom.identity.permissions import Permission
from opsloom.kit.paging import Page

router = APIRouter(prefix="/api/v1/events", tags=["events"])

Reading = Annotated[Work, Depends(work(Permission.EVENTS_READ), scope="function")]


@router.post("", name="ingest_events", openapi_extra=INGEST_BODY)
async def ingest_events(
    request: Request, caller: Annotated[Caller, Depends(allowed(Permission.EVENTS_WRITE))]
) -> Ingested:
    """Store one event or many. The answer comes when the accepted ones are on disk; bad ones cost the good ones nothing."""
    body = await read_body(request)
    return await service.ingest(core_of(request), caller.scope, body, request.headers)


@router.get("", name="list_events")
async def list_events(w: Reading, query: Annotated[EventQuery, Query()]) -> Page[EventShown]:
    """Events, newest first by their own time."""
    return await service.list_events(w.session, w.scope, query.filter(), query.limit, query.cursor)


@router.get("/{event_id}", name="get_event")
async def get_event(w: Reading, event_id: UUID) -> EventShown:
    """One event."""
    return await service.get_event(w.session, w.scope, event_id)
