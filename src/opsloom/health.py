"""`/healthz`, `/readyz`, `/metrics` and the meaning of errors: outside the API document, without a tenant's data."""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from starlette.responses import Response

from opsloom.kit.errors import Unauthenticated

router = APIRouter(include_in_schema=False)
_ERRORS = Path(__file__).resolve().parents[2] / "docs" / "errors.md"


@dataclass
class Readiness:
    """Why this process may not serve. `blocked` reasons stand for good; `checks` are asked each time."""

    blocked: list[dict[str, str]] = field(default_factory=list)
    checks: dict[str, Callable[[], str | None]] = field(default_factory=dict)

    def problems(self) -> list[dict[str, str]]:
        """Everything that speaks against serving right now."""
        found = list(self.blocked)
        for name, check in self.checks.items():
            reason = check()
            if reason is not None:
                found.append({"check": name, "cause": reason})
        return found


@router.get("/healthz")
async def healthz() -> JSONResponse:
    """The process lives and its loop turns."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
async def readyz(request: Request) -> JSONResponse:
    """Whether requests can be served; if not, which step failed and why."""
    problems = request.app.state.readiness.problems()
    if problems:
        return JSONResponse({"status": "unready", "problems": problems}, status_code=503, headers={"Retry-After": "2"})
    return JSONResponse({"status": "ready"})


@router.get("/docs/errors")
async def errors() -> FileResponse:
    """What each error code means and what to do: the place that the `type` of every problem document points to."""
    return FileResponse(_ERRORS, media_type="text/markdown; charset=utf-8", content_disposition_type="inline")


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Prometheus text. Open to this machine; from elsewhere a proxy in front has to guard it, so it is refused."""
    if not _from_this_machine(request):
        raise Unauthenticated("Metrics are read from this machine only.", hint="Scrape over loopback.")
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


def _from_this_machine(request: Request) -> bool:
    if "x-forwarded-for" in request.headers or "forwarded" in request.headers:
        return False  # also of a proxy that is trusted: whoever asks through one is elsewhere
    try:
        return request.client is None or ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
