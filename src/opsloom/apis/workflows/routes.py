"""Runs in the background over HTTP."""

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Response

from opsloom.apis.workflow import NodeId
from opsloom.apis.workflows import approvals, background, store
from opsloom.apis.workflows.calls import shown_params
from opsloom.apis.workflows.durable import DurableRuns
from opsloom.apis.workflows.models import ENDED, RunState, WorkflowRun
from opsloom.apis.workflows.schemas import (
    ApprovalLinkShown,
    DecisionRequest,
    RetryRequest,
    WorkflowNodeShown,
    WorkflowRunDetail,
    WorkflowRunShown,
)
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of

_RESULT: dict[int | str, dict[str, Any]] = {
    200: {"description": "The answer, with the status that it chose.", "content": {"application/json": {"schema": {}}}},
    202: {"description": "It has not ended yet.", "content": {"application/json": {"schema": {}}}},
}
router = APIRouter(prefix="/api/v1/workflow-runs", tags=["workflows"])

Reading = Annotated[Work, Depends(work(Permission.APIS_READ), scope="function")]
Calling = Annotated[Work, Depends(work(Permission.APIS_RUN), scope="function")]
Running = Annotated[Work, Depends(work(Permission.APIS_RUN), scope="function")]


@router.get("")
async def list_workflow_runs(
    w: Reading,
    limit: Limit = 50,
    cursor: Cursor = None,
    api_id: Annotated[UUID | None, Query(description="Only runs of this API.")] = None,
    state: Annotated[RunState | None, Query(description="Only runs in this state.")] = None,
    schedule_id: Annotated[UUID | None, Query(description="Only runs that this schedule began.")] = None,
) -> Page[WorkflowRunShown]:
    """Runs in the background, newest first."""
    before = decode_cursor(cursor, UUID)[0] if cursor else None
    assert before is None or isinstance(before, UUID)
    found = await store.page(w.session, store.Filters(api_id, state, schedule_id), limit=limit, before=before)
    page = page_of(found, limit, lambda run: (run.id,))
    return Page[WorkflowRunShown](
        items=[WorkflowRunShown.model_validate(run) for run in page.items], next_cursor=page.next_cursor
    )


@router.get("/{run_id}")
async def get_workflow_run(w: Reading, run_id: UUID) -> WorkflowRunDetail:
    """One run with what became of each node."""
    return await _detail(w, await w.core.part(DurableRuns).get(w.session, run_id))


@router.get("/{run_id}/result", response_model=None, responses=_RESULT)
async def get_workflow_result(w: Calling, run_id: UUID) -> Response:
    """What the call would have been answered with; 202 while there is none yet. It takes only the right to run, for whoever
    began it; for others the right to read."""
    run = await w.core.part(DurableRuns).get_for(w.session, w.scope, run_id)
    if run.state not in ENDED:
        body = orjson.dumps({"run_id": str(run.id), "state": run.state, "href": f"/api/v1/workflow-runs/{run.id}"})
        return Response(body, 202, {"Retry-After": "1"}, "application/json")
    status, answer = background.answer_of(run, await store.nodes(w.session, run_id))
    return Response(orjson.dumps(answer), status, media_type="application/json")


@router.post("/{run_id}/cancel")
async def cancel_workflow_run(w: Running, run_id: UUID) -> WorkflowRunDetail:
    """End a run. One that is being worked on ends within a second or so; what its nodes began outside is not undone."""
    await w.core.part(DurableRuns).get_for(w.session, w.scope, run_id)
    return await _detail(w, await w.core.part(DurableRuns).cancel(w.session, w.scope, run_id))


@router.post("/{run_id}/retry")
async def retry_workflow_run(w: Running, run_id: UUID, request: RetryRequest) -> WorkflowRunDetail:
    """Go on with a run that failed or was cancelled; nodes that ended well are not done again, unless named."""
    await w.core.part(DurableRuns).get_for(w.session, w.scope, run_id)
    return await _detail(w, await w.core.part(DurableRuns).retry(w.session, w.scope, run_id, request.from_node))


@router.post("/{run_id}/nodes/{node_id}/link")
async def make_approval_link(w: Running, run_id: UUID, node_id: NodeId) -> ApprovalLinkShown:
    """A link to the page where this node is decided, to be passed on; for nodes that say so, while they wait."""
    url, expires_at = await approvals.make_link(w.session, w.core, w.scope, (run_id, node_id))
    return ApprovalLinkShown(url=url, expires_at=expires_at)


@router.post("/{run_id}/nodes/{node_id}/decision")
async def decide_workflow_node(
    w: Running, run_id: UUID, node_id: NodeId, request: DecisionRequest
) -> WorkflowRunDetail:
    """Answer a node that waits for a person; the run goes on at once."""
    await w.core.part(DurableRuns).get_for(w.session, w.scope, run_id)
    said = (request.approve, request.comment)
    return await _detail(w, await w.core.part(DurableRuns).decide(w.session, w.scope, run_id, node_id, said))


async def _detail(w: Work, run: WorkflowRun) -> WorkflowRunDetail:
    nodes = [WorkflowNodeShown.model_validate(node) for node in await store.nodes(w.session, run.id)]
    shown = WorkflowRunShown.model_validate(run).model_dump()
    return WorkflowRunDetail(**shown, params=shown_params(run), output=run.output, logic=run.logic, nodes=nodes)
