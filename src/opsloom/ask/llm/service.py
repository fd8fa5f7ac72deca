"""Looking at the language models: the log of calls, the budget, how each model is."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.ask.llm import policy, repository
from opsloom.ask.llm.errors import CallNotFound
from opsloom.ask.llm.policy import InForce
from opsloom.ask.llm.repository import CallFilter
from opsloom.ask.llm.schemas import LlmBudget, LlmCallShown, LlmCallSummary, LlmModelShown, LlmState, LlmTotals
from opsloom.connections.content import ModelConfig
from opsloom.connections.service import Connections, breaker_key
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import OpsloomError
from opsloom.kit.paging import Page, decode_cursor, page_of


async def list_calls(session: AsyncSession, wanted: CallFilter, limit: int, cursor: str | None) -> Page[LlmCallSummary]:
    """Calls of the tenant, newest first, without their texts."""
    before = decode_cursor(cursor, datetime, UUID) if cursor else None
    rows = await repository.page(session, wanted, limit=limit, before=before)  # type: ignore[arg-type]  # typed by decode_cursor
    return page_of([LlmCallSummary.model_validate(row) for row in rows], limit, lambda one: (one.at, one.id))


async def get_call(session: AsyncSession, scope: Scope, call_id: UUID) -> LlmCallShown:
    """One call; its texts for who asked and for administrators. Raises CallNotFound."""
    row = await repository.call(session, call_id)
    if row is None:
        raise CallNotFound("There is no such call of a language model.")
    own = row.asked_by is not None and row.asked_by == scope.user_id
    hidden = not own and not scope.allows(Permission.SYSTEM_WRITE)
    asked = await repository.question_of(session, row.trace_id, scope.user_id) if row.trace_id else None
    summary = LlmCallSummary.model_validate(row)
    return LlmCallShown(
        **summary.model_dump(),
        prompt=None if hidden else row.prompt,
        answer=None if hidden else row.answer,
        hidden=hidden,
        question_id=asked,
    )


async def state(core: Core, scope: Scope, days: int) -> LlmState:
    """How language models stand. Connections are looked at outside the transaction."""
    now = core.clock.now()
    since = (now - timedelta(days=days - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    async with core.db.transaction(scope) as session:
        found = await policy.in_force(session)
        today = await repository.day(session, now.date())
        totals = [LlmTotals.model_validate(row) for row in await repository.totals(session, since)]
    budget = None
    if found is not None:
        budget = LlmBudget(
            day=now.date(),
            tokens=today.tokens if today else 0,
            held_tokens=today.held_tokens if today else 0,
            cost=today.cost if today else 0.0,
            held_cost=today.held_cost if today else 0.0,
            tokens_per_day=found.policy.tokens_per_day,
            cost_per_day=found.policy.cost_per_day,
        )
    return LlmState(
        policy=found.policy if found else None,
        policy_key=found.key if found else None,
        policy_version=found.version if found else None,
        models=await _models(core, scope, found),
        budget=budget,
        totals=totals,
        kept_days=core.settings.llm_log_retention_days,
    )


async def _models(core: Core, scope: Scope, found: InForce | None) -> list[LlmModelShown]:
    if found is None:
        return []
    breakers = {view.key: view for view in await core.breakers.views()}
    shown: list[LlmModelShown] = []
    for key in found.policy.connections:
        config: ModelConfig | None = None
        fault, breaker = None, None
        try:
            ready = await core.part(Connections).ready(scope, key)
            config = ready.config if isinstance(ready.config, ModelConfig) else None
            fault = None if config is not None else f"It is of type {ready.type}."
            breaker = breakers.get(breaker_key(scope.tenant_id, ready.asset_id))
        except OpsloomError as error:  # shown where the model stands
            fault = error.message
        shown.append(
            LlmModelShown(
                connection=key,
                provider=config.provider.value if config else None,
                model=config.model if config else None,
                fault=fault,
                state=breaker.state if breaker else None,
                failures=breaker.failures if breaker else 0,
                retry_after_s=breaker.retry_after_s if breaker else 0.0,
            )
        )
    return shown
