"""Bounds of events over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends

from opsloom.events.keeping import service
from opsloom.events.keeping.schemas import EventBounds, EventBoundsShown
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission

router = APIRouter(prefix="/api/v1/events/keeping", tags=["events"])

Reading = Annotated[Work, Depends(work(Permission.EVENTS_READ), scope="function")]
Keeper = Annotated[Work, Depends(work(Permission.SYSTEM_WRITE), scope="function")]


@router.get("")
async def show_event_keeping(w: Reading) -> EventBoundsShown:
    """How many events are kept, and since when there is something."""
    return await service.show(w)


@router.put("")
async def save_event_keeping(w: Keeper, wanted: EventBounds) -> EventBoundsShown:
    """Bound events by days, number and bytes. What is over goes within the hour, the oldest arrivals first."""
    await service.change(w, wanted)
    return await service.show(w)
