"""Every query of questions. Row security already limits each to the session's tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from opsloom.ask.models import Question, Thread


def _readable(reader: UUID | None) -> ColumnElement[bool]:
    """One's own questions, and those of threads that somebody shares."""
    shared = exists().where(Thread.tenant_id == Question.tenant_id, Thread.id == Question.thread_id, Thread.shared)
    return or_(Question.asked_by.is_not_distinct_from(reader), shared)


async def readable(session: AsyncSession, question_id: UUID, reader: UUID | None) -> Question | None:
    """A question that this person may read."""
    query = select(Question).where(Question.id == question_id, _readable(reader))
    return (await session.execute(query)).scalar_one_or_none()


async def own_page(
    session: AsyncSession, asked_by: UUID | None, *, limit: int, before: tuple[datetime, UUID] | None, alone: bool
) -> list[Question]:
    """A person's questions, newest first, one more than `limit`; `alone` leaves out those that stand in a thread."""
    query = select(Question).where(Question.asked_by.is_not_distinct_from(asked_by))
    if alone:
        query = query.where(Question.thread_id.is_(None))
    if before is not None:
        query = query.where(tuple_(Question.asked_at, Question.id) < before)
    query = query.order_by(Question.asked_at.desc(), Question.id.desc()).limit(limit + 1)
    return list((await session.execute(query)).scalars())


async def of_thread(session: AsyncSession, thread_id: UUID, limit: int) -> Sequence[Question]:
    """The newest questions of a thread, oldest first."""
    newest = select(Question).where(Question.thread_id == thread_id)
    newest = newest.order_by(Question.asked_at.desc(), Question.id.desc()).limit(limit)
    return list(reversed((await session.execute(newest)).scalars().all()))
