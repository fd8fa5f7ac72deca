"""HTTP of alerts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from opsloom.alerts import service
from opsloom.alerts.lifecycle import AlertState, Severity
from opsloom.alerts.models import Alert, AlertTransition
from opsloom.alerts.repository import Filters
from opsloom.alerts.schemas import AlertDetail, AlertShown, AlertSummary, Remark, TransitionShown
from opsloom.alerts.service import Listeners
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.kit.model import Instant, Text
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of

router = APIRouter(prefix="/api/v1/alerts", tags=["alerts"])

Reading = Annotated[Work, Depends(work(Permission.ALERTS_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.ALERTS_WRITE), scope="function")]


def filters(
    state: Annotated[list[AlertState] | None, Query(description="Repeat for several.")] = None,
    severity: Annotated[list[Severity] | None, Query(description="Repeat for several.")] = None,
    rule_id: UUID | None = None,
    item_id: UUID | None = None,
    q: Annotated[Text | None, Query(max_length=200, description="In title, rule, key and description.")] = None,
    since: Annotated[Instant | None, Query(description="Began at or after this instant.")] = None,
) -> Filters:
    """Which alerts are asked for."""
    return Filters(state or (), severity or (), rule_id, item_id, q, since)


@router.get("")
async def list_alerts(
    w: Reading, asked: Annotated[Filters, Depends(filters)], limit: Limit = 50, cursor: Cursor = None
) -> Page[AlertShown]:
    """Alerts, newest first. Pending runs that broke off before they fired are shown only when asked for by state."""
    found = await service.find(w.session, asked, limit=limit, before=_before(cursor))
    shown = [AlertShown.model_validate(alert) for alert in found]
    return page_of(shown, limit, lambda alert: (alert.id,))


@router.get("/summary")
async def alerts_summary(w: Reading) -> AlertSummary:
    """Counts by state, and of the open alerts by severity and rule."""
    return await service.summarise(w.session)


@router.get("/{alert_id}")
async def get_alert(w: Reading, alert_id: UUID) -> AlertDetail:
    """One alert with its proof and timeline."""
    alert, transitions = await service.get(w.session, alert_id)
    return _detail(alert, transitions)


@router.post("/{alert_id}/acknowledge")
async def acknowledge_alert(w: Writing, alert_id: UUID, remark: Remark) -> AlertDetail:
    """Say that somebody takes care of it."""
    await service.acknowledge(w.session, w.scope, alert_id, remark.comment, w.core.part(Listeners))
    return _detail(*await service.get(w.session, alert_id))


@router.post("/{alert_id}/resolve")
async def resolve_alert(w: Writing, alert_id: UUID, remark: Remark) -> AlertDetail:
    """Close it by hand; it stays closed until its condition has cleared and comes true again."""
    await service.resolve(w.session, w.scope, alert_id, remark.comment, w.core.part(Listeners))
    return _detail(*await service.get(w.session, alert_id))


def _before(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    (value,) = decode_cursor(cursor, UUID)
    return value if isinstance(value, UUID) else None


def _detail(alert: Alert, transitions: list[AlertTransition]) -> AlertDetail:
    shown = AlertShown.model_validate(alert).model_dump()
    timeline = [TransitionShown.model_validate(one) for one in transitions]
    return AlertDetail(**shown, proof=alert.proof, channels=alert.channels, transitions=timeline)
