"""How an alert gets from one state to the next: one row of the timeline, one message on the stream, one call of each listener, all in
the caller's transaction."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.lifecycle import AlertState
from opsloom.alerts.models import Alert, AlertTransition
from opsloom.identity.scope import Scope
from opsloom.infra import stream
from opsloom.kit.ids import new_id

TOPIC = "alerts"
_TRANSITIONS = Counter("opsloom_alert_transitions_total", "Steps in the life of alerts.", ["to_state"])


class Listener(Protocol):
    """Told of every transition in the transaction that makes it."""

    async def __call__(
        self, session: AsyncSession, scope: Scope, alert: Alert, transition: AlertTransition, /
    ) -> None: ...


@dataclass
class Listeners:
    """Who is told; the composition root fills it and keeps it in the core."""

    each: list[Listener] = field(default_factory=list)


@dataclass(frozen=True)
class Move:
    """A step that has been found to be allowed."""

    target: AlertState
    at: datetime
    reason: str
    comment: str = ""
    decision_id: UUID | None = None
    proof: dict[str, Any] = field(default_factory=dict)


async def move(session: AsyncSession, scope: Scope, alert: Alert, step: Move, listeners: Listeners) -> AlertTransition:
    """Take the step."""
    now = datetime.now(UTC)
    transition = AlertTransition(
        tenant_id=scope.tenant_id,
        id=new_id(),
        alert_id=alert.id,
        decision_id=step.decision_id,
        at=step.at,
        recorded_at=now,
        from_state=alert.state,
        to_state=step.target,
        actor_kind=scope.actor.kind,
        actor=scope.actor.name,
        reason=step.reason,
        comment=step.comment,
        proof=step.proof,
        position=next_position(alert),
    )
    _mark(alert, step, scope.actor.name)
    alert.updated_at = now
    await session.flush()  # the alert before its transition, and both before whoever is told
    session.add(transition)
    await session.flush()
    _TRANSITIONS.labels(step.target).inc()
    await stream.publish(session, scope.tenant_id, TOPIC, _message(alert, transition))
    for listener in listeners.each:
        await listener(session, scope, alert, transition)
    return transition


def next_position(alert: Alert) -> int:
    """The place of the next line of an alert's timeline, which is also the revision that people's changes are checked against. The
    alert's row is locked by whoever changes it, so lines are in order whatever the clock does."""
    alert.revision = (alert.revision or 0) + 1
    return alert.revision


def _mark(alert: Alert, step: Move, actor: str) -> None:
    before, alert.state = alert.state, step.target
    if step.target is AlertState.FIRING and before != AlertState.ACKNOWLEDGED:
        alert.fired_at = step.at
    elif step.target is AlertState.FIRING:
        alert.acknowledged_at = alert.acknowledged_by = None
    elif step.target is AlertState.ACKNOWLEDGED:
        alert.acknowledged_at, alert.acknowledged_by = step.at, actor
    elif step.target is AlertState.RESOLVED:
        alert.resolved_at = step.at


def _message(alert: Alert, transition: AlertTransition) -> dict[str, object]:
    return {
        "type": f"alert.{transition.to_state}",
        "id": str(alert.id),
        "transition_id": str(transition.id),
        "rule_id": str(alert.rule_id),
        "rule_name": alert.rule_name,
        "key": alert.key,
        "state": alert.state,
        "from_state": transition.from_state,
        "severity": alert.severity,
        "title": alert.title,
        "labels": alert.labels,
        "at": transition.at.isoformat(),
        "actor": transition.actor,
    }
