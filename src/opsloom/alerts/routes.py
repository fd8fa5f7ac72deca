"""HTTP of alerts."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response

from opsloom.alerts import bulk, facets, service
from opsloom.alerts.facets import NOBODY
from opsloom.alerts.lifecycle import OPEN, AlertState, Severity
from opsloom.alerts.models import Alert, AlertNote, AlertTransition
from opsloom.alerts.repository import Filters
from opsloom.alerts.schemas import (
    AlertBulkRequest,
    AlertBulkShown,
    AlertDetail,
    AlertFacets,
    AlertShown,
    AlertSummary,
    Assignment,
    LineKind,
    LineShown,
    MutedBy,
    PersonShown,
    Remark,
    SaidComment,
)
from opsloom.alerts.silences import force
from opsloom.alerts.transitions import Listeners
from opsloom.assets.service import parse_if_match
from opsloom.identity import people
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.kit.errors import FieldProblem, InvalidInput
from opsloom.kit.model import Instant, Text
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of

router = APIRouter(prefix="/api/v1/alerts", tags=["alerts"])

Reading = Annotated[Work, Depends(work(Permission.ALERTS_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.ALERTS_WRITE), scope="function")]
IfMatch = Annotated[str | None, Header(description="The revision that was seen, as in the ETag.")]
Several = Query(description="Repeat for several.", max_length=50)


def chosen(
    state: Annotated[list[AlertState] | None, Several] = None,
    severity: Annotated[list[Severity] | None, Several] = None,
    rule_id: Annotated[list[UUID] | None, Several] = None,
    label: Annotated[list[Text] | None, Query(description="`name=value`; repeat for several.", max_length=50)] = None,
    assignee: Annotated[
        list[UUID | Literal["none"]] | None,
        Query(description="A person's id, or `none`; repeat for several.", max_length=50),
    ] = None,
) -> Filters:
    """What was ticked among the facets."""
    return Filters(
        states=state or (),
        severities=severity or (),
        rule_ids=rule_id or (),
        labels=_labels(label or ()),
        assignees=[each for each in assignee or () if isinstance(each, UUID)],
        unassigned=NOBODY in (assignee or ()),
    )


def filters(
    ticked: Annotated[Filters, Depends(chosen)],
    item_id: UUID | None = None,
    q: Annotated[
        Text | None, Query(max_length=200, description="In title, rule, key, description, assignee and labels.")
    ] = None,
    since: Annotated[Instant | None, Query(description="Began at or after this instant.")] = None,
) -> Filters:
    """Which alerts are asked for."""
    return replace(ticked, item_id=item_id, text=q, since=since)


Asked = Annotated[Filters, Depends(filters)]


def _labels(texts: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name:
            flaw = FieldProblem(pointer="label", detail="must be name=value")
            raise InvalidInput("A label to filter by must be name=value.", details=[flaw])
        found.setdefault(name, []).append(value)
    return found


@router.get("")
async def list_alerts(w: Reading, asked: Asked, limit: Limit = 50, cursor: Cursor = None) -> Page[AlertShown]:
    """Alerts, newest first. Pending runs that broke off before they fired are shown only when asked for by state."""
    found = await service.find(w.session, asked, limit=limit, before=_before(cursor))
    page = page_of(found, limit, lambda alert: (alert.id,))
    return Page[AlertShown](items=await _shown(w, page.items), next_cursor=page.next_cursor)


@router.get("/summary")
async def alerts_summary(w: Reading) -> AlertSummary:
    """Counts by state, and of the open alerts by severity and rule."""
    return await facets.summarise(w.session)


@router.get("/facets")
async def count_alerts(w: Reading, asked: Asked) -> AlertFacets:
    """How many alerts there are by state, severity, rule, label and assignee, each group as if its own filter were not set."""
    return await facets.count(w.session, asked)


@router.get("/people")
async def list_alert_people(w: Reading) -> Page[PersonShown]:
    """Whom alerts can be assigned to."""
    found = await people.able(w.session, w.scope, Permission.ALERTS_WRITE)
    return Page[PersonShown](items=[PersonShown.model_validate(each) for each in found])


@router.post("/bulk")
async def change_many_alerts(w: Writing, request: AlertBulkRequest) -> AlertBulkShown:
    """One step for many alerts: each is done or refused by itself, and the answer says which and why."""
    return await bulk.carry_out(w.session, w.scope, request, w.core.part(Listeners))


@router.get("/{alert_id}")
async def get_alert(w: Reading, alert_id: UUID, response: Response) -> AlertDetail:
    """One alert with its proof and timeline; the ETag is its revision."""
    return await _answer(w, alert_id, response)


@router.post("/{alert_id}/acknowledge")
async def acknowledge_alert(w: Writing, alert_id: UUID, remark: Remark, response: Response) -> AlertDetail:
    """Say that somebody takes care of it."""
    await service.acknowledge(w.session, w.scope, alert_id, remark.comment, w.core.part(Listeners))
    return await _answer(w, alert_id, response)


@router.post("/{alert_id}/unacknowledge")
async def unacknowledge_alert(w: Writing, alert_id: UUID, remark: Remark, response: Response) -> AlertDetail:
    """Say that nobody takes care of it any more: it fires again, and people are told so."""
    await service.unacknowledge(w.session, w.scope, alert_id, remark.comment, w.core.part(Listeners))
    return await _answer(w, alert_id, response)


@router.post("/{alert_id}/resolve")
async def resolve_alert(w: Writing, alert_id: UUID, remark: Remark, response: Response) -> AlertDetail:
    """Close it by hand; it stays closed until its condition has cleared and comes true again."""
    await service.resolve(w.session, w.scope, alert_id, remark.comment, w.core.part(Listeners))
    return await _answer(w, alert_id, response)


@router.post("/{alert_id}/assign")
async def assign_alert(
    w: Writing, alert_id: UUID, request: Assignment, response: Response, if_match: IfMatch = None
) -> AlertDetail:
    """Give it to somebody who may work on alerts, or to nobody."""
    of = (alert_id, parse_if_match(if_match))
    await service.assign(w.session, w.scope, of, request.assignee_id, request.comment)
    return await _answer(w, alert_id, response)


@router.post("/{alert_id}/comments")
async def comment_on_alert(w: Writing, alert_id: UUID, said: SaidComment, response: Response) -> AlertDetail:
    """Say something about it; it is written once and stays."""
    await service.comment_on(w.session, w.scope, alert_id, said.comment)
    return await _answer(w, alert_id, response)


def _before(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    (value,) = decode_cursor(cursor, UUID)
    return value if isinstance(value, UUID) else None


async def _shown(w: Work, found: Sequence[Alert]) -> list[AlertShown]:
    """With what keeps each quiet; what is over makes no noise anyway."""
    quiet = await force.mutes(w.session, w.core.clock.now(), [each for each in found if each.state in OPEN])
    shown = []
    for alert in found:
        one = AlertShown.model_validate(alert)
        one.muted_by = [MutedBy.model_validate(mute) for mute in quiet.get(alert.id, ())]
        shown.append(one)
    return shown


async def _answer(w: Work, alert_id: UUID, response: Response) -> AlertDetail:
    alert, lines = await service.get(w.session, alert_id)
    response.headers["ETag"] = f'"{alert.revision}"'
    (shown,) = await _shown(w, [alert])
    timeline = [_line(line) for line in lines]
    return AlertDetail(**shown.model_dump(), proof=alert.proof, channels=alert.channels, timeline=timeline)


def _line(line: AlertTransition | AlertNote) -> LineShown:
    if isinstance(line, AlertTransition):
        own = {"kind": LineKind.TRANSITION, "recorded_at": line.recorded_at, "reason": line.reason, "proof": line.proof}
        own |= {"from_state": line.from_state, "to_state": line.to_state}
    else:
        own = {"kind": LineKind(line.kind), "recorded_at": line.at, "assignee": line.assignee}
    shared = {name: getattr(line, name) for name in ("id", "at", "actor_kind", "actor", "comment")}
    return LineShown.model_validate(shared | own)
