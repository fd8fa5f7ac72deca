"""Types of events over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from opsloom.events.event import MAX_TYPE_CHARS
from opsloom.events.types import service
from opsloom.events.types.schemas import EventTypeDetail, EventTypeShown
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.kit.model import Text
from opsloom.kit.paging import Page

router = APIRouter(prefix="/api/v1/events/types", tags=["events"])

Reading = Annotated[Work, Depends(work(Permission.EVENTS_READ), scope="function")]


@router.get("")
async def list_event_types(w: Reading) -> Page[EventTypeShown]:
    """Types that were seen, the last seen first; what was just sent shows within a few seconds. At most 500 are kept."""
    return Page[EventTypeShown](items=list(await service.types_of(w.session, w.scope)))


@router.get("/{type:path}")
async def get_event_type(
    w: Reading, type: Annotated[Text, Path(min_length=1, max_length=MAX_TYPE_CHARS)]
) -> EventTypeDetail:
    """What events of a type are made of: fields with their types, how often they are there, and values that were seen."""
    return await service.type_of(w.session, w.scope, type)
