"""What people do with incidents, and what they see of them.

Alerts are locked before their incident, in the order of their ids, by everybody: the engine holds its batch of alerts when it comes
to an incident, so that an incident held first would wait for it in a circle.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts import service as alerts
from opsloom.alerts.incidents import journal, repository
from opsloom.alerts.incidents.errors import IncidentAlertsInvalid, IncidentNotFound, IncidentStateConflict
from opsloom.alerts.incidents.journal import Followers, Line, Turn
from opsloom.alerts.incidents.listen import settle
from opsloom.alerts.incidents.models import EntryKind, Incident, IncidentAlert, IncidentGrouping, IncidentState
from opsloom.alerts.incidents.repository import Filters
from opsloom.alerts.incidents.schemas import (
    ConcernedItem,
    ConcernedRelation,
    GroupingBody,
    GroupingShown,
    IncidentAlertShown,
    IncidentChange,
    IncidentDetail,
    IncidentEntryShown,
    IncidentShown,
    IncidentStep,
    IncidentTimerShown,
    StepBody,
)
from opsloom.alerts.lifecycle import AlertState, Severity
from opsloom.alerts.models import Alert
from opsloom.alerts.timers import service as timers
from opsloom.identity import audit, people
from opsloom.identity.errors import UserNotFound
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.inventory import service as inventory
from opsloom.kit.errors import FieldProblem, InvalidInput, PreconditionFailed, PreconditionRequired
from opsloom.kit.ids import new_id

__all__ = ["Filters", "Incident"]

DRAWN_HOPS = 2
_DRAWN_ITEMS = 60


@dataclass(frozen=True)
class Telling:
    """Who hears of what is done by hand, and when that is."""

    listeners: alerts.Listeners
    followers: Followers
    now: datetime


async def step(session: AsyncSession, scope: Scope, incident_id: UUID, asked: StepBody, telling: Telling) -> None:
    """Acknowledge, resolve, reopen or comment. Raises IncidentNotFound, IncidentStateConflict, InvalidInput."""
    if asked.step is IncidentStep.COMMENT:
        await _comment(session, scope, incident_id, asked.comment, telling.now)
    elif asked.step is IncidentStep.REOPEN:
        await _reopen(session, scope, incident_id, asked.comment, telling)
    else:
        await _close_in(session, scope, incident_id, asked, telling)
    detail = {"comment": asked.comment}
    await audit.record(session, scope, f"incident.{asked.step}", "incident", incident_id, detail)


async def _comment(session: AsyncSession, scope: Scope, incident_id: UUID, text: str, now: datetime) -> None:
    if not text:
        raise InvalidInput("A comment says something.")
    incident = await held(session, incident_id)
    await journal.write(session, scope, incident, Line(EntryKind.COMMENT, now, text))


async def _reopen(session: AsyncSession, scope: Scope, incident_id: UUID, text: str, telling: Telling) -> None:
    incident = await held(session, incident_id)
    if incident.state != IncidentState.RESOLVED or incident.merged_into is not None:
        raise _conflict(incident, "opened again")
    journal.begin_episode(incident, telling.now)
    await journal.write(session, scope, incident, Line(EntryKind.REOPENED, telling.now, text))
    await telling.followers.tell(session, scope, incident, Turn.OPENED, telling.now)


async def _close_in(session: AsyncSession, scope: Scope, incident_id: UUID, asked: StepBody, telling: Telling) -> None:
    """Acknowledge or resolve it with its alerts."""
    its_alerts = await repository.hold_open_alerts(session, incident_id)
    incident = await held(session, incident_id)
    if asked.step is IncidentStep.ACKNOWLEDGE:
        if incident.state != IncidentState.OPEN:
            raise _conflict(incident, "acknowledged")
        journal.acknowledge(incident, scope.actor.name, telling.now)
        await journal.write(session, scope, incident, Line(EntryKind.ACKNOWLEDGED, telling.now, asked.comment))
        for alert in its_alerts:
            if alert.state == AlertState.FIRING:
                await alerts.acknowledge(session, scope, alert.id, asked.comment, telling.listeners)
        return
    if incident.state == IncidentState.RESOLVED:
        raise _conflict(incident, "resolved")
    journal.resolve(incident, scope.actor.name, telling.now)
    await journal.write(session, scope, incident, Line(EntryKind.RESOLVED, telling.now, asked.comment))
    for alert in its_alerts:
        if alert.state in (AlertState.FIRING, AlertState.ACKNOWLEDGED):
            await alerts.resolve(session, scope, alert.id, asked.comment, telling.listeners)


async def change(session: AsyncSession, scope: Scope, incident_id: UUID, asked: IncidentChange, now: datetime) -> None:
    """Its title, and who sees to it. Raises IncidentNotFound, UserNotFound."""
    incident = await held(session, incident_id)
    if asked.title is not None and asked.title != incident.title:
        incident.title = asked.title
        await journal.write(session, scope, incident, Line(EntryKind.RENAMED, now, "", {"title": asked.title}))
    if "assignee_id" in asked.model_fields_set and asked.assignee_id != incident.assignee_id:
        incident.assignee_id, incident.assignee = asked.assignee_id, await _name_of(session, scope, asked.assignee_id)
        detail = {"assignee": incident.assignee or ""}
        await journal.write(session, scope, incident, Line(EntryKind.ASSIGNED, now, "", detail))
    changed = asked.model_dump(mode="json", exclude_unset=True)
    await audit.record(session, scope, "incident.changed", "incident", incident_id, changed)


async def _name_of(session: AsyncSession, scope: Scope, user_id: UUID | None) -> str | None:
    if user_id is None:
        return None
    person = await people.find(session, scope, Permission.ALERTS_WRITE, user_id)
    if person is None:
        raise UserNotFound("There is no such user who may work on incidents.")
    return person.name


async def merge(session: AsyncSession, scope: Scope, incident_id: UUID, others: Sequence[UUID], now: datetime) -> None:
    """Alerts of the others move here; those are resolved and say where to. Raises IncidentNotFound, IncidentStateConflict."""
    await repository.one_at_a_time(session, scope.tenant_id)
    found = {one: await held(session, one) for one in sorted({incident_id, *others})}
    target = found.pop(incident_id)
    if target.merged_into is not None or any(one.merged_into is not None for one in found.values()):
        raise IncidentStateConflict("One of them has been merged already.", hint="Load the list again.")
    if not found:
        raise InvalidInput("An incident cannot be merged into itself.")
    for other in found.values():
        await repository.move_alerts(session, other.id, target.id, None)
        detail = {"incident_id": str(other.id), "incident": other.title}
        await journal.write(session, scope, target, Line(EntryKind.MERGED, now, "", detail))
        if other.state != IncidentState.RESOLVED:
            journal.resolve(other, scope.actor.name, now)
        other.merged_into = target.id
        detail = {"incident_id": str(target.id), "incident": target.title}
        await journal.write(session, scope, other, Line(EntryKind.MERGED_AWAY, now, "", detail))
    await _reckon(session, target)
    merged = {"from": [str(one) for one in found]}
    await audit.record(session, scope, "incident.merged", "incident", incident_id, merged)


async def split(
    session: AsyncSession, scope: Scope, incident_id: UUID, what: tuple[Sequence[UUID], str | None], telling: Telling
) -> UUID:
    """Some alerts become an incident of their own, with a title or that of the first. Raises IncidentNotFound,
    IncidentAlertsInvalid."""
    alert_ids, title = what
    await repository.one_at_a_time(session, scope.tenant_id)
    source = await held(session, incident_id)
    places = await repository.linked(session, incident_id)
    chosen = [alert for _, alert in places if alert.id in set(alert_ids)]
    if len(chosen) != len(set(alert_ids)) or len(chosen) == len(places):
        refusal = "Name some of the incident's own alerts, and not all of them."
        raise IncidentAlertsInvalid(refusal, details=[FieldProblem(pointer="/alert_ids", detail=refusal)])
    now = telling.now
    made = Incident(
        tenant_id=scope.tenant_id, id=new_id(), title=title or chosen[0].title, state=source.state, labels=chosen[0].labels,
        severity=journal.worst([one.severity for one in chosen]), episode=1, opened_at=now, created_at=now, updated_at=now,
        last_alert_at=max(one.fired_at or one.started_at for one in chosen), acknowledged_at=source.acknowledged_at,
        acknowledged_by=source.acknowledged_by, resolved_at=source.resolved_at, resolved_by=source.resolved_by,
        assignee_id=source.assignee_id, assignee=source.assignee,
    )  # fmt: skip
    session.add(made)
    await session.flush()
    await repository.move_alerts(session, source.id, made.id, alert_ids)
    detail = {"incident_id": str(source.id), "incident": source.title}
    await journal.write(session, scope, made, Line(EntryKind.SPLIT_OFF, now, "", detail))
    detail = {"incident_id": str(made.id), "incident": made.title, "alerts": str(len(chosen))}
    await journal.write(session, scope, source, Line(EntryKind.SPLIT, now, "", detail))
    await _reckon(session, source)
    for one in (source, made):
        if one.state != IncidentState.RESOLVED:
            await settle(session, scope, one, now)
    if made.state == IncidentState.OPEN:
        await telling.followers.tell(session, scope, made, Turn.OPENED, now)
    await audit.record(session, scope, "incident.split", "incident", incident_id, detail)
    return made.id


async def _reckon(session: AsyncSession, incident: Incident) -> None:
    """What follows from which alerts it has."""
    its_alerts = [alert for _, alert in await repository.linked(session, incident.id)]
    incident.severity = journal.worst([one.severity for one in its_alerts])
    incident.last_alert_at = max(one.fired_at or one.started_at for one in its_alerts)
    if any(one.state in (AlertState.FIRING, AlertState.ACKNOWLEDGED) for one in its_alerts):
        incident.quiet_since = None


async def find(
    session: AsyncSession, asked: Filters, *, limit: int, before: UUID | None
) -> list[tuple[Incident, int, int]]:
    """Newest first with how many alerts each has and how many are open; one more than `limit`."""
    return await repository.page(session, asked, limit=limit, before=before)


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many incidents are in each state."""
    return await repository.counts_by_state(session)


async def held(session: AsyncSession, incident_id: UUID) -> Incident:
    """An incident, kept from others until the transaction ends. Raises IncidentNotFound."""
    incident = await repository.load(session, incident_id, lock=True)
    if incident is None:
        raise IncidentNotFound("There is no such incident.")
    return incident


async def detail(session: AsyncSession, scope: Scope, incident_id: UUID) -> IncidentDetail:
    """Everything about one. Raises IncidentNotFound."""
    incident = await repository.load(session, incident_id)
    if incident is None:
        raise IncidentNotFound("There is no such incident.")
    places = await repository.linked(session, incident_id)
    items, relations = await _drawing(session, scope, [alert for _, alert in places])
    upcoming = [] if incident.state == IncidentState.RESOLVED else await timers.waiting(session, incident_id)
    return IncidentDetail(
        **IncidentShown.model_validate(incident).model_dump(),
        alerts=[_alert_shown(place, alert) for place, alert in places],
        entries=[IncidentEntryShown.model_validate(one) for one in await repository.entries(session, incident_id)],
        upcoming=[IncidentTimerShown(purpose=one.purpose, due_at=one.due_at, detail=one.args) for one in upcoming],
        items=items,
        relations=relations,
    )


def _alert_shown(place: IncidentAlert, alert: Alert) -> IncidentAlertShown:
    return IncidentAlertShown.model_validate(
        {
            **{name: getattr(alert, name) for name in IncidentAlertShown.model_fields if hasattr(alert, name)},
            "tie": place.tie,
            "tie_detail": place.detail,
        }
    )


async def _drawing(
    session: AsyncSession, scope: Scope, its_alerts: Sequence[Alert]
) -> tuple[list[ConcernedItem], list[ConcernedRelation]]:
    """The items the alerts are about, those that lie between two of them, and the relations among all these."""
    about = Counter(alert.item_id for alert in its_alerts if alert.item_id is not None)
    if not about:
        return [], []
    edges = await inventory.edges_around(session, scope, sorted(about), DRAWN_HOPS)
    beside: dict[UUID, set[UUID]] = {}
    for source, target, _ in edges:
        beside.setdefault(source, set()).add(target)
        beside.setdefault(target, set()).add(source)
    between = [one for one, ends in beside.items() if one not in about and len(ends & about.keys()) > 1]
    shown = {*about, *between[: max(0, _DRAWN_ITEMS - len(about))]}
    worst = {item: journal.worst([alert.severity for alert in its_alerts if alert.item_id == item]) for item in about}
    items = [
        ConcernedItem(
            id=one.id, name=one.name, display_name=one.display_name, type=one.type, alerts=about.get(one.id, 0),
            severity=Severity(worst[one.id]) if one.id in worst else None,
        )
        for one in await inventory.items_named(session, scope, sorted(shown))
    ]  # fmt: skip
    drawn = [(source, target, kind) for source, target, kind in edges if source in shown and target in shown]
    return items, [ConcernedRelation(source_id=source, target_id=target, type=kind) for source, target, kind in drawn]


async def incident_of(session: AsyncSession, alert_id: UUID) -> str:
    """The id of the incident an alert belongs to, empty when it belongs to none."""
    found = await repository.place_of(session, alert_id)
    return "" if found is None else str(found)


async def open_alerts(session: AsyncSession, incident_id: UUID) -> list[UUID]:
    """Its alerts that are open."""
    return await repository.open_alerts(session, incident_id)


async def has_breached(session: AsyncSession, incident: Incident, kind: str) -> bool:
    """Whether a time to keep was not kept in the present episode already."""
    detail = {"kind": kind, "episode": str(incident.episode)}
    return await repository.has_entry(session, incident.id, EntryKind.SLA_BREACHED, detail)


async def grouping(session: AsyncSession) -> GroupingShown:
    """How the tenant's alerts become incidents."""
    return _grouping_shown(await repository.grouping(session))


async def save_grouping(
    session: AsyncSession, scope: Scope, asked: GroupingBody, of: tuple[int | None, datetime]
) -> GroupingShown:
    """Group otherwise from now on; incidents that are there stay as they are. `of` is the revision edited, and now."""
    if_revision, now = of
    await repository.one_at_a_time(session, scope.tenant_id)
    row = await repository.grouping(session, lock=True)
    if if_revision is None:
        raise PreconditionRequired("Say which revision you edited.", hint="Send its ETag as If-Match.")
    if if_revision != (0 if row is None else row.revision):
        raise PreconditionFailed("Somebody else has changed the grouping.", hint="Load it again.")
    if row is None:
        row = IncidentGrouping(tenant_id=scope.tenant_id, revision=0)
        session.add(row)
    row.settings = asked.model_dump(mode="json")
    row.revision, row.updated_at, row.updated_by = row.revision + 1, now, scope.actor.name
    await session.flush()
    await audit.record(session, scope, "incident.grouping_changed", "tenant", scope.tenant_id, row.settings)
    return _grouping_shown(row)


def _grouping_shown(row: IncidentGrouping | None) -> GroupingShown:
    if row is None:
        return GroupingShown(revision=0, updated_at=None, updated_by=None)
    whole = {"revision": row.revision, "updated_at": row.updated_at, "updated_by": row.updated_by}
    return GroupingShown.model_validate({**row.settings, **whole})


def _conflict(incident: Incident, wish: str) -> IncidentStateConflict:
    return IncidentStateConflict(
        f"The incident is {incident.state}; it cannot be {wish}.", hint="Load it again: somebody was faster."
    )
