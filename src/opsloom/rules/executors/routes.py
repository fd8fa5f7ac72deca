"""Executors over HTTP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status

from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from opsloom.rules.executors import service
from opsloom.rules.executors.models import Executor, ExecutorKind, ExecutorRun
from opsloom.rules.executors.schemas import ExecutorRunShown, ExecutorShown

router = APIRouter(prefix="/api/v1/executors", tags=["executors"])

Reading = Annotated[Work, Depends(work(Permission.RULES_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.RULES_WRITE), scope="function")]


@router.get("")
async def list_executors(
    w: Reading,
    limit: Limit = 50,
    cursor: Cursor = None,
    kind: Annotated[ExecutorKind | None, Query(description="Only executors of this kind.")] = None,
) -> Page[ExecutorShown]:
    """What runs at times, newest first: when it runs next, what became of its last moment, which process has it."""
    after: Any = decode_cursor(cursor, UUID)[0] if cursor else None
    found = await service.listed(w.session, kind=kind, limit=limit, after=after)
    page = page_of(found, limit, lambda one: (one[0].id,))
    return Page[ExecutorShown](items=[_shown(*one) for one in page.items], next_cursor=page.next_cursor)


@router.get("/{executor_id}/runs")
async def list_executor_runs(
    w: Reading, executor_id: UUID, limit: Limit = 50, cursor: Cursor = None
) -> Page[ExecutorRunShown]:
    """What became of its moments, newest first."""
    before: Any = decode_cursor(cursor, datetime)[0] if cursor else None
    found = await service.history(w.session, executor_id, limit=limit, before=before)
    page = page_of(found, limit, lambda run: (run.due_at,))
    shown = [ExecutorRunShown.model_validate(run) for run in page.items]
    return Page[ExecutorRunShown](items=shown, next_cursor=page.next_cursor)


@router.post("/{executor_id}/pause")
async def pause_executor(w: Writing, executor_id: UUID) -> ExecutorShown:
    """Begin no more runs until it is resumed."""
    row = await service.pause(w.session, w.scope, executor_id, w.core.clock.now())
    return await _answer(w, row)


@router.post("/{executor_id}/resume")
async def resume_executor(w: Writing, executor_id: UUID) -> ExecutorShown:
    """Go on from now; moments of the pause are not made up for."""
    row = await service.resume(w.session, w.scope, executor_id, w.core.clock.now())
    return await _answer(w, row)


@router.post("/{executor_id}/run", status_code=status.HTTP_202_ACCEPTED)
async def run_executor(w: Writing, executor_id: UUID) -> ExecutorShown:
    """Run once out of turn, as soon as a worker is free; its next moment stays as it is."""
    row = await service.run_now(w.session, w.scope, executor_id, w.core.clock.now())
    return await _answer(w, row)


async def _answer(w: Work, row: Executor) -> ExecutorShown:
    return _shown(row, await service.last_run(w.session, row.id))


def _shown(row: Executor, last: ExecutorRun | None) -> ExecutorShown:
    shown = ExecutorShown.model_validate(row)
    shown.last_run = None if last is None else ExecutorRunShown.model_validate(last)
    return shown
