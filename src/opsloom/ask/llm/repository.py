"""Every query of the log of calls. Row security already limits each to the session's tenant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, Row, delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.ask.llm.calls import Outcome
from opsloom.ask.llm.models import LlmCall, LlmDay
from opsloom.ask.models import Question

_DAY = func.date(func.timezone("UTC", LlmCall.at))


@dataclass(frozen=True)
class CallFilter:
    """What is None holds for all."""

    purpose: str | None = None
    outcome: str | None = None
    connection: str | None = None
    trace_id: str | None = None


async def page(
    session: AsyncSession, wanted: CallFilter, *, limit: int, before: tuple[datetime, UUID] | None
) -> list[LlmCall]:
    """Newest first, one more than `limit`."""
    query = select(LlmCall)
    for column, value in (
        (LlmCall.purpose, wanted.purpose),
        (LlmCall.outcome, wanted.outcome),
        (LlmCall.connection, wanted.connection),
        (LlmCall.trace_id, wanted.trace_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if before is not None:
        query = query.where(tuple_(LlmCall.at, LlmCall.id) < before)
    query = query.order_by(LlmCall.at.desc(), LlmCall.id.desc()).limit(limit + 1)
    return list((await session.execute(query)).scalars())


async def call(session: AsyncSession, call_id: UUID) -> LlmCall | None:
    return (await session.execute(select(LlmCall).where(LlmCall.id == call_id))).scalar_one_or_none()


async def question_of(session: AsyncSession, trace_id: str, asked_by: UUID | None) -> UUID | None:
    """A person's own question that was answered in a trace."""
    query = select(Question.id).where(Question.trace_id == trace_id, Question.asked_by.is_not_distinct_from(asked_by))
    return (await session.execute(query.limit(1))).scalar_one_or_none()


async def day(session: AsyncSession, which: date) -> LlmDay | None:
    return (await session.execute(select(LlmDay).where(LlmDay.day == which))).scalar_one_or_none()


async def totals(session: AsyncSession, since: datetime) -> Sequence[Row[Any]]:
    """By day and model, the newest day first."""
    query = (
        select(
            _DAY.label("day"),
            LlmCall.connection,
            LlmCall.model,
            func.count().label("calls"),
            func.count().filter(LlmCall.outcome != Outcome.USED.value).label("unused"),
            func.coalesce(func.sum(LlmCall.tokens_in), 0).label("tokens_in"),
            func.coalesce(func.sum(LlmCall.tokens_out), 0).label("tokens_out"),
            func.coalesce(func.sum(LlmCall.cost), 0.0).label("cost"),
            func.count().filter(LlmCall.cost.is_(None), LlmCall.tokens_in.is_not(None)).label("unpriced"),
            func.avg(LlmCall.took_ms).label("average_ms"),
        )
        .where(LlmCall.at >= since)
        .group_by(_DAY, LlmCall.connection, LlmCall.model)
        .order_by(_DAY.desc(), LlmCall.connection, LlmCall.model)
    )
    return (await session.execute(query)).all()


async def forget(session: AsyncSession, before: datetime) -> int:
    """Calls and days that are older; returns how many calls went."""
    await session.execute(delete(LlmDay).where(LlmDay.day < before.date()))
    gone = await session.execute(delete(LlmCall).where(LlmCall.at < before))
    assert isinstance(gone, CursorResult)
    return gone.rowcount
