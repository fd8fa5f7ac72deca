"""A question as it is stored and as it is read back. Its record is evidence: it is written once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from opsloom.ask.blocks import Answer
from opsloom.ask.language.normalise import MAX_CHARS
from opsloom.ask.models import Question
from opsloom.ask.plan import Decision, Planned
from opsloom.ask.planning.previous import MAX_LISTED, Previous
from opsloom.ask.schemas import QuestionShown
from opsloom.identity.scope import Scope
from opsloom.infra.telemetry import current_trace_id

_DECISION: TypeAdapter[Decision] = TypeAdapter(Decision)


@dataclass(frozen=True)
class Posed:
    """A question on its way: what its record will say however it ends."""

    id: UUID
    thread_id: UUID | None
    text: str
    time_zone: str
    asked_at: datetime


def row_of(scope: Scope, posed: Posed, decision: Decision | None, answer: Answer, took_ms: float) -> Question:
    """The record of a question that has ended."""
    return Question(
        tenant_id=scope.tenant_id,
        id=posed.id,
        asked_by=scope.user_id,
        asked_by_name=scope.actor.name,
        asked_at=posed.asked_at,
        text=posed.text[:MAX_CHARS],
        language=answer.language.value,
        time_zone=posed.time_zone,
        status=answer.status.value,
        plan=decision.model_dump(mode="json") if decision is not None else None,
        answer=answer.model_dump(mode="json"),
        took_ms=took_ms,
        trace_id=current_trace_id(),
        thread_id=posed.thread_id,
    )


def shown(row: Question) -> QuestionShown:
    """A record as everybody reads it."""
    answer = Answer.model_validate(row.answer)
    return QuestionShown(
        id=row.id,
        text=row.text,
        language=answer.language,
        status=answer.status,
        asked_at=row.asked_at,
        took_ms=row.took_ms,
        thread_id=row.thread_id,
        time_zone=row.time_zone,
        trace_id=row.trace_id,
        plan=decision_of(row),
        blocks=answer.blocks,
        references=answer.references,
        stages=answer.stages,
        gaps=answer.gaps,
        assets=answer.assets,
    )


def decision_of(row: Question) -> Decision | None:
    return _DECISION.validate_python(row.plan) if row.plan is not None else None


def as_previous(row: Question) -> Previous | None:
    """What a follow-up refers to, if this question was planned."""
    return previous_of(row.text, decision_of(row), Answer.model_validate(row.answer))


def previous_of(text: str, decision: Decision | None, answer: Answer) -> Previous | None:
    """The same of a question that is not stored."""
    if not isinstance(decision, Planned):
        return None
    cells = (one.get("item_id") for reference in answer.references for one in reference.rows)
    listed = dict.fromkeys(found for found in map(_id, cells) if found is not None)
    return Previous(plan=decision.plan, question=text, listed=tuple(listed)[:MAX_LISTED])


def _id(cell: object) -> UUID | None:
    try:
        return UUID(cell) if isinstance(cell, str) else None
    except ValueError:
        return None
