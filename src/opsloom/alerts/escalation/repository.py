"""Every query of escalation policies. Row security limits each to the session's tenant."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.escalation.models import EscalationPolicy

MOST = 200
"""So many policies a tenant may have: each incident is held against all of them."""


async def load(session: AsyncSession, policy_id: UUID, *, lock: bool = False) -> EscalationPolicy | None:
    """One policy; `lock` holds it until the transaction ends."""
    query = select(EscalationPolicy).where(EscalationPolicy.id == policy_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(query)).scalar_one_or_none()


async def in_order(session: AsyncSession) -> list[EscalationPolicy]:
    """All of them, as they are asked."""
    query = select(EscalationPolicy).order_by(EscalationPolicy.position, EscalationPolicy.id).limit(MOST)
    return list((await session.execute(query)).scalars())
