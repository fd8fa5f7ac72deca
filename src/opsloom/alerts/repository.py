"""Every query of alerts. Row security limits each to the session's tenant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, case, cast, func, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.lifecycle import OPEN, AlertState, Origin
from opsloom.alerts.models import Alert, AlertNote, AlertTransition

_ONE_SENDER = text("select pg_advisory_xact_lock(hashtextextended('opsloom.posted:' || :tenant, 0))")


@dataclass(frozen=True)
class Filters:
    """Which alerts to list. With no state named, those that never fired are left out. `labels`: one value of each name has to be there.
    `assignees`: any of them; `unassigned` adds those of nobody."""

    states: Sequence[AlertState] = ()
    severities: Sequence[str] = ()
    rule_ids: Sequence[UUID] = ()
    item_id: UUID | None = None
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    assignees: Sequence[UUID] = ()
    unassigned: bool = False
    text: str | None = None
    since: datetime | None = None


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """What an alert has to be."""
    wanted: list[ColumnElement[bool]] = []
    if filters.states:
        wanted.append(Alert.state.in_(filters.states))
    else:
        wanted.append(or_(Alert.state != AlertState.EXPIRED, Alert.fired_at.is_not(None)))
    if filters.severities:
        wanted.append(Alert.severity.in_(filters.severities))
    if filters.rule_ids:
        wanted.append(Alert.rule_id.in_(filters.rule_ids))
    for name, values in filters.labels.items():
        wanted.append(or_(*(Alert.labels.contains({name: value}) for value in values)))
    if filters.assignees or filters.unassigned:
        nobody = [Alert.assignee_id.is_(None)] if filters.unassigned else []
        wanted.append(or_(Alert.assignee_id.in_(filters.assignees), *nobody))
    if filters.item_id is not None:
        wanted.append(Alert.item_id == filters.item_id)
    if filters.since is not None:
        wanted.append(Alert.started_at >= filters.since)
    if filters.text:
        said = func.jsonb_path_query_array(Alert.labels, cast("$.*", JSONPATH)).cast(Text)
        places = (Alert.title, Alert.rule_name, Alert.key, Alert.description, Alert.assignee, said)
        wanted.append(or_(*(place.icontains(filters.text, autoescape=True) for place in places)))
    return wanted


async def page(session: AsyncSession, filters: Filters, *, limit: int, before: UUID | None) -> list[Alert]:
    """Newest first; one more than `limit`, so that the caller sees whether there is more."""
    wanted = conditions(filters)
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
    query = select(Alert).where(Alert.state.in_(OPEN), Alert.origin == Origin.RULE, Alert.rule_id.not_in(rule_ids))
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


async def notes(session: AsyncSession, alert_id: UUID) -> list[AlertNote]:
    """What was said and arranged, oldest first."""
    query = select(AlertNote).where(AlertNote.alert_id == alert_id).order_by(AlertNote.position)
    return list((await session.execute(query)).scalars())


async def lapsed(session: AsyncSession, now: datetime, *, limit: int = 1000) -> list[Alert]:
    """Posted alerts whose time is over, locked; those somebody holds are left for later."""
    query = select(Alert).where(Alert.expires_at <= now).order_by(Alert.id).limit(limit)
    return list((await session.execute(query.with_for_update(skip_locked=True))).scalars())


async def open_now(session: AsyncSession, *, limit: int) -> list[Alert]:
    """Open alerts, newest first; one more than `limit`."""
    query = select(Alert).where(Alert.state.in_(OPEN)).order_by(Alert.id.desc()).limit(limit + 1)
    return list((await session.execute(query)).scalars())


async def one_sender_at_a_time(session: AsyncSession, tenant_id: UUID) -> None:
    """Wait until no other transaction takes posted alerts of the tenant."""
    await session.execute(_ONE_SENDER, {"tenant": str(tenant_id)})


async def latest_of_keys(session: AsyncSession, rule_id: UUID, keys: Sequence[str]) -> dict[str, Alert]:
    """The newest alert of each key of a rule, locked in one order."""
    newest = (
        select(func.max(Alert.id.cast(Text))).where(Alert.rule_id == rule_id, Alert.key.in_(keys)).group_by(Alert.key)
    )
    query = select(Alert).where(Alert.id.cast(Text).in_(newest)).order_by(Alert.id).with_for_update()
    return {one.key: one for one in (await session.execute(query)).scalars()}


async def firing_transitions(session: AsyncSession) -> dict[UUID, Alert]:
    """The alerts that fire, each by the transition that last made it so."""
    newest = func.max(AlertTransition.position).over(partition_by=AlertTransition.alert_id)
    joined = (AlertTransition.tenant_id == Alert.tenant_id) & (AlertTransition.alert_id == Alert.id)
    steps = (
        select(AlertTransition.id, AlertTransition.alert_id, AlertTransition.position, newest.label("newest"))
        .join(Alert, joined)
        .where(Alert.state == AlertState.FIRING)
        .subquery()
    )
    query = (
        select(steps.c.id, Alert).join(Alert, Alert.id == steps.c.alert_id).where(steps.c.position == steps.c.newest)
    )
    return {transition_id: alert for transition_id, alert in (await session.execute(query)).all()}
