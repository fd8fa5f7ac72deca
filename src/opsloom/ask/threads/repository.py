"""Every query of threads. Row security already limits each to the session's tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Integer, cast, exists, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.ask.models import Question, Thread

Place = tuple[int, datetime, UUID]
"""Where a thread stands in the list: whether it is pinned, its newest question, its id."""


async def readable(session: AsyncSession, thread_id: UUID, reader: UUID | None) -> Thread | None:
    """A thread that this person may read."""
    mine = Thread.owner_id.is_not_distinct_from(reader)
    query = select(Thread).where(Thread.id == thread_id, or_(mine, Thread.shared))
    return (await session.execute(query)).scalar_one_or_none()


async def own(session: AsyncSession, thread_id: UUID, owner: UUID | None) -> Thread | None:
    """A thread of this person, held until the transaction ends."""
    query = select(Thread).where(Thread.id == thread_id, Thread.owner_id.is_not_distinct_from(owner))
    return (await session.execute(query.with_for_update())).scalar_one_or_none()


async def page(
    session: AsyncSession, reader: UUID | None, words: str | None, *, archived: bool, limit: int, before: Place | None
) -> Sequence[Thread]:
    """What a person may read, pinned ones first, then by the newest question; one more than `limit`."""
    query = select(Thread).where(or_(Thread.owner_id.is_not_distinct_from(reader), Thread.shared))
    query = query.where(Thread.archived.is_(archived))
    if words:
        here = (Question.tenant_id == Thread.tenant_id, Question.thread_id == Thread.id)
        asked = exists().where(*here, Question.text.icontains(words, autoescape=True))
        query = query.where(or_(Thread.title.icontains(words, autoescape=True), asked))
    pinned = cast(Thread.pinned, Integer)
    if before is not None:
        query = query.where(tuple_(pinned, Thread.asked_at, Thread.id) < before)
    query = query.order_by(pinned.desc(), Thread.asked_at.desc(), Thread.id.desc()).limit(limit + 1)
    return (await session.execute(query)).scalars().all()
