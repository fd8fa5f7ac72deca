"""Saved cases of rules over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, status

from opsloom.identity.access import Caller, Work, allowed, core_of, work
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from opsloom.rules.cases import service
from opsloom.rules.cases.schemas import RuleCaseBody, RuleCaseShown, RuleCasesRun, RuleCasesShown

router = APIRouter(prefix="/api/v1/rules", tags=["rules"])

CoreOf = Annotated[Core, Depends(core_of)]
Reading = Annotated[Work, Depends(work(Permission.RULES_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.RULES_WRITE), scope="function")]
Running = Annotated[Caller, Depends(allowed(Permission.RULES_WRITE))]


@router.get("/{rule_id}/cases")
async def list_rule_cases(w: Reading, rule_id: UUID, limit: Limit = 50, cursor: Cursor = None) -> Page[RuleCaseShown]:
    """Saved cases in the order they were made, each with what its last run gave."""
    after = decode_cursor(cursor, UUID)[0] if cursor else None
    assert after is None or isinstance(after, UUID)
    found = await service.listed(w.session, rule_id, limit=limit, after=after)
    return page_of(found, limit, lambda case: (case.id,))


@router.post("/{rule_id}/cases", status_code=status.HTTP_201_CREATED)
async def create_rule_case(w: Writing, rule_id: UUID, body: RuleCaseBody) -> RuleCaseShown:
    """Save facts with the firings and states that are expected of them."""
    return await service.add(w.session, w.scope, rule_id, body)


@router.post("/{rule_id}/cases/run")
async def run_rule_cases(caller: Running, core: CoreOf, rule_id: UUID, request: RuleCasesRun) -> RuleCasesShown:
    """Play cases on the draft or a version with the engine that runs live; tells what differs and which branches are taken."""
    return await service.run(core, caller.scope, rule_id, request)


@router.put("/{rule_id}/cases/{case_id}")
async def save_rule_case(w: Writing, rule_id: UUID, case_id: UUID, body: RuleCaseBody) -> RuleCaseShown:
    """Change a case; what its last run gave is forgotten."""
    return await service.save(w.session, w.scope, (rule_id, case_id), body)


@router.delete("/{rule_id}/cases/{case_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_rule_case(w: Writing, rule_id: UUID, case_id: UUID) -> None:
    """Delete a case."""
    await service.delete(w.session, rule_id, case_id)
