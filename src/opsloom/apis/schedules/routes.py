"""Schedules over HTTP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response, status

from opsloom.apis.errors import ApiNotFound
from opsloom.apis.schedules import cron, service
from opsloom.apis.schedules.models import ApiSchedule
from opsloom.apis.schedules.schemas import Moments, MomentsShown, ScheduleRequest, ScheduleShown, TickShown
from opsloom.apis.workflows import background
from opsloom.assets.service import parse_if_match
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of

router = APIRouter(prefix="/api/v1", tags=["schedules"])

Reading = Annotated[Work, Depends(work(Permission.APIS_READ), scope="function")]
Writing = Annotated[
    Work, Depends(work(Permission.APIS_READ, Permission.APIS_WRITE, Permission.APIS_RUN), scope="function")
]
IfMatch = Annotated[str | None, Header(description="The revision that was edited, as in the ETag.")]
_UPCOMING = 5


@router.get("/schedules")
async def list_schedules(
    w: Reading,
    limit: Limit = 50,
    cursor: Cursor = None,
    api_id: Annotated[UUID | None, Query(description="Only schedules of this API.")] = None,
) -> Page[ScheduleShown]:
    """Schedules, newest first."""
    before = decode_cursor(cursor, UUID)[0] if cursor else None
    assert before is None or isinstance(before, UUID)
    found = await service.listed(w.session, api_id=api_id, limit=limit, before=before)
    page = page_of(found, limit, lambda row: (row.id,))
    return Page[ScheduleShown](items=[await _shown(w, row) for row in page.items], next_cursor=page.next_cursor)


@router.post("/schedules/moments")
async def preview_schedule(w: Reading, asked: Moments) -> MomentsShown:
    """When a schedule would be due next."""
    return MomentsShown(upcoming=cron.moments(asked.cron, asked.zone, w.core.clock.now(), _UPCOMING))


@router.post("/apis/{api_id}/schedules", status_code=status.HTTP_201_CREATED)
async def create_schedule(w: Writing, api_id: UUID, asked: ScheduleRequest, response: Response) -> ScheduleShown:
    """Let the clock run a published API. Its runs are among the runs in the background."""
    return await _answer(w, response, await service.create(w.session, w.core, w.scope, api_id, asked))


@router.get("/schedules/{schedule_id}")
async def get_schedule(w: Reading, schedule_id: UUID, response: Response) -> ScheduleShown:
    """One schedule with its next moments."""
    return await _answer(w, response, await service.get(w.session, schedule_id))


@router.put("/schedules/{schedule_id}")
async def save_schedule(
    w: Writing, schedule_id: UUID, asked: ScheduleRequest, response: Response, if_match: IfMatch = None
) -> ScheduleShown:
    """Change it; it goes on from now."""
    of = (schedule_id, parse_if_match(if_match))
    return await _answer(w, response, await service.save(w.session, w.core, w.scope, of, asked))


@router.delete("/schedules/{schedule_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_schedule(w: Writing, schedule_id: UUID) -> None:
    """Take it away; the runs that it began stay."""
    await service.remove(w.session, w.scope, schedule_id)


@router.post("/schedules/{schedule_id}/pause")
async def pause_schedule(w: Writing, schedule_id: UUID, response: Response) -> ScheduleShown:
    """Begin no more runs until it is resumed."""
    row = await service.switch(w.session, w.core, w.scope, schedule_id, enabled=False)
    return await _answer(w, response, row)


@router.post("/schedules/{schedule_id}/resume")
async def resume_schedule(w: Writing, schedule_id: UUID, response: Response) -> ScheduleShown:
    """Go on from now; moments of the pause are not made up for."""
    row = await service.switch(w.session, w.core, w.scope, schedule_id, enabled=True)
    return await _answer(w, response, row)


@router.get("/schedules/{schedule_id}/ticks")
async def list_schedule_ticks(
    w: Reading, schedule_id: UUID, limit: Limit = 50, cursor: Cursor = None
) -> Page[TickShown]:
    """What became of its moments, newest first, with the runs that began."""
    before: Any = decode_cursor(cursor, datetime)[0] if cursor else None
    found = await service.history(w.session, schedule_id, limit=limit, before=before)
    page = page_of(found, limit, lambda tick: (tick.due_at,))
    return Page[TickShown](items=[TickShown.model_validate(tick) for tick in page.items], next_cursor=page.next_cursor)


async def _answer(w: Work, response: Response, row: ApiSchedule) -> ScheduleShown:
    response.headers["ETag"] = f'"{row.revision}"'
    return await _shown(w, row)


async def _shown(w: Work, row: ApiSchedule) -> ScheduleShown:
    shown = ScheduleShown.model_validate(row)
    shown.parameters = dict(service.shown_parameters(row, await _hidden(w, row)))
    if row.enabled:
        shown.upcoming = cron.moments(row.cron, row.zone, w.core.clock.now(), _UPCOMING)
    return shown


async def _hidden(w: Work, row: ApiSchedule) -> frozenset[str]:
    """Values that only whoever may change the schedule sees; all of them when nobody can say which are."""
    if w.scope.allows(Permission.APIS_WRITE):
        return frozenset()
    try:
        return frozenset(background.sensitive_of(await background.published(w.core, row.tenant_id, row.api_id)))
    except ApiNotFound:
        return frozenset(row.parameters)
