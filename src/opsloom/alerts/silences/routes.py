"""HTTP of silences, maintenance windows and inhibitions."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response, status

from opsloom.alerts.silences import repository, service, windows
from opsloom.alerts.silences.models import Inhibition, MaintenanceWindow, Silence
from opsloom.alerts.silences.schemas import (
    InhibitionRequest,
    InhibitionShown,
    Matched,
    MatchersAsked,
    SilenceRequest,
    SilenceShown,
    SilenceState,
    Spell,
    Spells,
    TimingAsked,
    WindowRequest,
    WindowShown,
)
from opsloom.assets.service import parse_if_match
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of

router = APIRouter(prefix="/api/v1", tags=["silences"])

Reading = Annotated[Work, Depends(work(Permission.ALERTS_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.ALERTS_WRITE), scope="function")]
IfMatch = Annotated[str | None, Header(description="The revision that was edited, as in the ETag.")]
_UPCOMING = 8


def _before(cursor: str | None) -> UUID | None:
    value = decode_cursor(cursor, UUID)[0] if cursor else None
    return value if isinstance(value, UUID) else None


@router.get("/silences")
async def list_silences(
    w: Reading,
    state: Annotated[list[SilenceState] | None, Query(description="Repeat for several.", max_length=3)] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[SilenceShown]:
    """Silences, newest first, also those that are over."""
    now = w.core.clock.now()
    found = await repository.silences(w.session, state or (), now, limit=limit, before=_before(cursor))
    page = page_of(found, limit, lambda row: (row.id,))
    return Page[SilenceShown](items=[_silence(w, row) for row in page.items], next_cursor=page.next_cursor)


@router.post("/silences", status_code=status.HTTP_201_CREATED)
async def create_silence(w: Writing, asked: SilenceRequest, response: Response) -> SilenceShown:
    """Keep the alerts that match quiet for a time; the ledger says of each message why it was not sent."""
    return _of_silence(w, response, await service.silence(w.session, w.scope, asked, w.core.clock.now()))


@router.post("/silences/preview")
async def preview_silence(w: Reading, asked: MatchersAsked) -> Matched:
    """Which open alerts matchers fit: for a silence, a window, or the target of an inhibition."""
    return await service.preview(w.session, asked.matchers)


@router.get("/silences/{silence_id}")
async def get_silence(w: Reading, silence_id: UUID, response: Response) -> SilenceShown:
    """One silence; the ETag is its revision."""
    return _of_silence(w, response, await service.get(w.session, Silence, silence_id))


@router.put("/silences/{silence_id}")
async def save_silence(
    w: Writing, silence_id: UUID, asked: SilenceRequest, response: Response, if_match: IfMatch = None
) -> SilenceShown:
    """Change one that is not over; what it no longer matches is told."""
    of = (silence_id, parse_if_match(if_match))
    row = await service.change_silence(w.session, w.scope, of, asked, w.core.clock.now())
    return _of_silence(w, response, row)


@router.post("/silences/{silence_id}/expire")
async def expire_silence(w: Writing, silence_id: UUID, response: Response) -> SilenceShown:
    """End it now; alerts that still fire are told."""
    return _of_silence(w, response, await service.expire(w.session, w.scope, silence_id, w.core.clock.now()))


@router.get("/maintenance-windows")
async def list_maintenance_windows(w: Reading, limit: Limit = 50, cursor: Cursor = None) -> Page[WindowShown]:
    """Windows with their next occurrences, newest first."""
    found = await repository.page(w.session, MaintenanceWindow, limit=limit, before=_before(cursor))
    page = page_of(found, limit, lambda row: (row.id,))
    return Page[WindowShown](items=[_window(w, row) for row in page.items], next_cursor=page.next_cursor)


@router.post("/maintenance-windows", status_code=status.HTTP_201_CREATED)
async def create_maintenance_window(w: Writing, asked: WindowRequest, response: Response) -> WindowShown:
    """Keep the alerts that match quiet while it is open: once, or again and again on the clock of a time zone."""
    return _of_window(w, response, await service.open_window(w.session, w.scope, asked, w.core.clock.now()))


@router.post("/maintenance-windows/preview")
async def preview_maintenance_window(w: Reading, asked: TimingAsked) -> Spells:
    """When a window would be open next."""
    now = w.core.clock.now()
    service.check_timing(asked.timing, now)
    return Spells(upcoming=[Spell.model_validate(each) for each in windows.upcoming(asked.timing, now, _UPCOMING)])


@router.get("/maintenance-windows/{window_id}")
async def get_maintenance_window(w: Reading, window_id: UUID, response: Response) -> WindowShown:
    """One window; the ETag is its revision."""
    return _of_window(w, response, await service.get(w.session, MaintenanceWindow, window_id))


@router.put("/maintenance-windows/{window_id}")
async def save_maintenance_window(
    w: Writing, window_id: UUID, asked: WindowRequest, response: Response, if_match: IfMatch = None
) -> WindowShown:
    """Plan it anew; what it no longer keeps quiet is told."""
    of = (window_id, parse_if_match(if_match))
    row = await service.change_window(w.session, w.scope, of, asked, w.core.clock.now())
    return _of_window(w, response, row)


@router.delete("/maintenance-windows/{window_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_maintenance_window(w: Writing, window_id: UUID) -> None:
    """Take it away; what it kept quiet and still fires is told."""
    await service.remove(w.session, w.scope, MaintenanceWindow, window_id)


@router.get("/inhibitions")
async def list_inhibitions(w: Reading, limit: Limit = 50, cursor: Cursor = None) -> Page[InhibitionShown]:
    """Inhibitions, newest first."""
    found = await repository.page(w.session, Inhibition, limit=limit, before=_before(cursor))
    return page_of([InhibitionShown.model_validate(row) for row in found], limit, lambda row: (row.id,))


@router.post("/inhibitions", status_code=status.HTTP_201_CREATED)
async def create_inhibition(w: Writing, asked: InhibitionRequest, response: Response) -> InhibitionShown:
    """Let alerts of one kind keep those of another quiet."""
    return _of_inhibition(response, await service.inhibit(w.session, w.scope, asked, w.core.clock.now()))


@router.get("/inhibitions/{inhibition_id}")
async def get_inhibition(w: Reading, inhibition_id: UUID, response: Response) -> InhibitionShown:
    """One inhibition; the ETag is its revision."""
    return _of_inhibition(response, await service.get(w.session, Inhibition, inhibition_id))


@router.put("/inhibitions/{inhibition_id}")
async def save_inhibition(
    w: Writing, inhibition_id: UUID, asked: InhibitionRequest, response: Response, if_match: IfMatch = None
) -> InhibitionShown:
    """Change it; what it no longer keeps quiet is told."""
    of = (inhibition_id, parse_if_match(if_match))
    row = await service.change_inhibition(w.session, w.scope, of, asked, w.core.clock.now())
    return _of_inhibition(response, row)


@router.delete("/inhibitions/{inhibition_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_inhibition(w: Writing, inhibition_id: UUID) -> None:
    """Take it away; what it kept quiet and still fires is told."""
    await service.remove(w.session, w.scope, Inhibition, inhibition_id)


def _of_silence(w: Work, response: Response, row: Silence) -> SilenceShown:
    response.headers["ETag"] = f'"{row.revision}"'
    return _silence(w, row)


def _silence(w: Work, row: Silence) -> SilenceShown:
    kept = {name: getattr(row, name) for name in SilenceShown.model_fields if name != "state"}
    return SilenceShown.model_validate(kept | {"state": service.state_of(row, w.core.clock.now())})


def _of_window(w: Work, response: Response, row: MaintenanceWindow) -> WindowShown:
    response.headers["ETag"] = f'"{row.revision}"'
    return _window(w, row)


def _window(w: Work, row: MaintenanceWindow) -> WindowShown:
    shown, now = WindowShown.model_validate(row), w.core.clock.now()
    if row.enabled:
        found = [Spell.model_validate(each) for each in windows.upcoming(shown.timing, now, _UPCOMING)]
        shown.upcoming = found
        shown.open_now = next((each for each in found if each.starts_at <= now < each.ends_at), None)
    return shown


def _of_inhibition(response: Response, row: Inhibition) -> InhibitionShown:
    response.headers["ETag"] = f'"{row.revision}"'
    return InhibitionShown.model_validate(row)
