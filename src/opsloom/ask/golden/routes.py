"""HTTP of golden runs: start, follow, look into a question, choose the baseline."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, status

from opsloom.ask.golden import service
from opsloom.ask.golden.schemas import (
    GoldenResultShown,
    GoldenRunAsked,
    GoldenRunChange,
    GoldenRunDetail,
    GoldenRunShown,
)
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.kit.paging import Cursor, Limit, Page

router = APIRouter(prefix="/api/v1/golden-runs", tags=["regression"])

Looking = Annotated[Work, Depends(work(Permission.ASSETS_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.ASSETS_WRITE), scope="function")]
AKey = Annotated[str, Path(min_length=1, max_length=100, description="Of the golden question.")]


@router.post("", status_code=status.HTTP_202_ACCEPTED)
async def start_golden_run(w: Writing, asked: GoldenRunAsked) -> GoldenRunShown:
    """Asks golden questions in the background, as the system, and holds the answers against what their SQL says."""
    return await service.start(w.session, w.scope, asked, w.core.clock.now())


@router.get("")
async def list_golden_runs(w: Looking, limit: Limit = 50, cursor: Cursor = None) -> Page[GoldenRunShown]:
    """Newest first."""
    return await service.runs(w.session, limit, cursor)


@router.get("/{run_id}")
async def get_golden_run(w: Looking, run_id: UUID) -> GoldenRunDetail:
    """A run with what came of each question so far."""
    return await service.run_shown(w.session, run_id)


@router.patch("/{run_id}")
async def change_golden_run(w: Writing, run_id: UUID, wanted: GoldenRunChange) -> GoldenRunShown:
    """Makes a run the baseline that later runs are compared with, or no longer."""
    return await service.mark(w.session, w.scope, run_id, baseline=wanted.baseline)


@router.get("/{run_id}/results/{key}")
async def get_golden_result(w: Looking, run_id: UUID, key: AKey) -> GoldenResultShown:
    """One question of a run: expected and answered, the differences to the baseline, and its earlier outcomes."""
    return await service.result_shown(w.session, run_id, key)
