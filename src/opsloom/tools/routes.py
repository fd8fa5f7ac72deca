"""Tools over HTTP: what may be run, runs and their history, saved cases, APIs exported as tools."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status

from opsloom.identity.access import Caller, Work, allowed, core_of, work
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of
from opsloom.tools import cases, from_api, history
from opsloom.tools.builtins import Builtins
from opsloom.tools.kind import ToolKind
from opsloom.tools.models import ToolCase, ToolRun
from opsloom.tools.schemas import (
    BuiltinShown,
    BuiltinsShown,
    CaseDraft,
    CaseShown,
    CasesRun,
    CasesShown,
    FromApi,
    MadeShown,
    OfferShown,
    OffersShown,
    ToolRunLine,
    ToolRunRequest,
    ToolRunShown,
)
from opsloom.tools.service import CalledFrom, Tools

router = APIRouter(prefix="/api/v1", tags=["tools"])

CoreOf = Annotated[Core, Depends(core_of)]
Reading = Annotated[Work, Depends(work(Permission.TOOLS_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.TOOLS_WRITE), scope="function")]
Exporting = Annotated[Work, Depends(work(Permission.TOOLS_WRITE, Permission.APIS_READ), scope="function")]
Looking = Annotated[Caller, Depends(allowed(Permission.TOOLS_READ))]
Running = Annotated[Caller, Depends(allowed(Permission.TOOLS_READ, Permission.TOOLS_RUN))]


@router.get("/tools")
async def list_tools(caller: Looking, core: CoreOf) -> OffersShown:
    """Every tool the caller may run: published ones, and Opsloom's own abilities."""
    found = await core.part(Tools).offers(caller.scope)
    shown = [
        OfferShown(
            key=each.key,
            name=each.name,
            asset_id=each.asset_id,
            version=each.version,
            type=each.content.logic.type,
            **each.content.model_dump(
                include={"description", "when_to_use", "input_schema", "output_schema", "capabilities"}
            ),
        )
        for each in found
    ]
    return OffersShown(items=shown)


@router.get("/tools/builtins")
async def list_builtins(_caller: Looking, core: CoreOf) -> BuiltinsShown:
    """Opsloom's own abilities, which tools may wrap under a name of their own."""
    shown = [BuiltinShown.model_validate(each) for each in core.part(Builtins)]
    return BuiltinsShown(items=shown)


@router.post("/tools/from-api", status_code=status.HTTP_201_CREATED)
async def make_tool_from_api(w: Exporting, request: FromApi) -> MadeShown:
    """Export a published API as a tool: its parameters and rows become the schemas, and the two stay linked."""
    return await from_api.export(w.core, w.session, w.scope, request)


@router.post("/tools/{asset_id}/run")
async def run_tool(caller: Running, core: CoreOf, asset_id: UUID, request: ToolRunRequest) -> ToolRunShown:
    """Run the published version or the draft, with the caller's rights."""
    tools = core.part(Tools)
    found = await tools.run_asset(
        caller.scope, asset_id, request.arguments, draft=request.draft, caller=CalledFrom.PAGE
    )
    return ToolRunShown(result=found.content, ms=found.ms, run_id=found.run_id, version=found.version)


@router.get("/tools/{asset_id}/runs")
async def list_tool_runs(
    w: Reading,
    asset_id: UUID,
    limit: Limit = 50,
    cursor: Cursor = None,
    failed: Annotated[bool, Query(description="Only runs that failed.")] = False,
) -> Page[ToolRunLine]:
    """The history of runs, newest first, kept for thirty days. Secret arguments are not in it."""
    await cases.must_exist(w.session, w.core.part(ToolKind), asset_id)
    before: Any = decode_cursor(cursor, datetime, UUID) if cursor else None
    found = await history.runs_of(w.session, asset_id, limit=limit, before=before, failed=failed)
    page: Page[ToolRun] = page_of(found, limit, lambda run: (run.at, run.id))
    return Page[ToolRunLine](
        items=[ToolRunLine.model_validate(each) for each in page.items], next_cursor=page.next_cursor
    )


@router.get("/tools/{asset_id}/cases")
async def list_tool_cases(w: Reading, asset_id: UUID, limit: Limit = 50, cursor: Cursor = None) -> Page[CaseShown]:
    """Saved cases in the order they were made, each with what its last run gave."""
    after = decode_cursor(cursor, UUID)[0] if cursor else None
    assert after is None or isinstance(after, UUID)
    found = await cases.list_cases(w.session, w.core.part(ToolKind), asset_id, limit=limit, after=after)
    page: Page[ToolCase] = page_of(found, limit, lambda case: (case.id,))
    return Page[CaseShown](items=[CaseShown.model_validate(each) for each in page.items], next_cursor=page.next_cursor)


@router.post("/tools/{asset_id}/cases", status_code=status.HTTP_201_CREATED)
async def create_tool_case(w: Writing, asset_id: UUID, draft: CaseDraft) -> CaseShown:
    """Save arguments with what is expected of them."""
    return CaseShown.model_validate(await cases.add(w.session, w.scope, w.core.part(ToolKind), asset_id, draft))


@router.post("/tools/{asset_id}/cases/run")
async def run_tool_cases(caller: Running, core: CoreOf, asset_id: UUID, request: CasesRun) -> CasesShown:
    """Run cases on the draft or the published version, one after the other."""
    return await cases.run(core, caller.scope, asset_id, request)


@router.put("/tools/{asset_id}/cases/{case_id}")
async def save_tool_case(w: Writing, asset_id: UUID, case_id: UUID, draft: CaseDraft) -> CaseShown:
    """Change a case; what its last run gave is forgotten."""
    return CaseShown.model_validate(await cases.save(w.session, w.scope, asset_id, case_id, draft))


@router.delete("/tools/{asset_id}/cases/{case_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_tool_case(w: Writing, asset_id: UUID, case_id: UUID) -> None:
    """Delete a case."""
    await cases.delete(w.session, asset_id, case_id)
