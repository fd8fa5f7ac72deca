"""Saved cases over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, status

from opsloom.apis.cases import service
from opsloom.apis.cases.schemas import ApiCaseDraft, ApiCaseShown, ApiCasesRun, ApiCasesShown
from opsloom.apis.kind import ApiKind
from opsloom.identity.access import Caller, Work, allowed, core_of, work
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of

router = APIRouter(prefix="/api/v1/apis", tags=["apis"])

CoreOf = Annotated[Core, Depends(core_of)]
Reading = Annotated[Work, Depends(work(Permission.APIS_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.APIS_WRITE), scope="function")]
Running = Annotated[Caller, Depends(allowed(Permission.APIS_READ, Permission.APIS_RUN))]


@router.get("/{api_id}/cases")
async def list_api_cases(w: Reading, api_id: UUID, limit: Limit = 50, cursor: Cursor = None) -> Page[ApiCaseShown]:
    """Saved cases in the order they were made, each with what its last run gave."""
    after = decode_cursor(cursor, UUID)[0] if cursor else None
    assert after is None or isinstance(after, UUID)
    found = await service.listed(w.session, w.core.part(ApiKind), api_id, limit=limit, after=after)
    return page_of(found, limit, lambda case: (case.id,))


@router.post("/{api_id}/cases", status_code=status.HTTP_201_CREATED)
async def create_api_case(w: Writing, api_id: UUID, draft: ApiCaseDraft) -> ApiCaseShown:
    """Save values with what is expected of the answer."""
    return await service.add(w.session, w.core, w.scope, api_id, draft)


@router.post("/{api_id}/cases/run")
async def run_api_cases(caller: Running, core: CoreOf, api_id: UUID, request: ApiCasesRun) -> ApiCasesShown:
    """Run cases on the draft or a version, one after the other, the way a call at /runtime runs."""
    return await service.run(core, caller.scope, api_id, request)


@router.put("/{api_id}/cases/{case_id}")
async def save_api_case(w: Writing, api_id: UUID, case_id: UUID, draft: ApiCaseDraft) -> ApiCaseShown:
    """Change a case; what its last run gave is forgotten."""
    return await service.save(w.session, w.core, w.scope, (api_id, case_id), draft)


@router.delete("/{api_id}/cases/{case_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_api_case(w: Writing, api_id: UUID, case_id: UUID) -> None:
    """Delete a case."""
    await service.delete(w.session, api_id, case_id)
