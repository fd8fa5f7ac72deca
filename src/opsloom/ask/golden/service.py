"""Starting golden runs, and reading what came of them."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.ask.golden import repository
from opsloom.ask.golden.errors import GoldenQuestionUnknown, GoldenRunNotFound, GoldenRunUnfinished, NothingGolden
from opsloom.ask.golden.models import GoldenResult, GoldenRun
from opsloom.ask.golden.report import Report, changes
from opsloom.ask.golden.running import begin, in_force
from opsloom.ask.golden.schemas import (
    GoldenResultLine,
    GoldenResultShown,
    GoldenRunAsked,
    GoldenRunDetail,
    GoldenRunShown,
    PastOutcome,
    RunReason,
)
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.infra.jobs import defer
from opsloom.kit.paging import Page, decode_cursor, page_of

RUN: Final = "golden.run"
REMEMBERED: Final = 30


async def start(
    session: AsyncSession, scope: Scope, asked: GoldenRunAsked, at: datetime, reason: RunReason = RunReason.DEMAND
) -> GoldenRunShown:
    """A run that a worker carries out once this is committed. Raises NothingGolden."""
    questions = await in_force(session, asked.keys)
    if not questions:
        hint = "Publish assets of the kind `golden_question`, or load the demo world with its own."
        raise NothingGolden("No golden question is in force under these keys.", hint=hint)
    run = await begin(session, scope, reason, (at, asked.now), len(questions))
    args = {"tenant_id": str(scope.tenant_id), "run_id": str(run.id), "keys": asked.keys}
    await defer(session, RUN, args, lock=f"{RUN}:{scope.tenant_id}")
    await audit.record(session, scope, "golden.started", "golden_run", run.id, {"questions": len(questions)})
    return GoldenRunShown.model_validate(run)


async def runs(session: AsyncSession, limit: int, cursor: str | None) -> Page[GoldenRunShown]:
    """Newest first."""
    before = decode_cursor(cursor, datetime, UUID) if cursor else None
    rows = await repository.page(session, limit=limit, before=before)  # type: ignore[arg-type]  # typed by decode_cursor
    return page_of([GoldenRunShown.model_validate(row) for row in rows], limit, lambda one: (one.started_at, one.id))


async def run_shown(session: AsyncSession, run_id: UUID) -> GoldenRunDetail:
    """A run with a line for each question asked so far. Raises GoldenRunNotFound."""
    run = await _run(session, run_id)
    baseline = await repository.baseline_before(session, run)
    return GoldenRunDetail(
        **GoldenRunShown.model_validate(run).model_dump(),
        compared_with=baseline.id if baseline is not None else None,
        results=[GoldenResultLine(**_line(row)) for row in await repository.results_of(session, run_id)],
    )


async def result_shown(session: AsyncSession, run_id: UUID, key: str) -> GoldenResultShown:
    """One question of a run beside the baseline. Raises GoldenRunNotFound, GoldenQuestionUnknown."""
    run = await _run(session, run_id)
    row = await repository.result_of(session, run_id, key)
    if row is None:
        raise GoldenQuestionUnknown("This run has not asked such a question.")
    report = Report.model_validate(row.body)
    baseline = await repository.baseline_before(session, run)
    before = await repository.result_of(session, baseline.id, key) if baseline is not None else None
    past = await repository.history(session, key, REMEMBERED)
    return GoldenResultShown(
        **_line(row),
        run_id=run_id,
        report=report,
        baseline_run_id=before.run_id if before is not None else None,
        changes=changes(Report.model_validate(before.body), report) if before is not None else [],
        history=[
            PastOutcome(run_id=one.id, started_at=one.started_at, outcome=one.outcome, cause=one.cause, took_ms=one.took_ms)
            for one in past
        ],
    )  # fmt: skip


async def mark(session: AsyncSession, scope: Scope, run_id: UUID, *, baseline: bool) -> GoldenRunShown:
    """Makes a run the baseline of later ones, or no longer. Raises GoldenRunNotFound, GoldenRunUnfinished."""
    run = await _run(session, run_id)
    if run.ended_at is None:
        raise GoldenRunUnfinished("Only a run that has ended can be the baseline.", hint="Wait until it has.")
    run.baseline = baseline
    await audit.record(session, scope, "golden.baseline", "golden_run", run.id, {"baseline": baseline})
    return GoldenRunShown.model_validate(run)


async def _run(session: AsyncSession, run_id: UUID) -> GoldenRun:
    run = await repository.run_of(session, run_id)
    if run is None:
        raise GoldenRunNotFound("There is no such golden run.")
    return run


def _line(row: GoldenResult) -> dict[str, object]:
    body = row.body
    return {
        "key": row.key, "question": body["question"], "category": body["category"], "language": body["language"],
        "outcome": row.outcome, "cause": row.cause, "took_ms": row.took_ms,
    }  # fmt: skip
