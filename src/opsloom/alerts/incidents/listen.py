"""Incidents follow their alerts: one that fires joins or opens an incident, one that is acknowledged takes its incident along, and
when the last one has ended the incident is resolved after a quiet time."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.incidents import journal, repository
from opsloom.alerts.incidents.correlate import Arrival, Joined, Tie, correlate, distances_from
from opsloom.alerts.incidents.journal import Followers, Line, Turn
from opsloom.alerts.incidents.models import EntryKind, Incident, IncidentState
from opsloom.alerts.incidents.schemas import GroupingBody
from opsloom.alerts.lifecycle import AlertState
from opsloom.alerts.models import Alert, AlertTransition
from opsloom.alerts.timers import service as timers
from opsloom.alerts.timers.service import Due, IncidentTimer
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.inventory import service as inventory
from opsloom.kit.ids import new_id

QUIET: Final = "quiet"


class Correlator:
    """The listener of alerts. It comes before whoever tells people, so that a notification knows the incident it is for."""

    def __init__(self, followers: Followers) -> None:
        self._followers = followers

    async def __call__(self, session: AsyncSession, scope: Scope, alert: Alert, transition: AlertTransition) -> None:
        """Bring the incident to where the alert's transition puts it."""
        now = transition.recorded_at
        if transition.to_state == AlertState.FIRING and transition.from_state != AlertState.ACKNOWLEDGED:
            await self._fired(session, scope, alert, transition)
        elif transition.to_state == AlertState.ACKNOWLEDGED:
            incident = await repository.of_alert(session, alert.id)
            if incident is not None and incident.state == IncidentState.OPEN:
                journal.acknowledge(incident, scope.actor.name, now)
                line = Line(EntryKind.ACKNOWLEDGED, now, transition.comment, _naming(alert))
                await journal.write(session, scope, incident, line)
        elif transition.to_state in (AlertState.RESOLVED, AlertState.EXPIRED):
            incident = await repository.of_alert(session, alert.id)
            if incident is not None and incident.state != IncidentState.RESOLVED:
                await journal.write(session, scope, incident, Line(EntryKind.ALERT_ENDED, now, "", _naming(alert)))
                await settle(session, scope, incident, now)

    async def _fired(self, session: AsyncSession, scope: Scope, alert: Alert, transition: AlertTransition) -> None:
        await repository.one_at_a_time(session, scope.tenant_id)
        settings = await grouping_of(session)
        arrival = Arrival(alert.rule_id, alert.key, alert.labels, alert.item_id, transition.at)
        joined = await _tied(session, scope, arrival, settings)
        incident = None if joined is None else await repository.load(session, joined.incident_id, lock=True)
        now = transition.recorded_at
        opened = incident is None or incident.state == IncidentState.RESOLVED
        if incident is None:
            incident = _new(scope, alert, transition)
            session.add(incident)
        elif incident.state == IncidentState.RESOLVED:
            journal.begin_episode(incident, now)
        worse = journal.is_worse(alert.severity, incident.severity)
        incident.severity = alert.severity if worse else incident.severity
        incident.last_alert_at = max(incident.last_alert_at, transition.at)
        incident.quiet_since = None
        tie, detail = (Tie.FIRST, {}) if joined is None else (joined.tie, joined.detail)
        await session.flush()
        await repository.link(session, _place(incident, alert, (tie, detail), now))
        kind = {Tie.FIRST: EntryKind.OPENED, Tie.CAME_BACK: EntryKind.REOPENED}.get(tie, EntryKind.ALERT_JOINED)
        said = _naming(alert) | {"tie": tie} | {f"tie_{name}"[:100]: value for name, value in detail.items()}
        await journal.write(session, scope, incident, Line(kind, now, "", said))
        if opened:
            await self._followers.tell(session, scope, incident, Turn.OPENED, now)
        elif worse:
            line = Line(EntryKind.SEVERITY_RAISED, now, "", {"severity": incident.severity})
            await journal.write(session, scope, incident, line)
            await self._followers.tell(session, scope, incident, Turn.WORSENED, now)


async def settle(session: AsyncSession, scope: Scope, incident: Incident, now: datetime) -> None:
    """When none of its alerts is open any more: let it be resolved after the quiet time, or at once when there is none."""
    if incident.quiet_since is not None or await repository.open_alerts(session, incident.id):
        return
    quiet_min = (await grouping_of(session)).quiet_min
    incident.quiet_since = now
    if quiet_min == 0:
        journal.resolve(incident, scope.actor.name, now)
        await journal.write(session, scope, incident, Line(EntryKind.RESOLVED, now, "", {"reason": "alerts_ended"}))
        return
    due = now + timedelta(minutes=quiet_min)
    await journal.write(session, scope, incident, Line(EntryKind.QUIET, now, "", {"until": due.isoformat()}))
    since = now.isoformat()
    await timers.set_timer(session, scope, Due(incident.id, f"{QUIET}:{since}", QUIET, due, {"since": since}))


async def end_quiet(session: AsyncSession, core: Core, scope: Scope, timer: IncidentTimer) -> str:
    """The quiet time is over: resolve, unless something fired or somebody was faster."""
    incident = await repository.load(session, timer.incident_id, lock=True)
    assert incident is not None  # incidents are never deleted
    since = None if incident.quiet_since is None else incident.quiet_since.isoformat()
    if incident.state == IncidentState.RESOLVED or since != timer.args["since"]:
        return "not_needed"
    now = core.clock.now()
    journal.resolve(incident, scope.actor.name, now)
    await journal.write(session, scope, incident, Line(EntryKind.RESOLVED, now, "", {"reason": "alerts_ended"}))
    return "resolved"


async def grouping_of(session: AsyncSession) -> GroupingBody:
    """How the tenant groups."""
    row = await repository.grouping(session)
    return GroupingBody() if row is None else GroupingBody.model_validate(row.settings)


async def _tied(session: AsyncSession, scope: Scope, arrival: Arrival, settings: GroupingBody) -> Joined | None:
    grouping = settings.grouping()
    distances: dict[UUID, int] = {}
    if arrival.item_id is not None and grouping.hops is not None:
        edges = await inventory.edges_around(session, scope, [arrival.item_id], grouping.hops)
        distances = distances_from(arrival.item_id, [(source, target) for source, target, _ in edges], grouping.hops)
    found = await repository.candidates(session, arrival, distances, grouping)
    return correlate(found, arrival, distances, grouping)


def _new(scope: Scope, alert: Alert, transition: AlertTransition) -> Incident:
    now = transition.recorded_at
    return Incident(
        tenant_id=scope.tenant_id,
        id=new_id(),
        title=alert.title,
        state=IncidentState.OPEN,
        severity=alert.severity,
        labels=dict(alert.labels),
        episode=1,
        opened_at=now,
        last_alert_at=transition.at,
        created_at=now,
        updated_at=now,
    )


def _place(incident: Incident, alert: Alert, tie: tuple[Tie, dict[str, str]], now: datetime) -> dict[str, object]:
    return {
        "tenant_id": incident.tenant_id,
        "alert_id": alert.id,
        "incident_id": incident.id,
        "rule_id": alert.rule_id,
        "key": alert.key,
        "item_id": alert.item_id,
        "tie": tie[0],
        "detail": tie[1],
        "joined_at": now,
    }


def _naming(alert: Alert) -> dict[str, str]:
    return {"alert_id": str(alert.id), "alert": alert.title}
