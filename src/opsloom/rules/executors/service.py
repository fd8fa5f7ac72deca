"""What people do with executors: look, pause, go on, run one now. What is in force makes them, what is withdrawn ends them."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.service import Asset
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.rules.executors import repository, scheduler
from opsloom.rules.executors.errors import ExecutorBusy, ExecutorNotFound
from opsloom.rules.executors.models import Executor, ExecutorKind, ExecutorRun
from opsloom.rules.executors.work import Timing

_KIND: Final = "executor"


async def put_in_force(
    session: AsyncSession, scope: Scope, asset: Asset, kind: ExecutorKind, timing: Timing, now: datetime
) -> None:
    """Serve a version that is in force from now on; a pause outlives versions."""
    values = {
        "tenant_id": scope.tenant_id, "id": asset.id, "kind": kind, "name": asset.name, "version": asset.published_version,
        "cron": timing.cron, "zone": timing.zone, "every_s": timing.every_s, "missed": timing.missed, "updated_at": now,
    }  # fmt: skip
    await repository.put(session, values)
    await scheduler.await_next(session, await _held(session, asset.id), now)


async def take_out_of_force(session: AsyncSession, asset_id: UUID) -> None:
    """Nothing is served any more; its runs go with it."""
    await repository.remove(session, asset_id)


async def get(session: AsyncSession, executor_id: UUID) -> Executor:
    """Raises ExecutorNotFound."""
    return _found(await repository.load(session, executor_id))


async def listed(
    session: AsyncSession, *, kind: ExecutorKind | None, limit: int, after: UUID | None
) -> list[tuple[Executor, ExecutorRun | None]]:
    """Newest first, one more than `limit`, each with its newest run."""
    rows = await repository.page(session, kind=kind, limit=limit, after=after)
    last = await repository.last_runs(session, [row.id for row in rows])
    return [(row, last.get(row.id)) for row in rows]


async def last_run(session: AsyncSession, executor_id: UUID) -> ExecutorRun | None:
    """The newest run."""
    return (await repository.last_runs(session, [executor_id])).get(executor_id)


async def history(
    session: AsyncSession, executor_id: UUID, *, limit: int, before: datetime | None
) -> list[ExecutorRun]:
    """Runs, newest first, one more than `limit`. Raises ExecutorNotFound."""
    await get(session, executor_id)
    return await repository.runs(session, executor_id, limit=limit, before=before)


async def pause(session: AsyncSession, scope: Scope, executor_id: UUID, now: datetime) -> Executor:
    """No more runs until it goes on; one that is under way ends. Raises ExecutorNotFound."""
    row = await _held(session, executor_id)
    if row.paused_at is None:
        row.paused_at, row.paused_by, row.next_at = now, scope.actor.name, None
        await audit.record(session, scope, "executor.paused", _KIND, row.id, {"name": row.name})
    return row


async def resume(session: AsyncSession, scope: Scope, executor_id: UUID, now: datetime) -> Executor:
    """Go on from now; moments of the pause are not made up for. Raises ExecutorNotFound."""
    row = await _held(session, executor_id)
    if row.paused_at is not None:
        row.paused_at = row.paused_by = None
        await scheduler.await_next(session, row, now)
        await audit.record(session, scope, "executor.resumed", _KIND, row.id, {"name": row.name})
    return row


async def run_now(session: AsyncSession, scope: Scope, executor_id: UUID, now: datetime) -> Executor:
    """One run out of turn, also while it is paused. Raises ExecutorNotFound, ExecutorBusy."""
    row = await _held(session, executor_id)
    if await repository.is_leased(session, executor_id):
        raise ExecutorBusy(f"“{row.name}” runs right now.", hint="Look at its runs, and try again when it is done.")
    await scheduler.run_now(session, row, now, scope.actor.name)
    await audit.record(session, scope, "executor.run", _KIND, row.id, {"name": row.name})
    return row


async def _held(session: AsyncSession, executor_id: UUID) -> Executor:
    return _found(await repository.load(session, executor_id, lock=True))


def _found(row: Executor | None) -> Executor:
    if row is None:
        raise ExecutorNotFound("There is no such executor.", hint="It is there while its asset is in force.")
    return row
