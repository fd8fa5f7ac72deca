"""The inspector over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from opsloom.identity.access import Caller, Work, authenticated, core_of, work
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.kit.paging import Page
from opsloom.traces import keeping, service
from opsloom.traces.page_errors import PageErrors
from opsloom.traces.schemas import (
    PageErrorReported,
    PageErrorTaken,
    PartShown,
    SpanDetail,
    SpanId,
    TraceComparison,
    TraceFacetQuery,
    TraceFacets,
    TraceId,
    TraceKeepingShown,
    TraceKeepingWanted,
    TraceListQuery,
    TraceShown,
)

router = APIRouter(prefix="/api/v1", tags=["traces"])

Reading = Annotated[Work, Depends(work(Permission.TRACES_READ), scope="function")]
Keeper = Annotated[Work, Depends(work(Permission.SYSTEM_WRITE), scope="function")]


@router.get("/traces")
async def list_traces(w: Reading, query: Annotated[TraceListQuery, Query()]) -> Page[PartShown]:
    """Parts of traces, newest first; one appears a second or so after it ended."""
    return await service.list_traces(w.session, w.scope, query)


@router.get("/traces/facets")
async def count_traces(w: Reading, query: Annotated[TraceFacetQuery, Query()]) -> TraceFacets:
    """How many parts each choice of each field would leave, among the newest 50,000 of the time range."""
    return await service.count_facets(w.session, w.scope, query.filter())


@router.get("/traces/keeping")
async def show_trace_keeping(w: Reading) -> TraceKeepingShown:
    """How many traces are kept, since when there is something, and which names are masked."""
    return await keeping.show(w)


@router.put("/traces/keeping")
async def save_trace_keeping(w: Keeper, wanted: TraceKeepingWanted) -> TraceKeepingShown:
    """Bound what is kept by days, spans and bytes. What is over goes within the hour, the oldest first."""
    await keeping.change(w, wanted)
    return await keeping.show(w)


@router.post("/page-errors", status_code=202)
async def report_page_error(
    core: Annotated[Core, Depends(core_of)], caller: Annotated[Caller, Depends(authenticated)], told: PageErrorReported
) -> PageErrorTaken:
    """An error that a page ran into. It joins the trace of the page's last request."""
    return PageErrorTaken(trace_id=core.part(PageErrors).take(caller.scope, told))


@router.get("/traces/{trace_id}", response_model=TraceShown)
async def get_trace(w: Reading, trace_id: TraceId) -> Response:
    """A whole trace: its parts, and its spans as a tree with own time and critical path."""
    return Response(await service.get_trace(w.session, w.scope, trace_id), media_type="application/json")


@router.get("/traces/{trace_id}/spans/{span_id}")
async def get_span(w: Reading, trace_id: TraceId, span_id: SpanId) -> SpanDetail:
    """What one span carries: attributes, inputs and outputs."""
    return await service.get_span(w.session, w.scope, trace_id, span_id)


@router.get("/traces/{trace_id}/comparison")
async def compare_traces(
    w: Reading, trace_id: TraceId, other: Annotated[TraceId, Query(alias="with", description="The other trace.")]
) -> TraceComparison:
    """Two traces span by span, by their paths."""
    return await service.compare_traces(w.session, w.scope, trace_id, other)
