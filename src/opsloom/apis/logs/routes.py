"""The log of runs over HTTP, and how APIs do."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from opsloom.apis.kind import ApiKind
from opsloom.apis.logs import keeping, metrics, rerun, service
from opsloom.apis.logs.schemas import (
    AnswerComparison,
    ApiMetrics,
    ExportForm,
    Keeping,
    KeepingShown,
    MetricsOfAll,
    MetricsQuery,
    RerunRequest,
    RunExportQuery,
    RunFacetQuery,
    RunFacets,
    RunListQuery,
)
from opsloom.apis.schemas import RunLogShown
from opsloom.assets import service as assets
from opsloom.identity.access import Caller, Work, allowed, core_of, work
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.kit.paging import Page

router = APIRouter(prefix="/api/v1", tags=["api log"])

CoreOf = Annotated[Core, Depends(core_of)]
Reading = Annotated[Work, Depends(work(Permission.APIS_READ), scope="function")]
Keeper = Annotated[Work, Depends(work(Permission.SYSTEM_WRITE), scope="function")]
Reader = Annotated[Caller, Depends(allowed(Permission.APIS_READ))]
Running = Annotated[Caller, Depends(allowed(Permission.APIS_READ, Permission.APIS_RUN))]

_MEDIA = {ExportForm.CSV: "text/csv; charset=utf-8", ExportForm.NDJSON: "application/x-ndjson"}
_TEXT = {"schema": {"type": "string"}}


@router.get("/api-runs")
async def list_all_api_runs(w: Reading, query: Annotated[RunListQuery, Query()]) -> Page[RunLogShown]:
    """The log of all APIs, newest first; a run appears within a second. The topic `api_runs` of the stream says when to look."""
    return await service.list_runs(w.session, w.scope, query)


@router.get("/api-runs/facets")
async def count_api_runs(w: Reading, query: Annotated[RunFacetQuery, Query()]) -> RunFacets:
    """How many runs each choice of each field would leave, among the newest 100,000 of the time range."""
    return await service.count_facets(w.session, w.scope, query.filter())


@router.get(
    "/api-runs/export",
    response_class=StreamingResponse,
    responses={200: {"description": "The runs", "content": {"text/csv": _TEXT, "application/x-ndjson": _TEXT}}},
)
async def export_api_runs(core: CoreOf, caller: Reader, query: Annotated[RunExportQuery, Query()]) -> StreamingResponse:
    """The newest 100,000 runs as CSV or NDJSON, a row a run."""
    name = f"api-runs.{query.format.value}"
    return StreamingResponse(
        service.export(core, caller.scope, query.filter(), query.format),
        media_type=_MEDIA[query.format],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@router.get("/api-runs/keeping")
async def show_api_run_keeping(w: Reading) -> KeepingShown:
    """How much of the log is kept, and since when there is something."""
    return await keeping.show(w)


@router.put("/api-runs/keeping")
async def save_api_run_keeping(w: Keeper, wanted: Keeping) -> KeepingShown:
    """Bound the log by days, runs and bytes. What is over goes within the hour, the oldest first."""
    await keeping.change(w, wanted)
    return await keeping.show(w)


@router.get("/api-runs/{run_id}")
async def get_api_run(w: Reading, run_id: UUID) -> RunLogShown:
    """One logged run."""
    return RunLogShown.model_validate(await service.get_run(w.session, w.scope, run_id))


@router.post("/api-runs/{run_id}/rerun")
async def rerun_api_run(caller: Running, core: CoreOf, run_id: UUID, request: RerunRequest) -> AnswerComparison:
    """Run the logged call again by its version and by another one, and tell what differs. Refused where that could change
    something or the log does not hold all that was sent."""
    return await rerun.compare(core, caller.scope, run_id, request.version)


@router.get("/api-metrics")
async def list_api_metrics(w: Reading, query: Annotated[MetricsQuery, Query()]) -> MetricsOfAll:
    """How each API did that was called in a stretch of time."""
    return await metrics.of_all(w.core, w.session, w.scope, query)


@router.get("/api-metrics/{api_id}")
async def show_api_metrics(w: Reading, api_id: UUID, query: Annotated[MetricsQuery, Query()]) -> ApiMetrics:
    """How one API did, in steps that suit the stretch of time."""
    await assets.get(w.session, w.core.part(ApiKind), api_id)
    return await metrics.of_api(w.core, w.session, w.scope, api_id, query)
