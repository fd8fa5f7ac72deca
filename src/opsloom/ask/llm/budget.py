"""The day's budget of a tenant: reserved before a call, settled after it.

Invariant: what is settled and what calls under way hold together never pass the limits, because a reservation is one
statement that adds only where there is room. A process that dies in a call leaves its reservation held until the day (UTC)
ends: the budget errs towards asking less.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.ask.llm.errors import BudgetSpent
from opsloom.identity.scope import Scope
from opsloom.infra.db import Database

_RESERVE: Final = text("""
with wanted as (
    select cast(:tokens as bigint) as tokens, cast(:cost as double precision) as cost,
        cast(:most_tokens as bigint) as most_tokens, cast(:most_cost as double precision) as most_cost
)
insert into llm_days as d (tenant_id, day, tokens, cost, held_tokens, held_cost)
select :tenant, :day, 0, 0, w.tokens, w.cost from wanted w
where w.tokens <= w.most_tokens and (w.most_cost is null or w.cost <= w.most_cost)
on conflict (tenant_id, day) do update
set held_tokens = d.held_tokens + excluded.held_tokens, held_cost = d.held_cost + excluded.held_cost
where d.tokens + d.held_tokens + excluded.held_tokens <= (select most_tokens from wanted)
  and ((select most_cost from wanted) is null
       or d.cost + d.held_cost + excluded.held_cost <= (select most_cost from wanted))
returning 1
""")
_SETTLE: Final = text("""
update llm_days set held_tokens = held_tokens - :held_tokens, held_cost = held_cost - :held_cost,
    tokens = tokens + :tokens, cost = cost + :cost
where tenant_id = :tenant and day = :day
""")


@dataclass(frozen=True)
class Limits:
    tokens: int
    cost: float | None


@dataclass(frozen=True)
class Held:
    """What a call under way may take."""

    day: date
    tokens: int
    cost: float


async def reserve(db: Database, scope: Scope, limits: Limits, now: datetime, wanted: tuple[int, float | None]) -> Held:
    """Hold tokens and cost of today. Raises BudgetSpent."""
    tokens, cost = wanted
    if limits.cost is not None and cost is None:
        raise BudgetSpent(
            "The cost of this model is not known, so the day's limit of cost cannot be held.",
            hint="State its prices in the connection, or take the limit of cost out of the policy.",
        )
    held = Held(now.date(), tokens, cost or 0.0)
    values = {
        "tenant": scope.tenant_id,
        "day": held.day,
        "tokens": held.tokens,
        "cost": held.cost,
        "most_tokens": limits.tokens,
        "most_cost": limits.cost,
    }
    async with db.transaction(scope) as session:
        room = (await session.execute(_RESERVE, values)).scalar_one_or_none()
    if room is None:
        raise BudgetSpent("The day's budget for language models has no room for this call.")
    return held


async def settle(session: AsyncSession, scope: Scope, held: Held, tokens: int, cost: float) -> None:
    """What the call took, in the transaction that logs it."""
    values = {
        "tenant": scope.tenant_id,
        "day": held.day,
        "held_tokens": held.tokens,
        "held_cost": held.cost,
        "tokens": tokens,
        "cost": cost,
    }
    await session.execute(_SETTLE, values)
