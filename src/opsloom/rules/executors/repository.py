"""Every query of executors. Row security limits each to the session's tenant.

A lease is measured by the database's clock: the nodes' own may differ or leap.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.rules.executors.models import Executor, ExecutorRun, MomentOutcome

KEPT_RUNS: Final = 500
LEASE_S: Final = 15.0

_LEASE = text(
    """
update executors set leased_by = :node, leased_until = clock_timestamp() + make_interval(secs => :seconds)
where id = :id and (leased_until is null or leased_until < clock_timestamp() or leased_by = :node) returning id
"""
)


async def load(session: AsyncSession, executor_id: UUID, *, lock: bool = False) -> Executor | None:
    """One executor; `lock` holds it until the transaction ends."""
    query = select(Executor).where(Executor.id == executor_id).execution_options(populate_existing=True)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def put(session: AsyncSession, values: dict[str, Any]) -> None:
    """Bring an executor into being, or its plan up to date; a pause stays."""
    row = insert(Executor).values(**values)
    fresh = {name: value for name, value in values.items() if name not in ("tenant_id", "id")}
    await session.execute(row.on_conflict_do_update(index_elements=[Executor.tenant_id, Executor.id], set_=fresh))


async def remove(session: AsyncSession, executor_id: UUID) -> None:
    """With its runs."""
    await session.execute(delete(Executor).where(Executor.id == executor_id))


async def page(session: AsyncSession, *, kind: str | None, limit: int, after: UUID | None) -> list[Executor]:
    """Newest first, one more than `limit`."""
    query = select(Executor).order_by(Executor.id.desc()).limit(limit + 1)
    if kind is not None:
        query = query.where(Executor.kind == kind)
    if after is not None:
        query = query.where(Executor.id < after)
    return list((await session.execute(query)).scalars())


async def overdue(session: AsyncSession, before: datetime) -> list[tuple[UUID, datetime]]:
    """Executors whose job was lost, with the moment it was for."""
    query = select(Executor.id, Executor.next_at).where(Executor.next_at < before)
    return [(row.id, row.next_at) for row in await session.execute(query) if row.next_at is not None]


async def lease(session: AsyncSession, executor_id: UUID, node: str) -> bool:
    """Take an executor for a while, or longer; False while another node has it."""
    values = {"id": executor_id, "node": node, "seconds": LEASE_S}
    return (await session.execute(_LEASE, values)).first() is not None


async def is_leased(session: AsyncSession, executor_id: UUID) -> bool:
    """Whether a node has it right now."""
    query = select(Executor.id).where(Executor.id == executor_id, Executor.leased_until >= func.clock_timestamp())
    return (await session.execute(query)).first() is not None


async def give_back(session: AsyncSession, executor_id: UUID, node: str) -> None:
    """Let others have it at once."""
    mine = (Executor.id == executor_id, Executor.leased_by == node)
    await session.execute(update(Executor).where(*mine).values(leased_by=None, leased_until=None))


async def begin(session: AsyncSession, values: dict[str, Any]) -> int | None:
    """A run, or another attempt at one that nobody ended; its number, None when it has ended."""
    row = insert(ExecutorRun).values(**values, attempt=1, outcome=MomentOutcome.RUNNING)
    again = {
        "attempt": ExecutorRun.attempt + 1,
        "node": row.excluded.node,
        "started_at": row.excluded.started_at,
        "detail": func.concat("taken over from ", ExecutorRun.node),
    }
    done = row.on_conflict_do_update(
        index_elements=[ExecutorRun.tenant_id, ExecutorRun.executor_id, ExecutorRun.due_at],
        set_=again,
        where=ExecutorRun.outcome == MomentOutcome.RUNNING,
    ).returning(ExecutorRun.attempt)
    return (await session.execute(done)).scalar_one_or_none()


async def end_lost(session: AsyncSession, executor_id: UUID, due_at: datetime, now: datetime) -> None:
    """Other runs of it that nobody will end: their process is gone."""
    lost = (
        ExecutorRun.executor_id == executor_id,
        ExecutorRun.outcome == MomentOutcome.RUNNING,
        ExecutorRun.due_at != due_at,
    )
    values = {"outcome": MomentOutcome.FAILED, "ended_at": now, "detail": "Its process ended before it did."}
    await session.execute(update(ExecutorRun).where(*lost).values(**values))


async def held(session: AsyncSession, executor_id: UUID, due_at: datetime, attempt: int) -> bool:
    """Whether an attempt is still the one that counts."""
    query = select(ExecutorRun.attempt).where(
        ExecutorRun.executor_id == executor_id,
        ExecutorRun.due_at == due_at,
        ExecutorRun.outcome == MomentOutcome.RUNNING,
    )
    return (await session.execute(query.with_for_update())).scalar_one_or_none() == attempt


async def end(session: AsyncSession, executor_id: UUID, due_at: datetime, values: dict[str, Any]) -> None:
    """What became of a run."""
    of = (ExecutorRun.executor_id == executor_id, ExecutorRun.due_at == due_at)
    await session.execute(update(ExecutorRun).where(*of).values(**values))


async def note(session: AsyncSession, values: dict[str, Any]) -> None:
    """A moment at which nothing ran."""
    await session.execute(insert(ExecutorRun).values(**values).on_conflict_do_nothing())


async def prune(session: AsyncSession, executor_id: UUID) -> None:
    """Forget the oldest runs when there are many."""
    of = ExecutorRun.executor_id == executor_id
    kept = select(ExecutorRun.due_at).where(of).order_by(ExecutorRun.due_at.desc()).offset(KEPT_RUNS).limit(1)
    gone = delete(ExecutorRun).where(of, ExecutorRun.due_at <= kept.scalar_subquery())
    await session.execute(gone.execution_options(synchronize_session=False))


async def runs(session: AsyncSession, executor_id: UUID, *, limit: int, before: datetime | None) -> list[ExecutorRun]:
    """Newest first, one more than `limit`."""
    query = select(ExecutorRun).where(ExecutorRun.executor_id == executor_id)
    if before is not None:
        query = query.where(ExecutorRun.due_at < before)
    return list((await session.execute(query.order_by(ExecutorRun.due_at.desc()).limit(limit + 1))).scalars())


async def last_runs(session: AsyncSession, executors: Sequence[UUID]) -> dict[UUID, ExecutorRun]:
    """The newest run of each executor."""
    query = (
        select(ExecutorRun)
        .where(ExecutorRun.executor_id.in_(executors))
        .ext(distinct_on(ExecutorRun.executor_id))
        .order_by(ExecutorRun.executor_id, ExecutorRun.due_at.desc())
    )
    return {run.executor_id: run for run in (await session.execute(query)).scalars()} if executors else {}
