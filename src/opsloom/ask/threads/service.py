"""Beginning a thread, going on in it, finding it again, changing and forgetting it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.ask import repository as questions
from opsloom.ask.errors import ThreadNotFound
from opsloom.ask.models import Thread
from opsloom.ask.planning.previous import Previous
from opsloom.ask.records import as_previous, shown
from opsloom.ask.schemas import QuestionShown, QuestionSummary
from opsloom.ask.threads import repository
from opsloom.ask.threads.schemas import ThreadChange, ThreadShown, ThreadSummary
from opsloom.identity.scope import Scope
from opsloom.kit.ids import new_id
from opsloom.kit.paging import Page, decode_cursor, page_of

TITLE_CHARS = 120
SHOWN_QUESTIONS = 200
REMEMBERED = 10
"""So many questions back a follow-up looks for the one that it refers to: greetings and refusals lie between."""


async def begin(session: AsyncSession, scope: Scope, text: str, now: datetime) -> UUID:
    """A new thread of the caller's, called after its first question."""
    words = " ".join(text.split())
    title = words if len(words) <= TITLE_CHARS else f"{words[: TITLE_CHARS - 1]}…"
    thread = Thread(
        tenant_id=scope.tenant_id,
        id=new_id(),
        owner_id=scope.user_id,
        owner_name=scope.actor.name,
        title=title or "?",
        pinned=False,
        archived=False,
        shared=False,
        created_at=now,
        asked_at=now,
    )
    session.add(thread)
    await session.flush()
    return thread.id


async def go_on(session: AsyncSession, scope: Scope, thread_id: UUID, now: datetime) -> Previous | None:
    """Another question comes into a thread of the caller's; the one that it may refer to. Raises ThreadNotFound."""
    thread = await _own(session, scope, thread_id)
    thread.asked_at, thread.archived = now, False
    for row in reversed(await questions.of_thread(session, thread_id, REMEMBERED)):
        previous = as_previous(row)
        if previous is not None:
            return previous
    return None


async def page(
    session: AsyncSession, scope: Scope, words: str | None, *, archived: bool, limit: int, cursor: str | None
) -> Page[ThreadSummary]:
    """The caller's own threads and those shared with him, pinned ones first."""
    before = decode_cursor(cursor, int, datetime, UUID) if cursor else None
    rows = await repository.page(
        session, scope.user_id, words, archived=archived, limit=limit, before=before  # type: ignore[arg-type]  # typed by decode_cursor
    )  # fmt: skip
    found = [_summary(row, scope) for row in rows]
    return page_of(found, limit, lambda one: (int(one.pinned), one.asked_at, one.id))


async def get(session: AsyncSession, scope: Scope, thread_id: UUID) -> ThreadShown:
    """A thread with what was asked in it. Raises ThreadNotFound."""
    thread = await _readable(session, scope, thread_id)
    rows = await questions.of_thread(session, thread_id, SHOWN_QUESTIONS)
    summaries = [QuestionSummary.model_validate(row) for row in rows]
    return ThreadShown(**_summary(thread, scope).model_dump(), questions=summaries)


async def whole(session: AsyncSession, scope: Scope, thread_id: UUID) -> tuple[ThreadSummary, list[QuestionShown]]:
    """A thread with its answers, for an export. Raises ThreadNotFound."""
    thread = await _readable(session, scope, thread_id)
    rows = await questions.of_thread(session, thread_id, SHOWN_QUESTIONS)
    return _summary(thread, scope), [shown(row) for row in rows]


async def change(session: AsyncSession, scope: Scope, thread_id: UUID, wanted: ThreadChange) -> ThreadSummary:
    """Rename, pin, archive or share a thread of the caller's. Raises ThreadNotFound."""
    thread = await _own(session, scope, thread_id)
    for name, value in wanted.model_dump(exclude_none=True).items():
        setattr(thread, name, value)
    return _summary(thread, scope)


async def remove(session: AsyncSession, scope: Scope, thread_id: UUID) -> None:
    """Forget a thread of the caller's with its questions. Raises ThreadNotFound."""
    await session.delete(await _own(session, scope, thread_id))
    await session.flush()


async def _own(session: AsyncSession, scope: Scope, thread_id: UUID) -> Thread:
    thread = await repository.own(session, thread_id, scope.user_id)
    if thread is None:
        raise ThreadNotFound("There is no such thread, or it is not yours.")
    return thread


async def _readable(session: AsyncSession, scope: Scope, thread_id: UUID) -> Thread:
    thread = await repository.readable(session, thread_id, scope.user_id)
    if thread is None:
        raise ThreadNotFound("There is no such thread, or it is not shared with you.")
    return thread


def _summary(thread: Thread, scope: Scope) -> ThreadSummary:
    return ThreadSummary(
        id=thread.id,
        title=thread.title,
        owner_name=thread.owner_name,
        mine=thread.owner_id == scope.user_id,
        pinned=thread.pinned,
        archived=thread.archived,
        shared=thread.shared,
        created_at=thread.created_at,
        asked_at=thread.asked_at,
    )
