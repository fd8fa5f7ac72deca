"""Every query of alerts. Row security limits each to the session's tenant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.lifecycle import OPEN, AlertState
from opsloom.alerts.models import Alert, AlertTransition


@dataclass(frozen=True)
class Filters:
    """Which alerts to list. With no state named, those that never fired are left out."""

    states: Sequence[AlertState] = ()
    severities: Sequence[str] = ()
    rule_id: UUID | None = None
    item_id: UUID | None = None
    text: str | None = None
    since: datetime | None = None


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filters.states:
        wanted.append(Alert.state.in_(filters.states))
    else:
        wanted.append(or_(Alert.state != AlertState.EXPIRED, Alert.fired_at.is_not(None)))
    if filters.severities:
        wanted.append(Alert.severity.in_(filters.severities))
    if filters.rule_id is not None:
        wanted.append(Alert.rule_id == filters.rule_id)
    if filters.item_id is not None:
        wanted.append(Alert.item_id == filters.item_id)
    if filters.since is not None:
        wanted.append(Alert.started_at >= filters.since)
    if filters.text:
        places = (Alert.title, Alert.rule_name, Alert.key, Alert.description)
        wanted.append(or_(*(place.icontains(filters.text, autoescape=True) for place in places)))
    return wanted


async def page(session: AsyncSession, filters: Filters, *, limit: int, before: UUID | None) -> list[Alert]:
    """Newest first; one more than `limit`, so that the caller sees whether there is more."""
    wanted = _conditions(filters)
    if before is not None:
        wanted.append(Alert.id < before)
    query = select(Alert).where(and_(*wanted)).order_by(Alert.id.desc()).limit(limit + 1)
    return list((await session.execute(query)).scalars())


async def load(session: AsyncSession, alert_id: UUID, *, lock: bool = False) -> Alert | None:
    """One alert; `lock` holds it until the transaction ends."""
    query = select(Alert).where(Alert.id == alert_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def open_alerts(session: AsyncSession, pairs: Sequence[tuple[UUID, str]]) -> list[Alert]:
    """The open alerts of (rule, key) pairs, locked in one order so that two writers cannot wait for each other."""
    if not pairs:
        return []
    among = tuple_(Alert.rule_id, Alert.key).in_(list(pairs))
    query = select(Alert).where(Alert.state.in_(OPEN), among).order_by(Alert.id).with_for_update()
    return list((await session.execute(query)).scalars())


async def open_of_other_rules(session: AsyncSession, rule_ids: Sequence[UUID]) -> list[Alert]:
    """Open alerts whose rule is not among those given, locked."""
    query = select(Alert).where(Alert.state.in_(OPEN), Alert.rule_id.not_in(rule_ids))
    return list((await session.execute(query.order_by(Alert.id).with_for_update())).scalars())


async def firing_at(session: AsyncSession, rule_id: UUID, key: str, at: datetime) -> Alert | None:
    """The alert of a key that was firing at an instant."""
    ended = func.coalesce(Alert.resolved_at, case((Alert.state == AlertState.EXPIRED, Alert.updated_at)))
    query = select(Alert).where(Alert.rule_id == rule_id, Alert.key == key, Alert.fired_at <= at)
    query = query.where(or_(ended.is_(None), ended > at)).order_by(Alert.id.desc()).limit(1)
    return (await session.execute(query)).scalar_one_or_none()


async def known_decisions(session: AsyncSession, ids: Sequence[UUID]) -> set[UUID]:
    """Those decisions that were applied before."""
    query = select(AlertTransition.decision_id).where(AlertTransition.decision_id.in_(ids))
    return {one for one in (await session.execute(query)).scalars() if one is not None}


async def transitions(session: AsyncSession, alert_id: UUID) -> list[AlertTransition]:
    """An alert's timeline, oldest first."""
    query = select(AlertTransition).where(AlertTransition.alert_id == alert_id).order_by(AlertTransition.id)
    return list((await session.execute(query)).scalars())


async def counts_by_state(session: AsyncSession) -> dict[str, int]:
    """How many alerts are in each state; expired ones only if they had fired."""
    wanted = or_(Alert.state != AlertState.EXPIRED, Alert.fired_at.is_not(None))
    rows = await session.execute(select(Alert.state, func.count()).where(wanted).group_by(Alert.state))
    return {state: count for state, count in rows.all()}


async def open_counts(session: AsyncSession) -> list[tuple[UUID, str, str, int]]:
    """Open alerts by rule and severity: rule, its name, severity, count."""
    query = (
        select(Alert.rule_id, func.max(Alert.rule_name), Alert.severity, func.count())
        .where(Alert.state.in_(OPEN))
        .group_by(Alert.rule_id, Alert.severity)
    )
    return [(rule_id, name, severity, count) for rule_id, name, severity, count in (await session.execute(query)).all()]


async def last_fired(session: AsyncSession) -> datetime | None:
    """When an alert fired last."""
    return (await session.execute(select(func.max(Alert.fired_at)))).scalar_one()
