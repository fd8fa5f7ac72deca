"""HTTP of on-call schedules and contacts."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path, Query, Response, status

from opsloom.alerts.oncall import contacts, service
from opsloom.alerts.oncall.models import OncallSchedule
from opsloom.alerts.oncall.schemas import (
    ContactBody,
    ContactShown,
    FeedShown,
    OncallScheduleShown,
    OverrideBody,
    OverrideShown,
    RotaShown,
    ScheduleBody,
)
from opsloom.alerts.oncall.service import Span
from opsloom.assets.service import parse_if_match
from opsloom.identity import access
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.kit.model import Instant, Text
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of

FeedToken = Annotated[Text, Path(min_length=20, max_length=200, description="The secret part of the address.")]
router = APIRouter(prefix="/api/v1", tags=["on-call"])

Reading = Annotated[Work, Depends(work(Permission.ALERTS_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.ALERTS_WRITE), scope="function")]
Building = Annotated[Work, Depends(work(Permission.RULES_WRITE), scope="function")]
IfMatch = Annotated[str | None, Header(description="The revision that was edited, as in the ETag.")]
From = Annotated[Instant | None, Query(alias="from", description="The stretch of time begins here, or now.")]
To = Annotated[
    Instant | None,
    Query(alias="to", description="It ends before this instant, at most 100 days later, or after a week."),
]


@router.get("/oncall-schedules")
async def list_oncall_schedules(
    w: Reading,
    limit: Limit = 50,
    cursor: Cursor = None,
    at: Annotated[Instant | None, Query(description="Who answers then; now, when it is left out.")] = None,
) -> Page[OncallScheduleShown]:
    """Schedules, newest first, with who is on call."""
    before = decode_cursor(cursor, UUID)[0] if cursor else None
    assert before is None or isinstance(before, UUID)
    page = page_of(await service.listed(w.session, limit=limit, before=before), limit, lambda row: (row.id,))
    moment = w.core.clock.now() if at is None else Span.around(at)
    shown = await service.shown(w.session, w.scope, page.items, moment)
    return Page[OncallScheduleShown](items=shown, next_cursor=page.next_cursor)


@router.post("/oncall-schedules", status_code=status.HTTP_201_CREATED)
async def create_oncall_schedule(w: Building, asked: ScheduleBody, response: Response) -> OncallScheduleShown:
    """A new schedule."""
    return await _answer(w, response, await service.create(w.session, w.scope, asked, w.core.clock.now()))


@router.post("/oncall-schedules/preview")
async def preview_oncall_schedule(w: Reading, asked: ScheduleBody, start: From = None, end: To = None) -> RotaShown:
    """Who would be on call by a schedule that is not saved."""
    return await service.preview(w.session, w.scope, asked, _span(w, start, end))


@router.get("/oncall-schedules/{oncall_schedule_id}")
async def get_oncall_schedule(w: Reading, oncall_schedule_id: UUID, response: Response) -> OncallScheduleShown:
    """One schedule with who is on call now."""
    return await _answer(w, response, await service.get(w.session, oncall_schedule_id))


@router.put("/oncall-schedules/{oncall_schedule_id}")
async def save_oncall_schedule(
    w: Building, oncall_schedule_id: UUID, asked: ScheduleBody, response: Response, if_match: IfMatch = None
) -> OncallScheduleShown:
    """Change it, from the beginning of its layers on."""
    of = (oncall_schedule_id, parse_if_match(if_match))
    return await _answer(w, response, await service.save(w.session, w.scope, of, asked, w.core.clock.now()))


@router.delete("/oncall-schedules/{oncall_schedule_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_oncall_schedule(w: Building, oncall_schedule_id: UUID) -> None:
    """Take it away, with its overrides and its calendar."""
    await service.remove(w.session, w.scope, oncall_schedule_id)


@router.get("/oncall-schedules/{oncall_schedule_id}/rota")
async def get_oncall_rota(w: Reading, oncall_schedule_id: UUID, start: From = None, end: To = None) -> RotaShown:
    """Who is on call from one instant to another: the final word, each layer's own, overrides, hand-overs, gaps."""
    return await service.rota_of(w.session, w.scope, oncall_schedule_id, _span(w, start, end))


@router.post("/oncall-schedules/{oncall_schedule_id}/overrides", status_code=status.HTTP_201_CREATED)
async def create_oncall_override(w: Writing, oncall_schedule_id: UUID, asked: OverrideBody) -> OverrideShown:
    """Let somebody stand in."""
    return await service.add_override(w.session, w.scope, oncall_schedule_id, asked, w.core.clock.now())


@router.delete("/oncall-schedules/{oncall_schedule_id}/overrides/{override_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_oncall_override(w: Writing, oncall_schedule_id: UUID, override_id: UUID) -> None:
    """Let it be as the layers say again."""
    await service.remove_override(w.session, w.scope, oncall_schedule_id, override_id)


@router.post("/oncall-schedules/{oncall_schedule_id}/feed")
async def make_oncall_feed(w: Building, oncall_schedule_id: UUID) -> FeedShown:
    """An address at which calendars read the schedule without signing in; the one before it stops."""
    token = await service.make_feed(w.session, w.scope, oncall_schedule_id)
    return FeedShown(path=f"{router.prefix}/oncall-feeds/{token}")


@router.get(
    "/oncall-feeds/{feed_token}",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}, "description": "iCalendar."}},
)
async def read_oncall_feed(core: Annotated[Core, Depends(access.core_of)], feed_token: FeedToken) -> Response:
    """The schedule as iCalendar (RFC 5545), two weeks back and twelve ahead. The address is the credential."""
    return Response(await service.read_feed(core, feed_token), media_type="text/calendar; charset=utf-8")


@router.get("/oncall-contacts")
async def list_oncall_contacts(w: Reading) -> Page[ContactShown]:
    """Every member, and how he is reached."""
    return Page[ContactShown](items=await contacts.listed(w.session, w.scope))


@router.put("/oncall-contacts/{user_id}")
async def save_oncall_contact(
    w: Annotated[Work, Depends(work(Permission.NOTIFICATIONS_WRITE), scope="function")],
    user_id: UUID,
    asked: ContactBody,
) -> ContactShown:
    """Say how one is reached; for others it needs the permission users.write."""
    return await contacts.put(w.session, w.scope, user_id, asked, w.core.clock.now())


def _span(w: Work, start: datetime | None, end: datetime | None) -> Span:
    begins = start or w.core.clock.now()
    return Span(begins, end or begins + timedelta(days=7))


async def _answer(w: Work, response: Response, row: OncallSchedule) -> OncallScheduleShown:
    response.headers["ETag"] = f'"{row.revision}"'
    (shown,) = await service.shown(w.session, w.scope, [row], w.core.clock.now())
    return shown
