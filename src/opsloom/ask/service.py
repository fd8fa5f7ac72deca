"""Asking, looking back, and running the evidence again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.ask import repository
from opsloom.ask.blocks import Reference
from opsloom.ask.compose.sheet import main_value
from opsloom.ask.errors import (
    PlanUnreadable,
    QuestionNotFound,
    ReferenceFailed,
    ReferenceForbidden,
    ReferenceNotFound,
    TimeZoneUnknown,
)
from opsloom.ask.pipeline import Asked, Asker, as_edited
from opsloom.ask.plan import Plan
from opsloom.ask.records import Posed, shown
from opsloom.ask.schemas import QuestionAsked, QuestionShown, QuestionSummary, ReferenceRun
from opsloom.ask.threads import service as threads
from opsloom.ask.tools.contract import Evidence, ToolContext
from opsloom.ask.tools.reading import fetch
from opsloom.ask.work import Recorded, Work
from opsloom.identity.scope import Scope
from opsloom.infra.telemetry import span
from opsloom.inventory.schemas import Query
from opsloom.kit.errors import FieldProblem
from opsloom.kit.ids import new_id
from opsloom.kit.paging import Page, decode_cursor, page_of
from opsloom.kit.zones import zone_names

SHOWN_ROWS = 200


async def accept(asker: Asker, scope: Scope, request: QuestionAsked) -> Work:
    """Takes a question in: its time zone, its plan and its thread are there. Raises TimeZoneUnknown, PlanUnreadable, ThreadNotFound."""
    zone = zone_named(request.time_zone)
    plan = plan_of(request)
    began, now = asker.clock.monotonic(), asker.clock.now()
    thread_id, previous = None, None
    if request.new_thread or request.thread_id is not None:
        async with asker.db.transaction(scope) as session:
            if request.thread_id is not None and not request.new_thread:
                thread_id = request.thread_id
                previous = await threads.go_on(session, scope, thread_id, now)
            else:
                thread_id = await threads.begin(session, scope, request.text, now)
    posed = Posed(new_id(), thread_id, request.text, request.time_zone, now)
    asked = Asked(
        text=request.text,
        zone=zone,
        now=now,
        chosen=request.item_id,
        mode=request.mode,
        previous=previous,
        plan=plan,
        model=request.model,
    )
    return Work(asker, scope, posed, asked, began)


async def ask(asker: Asker, scope: Scope, request: QuestionAsked) -> QuestionShown:
    """Answers a question and stores it. Raises TimeZoneUnknown, PlanUnreadable, ThreadNotFound, ConnectionLost."""
    recorded: Recorded | None = None
    work = await accept(asker, scope, request)
    async for told in work.follow():  # to its very end: the span closes where it was opened
        recorded = told if isinstance(told, Recorded) else None
    assert recorded is not None, "a question always ends with its record"
    return recorded.question


def zone_named(name: str) -> ZoneInfo:
    """Raises TimeZoneUnknown."""
    if name not in zone_names():
        raise TimeZoneUnknown("There is no time zone of that name.", hint="Use a name such as Asia/Seoul or UTC.")
    return ZoneInfo(name)


def plan_of(request: QuestionAsked) -> Plan | None:
    """The plan that was sent along, as the sender's own. Raises PlanUnreadable, which says where it is wrong."""
    if request.plan is None:
        return None
    try:
        return as_edited(Plan.model_validate(request.plan))
    except ValidationError as error:
        problems = [
            FieldProblem(pointer="/plan/" + "/".join(map(str, one["loc"])), detail=one["msg"])
            for one in error.errors(include_url=False, include_input=False)[:20]
        ]
        raise PlanUnreadable(
            "The plan does not have the shape of one.", hint="Start from the plan of an answer.", details=problems
        ) from None


async def get_question(session: AsyncSession, scope: Scope, question_id: UUID) -> QuestionShown:
    """One of the asker's own questions, or one of a shared thread. Raises QuestionNotFound."""
    row = await repository.readable(session, question_id, scope.user_id)
    if row is None:
        raise QuestionNotFound("There is no such question.")
    return shown(row)


async def list_questions(
    session: AsyncSession, scope: Scope, limit: int, cursor: str | None, *, alone: bool
) -> Page[QuestionSummary]:
    """The asker's own questions, newest first."""
    before = decode_cursor(cursor, datetime, UUID) if cursor else None
    rows = await repository.own_page(session, scope.user_id, limit=limit, before=before, alone=alone)  # type: ignore[arg-type]  # typed by decode_cursor
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
            evidence = await _again(asker, context, stored)
    except asyncpg.PostgresError as error:
        raise ReferenceFailed("The database refused the query.", hint="Ask the question again.") from error
    return _compared(question_id, stored, evidence)


async def _again(asker: Asker, context: ToolContext, stored: Reference) -> Evidence:
    """The evidence of a query, or of a step that is no single query. Raises ReferenceFailed and what the tool raises."""
    if stored.call is None:
        return await fetch(context, Query(sql=stored.sql, parameters=stored.parameters))
    result = await asker.tools[stored.call.kind].run(context, stored.call)
    evidence = result.parts.get(stored.part) if stored.part else result.evidence
    if evidence is None:
        raise ReferenceFailed("It gave nothing to compare.", hint="Ask the question again.")
    return evidence


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
