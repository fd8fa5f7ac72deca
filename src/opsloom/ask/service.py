"""Asking, looking back, and running the evidence again."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import asyncpg
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.ask import repository
from opsloom.ask.blocks import Answer, Reference, Stage
from opsloom.ask.compose.sheet import main_value
from opsloom.ask.errors import QuestionNotFound, ReferenceFailed, ReferenceForbidden, ReferenceNotFound, TimeZoneUnknown
from opsloom.ask.language.normalise import MAX_CHARS
from opsloom.ask.models import Question
from opsloom.ask.pipeline import Asked, Asker, Decided, Finished, StageDone
from opsloom.ask.plan import Decision
from opsloom.ask.schemas import QuestionAsked, QuestionShown, QuestionSummary, ReferenceRun
from opsloom.ask.tools.contract import Evidence, ToolContext
from opsloom.ask.tools.reading import fetch
from opsloom.identity.scope import Scope
from opsloom.infra.telemetry import current_trace_id, span
from opsloom.inventory.schemas import Query
from opsloom.kit.ids import new_id
from opsloom.kit.paging import Page, decode_cursor, page_of

_DECISION: TypeAdapter[Decision] = TypeAdapter(Decision)
SHOWN_ROWS = 200


@dataclass(frozen=True)
class Recorded:
    """The end of a question: it is stored, and this is it."""

    question: QuestionShown


Told = Stage | Decision | Recorded


async def ask(asker: Asker, scope: Scope, request: QuestionAsked) -> QuestionShown:
    """Answers a question and stores it. Raises TimeZoneUnknown, ConnectionLost."""
    recorded: Recorded | None = None
    async for told in follow(asker, scope, request):  # to its very end: the span closes where it was opened
        recorded = told if isinstance(told, Recorded) else None
    assert recorded is not None, "a question always ends with its record"
    return recorded.question


async def follow(asker: Asker, scope: Scope, request: QuestionAsked) -> AsyncGenerator[Told, None]:
    """The same, telling each stage as it ends."""
    zone = zone_named(request.time_zone)
    began, now = asker.clock.monotonic(), asker.clock.now()
    asked = Asked(request.text, zone, now, request.item_id)
    with span("ask", zone=zone.key):
        async with aclosing(asker.answer(scope, asked)) as every:
            async for progress in every:
                match progress:
                    case StageDone(stage):
                        yield stage
                    case Decided(decision):
                        yield decision
                    case Finished(decision, answer):
                        took_ms = round((asker.clock.monotonic() - began) * 1000, 3)
                        row = _row(scope, request, now, (decision, answer), took_ms)
                        async with asker.db.transaction(scope) as session:
                            session.add(row)
                        yield Recorded(_shown(row))


def zone_named(name: str) -> ZoneInfo:
    """Raises TimeZoneUnknown."""
    if name not in available_timezones():
        raise TimeZoneUnknown("There is no time zone of that name.", hint="Use a name such as Asia/Seoul or UTC.")
    return ZoneInfo(name)


def _row(
    scope: Scope, request: QuestionAsked, now: datetime, outcome: tuple[Decision, Answer], took_ms: float
) -> Question:
    decision, answer = outcome
    return Question(
        tenant_id=scope.tenant_id,
        id=new_id(),
        asked_by=scope.user_id,
        asked_by_name=scope.actor.name,
        asked_at=now,
        text=request.text[:MAX_CHARS],
        language=answer.language.value,
        time_zone=request.time_zone,
        status=answer.status.value,
        plan=decision.model_dump(mode="json"),
        answer=answer.model_dump(mode="json"),
        took_ms=took_ms,
        trace_id=current_trace_id(),
    )


def _shown(row: Question) -> QuestionShown:
    answer = Answer.model_validate(row.answer)
    return QuestionShown(
        id=row.id,
        text=row.text,
        language=answer.language,
        status=answer.status,
        asked_at=row.asked_at,
        took_ms=row.took_ms,
        time_zone=row.time_zone,
        trace_id=row.trace_id,
        plan=_DECISION.validate_python(row.plan) if row.plan is not None else None,
        blocks=answer.blocks,
        references=answer.references,
        stages=answer.stages,
        gaps=answer.gaps,
    )


async def get_question(session: AsyncSession, scope: Scope, question_id: UUID) -> QuestionShown:
    """One of the asker's own questions. Raises QuestionNotFound."""
    row = await repository.own(session, question_id, scope.user_id)
    if row is None:
        raise QuestionNotFound("There is no such question.")
    return _shown(row)


async def list_questions(session: AsyncSession, scope: Scope, limit: int, cursor: str | None) -> Page[QuestionSummary]:
    """The asker's own questions, newest first."""
    before = decode_cursor(cursor, datetime, UUID) if cursor else None
    rows = await repository.own_page(session, scope.user_id, limit=limit, before=before)  # type: ignore[arg-type]  # typed by decode_cursor
    return page_of([QuestionSummary.model_validate(row) for row in rows], limit, lambda one: (one.asked_at, one.id))


async def run_reference(asker: Asker, scope: Scope, question_id: UUID, reference_id: str) -> ReferenceRun:
    """Runs a stored query again. Raises QuestionNotFound, ReferenceNotFound, ReferenceForbidden, ReferenceFailed."""
    async with asker.db.transaction(scope) as session:
        question = await get_question(session, scope, question_id)
    stored = next((one for one in question.references if one.id == reference_id), None)
    if stored is None:
        raise ReferenceNotFound("This answer has no such reference.")
    permission = next((tool.permission for tool in asker.tools.values() if tool.name == stored.tool), None)
    if permission is None or not scope.allows(permission):
        raise ReferenceForbidden("This query needs a permission that you do not have.")
    context = ToolContext(asker.db, scope, asker.clock, asker.policy.step_deadline_s)
    try:
        with span("ask.reference", tool=stored.tool):
            evidence = await fetch(context, Query(sql=stored.sql, parameters=stored.parameters))
    except asyncpg.PostgresError as error:
        raise ReferenceFailed("The database refused the query.", hint="Ask the question again.") from error
    return _compared(question_id, stored, evidence)


def _compared(question_id: UUID, stored: Reference, evidence: Evidence) -> ReferenceRun:
    fresh = main_value(evidence.rows)
    both = fresh is not None and stored.value is not None
    kept = [dict(row) for row in evidence.rows[: len(stored.rows)]]
    return ReferenceRun(
        question_id=question_id,
        reference_id=stored.id,
        sql=stored.sql,
        parameters=stored.parameters,
        columns=list(evidence.columns),
        rows=[dict(row) for row in evidence.rows[:SHOWN_ROWS]],
        row_count=len(evidence.rows),
        truncated=evidence.truncated,
        ran_at=evidence.ran_at,
        took_ms=evidence.took_ms,
        unit=stored.unit,
        value=fresh,
        stored_value=stored.value,
        difference=fresh - stored.value if both and fresh is not None and stored.value is not None else None,
        same=kept == stored.rows and len(evidence.rows) == stored.row_count,
    )
