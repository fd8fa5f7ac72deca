"""What is due in an incident's life: set with what makes it due, done once, whichever process comes first.

Invariant: a timer is claimed, acted on and marked as done in one transaction. When a process dies at any point in it, nothing of it
happened, and the sweep or another worker does it; a job that comes twice, late or early finds out from the row. Instants are
absolute, so a clock that leaps back makes nothing due again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.timers.models import IncidentTimer
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import defer

__all__ = ["IncidentTimer"]

FIRE: Final = "incidents.timer"
_SWEPT: Final = 500


@dataclass(frozen=True)
class Due:
    """Something to be done. `key` names it within the incident."""

    incident_id: UUID
    key: str
    purpose: str
    at: datetime
    args: Mapping[str, str] = field(default_factory=dict)


class Handler(Protocol):
    """Does what is due in the transaction that claims it, and says what came of it."""

    async def __call__(self, session: AsyncSession, core: Core, scope: Scope, timer: IncidentTimer, /) -> str: ...


@dataclass
class Handlers:
    """Who does what, by purpose; the composition root keeps it in the core."""

    by_purpose: dict[str, Handler] = field(default_factory=dict)


async def set_timer(session: AsyncSession, scope: Scope, due: Due) -> None:
    """Let something be due. A key that was set before keeps what it was set to."""
    values = {
        "tenant_id": scope.tenant_id,
        "incident_id": due.incident_id,
        "key": due.key,
        "purpose": due.purpose,
        "due_at": due.at,
        "args": dict(due.args),
    }
    made = insert(IncidentTimer).values(values).on_conflict_do_nothing().returning(IncidentTimer.key)
    if (await session.execute(made)).scalar_one_or_none() is not None:
        await _queue(session, scope.tenant_id, due.incident_id, (due.key, due.at))


async def fire(core: Core, tenant_id: UUID, incident_id: UUID, key: str) -> None:
    """Do what is due, unless it is done or too early."""
    scope = Scope.system(tenant_id)
    async with core.db.transaction(scope) as session:
        timer = await _claimed(session, incident_id, key)
        if timer is None:
            return
        early = timer.due_at - core.clock.now()
        if early > timedelta(0):
            # The queue goes by the database's clock, which is ahead of this one by just so much.
            await _queue(session, tenant_id, incident_id, (key, timer.due_at + early))
            return
        outcome = await core.part(Handlers).by_purpose[timer.purpose](session, core, scope, timer)
        timer.outcome, timer.done_at = outcome, core.clock.now()


async def waiting(session: AsyncSession, incident_id: UUID) -> list[IncidentTimer]:
    """What is still to come for an incident, the next first."""
    query = select(IncidentTimer).where(IncidentTimer.incident_id == incident_id, IncidentTimer.done_at.is_(None))
    return list((await session.execute(query.order_by(IncidentTimer.due_at, IncidentTimer.key))).scalars())


async def overdue(session: AsyncSession, before: datetime) -> list[tuple[UUID, str]]:
    """What should have been done by an instant: its job was lost."""
    query = select(IncidentTimer.incident_id, IncidentTimer.key)
    query = query.where(IncidentTimer.done_at.is_(None), IncidentTimer.due_at < before)
    found = await session.execute(query.order_by(IncidentTimer.due_at).limit(_SWEPT))
    return [(row.incident_id, row.key) for row in found]


async def _claimed(session: AsyncSession, incident_id: UUID, key: str) -> IncidentTimer | None:
    query = select(IncidentTimer).where(IncidentTimer.incident_id == incident_id, IncidentTimer.key == key)
    locked = query.with_for_update().execution_options(populate_existing=True)
    timer = (await session.execute(locked)).scalar_one_or_none()
    return None if timer is None or timer.done_at is not None else timer


async def _queue(session: AsyncSession, tenant_id: UUID, incident_id: UUID, what: tuple[str, datetime]) -> None:
    args = {"tenant_id": str(tenant_id), "incident_id": str(incident_id), "key": what[0]}
    await defer(session, FIRE, args, at=what[1])
