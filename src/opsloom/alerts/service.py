"""What happens to alerts: the engine's decisions, and what people do.

Each step is one row of the timeline, one message on the stream and one call of each listener, in the caller's transaction.
A decision is applied once however often it is handed over; one that has no meaning in the alert's present state (its alert was
closed by a person, say) is passed over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts import repository
from opsloom.alerts.errors import AlertNotFound, AlertStateConflict
from opsloom.alerts.lifecycle import OPEN, AlertState, Severity, Step, next_state
from opsloom.alerts.models import Alert, AlertTransition
from opsloom.alerts.repository import Filters
from opsloom.alerts.schemas import AlertSummary, Decision, RuleCount
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.infra import stream
from opsloom.kit.ids import new_id

__all__ = ["Alert", "AlertTransition", "Filters"]

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


async def apply(
    session: AsyncSession, scope: Scope, decisions: Sequence[Decision], listeners: Listeners
) -> list[AlertTransition]:
    """Bring alerts to where the engine's decisions say, in their order; returns the transitions that were made."""
    if not decisions:
        return []
    known = await repository.known_decisions(session, [one.id for one in decisions])
    fresh = [one for one in decisions if one.id not in known]
    pairs = sorted({(one.rule_id, one.key) for one in fresh})
    open_now = {(one.rule_id, one.key): one for one in await repository.open_alerts(session, pairs)}
    made: list[AlertTransition] = []
    for decision in fresh:
        place = (decision.rule_id, decision.key)
        alert = open_now.get(place)
        target = next_state(AlertState(alert.state) if alert else None, decision.step)
        if target is None:
            continue
        if alert is None:
            alert = open_now[place] = _opened(scope, decision)
            session.add(alert)
        made.append(await _decided(session, scope, alert, decision, target, listeners))
        if target not in OPEN:
            del open_now[place]
    return made


def _opened(scope: Scope, decision: Decision) -> Alert:
    return Alert(
        tenant_id=scope.tenant_id,
        id=new_id(),
        rule_id=decision.rule_id,
        rule_version=decision.rule_version,
        rule_name=decision.rule_name,
        key=decision.key,
        severity=decision.severity,
        title=decision.title,
        description=decision.description,
        labels=decision.labels,
        channels=list(decision.channels),
        item_id=decision.item_id,
        started_at=decision.since,
        fired_at=None,
        acknowledged_at=None,
        acknowledged_by=None,
        resolved_at=None,
        proof={},
        state=None,
        updated_at=decision.at,
    )


async def _decided(
    session: AsyncSession, scope: Scope, alert: Alert, decision: Decision, target: AlertState, listeners: Listeners
) -> AlertTransition:
    if target in (AlertState.PENDING, AlertState.FIRING):
        # What the rule says now is what people read; a later version of the rule may have taken over.
        alert.rule_version, alert.rule_name = decision.rule_version, decision.rule_name
        alert.title, alert.severity, alert.proof = decision.title, decision.severity, decision.proof
        alert.channels = list(decision.channels)
    step = _Move(target, decision.at, decision.reason, decision_id=decision.id, proof=decision.proof)
    return await _move(session, scope, alert, step, listeners)


@dataclass(frozen=True)
class _Move:
    target: AlertState
    at: datetime
    reason: str
    comment: str = ""
    decision_id: UUID | None = None
    proof: dict[str, Any] = field(default_factory=dict)


async def _move(
    session: AsyncSession, scope: Scope, alert: Alert, move: _Move, listeners: Listeners
) -> AlertTransition:
    now = datetime.now(UTC)
    transition = AlertTransition(
        tenant_id=scope.tenant_id,
        id=new_id(),
        alert_id=alert.id,
        decision_id=move.decision_id,
        at=move.at,
        recorded_at=now,
        from_state=alert.state,
        to_state=move.target,
        actor_kind=scope.actor.kind,
        actor=scope.actor.name,
        reason=move.reason,
        comment=move.comment,
        proof=move.proof,
    )
    alert.state, alert.updated_at = move.target, now
    if move.target is AlertState.FIRING:
        alert.fired_at = move.at
    elif move.target is AlertState.ACKNOWLEDGED:
        alert.acknowledged_at, alert.acknowledged_by = move.at, scope.actor.name
    elif move.target is AlertState.RESOLVED:
        alert.resolved_at = move.at
    await session.flush()  # the alert before its transition, and both before whoever is told
    session.add(transition)
    await session.flush()
    _TRANSITIONS.labels(move.target).inc()
    await stream.publish(session, scope.tenant_id, TOPIC, _message(alert, transition))
    for listener in listeners.each:
        await listener(session, scope, alert, transition)
    return transition


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


async def withdraw_others(
    session: AsyncSession, scope: Scope, rule_ids: Iterable[UUID], at: datetime, listeners: Listeners
) -> list[AlertTransition]:
    """Expire open alerts whose rule is not among those that are in force."""
    made = []
    for alert in await repository.open_of_other_rules(session, list(rule_ids)):
        target = next_state(AlertState(alert.state), Step.WITHDRAW)
        if target is not None:
            made.append(await _move(session, scope, alert, _Move(target, at, "rule_withdrawn"), listeners))
    return made


async def acknowledge(session: AsyncSession, scope: Scope, alert_id: UUID, comment: str, listeners: Listeners) -> Alert:
    """Somebody takes care. Raises AlertNotFound, AlertStateConflict."""
    return await _by_hand(session, scope, alert_id, Step.ACKNOWLEDGE, comment, listeners)


async def resolve(session: AsyncSession, scope: Scope, alert_id: UUID, comment: str, listeners: Listeners) -> Alert:
    """Close it by hand: it stays closed until its condition has cleared and comes true again."""
    return await _by_hand(session, scope, alert_id, Step.RESOLVE, comment, listeners)


async def _by_hand(
    session: AsyncSession, scope: Scope, alert_id: UUID, step: Step, comment: str, listeners: Listeners
) -> Alert:
    alert = await repository.load(session, alert_id, lock=True)
    if alert is None:
        raise AlertNotFound("There is no such alert.")
    target = next_state(AlertState(alert.state), step)
    if target is None:
        raise AlertStateConflict(
            f"The alert is {alert.state}; it cannot be {'acknowledged' if step is Step.ACKNOWLEDGE else 'resolved'}.",
            hint="Load it again: somebody, or its rule, was faster.",
        )
    move = _Move(target, datetime.now(UTC), "by_hand", comment)
    transition = await _move(session, scope, alert, move, listeners)
    detail = {"from": transition.from_state, "comment": comment}
    await audit.record(session, scope, f"alert.{target}", "alert", alert.id, detail)
    return alert


async def get(session: AsyncSession, alert_id: UUID) -> tuple[Alert, list[AlertTransition]]:
    """An alert with its timeline. Raises AlertNotFound."""
    alert = await repository.load(session, alert_id)
    if alert is None:
        raise AlertNotFound("There is no such alert.")
    return alert, await repository.transitions(session, alert_id)


async def firing_at(session: AsyncSession, rule_id: UUID, key: str, at: datetime) -> Alert | None:
    """The alert of a rule's key that was firing at an instant, if there was one."""
    return await repository.firing_at(session, rule_id, key, at)


async def find(session: AsyncSession, filters: Filters, *, limit: int, before: UUID | None) -> list[Alert]:
    """Newest first, one more than `limit`."""
    return await repository.page(session, filters, limit=limit, before=before)


async def summarise(session: AsyncSession) -> AlertSummary:
    """Counts for the head of the page and its facets."""
    states = await repository.counts_by_state(session)
    severities = dict.fromkeys(Severity, 0)
    rules: dict[UUID, RuleCount] = {}
    for rule_id, name, severity, count in await repository.open_counts(session):
        severities[Severity(severity)] += count
        rule = rules.setdefault(rule_id, RuleCount(rule_id=rule_id, rule_name=name, count=0))
        rule.count += count
    return AlertSummary(
        states={state: states.get(state, 0) for state in AlertState},
        severities=severities,
        rules=sorted(rules.values(), key=lambda one: (-one.count, one.rule_name)),
        open=sum(severities.values()),
        last_fired_at=await repository.last_fired(session),
    )
