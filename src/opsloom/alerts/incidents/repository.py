"""Every query of incidents. Row security limits each to the session's tenant."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, cast, func, literal, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.incidents.correlate import Arrival, Candidate, Grouping
from opsloom.alerts.incidents.models import (
    Incident,
    IncidentAlert,
    IncidentEntry,
    IncidentGrouping,
    IncidentState,
)
from opsloom.alerts.lifecycle import OPEN
from opsloom.alerts.models import Alert
from opsloom.kit.ids import new_id

_ONE_AT_A_TIME = text("select pg_advisory_xact_lock(hashtextextended('opsloom.incidents:' || :tenant, 0))")
_MOST = 100


@dataclass(frozen=True)
class Filters:
    """Which incidents are asked for. With no state named: all."""

    states: Sequence[IncidentState] = ()
    severities: Sequence[str] = ()
    assignee_id: UUID | None = None
    text: str | None = None


async def one_at_a_time(session: AsyncSession, tenant_id: UUID) -> None:
    """Wait until no other transaction decides what belongs to which of the tenant's incidents."""
    await session.execute(_ONE_AT_A_TIME, {"tenant": str(tenant_id)})


async def grouping(session: AsyncSession, *, lock: bool = False) -> IncidentGrouping | None:
    """The tenant's own way of grouping, None for the default."""
    query = select(IncidentGrouping)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def page(
    session: AsyncSession, asked: Filters, *, limit: int, before: UUID | None
) -> list[tuple[Incident, int, int]]:
    """Newest first with how many alerts each has and how many are open; one more than `limit`."""
    query = select(Incident).where(Incident.merged_into.is_(None)).order_by(Incident.id.desc()).limit(limit + 1)
    if asked.states:
        query = query.where(Incident.state.in_(asked.states))
    if asked.severities:
        query = query.where(Incident.severity.in_(asked.severities))
    if asked.assignee_id is not None:
        query = query.where(Incident.assignee_id == asked.assignee_id)
    if asked.text:
        query = query.where(Incident.title.icontains(asked.text, autoescape=True))
    if before is not None:
        query = query.where(Incident.id < before)
    rows = list((await session.execute(query)).scalars())
    counts = await _counts(session, [row.id for row in rows])
    return [(row, *counts.get(row.id, (0, 0))) for row in rows]


async def _counts(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    is_open = func.count().filter(Alert.state.in_(OPEN))
    query = select(IncidentAlert.incident_id, func.count(), is_open).join(
        Alert, (Alert.tenant_id == IncidentAlert.tenant_id) & (Alert.id == IncidentAlert.alert_id)
    )
    query = query.where(IncidentAlert.incident_id.in_(ids)).group_by(IncidentAlert.incident_id)
    return {incident: (count, open_) for incident, count, open_ in (await session.execute(query)).all()}


async def load(session: AsyncSession, incident_id: UUID, *, lock: bool = False) -> Incident | None:
    """One incident; `lock` holds it until the transaction ends."""
    query = select(Incident).where(Incident.id == incident_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalar_one_or_none()


async def place_of(session: AsyncSession, alert_id: UUID) -> UUID | None:
    """The id of the incident an alert belongs to."""
    query = select(IncidentAlert.incident_id).where(IncidentAlert.alert_id == alert_id)
    return (await session.execute(query)).scalar_one_or_none()


async def of_alert(session: AsyncSession, alert_id: UUID) -> Incident | None:
    """The incident an alert belongs to, locked."""
    found = await place_of(session, alert_id)
    return None if found is None else await load(session, found, lock=True)


async def candidates(
    session: AsyncSession, arrival: Arrival, near: Iterable[UUID], grouping_: Grouping
) -> list[Candidate]:
    """Incidents that something could tie to the alert, with as much of them as the tie needs."""
    items = sorted(near)
    values = {name: arrival.labels[name] for name in grouping_.labels if name in arrival.labels}
    link = (IncidentAlert.tenant_id == Incident.tenant_id) & (IncidentAlert.incident_id == Incident.id)
    same_key = (
        select(literal(1))
        .where(link, IncidentAlert.rule_id == arrival.rule_id, IncidentAlert.key == arrival.key)
        .correlate(Incident)
        .exists()
    )
    touched = (
        select(func.array_agg(IncidentAlert.item_id.distinct()))
        .where(link, IncidentAlert.item_id == func.any(cast(items, ARRAY(IncidentAlert.item_id.type))))
        .correlate(Incident)
        .scalar_subquery()
    )
    ties: list[ColumnElement[bool]] = [same_key]
    if len(values) == len(grouping_.labels) > 0:
        ties.append(Incident.labels.contains(cast(values, JSONB)))
    if items:
        ties.append(touched.is_not(None))
    reach = max(grouping_.window, grouping_.reopen)
    query = (
        select(Incident, same_key.label("same_key"), touched.label("touched"))
        .where(Incident.last_alert_at.between(arrival.at - reach, arrival.at + reach), or_(*ties))
        .where(Incident.merged_into.is_(None))
        .order_by(case((Incident.state == IncidentState.RESOLVED, 1), else_=0), Incident.last_alert_at.desc())
        .limit(_MOST)
    )
    key = frozenset({(arrival.rule_id, arrival.key)})
    return [
        Candidate(
            row.Incident.id, key if row.same_key else frozenset(), row.Incident.labels, frozenset(row.touched or ()),
            row.Incident.last_alert_at, row.Incident.state == IncidentState.RESOLVED,
        )
        for row in (await session.execute(query)).all()
    ]  # fmt: skip


async def link(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """An alert's place; one that has a place keeps it."""
    await session.execute(insert(IncidentAlert).values(dict(values)).on_conflict_do_nothing())


async def move_alerts(session: AsyncSession, source: UUID, target: UUID, alert_ids: Sequence[UUID] | None) -> int:
    """Alerts of one incident, all or those named, become another's; returns how many."""
    change = update(IncidentAlert).where(IncidentAlert.incident_id == source)
    if alert_ids is not None:
        change = change.where(IncidentAlert.alert_id.in_(alert_ids))
    moved = change.values(incident_id=target, tie="by_hand", detail={}).returning(IncidentAlert.alert_id)
    return len((await session.execute(moved)).all())


async def linked(session: AsyncSession, incident_id: UUID) -> list[tuple[IncidentAlert, Alert]]:
    """An incident's alerts, oldest first, with what ties each."""
    query = (
        select(IncidentAlert, Alert)
        .join(Alert, (Alert.tenant_id == IncidentAlert.tenant_id) & (Alert.id == IncidentAlert.alert_id))
        .where(IncidentAlert.incident_id == incident_id)
        .order_by(IncidentAlert.joined_at, IncidentAlert.alert_id)
    )
    return [(place, alert) for place, alert in (await session.execute(query)).all()]


async def hold_open_alerts(session: AsyncSession, incident_id: UUID) -> list[Alert]:
    """An incident's open alerts, locked in the one order in which alerts are locked, before the incident itself is."""
    among = select(IncidentAlert.alert_id).where(IncidentAlert.incident_id == incident_id)
    query = select(Alert).where(Alert.id.in_(among), Alert.state.in_(OPEN)).order_by(Alert.id).with_for_update()
    return list((await session.execute(query)).scalars())


async def add_entry(session: AsyncSession, values: Mapping[str, Any]) -> None:
    """A line of the timeline."""
    await session.execute(insert(IncidentEntry).values({"id": new_id(), **values}))


async def entries(session: AsyncSession, incident_id: UUID) -> list[IncidentEntry]:
    """An incident's timeline, oldest first."""
    query = select(IncidentEntry).where(IncidentEntry.incident_id == incident_id).order_by(IncidentEntry.position)
    return list((await session.execute(query)).scalars())


async def counts_by_state(session: AsyncSession) -> dict[str, int]:
    """How many incidents are in each state; those merged away are not counted."""
    query = select(Incident.state, func.count()).where(Incident.merged_into.is_(None)).group_by(Incident.state)
    return {state: count for state, count in (await session.execute(query)).all()}


async def open_alerts(session: AsyncSession, incident_id: UUID) -> list[UUID]:
    """Its alerts that are open, not locked."""
    query = select(Alert.id).join(
        IncidentAlert, (Alert.tenant_id == IncidentAlert.tenant_id) & (Alert.id == IncidentAlert.alert_id)
    )
    query = query.where(IncidentAlert.incident_id == incident_id, Alert.state.in_(OPEN)).order_by(Alert.id)
    return list((await session.execute(query)).scalars())


async def has_entry(session: AsyncSession, incident_id: UUID, kind: str, detail: Mapping[str, str]) -> bool:
    """Whether the timeline has a line of a kind with such a detail."""
    query = select(IncidentEntry.id).where(
        IncidentEntry.incident_id == incident_id,
        IncidentEntry.kind == kind,
        IncidentEntry.detail.contains(cast(dict(detail), JSONB)),
    )
    return (await session.execute(query.limit(1))).scalar_one_or_none() is not None
