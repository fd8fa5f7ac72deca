"""The management API's document without a running server."""

from typing import Any

from fastapi import FastAPI

from opsloom import composition
from opsloom.app import create_app
from opsloom.health import Readiness
from opsloom.infra.db.dsn import Dsn
from opsloom.settings import Settings


def management_document() -> dict[str, Any]:
    """OpenAPI 3.1 as served at `/api/v1/openapi.json`."""
    from opsloom.app import document

    return document(management_app())


def management_app() -> FastAPI:
    """The composed application on a database that is never reached."""
    core = composition.build_core(Settings(_env_file=None), Dsn("127.0.0.1", 1, "opsloom_app", "opsloom"))
    edge = create_app(core, composition.routers(), Readiness(), composition.record_denial)
    inner = edge.app  # type: ignore[attr-defined]
    assert isinstance(inner, FastAPI)
    return inner
