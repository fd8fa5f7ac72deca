"""Runs executors when their moments come: each moment once, on whichever node, whatever dies in between.

A moment goes through two transactions with the asking between them. The first takes the executor's lease and notes the run; the
second, only if the run is still this attempt's, stores the answer, ends the run and moves the executor to its next moment. A
process that dies in between has stored nothing; its job is given to another, which waits for the lease to run out and begins
the next attempt at the same moment.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.identity.permissions import ALL_PERMISSIONS
from opsloom.identity.scope import Actor, ActorKind, Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import defer
from opsloom.infra.telemetry import get_logger, note_failure, span
from opsloom.kit import due
from opsloom.kit.due import CatchUp
from opsloom.kit.errors import OpsloomError
from opsloom.kit.ids import new_id
from opsloom.rules.executors import repository
from opsloom.rules.executors.models import Executor, ExecutorKind, MomentOutcome
from opsloom.rules.executors.work import Asked, Work

FIRE: Final = "executors.fire"
NODE: Final = str(new_id())
"""This process, as long as it lives."""
log = get_logger(__name__)
_UNREADABLE: Final = "unreadable"


class Works(dict[ExecutorKind, Work[Any, Any]]):
    """What the kinds do; a part of the core."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """A run that has begun; `waited_for` is the moment the executor stands at, None for one that was asked for."""

    asked: Asked[Any]
    kind: ExecutorKind
    attempt: int
    waited_for: datetime | None


class _Ended(NamedTuple):
    outcome: MomentOutcome
    rows: int | None
    detail: str


async def fire(core: Core, tenant_id: UUID, executor_id: UUID, due_at: datetime, asked_by: str | None = None) -> None:
    """Deal with one moment, unless somebody has."""
    scope = Scope.system(tenant_id)
    begun = await _begin(core, scope, executor_id, due_at, asked_by)
    if begun is None:
        return
    asker = Scope(tenant_id, Actor(ActorKind.SYSTEM, None, f"executor {begun.asked.name}"), ALL_PERMISSIONS)
    work = core.part(Works)[begun.kind]
    with span(f"executor {begun.kind.value}"):
        async with _leased(core, scope, executor_id):
            answer = await _ask(work, asker, begun.asked)
        async with core.db.transaction(scope) as session:
            await _end(session, core, scope, begun, (work, answer))


async def fire_lost(core: Core, tenant_id: UUID, before: datetime) -> None:
    """See to moments whose job never came."""
    scope = Scope.system(tenant_id)
    async with core.db.transaction(scope) as session:
        for executor_id, due_at in await repository.overdue(session, before):
            log.warning("executor.job_lost", tenant=str(tenant_id), executor=str(executor_id))
            await _defer(session, tenant_id, executor_id, due_at)


async def await_next(session: AsyncSession, row: Executor, after: datetime) -> None:
    """Let the executor wait for its next moment. Jobs of moments that no longer hold find that out themselves."""
    row.next_at = None if row.paused_at is not None else due.next_after(row.timetable, after)
    if row.next_at is not None:
        await _defer(session, row.tenant_id, row.id, row.next_at, at=row.next_at)


async def run_now(session: AsyncSession, row: Executor, now: datetime, asked_by: str) -> None:
    """A run out of turn, as soon as a worker is free."""
    await _defer(session, row.tenant_id, row.id, now, asked_by=asked_by)


async def _defer(
    session: AsyncSession,
    tenant_id: UUID,
    executor_id: UUID,
    due_at: datetime,
    *,
    at: datetime | None = None,
    asked_by: str | None = None,
) -> None:
    args = {"tenant_id": str(tenant_id), "executor_id": str(executor_id), "due_at": due_at.isoformat()}
    await defer(session, FIRE, args | {"asked_by": asked_by}, at=at)


async def _begin(core: Core, scope: Scope, executor_id: UUID, due_at: datetime, asked_by: str | None) -> _Begun | None:
    now = core.clock.now()
    async with core.db.transaction(scope) as session:
        row = await repository.load(session, executor_id, lock=True)
        if row is None or (asked_by is None and row.next_at != due_at):
            return None
        if not await repository.lease(session, executor_id, NODE):
            # Another node is at it, or was when it died: look again once its lease has run out.
            later = now + timedelta(seconds=repository.LEASE_S)
            await _defer(session, scope.tenant_id, executor_id, due_at, at=later, asked_by=asked_by)
            return None
        moment, detail = due_at, ""
        if asked_by is None:
            turn = due.turn(row.timetable, due_at, now, CatchUp(row.missed))
            moment, detail = turn.at, _left_out(turn.left_out)
            if not turn.runs:
                await _pass_by(session, row, turn, now)
                return None
        of = {"tenant_id": scope.tenant_id, "executor_id": executor_id, "due_at": moment}
        attempt = await repository.begin(
            session, of | {"asked_by": asked_by, "node": NODE, "started_at": now, "detail": detail}
        )
        if attempt is None:
            return None
        await repository.end_lost(session, executor_id, moment, now)
        asked = await _asked(session, core, row, moment)
        return _Begun(asked, ExecutorKind(row.kind), attempt, due_at if asked_by is None else None)


def _left_out(count: int) -> str:
    return f"{count} moments before it were left out" if count else ""


async def _pass_by(session: AsyncSession, row: Executor, turn: due.Turn, now: datetime) -> None:
    of = {"tenant_id": row.tenant_id, "executor_id": row.id, "due_at": turn.at, "attempt": 0, "node": NODE}
    what = {"started_at": now, "ended_at": now, "outcome": MomentOutcome.MISSED, "detail": _left_out(turn.left_out)}
    await repository.note(session, of | what)
    await repository.give_back(session, row.id, NODE)
    await await_next(session, row, turn.at)


async def _asked(session: AsyncSession, core: Core, row: Executor, moment: datetime) -> Asked[Any]:
    work = core.part(Works)[ExecutorKind(row.kind)]
    version = await assets.get_version(session, row.id, row.version)
    try:
        content = work.read(version.content)
    except ValidationError as error:
        content = None
        note_failure("executor", error)
        log.error(_UNREADABLE, executor=str(row.id), cause=str(error))
    return Asked(row.id, row.name, row.version, version.content_hash, content, moment, core.clock.now())


async def _ask(work: Work[Any, Any], scope: Scope, asked: Asked[Any]) -> Any | _Ended:
    if asked.content is None:
        return _Ended(MomentOutcome.FAILED, None, "Its definition cannot be read; publish it anew.")
    try:
        return await work.ask(scope, asked)
    except OpsloomError as error:
        return _failed(error)
    except Exception as error:  # boundary: whatever another system brings about, the next moment comes
        note_failure("executor", error)
        log.error("executor.failed", executor=str(asked.executor_id), cause=str(error), exc_info=True)
        return _Ended(MomentOutcome.FAILED, None, f"{type(error).__name__}: {error}"[:500])


def _failed(error: OpsloomError) -> _Ended:
    return _Ended(MomentOutcome.FAILED, None, f"{error.code}: {error.message}"[:500])


async def _end(
    session: AsyncSession, core: Core, scope: Scope, begun: _Begun, done: tuple[Work[Any, Any], Any | _Ended]
) -> None:
    asked, now = begun.asked, core.clock.now()
    row = await repository.load(session, asked.executor_id, lock=True)
    if row is None or not await repository.held(session, row.id, asked.due_at, begun.attempt):
        log.warning("executor.taken_over", executor=str(asked.executor_id))
        return
    ended = await _kept(session, scope, asked, done)
    values = {"ended_at": now, "outcome": ended.outcome, "rows": ended.rows}
    await repository.end(session, row.id, asked.due_at, values | ({"detail": ended.detail} if ended.detail else {}))
    await repository.prune(session, row.id)
    await repository.give_back(session, row.id, NODE)
    if begun.waited_for is not None and row.next_at == begun.waited_for:
        await await_next(session, row, asked.due_at)


async def _kept(
    session: AsyncSession, scope: Scope, asked: Asked[Any], done: tuple[Work[Any, Any], Any | _Ended]
) -> _Ended:
    work, answer = done
    if isinstance(answer, _Ended):
        return answer
    try:
        async with session.begin_nested():
            return _Ended(MomentOutcome.SUCCEEDED, await work.keep(session, scope, asked, answer), "")
    except OpsloomError as error:
        return _failed(error)


@asynccontextmanager
async def _leased(core: Core, scope: Scope, executor_id: UUID) -> AsyncIterator[None]:
    """The lease is renewed as long as the body takes."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(repository.LEASE_S / 3)
            async with core.db.transaction(scope) as session:
                await repository.lease(session, executor_id, NODE)

    renewing = asyncio.create_task(renew())
    try:
        yield
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError, OpsloomError):
            await renewing
