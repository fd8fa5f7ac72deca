"""One step for many alerts. Each is taken or refused by itself; what one is refused leaves no trace of it, and no one is passed over
in silence. All that were taken become real together: when the database goes away in the middle, none was."""

from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts import service
from opsloom.alerts.models import Alert
from opsloom.alerts.schemas import AlertAction, AlertBulkOutcome, AlertBulkRequest, AlertBulkShown
from opsloom.alerts.transitions import Listeners
from opsloom.identity.scope import Scope
from opsloom.kit.errors import OpsloomError

Step = Callable[[UUID], Awaitable[Alert]]


async def carry_out(
    session: AsyncSession, scope: Scope, request: AlertBulkRequest, listeners: Listeners
) -> AlertBulkShown:
    """In the order of the ids, so that two of them at once do not wait for each other; the answer has the order asked."""
    asked = list(dict.fromkeys(request.ids))
    step = _step(session, scope, request, listeners)
    found = {alert_id: await _one(session, step, alert_id) for alert_id in sorted(asked)}
    items = [found[alert_id] for alert_id in asked]
    done = sum(each.done for each in items)
    return AlertBulkShown(items=items, done=done, refused=len(items) - done)


async def _one(session: AsyncSession, step: Step, alert_id: UUID) -> AlertBulkOutcome:
    try:
        async with session.begin_nested():
            alert = await step(alert_id)
    except OpsloomError as error:
        if error.status >= 500:
            raise
        return AlertBulkOutcome(id=alert_id, done=False, code=error.code, detail=error.message)
    return AlertBulkOutcome(id=alert_id, done=True, state=alert.state)


def _step(session: AsyncSession, scope: Scope, request: AlertBulkRequest, listeners: Listeners) -> Step:
    comment = request.comment
    by_hand = {
        AlertAction.ACKNOWLEDGE: service.acknowledge,
        AlertAction.UNACKNOWLEDGE: service.unacknowledge,
        AlertAction.RESOLVE: service.resolve,
    }
    act = by_hand.get(request.action)
    if act is not None:
        return partial(act, session, scope, comment=comment, listeners=listeners)
    if request.action is AlertAction.COMMENT:
        return partial(service.comment_on, session, scope, comment=comment)
    return lambda alert_id: service.assign(session, scope, (alert_id, None), request.assignee_id, comment)
