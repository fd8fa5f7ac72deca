"""HTTP of incidents."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response

from opsloom.alerts.incidents import service
from opsloom.alerts.incidents.journal import Followers
from opsloom.alerts.incidents.models import IncidentState
from opsloom.alerts.incidents.repository import Filters
from opsloom.alerts.incidents.schemas import (
    GroupingBody,
    GroupingShown,
    IncidentChange,
    IncidentDetail,
    IncidentListed,
    IncidentShown,
    IncidentsSummary,
    MergeBody,
    SplitBody,
    StepBody,
)
from opsloom.alerts.incidents.service import Telling
from opsloom.alerts.lifecycle import Severity
from opsloom.alerts.service import Listeners
from opsloom.assets.service import parse_if_match
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.kit.model import Text
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of

router = APIRouter(prefix="/api/v1", tags=["incidents"])

Reading = Annotated[Work, Depends(work(Permission.ALERTS_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.ALERTS_WRITE), scope="function")]
IfMatch = Annotated[str | None, Header(description="The revision that was edited, as in the ETag.")]


def filters(
    state: Annotated[list[IncidentState] | None, Query(description="Repeat for several.")] = None,
    severity: Annotated[list[Severity] | None, Query(description="Repeat for several.")] = None,
    assignee_id: Annotated[UUID | None, Query(description="Who sees to it.")] = None,
    q: Annotated[Text | None, Query(max_length=200, description="In the title.")] = None,
) -> Filters:
    """Which incidents are asked for."""
    return Filters(state or (), severity or (), assignee_id, q)


@router.get("/incidents")
async def list_incidents(
    w: Reading, asked: Annotated[Filters, Depends(filters)], limit: Limit = 50, cursor: Cursor = None
) -> Page[IncidentListed]:
    """Incidents, newest first; those merged into others are left out."""
    before = decode_cursor(cursor, UUID)[0] if cursor else None
    assert before is None or isinstance(before, UUID)
    found = await service.find(w.session, asked, limit=limit, before=before)
    shown = [
        IncidentListed(**IncidentShown.model_validate(row).model_dump(), alerts=count, open_alerts=open_count)
        for row, count, open_count in found
    ]
    return page_of(shown, limit, lambda one: (one.id,))


@router.get("/incidents/summary")
async def incidents_summary(w: Reading) -> IncidentsSummary:
    """How many incidents are in each state."""
    counts = await service.counts(w.session)
    return IncidentsSummary(states={state: counts.get(state, 0) for state in IncidentState})


@router.get("/incidents/{incident_id}")
async def get_incident(w: Reading, incident_id: UUID) -> IncidentDetail:
    """One incident: its alerts and what ties each to it, its timeline, what is to come, and the items concerned."""
    return await service.detail(w.session, w.scope, incident_id)


@router.post("/incidents/{incident_id}/steps")
async def step_incident(w: Writing, incident_id: UUID, asked: StepBody) -> IncidentDetail:
    """Acknowledge or resolve it with its alerts, open it again, or say something about it."""
    await service.step(w.session, w.scope, incident_id, asked, _telling(w))
    return await service.detail(w.session, w.scope, incident_id)


@router.patch("/incidents/{incident_id}")
async def change_incident(w: Writing, incident_id: UUID, asked: IncidentChange) -> IncidentDetail:
    """Give it another title, or say who sees to it."""
    await service.change(w.session, w.scope, incident_id, asked, w.core.clock.now())
    return await service.detail(w.session, w.scope, incident_id)


@router.post("/incidents/{incident_id}/merge")
async def merge_incidents(w: Writing, incident_id: UUID, asked: MergeBody) -> IncidentDetail:
    """Take over the alerts of other incidents; those are resolved and say where their alerts went."""
    await service.merge(w.session, w.scope, incident_id, asked.incident_ids, w.core.clock.now())
    return await service.detail(w.session, w.scope, incident_id)


@router.post("/incidents/{incident_id}/split")
async def split_incident(w: Writing, incident_id: UUID, asked: SplitBody) -> IncidentDetail:
    """Make some of its alerts an incident of their own, which is answered."""
    made = await service.split(w.session, w.scope, incident_id, (asked.alert_ids, asked.title), _telling(w))
    return await service.detail(w.session, w.scope, made)


@router.get("/incident-grouping")
async def get_incident_grouping(w: Reading, response: Response) -> GroupingShown:
    """How alerts become incidents."""
    return _revised(response, await service.grouping(w.session))


@router.put("/incident-grouping")
async def save_incident_grouping(
    w: Annotated[Work, Depends(work(Permission.RULES_WRITE), scope="function")],
    asked: GroupingBody,
    response: Response,
    if_match: IfMatch = None,
) -> GroupingShown:
    """Group otherwise from now on; what is grouped already stays so."""
    of = (parse_if_match(if_match), w.core.clock.now())
    return _revised(response, await service.save_grouping(w.session, w.scope, asked, of))


def _telling(w: Work) -> Telling:
    return Telling(w.core.part(Listeners), w.core.part(Followers), w.core.clock.now())


def _revised(response: Response, shown: GroupingShown) -> GroupingShown:
    response.headers["ETag"] = f'"{shown.revision}"'
    return shown
