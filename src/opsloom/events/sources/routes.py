"""Sources of events over HTTP: the pages that keep them, and the address they send to."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, status

from opsloom.events.body import read_body
from opsloom.events.schemas import Ingested
from opsloom.events.sources import service
from opsloom.events.sources.hooks import MAX_BODY_BYTES, Hooks
from opsloom.events.sources.schemas import (
    EventRefusalShown,
    EventSourceEdit,
    EventSourceMade,
    EventSourceShown,
    EventSourcesShown,
    MappingPreview,
    MappingTrial,
    NewEventSource,
    NewSourceSecret,
)
from opsloom.identity.access import Caller, Work, allowed, core_of, work
from opsloom.identity.permissions import Permission
from opsloom.kit.model import Text
from opsloom.kit.paging import Cursor, Limit, Page

router = APIRouter(tags=["events"])

Reading = Annotated[Work, Depends(work(Permission.EVENTS_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.CONNECTIONS_WRITE), scope="function")]
Writer = Annotated[Caller, Depends(allowed(Permission.CONNECTIONS_WRITE))]

_ANY = {"schema": {"type": "object"}}


@router.get("/api/v1/events/sources")
async def list_event_sources(w: Reading) -> EventSourcesShown:
    """Every way in: the formats everybody can send, and the sources that sign; with what came by each."""
    return await service.list_sources(w)


@router.post("/api/v1/events/sources", status_code=status.HTTP_201_CREATED)
async def create_event_source(w: Writing, new: NewEventSource) -> EventSourceMade:
    """Make a source. A secret that is made here is in this answer and nowhere else."""
    return await service.create(w, new)


@router.put("/api/v1/events/sources/{source_id}")
async def save_event_source(w: Writing, source_id: UUID, edit: EventSourceEdit) -> EventSourceShown:
    """Change a source; its secret and address stay."""
    return await service.save(w, source_id, edit)


@router.post("/api/v1/events/sources/{source_id}/secret")
async def renew_event_source_secret(w: Writing, source_id: UUID, given: NewSourceSecret) -> EventSourceMade:
    """Put another secret in place; the one before stays good for a day."""
    return await service.renew(w, source_id, given)


@router.delete("/api/v1/events/sources/{source_id}", status_code=status.HTTP_204_NO_CONTENT)
async def remove_event_source(w: Writing, source_id: UUID) -> None:
    """Take nothing from it any more. Its events stay."""
    await service.remove(w, source_id)


@router.get("/api/v1/events/refusals")
async def list_event_refusals(
    w: Reading,
    door: Annotated[Text | None, Query(max_length=60, description="A format's door or a source's id.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[EventRefusalShown]:
    """What was refused lately, with the reason; the last 100 of each door are kept."""
    return await service.list_refusals(w, door, limit, cursor)


@router.post("/api/v1/events/mappings/preview")
async def preview_event_mapping(request: Request, _caller: Writer, trial: MappingTrial) -> MappingPreview:
    """What a mapping makes of a body. Nothing is stored."""
    return await service.preview(core_of(request), trial)


@router.post("/ingest/hooks/{hook}", openapi_extra={"requestBody": {"content": {"application/json": _ANY}}})
async def ingest_hook(request: Request, hook: Annotated[Text, Path(max_length=100)]) -> Ingested:
    """A request of a signed source; the signature is the credential. The same request again is a duplicate."""
    core = core_of(request)
    return await core.part(Hooks).take(core, hook, await read_body(request, MAX_BODY_BYTES), request.headers)
