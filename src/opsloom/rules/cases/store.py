"""The queries of saved cases. Row security limits each to the session's tenant."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.rules.cases.errors import RuleCaseNotFound
from opsloom.rules.cases.models import RuleCase


async def cases_of(
    session: AsyncSession, rule_id: UUID, *, limit: int, after: UUID | None = None
) -> Sequence[RuleCase]:
    """In the order they were made, one more than `limit`."""
    query = select(RuleCase).where(RuleCase.rule_id == rule_id).order_by(RuleCase.id).limit(limit + 1)
    if after is not None:
        query = query.where(RuleCase.id > after)
    return list((await session.execute(query)).scalars())


async def case_of(session: AsyncSession, rule_id: UUID, case_id: UUID) -> RuleCase:
    """Raises RuleCaseNotFound."""
    query = select(RuleCase).where(RuleCase.rule_id == rule_id, RuleCase.id == case_id)
    case = (await session.execute(query)).scalar_one_or_none()
    if case is None:
        raise RuleCaseNotFound("There is no such case of this rule.")
    return case
