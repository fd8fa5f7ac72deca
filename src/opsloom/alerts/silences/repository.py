"""Every query of silences, windows and inhibitions. Row security limits each to the session's tenant."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.lifecycle import AlertState
from opsloom.alerts.models import Alert
from opsloom.alerts.silences.matchers import LABEL_NAME, LABEL_SEVERITY, Matcher, MatchOp
from opsloom.alerts.silences.models import Inhibition, MaintenanceWindow, Silence
from opsloom.alerts.silences.schemas import SilenceState

Row = TypeVar("Row", Silence, MaintenanceWindow, Inhibition)
_FIRING = (AlertState.FIRING, AlertState.ACKNOWLEDGED)


async def load(session: AsyncSession, table: type[Row], row_id: UUID, *, lock: bool = False) -> Row | None:
    """One of them; `lock` holds it until the transaction ends."""
    query = select(table).where(table.id == row_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def page(session: AsyncSession, table: type[Row], *, limit: int, before: UUID | None) -> list[Row]:
    """Newest first, one more than `limit`."""
    query = select(table).order_by(table.id.desc()).limit(limit + 1)
    return list((await session.execute(query if before is None else query.where(table.id < before))).scalars())


async def silences(
    session: AsyncSession, states: Sequence[SilenceState], now: datetime, *, limit: int, before: UUID | None
) -> list[Silence]:
    """Silences in one of the states at `now` (in any, when none is named), newest first, one more than `limit`."""
    query = select(Silence).order_by(Silence.id.desc()).limit(limit + 1)
    if states:
        query = query.where(or_(*(condition for state, condition in _at(now).items() if state in states)))
    return list((await session.execute(query if before is None else query.where(Silence.id < before))).scalars())


def _at(now: datetime) -> dict[SilenceState, ColumnElement[bool]]:
    return {
        SilenceState.PENDING: (Silence.starts_at > now) & (Silence.ends_at > now),
        SilenceState.ACTIVE: (Silence.starts_at <= now) & (Silence.ends_at > now),
        SilenceState.EXPIRED: Silence.ends_at <= now,
    }


async def windows(session: AsyncSession) -> list[MaintenanceWindow]:
    """Windows that are to be kept."""
    query = select(MaintenanceWindow).where(MaintenanceWindow.enabled).order_by(MaintenanceWindow.id)
    return list((await session.execute(query)).scalars())


async def inhibitions(session: AsyncSession) -> list[Inhibition]:
    """Inhibitions that are to be kept."""
    query = select(Inhibition).where(Inhibition.enabled).order_by(Inhibition.id)
    return list((await session.execute(query)).scalars())


async def active(session: AsyncSession, now: datetime) -> list[Silence]:
    """Silences in force."""
    query = select(Silence).where(_at(now)[SilenceState.ACTIVE]).order_by(Silence.id)
    return list((await session.execute(query)).scalars())


async def remembered(session: AsyncSession, since: datetime, *, limit: int) -> list[Silence]:
    """Silences that ended no earlier than an instant, or have not ended; newest first."""
    query = select(Silence).where(Silence.ends_at >= since).order_by(Silence.id.desc()).limit(limit)
    return list((await session.execute(query)).scalars())


async def firing(
    session: AsyncSession, matchers: Sequence[Matcher], same: dict[str, str], *, limit: int
) -> list[Alert]:
    """Alerts that fire and may fit: comparisons for equality and labels that must be the same are asked of the database, patterns
    are left to the caller."""
    query = select(Alert).where(Alert.state.in_(_FIRING))
    for matcher in matchers:
        if matcher.op is MatchOp.EQUAL:
            query = query.where(_label(matcher.name) == matcher.value)
        elif matcher.op is MatchOp.DIFFERS:
            query = query.where(_label(matcher.name) != matcher.value)
    for name, value in same.items():
        query = query.where(_label(name) == value)
    return list((await session.execute(query.order_by(Alert.id).limit(limit))).scalars())


def _label(name: str) -> ColumnElement[str]:
    """A label as matchers see it (`matchers.labels_of`)."""
    else_ = {LABEL_NAME: Alert.rule_name, LABEL_SEVERITY: Alert.severity}.get(name, "")
    return func.coalesce(Alert.labels[name].astext, else_)
