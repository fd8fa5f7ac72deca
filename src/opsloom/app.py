"""Composes the ASGI application: which routers, which handlers, which document."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.telemetry import TelemetryConfig
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp

from opsloom import __version__, health
from opsloom.health import Readiness
from opsloom.infra.asgi import Edge
from opsloom.infra.brief import BriefRoute
from opsloom.infra.core import Core
from opsloom.infra.forwarded import Forwarded
from opsloom.infra.pages import WebApp
from opsloom.infra.problems import Denial, install_problem_handlers, problem
from opsloom.kit.errors import NotReady
from opsloom.settings import Environment, Settings
from opsloom.tools.imports import OwnDocument

OPENAPI = "/api/v1/openapi.json"
RUNTIME = "/runtime/"
LARGE_BODIES = ("/api/v1/events", "/ingest/", "/api/v1/assets/plan", "/api/v1/assets/apply", "/api/v1/imports/openapi")
# The edge makes the one span of a request, which names its route and nothing of its address; the framework's own would say the
# whole of it, query included, once more.
EDGE_ALONE: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False}
DESCRIPTION = (
    "Opsloom's management API. Sign in with `POST /api/v1/auth/login` and send the token as `Authorization: Bearer`, "
    "or send an API key as `X-API-Key`. Errors are RFC 9457 problem documents; lists answer `items` and `next_cursor`."
)


def create_app(core: Core, routers: Sequence[APIRouter], readiness: Readiness, on_denied: Denial) -> ASGIApp:
    """The application that serves everything."""
    app = FastAPI(
        title="Opsloom",
        version=__version__,
        description=DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        telemetry=EDGE_ALONE,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.core = core
    app.state.readiness = readiness
    install_problem_handlers(app, on_denied)
    app.include_router(health.router)
    for router in routers:
        app.include_router(router)
    _add_document(app)
    core.parts[OwnDocument] = OwnDocument(lambda: document(app))
    app.mount("/", WebApp(), name="web")
    return _edge(app, core.settings, _brief_routes(core, routers, on_denied))


def _brief_routes(core: Core, routers: Sequence[APIRouter], on_denied: Denial) -> dict[str, BriefRoute]:
    """Published APIs are served past the framework: for each request the large application looks through all its routes, which
    costs more than a whole call of a published API."""
    app = Starlette()
    app.state.core = core
    plain = (each for router in routers for each in router.routes if isinstance(each, Route))
    found = next((each for each in plain if each.path.startswith(RUNTIME)), None)
    return {} if found is None else {RUNTIME: BriefRoute(found, app, on_denied)}


def refusing_app(settings: Settings, readiness: Readiness) -> ASGIApp:
    """What runs when the schema could not be brought to head: only the probes answer, everything else is 503."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, telemetry=EDGE_ALONE)
    app.state.readiness = readiness
    app.include_router(health.router)

    async def refuse(_request: Request) -> Any:
        cause = "; ".join(f"{each['check']}: {each['cause']}" for each in readiness.problems())
        return problem(NotReady(f"Opsloom does not serve: {cause}", hint="Run `opsloom doctor`.", retry_after_s=30))

    app.add_route("/{path:path}", refuse, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    return _edge(app, settings)


def _edge(app: ASGIApp, settings: Settings, beside: Mapping[str, BriefRoute] | None = None) -> ASGIApp:
    https = settings.env is Environment.PRODUCTION and settings.origin.startswith("https://")
    edge = Edge(app, beside=beside, large_bodies=LARGE_BODIES, https=https)
    return Forwarded(edge, settings.trusted_proxies) if settings.trusted_proxies else edge


def _add_document(app: FastAPI) -> None:
    @app.get(OPENAPI, include_in_schema=False)
    async def openapi() -> dict[str, Any]:
        return document(app)


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI 3.1 document, with the problem document as every operation's error."""
    schema = app.openapi()
    schemas = schema.setdefault("components", {}).setdefault("schemas", {})
    if "Problem" in schemas:
        return schema
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas["Problem"] = PROBLEM_SCHEMA
    error = {
        "description": "A problem document (RFC 9457).",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in schema["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = error
    return schema


PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "trace_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "trace_id": {"type": "string"},
        "hint": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail", "code"],
                "properties": {
                    "pointer": {"type": "string"},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}
