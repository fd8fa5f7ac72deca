"""What people do with schedules, and what happens when one is due.

Invariant: a moment begins at most one run, on whichever process: whoever has the schedule's row and finds it waiting for just this moment
moves it to the next one in the same transaction in which the run begins. A job that comes twice, late or for a schedule that was changed
finds another moment there and does nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis import service as apis
from opsloom.apis.kind import ApiKind
from opsloom.apis.schedules import cron, repository
from opsloom.apis.schedules.errors import ScheduleNotFound
from opsloom.apis.schedules.models import ApiSchedule, ApiScheduleTick, Missed, TickOutcome
from opsloom.apis.schedules.schemas import ScheduleRequest
from opsloom.apis.workflows import background
from opsloom.apis.workflows.durable import DurableRuns
from opsloom.assets import service as assets
from opsloom.identity import audit
from opsloom.identity.permissions import ALL_PERMISSIONS
from opsloom.identity.scope import Actor, ActorKind, Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import defer
from opsloom.infra.telemetry import get_logger
from opsloom.kit import due
from opsloom.kit.due import CatchUp
from opsloom.kit.errors import OpsloomError, PreconditionFailed, PreconditionRequired
from opsloom.kit.ids import new_id

FIRE: Final = "schedules.fire"
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Moment:
    """The moment that is dealt with, and what is said of those before it."""

    due_at: datetime
    detail: str
    runs: bool


async def create(session: AsyncSession, core: Core, scope: Scope, api_id: UUID, asked: ScheduleRequest) -> ApiSchedule:
    """Raises ApiNotFound, ScheduleInvalid, ParametersInvalid, WriteUnreachable."""
    await assets.get(session, core.part(ApiKind), api_id)
    now, name = core.clock.now(), scope.actor.name
    row = ApiSchedule(
        tenant_id=scope.tenant_id, id=new_id(), api_id=api_id, revision=0, created_at=now, created_by=name, enabled=False
    )  # fmt: skip
    await _set(session, core, scope, (row, asked))
    session.add(row)
    await session.flush()
    await audit.record(session, scope, "schedule.created", "schedule", row.id, _said(row))
    return row


async def save(
    session: AsyncSession, core: Core, scope: Scope, of: tuple[UUID, int | None], asked: ScheduleRequest
) -> ApiSchedule:
    """Change a schedule that nobody else changed meanwhile. Raises ScheduleNotFound and what `create` raises."""
    schedule_id, revision = of
    row = await _held(session, schedule_id)
    if revision is None:
        raise PreconditionRequired("Say which revision you edited.", hint="Send its ETag as If-Match.")
    if revision != row.revision:
        raise PreconditionFailed("Somebody else has changed the schedule.", hint="Load it again.")
    await _set(session, core, scope, (row, asked))
    await audit.record(session, scope, "schedule.changed", "schedule", row.id, _said(row))
    return row


async def switch(session: AsyncSession, core: Core, scope: Scope, schedule_id: UUID, *, enabled: bool) -> ApiSchedule:
    """Pause, or go on from now: moments in between are not made up for. Raises ScheduleNotFound."""
    row = await _held(session, schedule_id)
    if row.enabled != enabled:
        _touch(row, core, scope)
        row.enabled = enabled
        await _await_next(session, row, core.clock.now())
        await audit.record(session, scope, "schedule.resumed" if enabled else "schedule.paused", "schedule", row.id, {})
    return row


async def remove(session: AsyncSession, scope: Scope, schedule_id: UUID) -> None:
    """Raises ScheduleNotFound. Runs that it began stay."""
    row = await _held(session, schedule_id)
    await audit.record(session, scope, "schedule.deleted", "schedule", row.id, _said(row))
    await session.delete(row)


async def get(session: AsyncSession, schedule_id: UUID) -> ApiSchedule:
    """Raises ScheduleNotFound."""
    row = await repository.load(session, schedule_id)
    if row is None:
        raise ScheduleNotFound("There is no such schedule.")
    return row


async def listed(session: AsyncSession, *, api_id: UUID | None, limit: int, before: UUID | None) -> list[ApiSchedule]:
    """Newest first, one more than `limit`."""
    return await repository.page(session, api_id=api_id, limit=limit, before=before)


async def history(
    session: AsyncSession, schedule_id: UUID, *, limit: int, before: datetime | None
) -> list[ApiScheduleTick]:
    """What became of its moments, newest first, one more than `limit`. Raises ScheduleNotFound."""
    await get(session, schedule_id)
    return await repository.ticks(session, schedule_id, limit=limit, before=before)


def shown_parameters(row: ApiSchedule, hidden: frozenset[str]) -> Mapping[str, Any]:
    """What it runs with, less what is shown to nobody but whoever may change it."""
    return {name: "***" if name in hidden else value for name, value in row.parameters.items()}


async def fire(core: Core, tenant_id: UUID, schedule_id: UUID, due_at: datetime) -> None:
    """The moment has come: begin the run, and wait for the next moment."""
    scope = Scope.system(tenant_id)
    async with core.db.transaction(scope) as session:
        row = await repository.load(session, schedule_id, lock=True)
        if row is None or not row.enabled or row.next_at != due_at:
            return
        now = core.clock.now()
        moment = _dealt_with(row, due_at, now)
        outcome, detail, run_id = TickOutcome.MISSED, moment.detail, None
        if moment.runs:
            outcome, detail, run_id = await _begun(session, core, row, moment)
        tick = {"tenant_id": tenant_id, "schedule_id": row.id, "due_at": moment.due_at, "at": now}
        await repository.note(session, tick | {"outcome": outcome, "detail": detail[:500], "run_id": run_id})
        # Never before the moment that was dealt with: a clock that leaps back must not bring it again.
        await _await_next(session, row, max(now, moment.due_at))


async def fire_lost(core: Core, tenant_id: UUID, before: datetime) -> None:
    """Deal with moments before one whose job never came."""
    async with core.db.transaction(Scope.system(tenant_id)) as session:
        found = await repository.overdue(session, before)
    for schedule_id, due_at in found:
        _log.warning("schedule.job_lost", tenant=str(tenant_id), schedule=str(schedule_id))
        await fire(core, tenant_id, schedule_id, due_at)


def _dealt_with(row: ApiSchedule, due_at: datetime, now: datetime) -> _Moment:
    policy = CatchUp.ONCE if row.missed == Missed.RUN_ONCE else CatchUp.SKIP
    turn = due.turn(due.Cron(row.cron, row.zone), due_at, now, policy)
    if not turn.runs:
        return _Moment(turn.at, f"missed: {turn.left_out + 1}", runs=False)
    if due.is_missed(turn.at, now):
        return _Moment(turn.at, f"missed: {turn.left_out + 1}", runs=True)
    return _Moment(turn.at, f"missed before it: {turn.left_out}" if turn.left_out else "", runs=True)


async def _begun(
    session: AsyncSession, core: Core, row: ApiSchedule, moment: _Moment
) -> tuple[TickOutcome, str, UUID | None]:
    """The run of a moment, in the caller's transaction; what refuses is kept with its reason."""
    actor = Actor(ActorKind.SYSTEM, None, f"schedule {row.name}")
    scope = Scope(row.tenant_id, actor, ALL_PERMISSIONS)
    try:
        served = await background.published(core, row.tenant_id, row.api_id)
        values = apis.reading(served, row.parameters)()
        key = f"schedule:{row.id}:{moment.due_at.isoformat()}"
        async with session.begin_nested():
            begun = await core.part(DurableRuns).begin(
                session, scope, background.wanted(served, values, key, schedule_id=row.id)
            )
    except OpsloomError as error:
        _log.warning("schedule.refused", schedule=str(row.id), code=error.code)
        return TickOutcome.REFUSED, f"{error.code}: {error.message}", None
    return TickOutcome.STARTED, moment.detail, begun.id


async def _set(session: AsyncSession, core: Core, scope: Scope, of: tuple[ApiSchedule, ScheduleRequest]) -> None:
    row, asked = of
    now = core.clock.now()
    cron.next_moment(asked.cron, asked.zone, now)
    served = await background.published(core, scope.tenant_id, row.api_id)
    background.refuse_changing(served)
    apis.reading(served, asked.parameters)()
    row.name, row.cron, row.zone, row.missed = asked.name, asked.cron, asked.zone, asked.missed
    row.parameters, row.enabled = asked.parameters, asked.enabled
    _touch(row, core, scope)
    await _await_next(session, row, now)


def _touch(row: ApiSchedule, core: Core, scope: Scope) -> None:
    row.revision += 1
    row.updated_at, row.updated_by = core.clock.now(), scope.actor.name


async def _await_next(session: AsyncSession, row: ApiSchedule, now: datetime) -> None:
    """The job of the next moment. Those of moments that no longer hold find that out themselves."""
    row.next_at = cron.next_moment(row.cron, row.zone, now) if row.enabled else None
    if row.next_at is not None:
        args = {"tenant_id": str(row.tenant_id), "schedule_id": str(row.id), "due_at": row.next_at.isoformat()}
        await defer(session, FIRE, args, at=row.next_at)


async def _held(session: AsyncSession, schedule_id: UUID) -> ApiSchedule:
    row = await repository.load(session, schedule_id, lock=True)
    if row is None:
        raise ScheduleNotFound("There is no such schedule.")
    return row


def _said(row: ApiSchedule) -> dict[str, Any]:
    return {"name": row.name, "api": str(row.api_id), "cron": row.cron, "zone": row.zone, "enabled": row.enabled}
