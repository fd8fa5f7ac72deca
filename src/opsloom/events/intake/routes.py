"""The addresses to give to other systems. Each is one request, one answer, and durable when that is 2xx."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response, status

from opsloom.events.body import read_body
from opsloom.events.intake import service
from opsloom.events.schemas import Ingested
from opsloom.identity.access import Caller, allowed, core_of
from opsloom.identity.permissions import Permission

router = APIRouter(prefix="/ingest", tags=["ingest"])

Sender = Annotated[Caller, Depends(allowed(Permission.EVENTS_WRITE))]
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_OBJECT: Final = {"schema": {"type": "object"}}


def _takes(**content: dict[str, Any]) -> dict[str, Any]:
    described = {name.replace("__", "/").replace("_", "-"): schema for name, schema in content.items()}
    return {"requestBody": {"required": True, "content": described}}


_OTLP: Final = _takes(application__x_protobuf=_BINARY, application__json=_OBJECT)
_OTLP_ANSWER: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Taken; what was refused is the protocol's partial success",
        "content": {"application/x-protobuf": _BINARY, "application/json": _OBJECT},
    }
}


@router.post("/alertmanager", openapi_extra=_takes(application__json=_OBJECT))
async def ingest_alertmanager(request: Request, caller: Sender) -> Ingested:
    """Alertmanager's webhook, version 4: each alert is an event. One that was told before is a duplicate."""
    return await service.take_alerts(core_of(request), caller.scope, await read_body(request))


@router.post("/otlp/v1/logs", response_class=Response, responses=_OTLP_ANSWER, openapi_extra=_OTLP)
async def ingest_otlp_logs(request: Request, caller: Sender) -> Response:
    """Log records of OTLP/HTTP, protobuf or JSON, gzip or not: each is an event."""
    body, media = await read_body(request), request.headers.get("content-type", "")
    answer, kind = await service.take_logs(core_of(request), caller.scope, body, media)
    return Response(answer, media_type=kind)


@router.post("/otlp/v1/metrics", response_class=Response, responses=_OTLP_ANSWER, openapi_extra=_OTLP)
async def ingest_otlp_metrics(request: Request, caller: Sender) -> Response:
    """Metrics of OTLP/HTTP, protobuf or JSON, gzip or not: each number is a sample of its service's or host's series."""
    body, media = await read_body(request), request.headers.get("content-type", "")
    answer, kind = await service.take_metrics(core_of(request), caller.scope, body, media)
    return Response(answer, media_type=kind)


@router.post(
    "/prometheus/write",
    status_code=status.HTTP_204_NO_CONTENT,
    openapi_extra=_takes(application__x_protobuf=_BINARY),
)
async def ingest_prometheus(request: Request, caller: Sender) -> Response:
    """Prometheus remote write 1.0 and 2.0. Some samples refused: 400, with the good ones stored."""
    body = await read_body(request, encodings=frozenset({"snappy"}))
    headers = await service.take_writes(core_of(request), caller.scope, body, request.headers)
    return Response(status_code=status.HTTP_204_NO_CONTENT, headers=headers)
