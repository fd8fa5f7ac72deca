"""What happens to alerts: the engine's decisions, and what people do.

Each step is one row of the timeline, one message on the stream and one call of each listener, in the caller's transaction.
A decision is applied once however often it is handed over; one that has no meaning in the alert's present state (its alert was
closed by a person, say) is passed over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts import repository
from opsloom.alerts.errors import AlertChanged, AlertNotFound, AlertStateConflict, AssigneeUnknown
from opsloom.alerts.lifecycle import OPEN, AlertState, Step, next_state
from opsloom.alerts.models import Alert, AlertNote, AlertTransition
from opsloom.alerts.repository import Filters
from opsloom.alerts.schemas import Decision, NoteKind
from opsloom.alerts.transitions import TOPIC, Listener, Listeners, Move, move, next_position
from opsloom.identity import audit, people
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra import stream
from opsloom.kit.ids import new_id

__all__ = ["TOPIC", "Alert", "AlertNote", "AlertTransition", "Filters", "Listener", "Listeners"]


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
        annotations=decision.annotations,
        origin=decision.origin,
        generator_url=decision.generator_url,
        assignee_id=None,
        assignee=None,
        expires_at=decision.expires_at,
        ends_at_given=decision.ends_at_given,
        revision=0,
    )


async def _decided(
    session: AsyncSession, scope: Scope, alert: Alert, decision: Decision, target: AlertState, listeners: Listeners
) -> AlertTransition:
    if target in (AlertState.PENDING, AlertState.FIRING):
        # What the rule says now is what people read; a later version of the rule may have taken over.
        alert.rule_version, alert.rule_name = decision.rule_version, decision.rule_name
        alert.title, alert.severity, alert.proof = decision.title, decision.severity, decision.proof
        alert.channels = list(decision.channels)
        alert.labels, alert.annotations = decision.labels, decision.annotations
    step = Move(target, decision.at, decision.reason, decision_id=decision.id, proof=decision.proof)
    return await move(session, scope, alert, step, listeners)


async def withdraw_others(
    session: AsyncSession, scope: Scope, rule_ids: Iterable[UUID], at: datetime, listeners: Listeners
) -> list[AlertTransition]:
    """Expire open alerts whose rule is not among those that are in force."""
    made = []
    for alert in await repository.open_of_other_rules(session, list(rule_ids)):
        target = next_state(AlertState(alert.state), Step.WITHDRAW)
        if target is not None:
            made.append(await move(session, scope, alert, Move(target, at, "rule_withdrawn"), listeners))
    return made


async def lapse(session: AsyncSession, scope: Scope, now: datetime, listeners: Listeners) -> list[AlertTransition]:
    """End posted alerts whose time is over: resolved where the sender had said until when, expired where it only fell silent."""
    made = []
    for alert in await repository.lapsed(session, now):
        step = Step.CLEAR if alert.ends_at_given else Step.LAPSE
        target, ended = next_state(AlertState(alert.state), step), alert.expires_at
        alert.expires_at = None
        if target is not None and ended is not None:
            made.append(await move(session, scope, alert, Move(target, ended, _ENDINGS[step]), listeners))
    return made


_ENDINGS = {Step.CLEAR: "ended", Step.LAPSE: "not_heard"}


async def acknowledge(session: AsyncSession, scope: Scope, alert_id: UUID, comment: str, listeners: Listeners) -> Alert:
    """Somebody takes care. Raises AlertNotFound, AlertStateConflict."""
    return await _by_hand(session, scope, alert_id, Act(Step.ACKNOWLEDGE, comment), listeners)


async def unacknowledge(
    session: AsyncSession, scope: Scope, alert_id: UUID, comment: str, listeners: Listeners
) -> Alert:
    """Nobody takes care any more: it fires again, and people are told so. Raises AlertNotFound, AlertStateConflict."""
    return await _by_hand(session, scope, alert_id, Act(Step.UNACKNOWLEDGE, comment), listeners)


async def resolve(session: AsyncSession, scope: Scope, alert_id: UUID, comment: str, listeners: Listeners) -> Alert:
    """Close it by hand. While its condition still holds (or, posted, while it is still heard of) it stays closed; only after the
    condition has cleared and come true again is there a new alert. Raises AlertNotFound, AlertStateConflict."""
    return await _by_hand(session, scope, alert_id, Act(Step.RESOLVE, comment), listeners)


@dataclass(frozen=True)
class Act:
    """A step that a person takes."""

    step: Step
    comment: str


_WORDS = {
    Step.ACKNOWLEDGE: "acknowledged",
    Step.UNACKNOWLEDGE: "given back",
    Step.RESOLVE: "resolved",
}


async def _by_hand(session: AsyncSession, scope: Scope, alert_id: UUID, act: Act, listeners: Listeners) -> Alert:
    alert = await _locked(session, alert_id)
    target = next_state(AlertState(alert.state), act.step)
    if target is None:
        raise AlertStateConflict(
            f"The alert is {alert.state}; it cannot be {_WORDS[act.step]}.",
            hint="Load it again: somebody, or its rule, was faster.",
        )
    step = Move(target, datetime.now(UTC), "by_hand", act.comment)
    transition = await move(session, scope, alert, step, listeners)
    detail = {"from": transition.from_state, "comment": act.comment}
    await audit.record(session, scope, f"alert.{target}", "alert", alert.id, detail)
    return alert


async def assign(
    session: AsyncSession, scope: Scope, of: tuple[UUID, int | None], assignee_id: UUID | None, comment: str
) -> Alert:
    """Give an alert (its id, the revision that was seen or None) to somebody who may work on alerts, or to nobody.

    Raises AlertNotFound, AlertChanged, AlertStateConflict, AssigneeUnknown.
    """
    alert_id, seen = of
    alert = await _locked(session, alert_id)
    if seen is not None and seen != alert.revision:
        raise AlertChanged(
            f"The alert is at revision {alert.revision}, not {seen}.",
            hint="Load it again and look at what happened.",
            extensions={"revision": alert.revision},
        )
    person = None
    if assignee_id is not None:
        person = await people.find(session, scope, Permission.ALERTS_WRITE, assignee_id)
        if person is None:
            raise AssigneeUnknown("There is no such person, or they may not work on alerts.")
    if alert.state not in OPEN:
        raise AlertStateConflict(f"The alert is {alert.state}; there is nothing left to be done about it.")
    alert.assignee_id, alert.assignee = (person.id, person.name) if person else (None, None)
    kind = NoteKind.ASSIGNED if person else NoteKind.UNASSIGNED
    await _note(session, scope, alert, kind, comment)
    return alert


async def comment_on(session: AsyncSession, scope: Scope, alert_id: UUID, comment: str) -> Alert:
    """Say something about an alert, also about one that is over. Raises AlertNotFound."""
    alert = await _locked(session, alert_id)
    await _note(session, scope, alert, NoteKind.COMMENT, comment)
    return alert


async def _note(session: AsyncSession, scope: Scope, alert: Alert, kind: NoteKind, comment: str) -> None:
    now = datetime.now(UTC)
    note = AlertNote(
        tenant_id=scope.tenant_id,
        id=new_id(),
        alert_id=alert.id,
        at=now,
        kind=kind,
        actor_kind=scope.actor.kind,
        actor=scope.actor.name,
        comment=comment,
        assignee_id=None if kind is NoteKind.COMMENT else alert.assignee_id,
        assignee=None if kind is NoteKind.COMMENT else alert.assignee,
        position=next_position(alert),
    )
    session.add(note)
    await session.flush()
    detail = {"comment": comment} | ({} if kind is NoteKind.COMMENT else {"assignee": alert.assignee})
    await audit.record(session, scope, f"alert.{_AUDITED[kind]}", "alert", alert.id, detail)
    message = {"type": f"alert.{_AUDITED[kind]}", "id": str(alert.id), "actor": scope.actor.name}
    await stream.publish(session, scope.tenant_id, TOPIC, message)


_AUDITED = {
    NoteKind.COMMENT: "commented",
    NoteKind.ASSIGNED: "assigned",
    NoteKind.UNASSIGNED: "unassigned",
}


async def _locked(session: AsyncSession, alert_id: UUID) -> Alert:
    alert = await repository.load(session, alert_id, lock=True)
    if alert is None:
        raise AlertNotFound("There is no such alert.")
    return alert


async def get(session: AsyncSession, alert_id: UUID) -> tuple[Alert, list[AlertTransition | AlertNote]]:
    """An alert with its timeline, oldest first. Raises AlertNotFound."""
    alert = await repository.load(session, alert_id)
    if alert is None:
        raise AlertNotFound("There is no such alert.")
    lines: list[AlertTransition | AlertNote] = [
        *await repository.transitions(session, alert_id),
        *await repository.notes(session, alert_id),
    ]
    return alert, sorted(lines, key=lambda line: (line.position, line.id))


async def firing_at(session: AsyncSession, rule_id: UUID, key: str, at: datetime) -> Alert | None:
    """The alert of a rule's key that was firing at an instant, if there was one."""
    return await repository.firing_at(session, rule_id, key, at)


async def find(session: AsyncSession, filters: Filters, *, limit: int, before: UUID | None) -> list[Alert]:
    """Newest first, one more than `limit`."""
    return await repository.page(session, filters, limit=limit, before=before)
