"""Runs golden questions one after the other and keeps what came of each as it comes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.ask.golden import repository
from opsloom.ask.golden.asking import Played, play
from opsloom.ask.golden.content import GoldenQuestion
from opsloom.ask.golden.files import Keyed
from opsloom.ask.golden.kind import GOLDEN
from opsloom.ask.golden.models import GoldenResult, GoldenRun
from opsloom.ask.golden.report import Outcome, Report, cause_of, failed_tools, outcome_of, plan_text
from opsloom.ask.golden.schemas import RunReason
from opsloom.ask.pipeline import Asker
from opsloom.assets import service as assets
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.telemetry import get_logger, span
from opsloom.inventory import service as inventory
from opsloom.kit.ids import new_id

log = get_logger(__name__)


@dataclass(frozen=True)
class Done:
    """A question that was run."""

    key: str
    outcome: Outcome
    report: Report
    took_ms: float


async def each(asker: Asker, scope: Scope, questions: Sequence[Keyed], now: datetime) -> AsyncIterator[Done]:
    """Every question with its outcome, in order. Raises ConnectionLost."""
    for one in questions:
        with span("golden.question", key=one.key):
            played = await play(asker, scope, one.golden, now)
        yield Done(one.key, outcome_of(played.findings), report_of(one.golden, played), played.took_ms)


def report_of(golden: GoldenQuestion, played: Played) -> Report:
    """What is kept of it."""
    return Report(
        question=golden.question,
        category=golden.category,
        language=golden.language.value,
        findings=played.findings,
        status=played.answer.status,
        decision=played.decision,
        plan=plan_text(played.decision),
        blocks=played.answer.blocks,
        gaps=[*failed_tools(played.answer), *([f"oracle: {played.broken}"] if played.broken else [])],
        assets=played.answer.assets,
    )


async def in_force(session: AsyncSession, keys: Sequence[str] = ()) -> list[Keyed]:
    """The published golden questions, by key; one of an older shape is left to the registry's faults."""
    found = []
    for asset, version in await assets.list_published(session, GOLDEN):
        if keys and asset.slug not in keys:
            continue
        try:
            found.append(Keyed(asset.slug, GoldenQuestion.model_validate(version.content)))
        except ValidationError as error:
            log.warning("golden.unreadable", key=asset.slug, cause=str(error)[:300])
    return sorted(found, key=lambda one: one.key)


async def begin(
    session: AsyncSession, scope: Scope, reason: RunReason, clock: tuple[datetime, datetime | None], total: int
) -> GoldenRun:
    """A run that has not asked anything yet. `clock` is the present, and the time the questions are asked at if it is another."""
    at, now = clock
    run = GoldenRun(
        tenant_id=scope.tenant_id, id=new_id(), started_at=at, ended_at=None, reason=reason.value, asked_for="",
        started_by=scope.actor.name, now=now or await inventory.made_up_until(session) or at, total=total, passed=0,
        warned=0, failed=0, baseline=False,
    )  # fmt: skip
    session.add(run)
    await session.flush()
    return run


async def carry_out(core: Core, scope: Scope, run_id: UUID, keys: Sequence[str]) -> None:
    """Asks what has not been asked yet: a run that was given up with its process goes on where it stopped."""
    async with core.db.transaction(scope) as session:
        run = await repository.run_of(session, run_id)
        if run is None or run.ended_at is not None:
            return
        known = {one.key for one in await repository.results_of(session, run_id)}
        questions = [one for one in await in_force(session, keys) if one.key not in known]
        baseline = await repository.baseline_before(session, run)
    async for done in each(core.part(Asker), scope, questions, run.now):
        async with core.db.transaction(scope) as session:
            await _keep(session, scope, run_id, done, baseline)
    async with core.db.transaction(scope) as session:
        ended = await repository.run_of(session, run_id, locked=True)
        if ended is not None:
            ended.ended_at = core.clock.now()
            ended.total = ended.passed + ended.warned + ended.failed


async def _keep(session: AsyncSession, scope: Scope, run_id: UUID, done: Done, baseline: GoldenRun | None) -> None:
    before = await repository.result_of(session, baseline.id, done.key) if baseline is not None else None
    cause = cause_of(done.outcome, done.report, Report.model_validate(before.body) if before is not None else None)
    session.add(
        GoldenResult(
            tenant_id=scope.tenant_id, run_id=run_id, key=done.key, outcome=done.outcome.value,
            cause=cause.value if cause is not None else None, body=done.report.model_dump(mode="json"),
            took_ms=done.took_ms,
        )
    )  # fmt: skip
    run = await repository.run_of(session, run_id, locked=True)
    assert run is not None, "a run is not deleted while it goes"
    run.passed += done.outcome is Outcome.PASS
    run.warned += done.outcome is Outcome.WARN
    run.failed += done.outcome is Outcome.FAIL
