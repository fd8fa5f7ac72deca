"""HTTP of language models: how they stand, the log of calls, and drafts from a description."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from opsloom.ask.llm import drafting, service
from opsloom.ask.llm.repository import CallFilter
from opsloom.ask.llm.schemas import LlmCallQuery, LlmCallShown, LlmCallSummary, LlmState, RuleProposal, RuleWish
from opsloom.identity.access import Caller, Work, allowed, core_of, work
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.kit.paging import Page

router = APIRouter(prefix="/api/v1/llm", tags=["language models"])

CoreOf = Annotated[Core, Depends(core_of)]
Reading = Annotated[Work, Depends(work(Permission.SYSTEM_READ), scope="function")]
# Connections and providers are asked in these; no transaction of ours is open meanwhile.
Looking = Annotated[Caller, Depends(allowed(Permission.SYSTEM_READ))]
Drafting = Annotated[Caller, Depends(allowed(Permission.RULES_WRITE))]


@router.get("")
async def show_llm(
    core: CoreOf, caller: Looking, days: Annotated[int, Query(ge=1, le=92, description="Of the totals.")] = 14
) -> LlmState:
    """Whether language models are asked, under which policy, how each is, today's budget, and totals by day and model."""
    return await service.state(core, caller.scope, days)


@router.get("/calls")
async def list_llm_calls(w: Reading, query: Annotated[LlmCallQuery, Query()]) -> Page[LlmCallSummary]:
    """Calls, newest first, without their texts. The topic `llm_calls` of the stream says when to look."""
    wanted = CallFilter(query.purpose, query.outcome, query.connection, query.trace_id)
    return await service.list_calls(w.session, wanted, query.limit, query.cursor)


@router.get("/calls/{call_id}")
async def get_llm_call(w: Reading, call_id: UUID) -> LlmCallShown:
    """One call; its masked texts are for who asked and for administrators."""
    return await service.get_call(w.session, w.scope, call_id)


@router.post("/rule-draft")
async def draft_rule(core: CoreOf, caller: Drafting, wish: RuleWish) -> RuleProposal:
    """A rule from a description, proposed by a language model and checked like any other; nothing is saved."""
    return await drafting.draft_rule(core, caller.scope, wish)
