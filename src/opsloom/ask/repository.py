"""Every query of questions. Row security already limits each to the session's tenant."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.ask.models import Question


async def own(session: AsyncSession, question_id: UUID, asked_by: UUID | None) -> Question | None:
    """A question of this person."""
    query = select(Question).where(Question.id == question_id, Question.asked_by.is_not_distinct_from(asked_by))
    return (await session.execute(query)).scalar_one_or_none()


async def own_page(
    session: AsyncSession, asked_by: UUID | None, *, limit: int, before: tuple[datetime, UUID] | None
) -> list[Question]:
    """A person's questions, newest first, one more than `limit`."""
    query = select(Question).where(Question.asked_by.is_not_distinct_from(asked_by))
    if before is not None:
        query = query.where(tuple_(Question.asked_at, Question.id) < before)
    query = query.order_by(Question.asked_at.desc(), Question.id.desc()).limit(limit + 1)
    return list((await session.execute(query)).scalars())
