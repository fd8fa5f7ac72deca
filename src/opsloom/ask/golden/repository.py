"""Every query of golden runs. Row security already limits each to the session's tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.ask.golden.models import GoldenResult, GoldenRun


async def run_of(session: AsyncSession, run_id: UUID, *, locked: bool = False) -> GoldenRun | None:
    """A run."""
    query = select(GoldenRun).where(GoldenRun.id == run_id)
    return (await session.execute(query.with_for_update() if locked else query)).scalar_one_or_none()


async def page(session: AsyncSession, *, limit: int, before: tuple[datetime, UUID] | None) -> list[GoldenRun]:
    """Newest first, one more than `limit`."""
    query = select(GoldenRun)
    if before is not None:
        query = query.where(tuple_(GoldenRun.started_at, GoldenRun.id) < before)
    query = query.order_by(GoldenRun.started_at.desc(), GoldenRun.id.desc()).limit(limit + 1)
    return list((await session.execute(query)).scalars())


async def results_of(session: AsyncSession, run_id: UUID) -> list[GoldenResult]:
    """What a run has found so far, by key."""
    query = select(GoldenResult).where(GoldenResult.run_id == run_id).order_by(GoldenResult.key)
    return list((await session.execute(query)).scalars())


async def result_of(session: AsyncSession, run_id: UUID, key: str) -> GoldenResult | None:
    """What a run has found about one question."""
    query = select(GoldenResult).where(GoldenResult.run_id == run_id, GoldenResult.key == key)
    return (await session.execute(query)).scalar_one_or_none()


async def baseline_before(session: AsyncSession, run: GoldenRun) -> GoldenRun | None:
    """What a run is compared with: the newest earlier one that was made the baseline, else the newest earlier one that ended."""
    earlier = select(GoldenRun).where(
        GoldenRun.ended_at.is_not(None), tuple_(GoldenRun.started_at, GoldenRun.id) < (run.started_at, run.id)
    )
    best = earlier.order_by(GoldenRun.baseline.desc(), GoldenRun.started_at.desc(), GoldenRun.id.desc()).limit(1)
    return (await session.execute(best)).scalar_one_or_none()


async def history(session: AsyncSession, key: str, limit: int) -> Sequence[Row[UUID, datetime, str, str | None, float]]:
    """The newest outcomes of one question."""
    query = (
        select(GoldenRun.id, GoldenRun.started_at, GoldenResult.outcome, GoldenResult.cause, GoldenResult.took_ms)
        .join(GoldenRun, (GoldenRun.tenant_id == GoldenResult.tenant_id) & (GoldenRun.id == GoldenResult.run_id))
        .where(GoldenResult.key == key)
        .order_by(GoldenRun.started_at.desc(), GoldenRun.id.desc())
        .limit(limit)
    )
    return (await session.execute(query)).all()
