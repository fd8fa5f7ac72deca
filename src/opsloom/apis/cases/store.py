"""The queries of saved cases. Row security limits each to the session's tenant."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis.cases.errors import ApiCaseNotFound
from opsloom.apis.cases.models import ApiCase


async def cases_of(session: AsyncSession, api_id: UUID, *, limit: int, after: UUID | None = None) -> Sequence[ApiCase]:
    """In the order they were made, one more than `limit`."""
    query = select(ApiCase).where(ApiCase.api_id == api_id).order_by(ApiCase.id).limit(limit + 1)
    if after is not None:
        query = query.where(ApiCase.id > after)
    return list((await session.execute(query)).scalars())


async def case_of(session: AsyncSession, api_id: UUID, case_id: UUID) -> ApiCase:
    """Raises ApiCaseNotFound."""
    query = select(ApiCase).where(ApiCase.api_id == api_id, ApiCase.id == case_id)
    case = (await session.execute(query)).scalar_one_or_none()
    if case is None:
        raise ApiCaseNotFound("There is no such case of this API.")
    return case


async def good_cases(session: AsyncSession, api_ids: Sequence[UUID]) -> dict[UUID, list[ApiCase]]:
    """The first five cases with a good answer of each API."""
    query = select(ApiCase).where(ApiCase.api_id.in_(api_ids), ApiCase.good.is_not(None)).order_by(ApiCase.id)
    found: dict[UUID, list[ApiCase]] = {}
    for case in (await session.execute(query)).scalars():
        kept = found.setdefault(case.api_id, [])
        if len(kept) < 5:
            kept.append(case)
    return found
