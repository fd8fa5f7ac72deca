"""Lists of calls in the background, over HTTP. One call is begun at /runtime with `Prefer: respond-async`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Response, status

from opsloom.apis.callers import refuse_unfit
from opsloom.apis.kind import ApiKind
from opsloom.apis.workflows import background
from opsloom.apis.workflows.schemas import BatchRequest, BegunShown
from opsloom.assets import service as assets
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission

router = APIRouter(prefix="/api/v1", tags=["workflows"])

Running = Annotated[Work, Depends(work(Permission.APIS_RUN), scope="function")]
RunKey = Annotated[
    str | None, Header(max_length=200, description="The same key begins one run, however often it is sent.")
]


@router.post("/apis/{api_id}/batches", status_code=status.HTTP_202_ACCEPTED)
async def begin_batch(
    w: Running, api_id: UUID, request: BatchRequest, response: Response, idempotency_key: RunKey = None
) -> BegunShown:
    """Call the published version with each set of parameters; every item has an outcome of its own."""
    await assets.get(w.session, w.core.part(ApiKind), api_id)
    served = await background.published(w.core, w.scope.tenant_id, api_id)
    refuse_unfit(served, w.scope)
    asked = (request.items, request.concurrency, request.stop_on_error, idempotency_key)
    begun = await background.begin_batch(w.session, w.core, w.scope, served, asked)
    response.headers["Location"] = begun.href
    return BegunShown(run_id=begun.id, href=begun.href, result=f"{begun.href}/result", repeated=not begun.is_new)
