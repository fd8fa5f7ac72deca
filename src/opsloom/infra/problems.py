"""Every error as an RFC 9457 problem document; the one place where exceptions become HTTP answers.

Nothing of a 5xx's cause leaves the server: the caller gets a trace id, the log has the rest.
"""

from collections.abc import Awaitable, Callable, Sequence

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from prometheus_client import Counter
from sqlalchemy.exc import DBAPIError, IntegrityError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response

from opsloom.infra import recording
from opsloom.infra.telemetry import current_trace_id, get_logger
from opsloom.kit.errors import (
    Conflict,
    DatabaseFailed,
    DeadlinePassed,
    FieldProblem,
    InvalidInput,
    MalformedRequest,
    OpsloomError,
    Unauthenticated,
)

log = get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "/docs/errors#"
_ERRORS = Counter("opsloom_http_errors_total", "Error answers, by code.", ["code"])

Denial = Callable[[Request, OpsloomError], Awaitable[None]]


def problem(error: OpsloomError) -> Response:
    """Render one error."""
    _ERRORS.labels(error.code).inc()
    body: dict[str, object] = error.extensions | {
        "type": TYPE_PREFIX + error.code,
        "title": error.title,
        "status": error.status,
        "detail": error.message,
        "code": error.code,
        "trace_id": current_trace_id() or "",
    }
    if error.hint:
        body["hint"] = error.hint
    if error.details:
        body["errors"] = [detail.model_dump() for detail in error.details]
    headers = {}
    if error.retry_after_s is not None:
        headers["Retry-After"] = str(max(1, round(error.retry_after_s)))
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, status_code=error.status, headers=headers, media_type=MEDIA_TYPE)


def install_problem_handlers(app: Starlette, on_denied: Denial) -> None:
    """Make every way a request can fail end in a problem document; `on_denied` writes the audit record of a 403."""

    async def handle(request: Request, error: Exception) -> Response:
        return await refusal(request, error, on_denied)

    for kind in (OpsloomError, RequestValidationError, HTTPException, DBAPIError, Exception):
        app.add_exception_handler(kind, handle)


async def refusal(request: Request, error: Exception, on_denied: Denial) -> Response:
    """The answer to a request that failed, whatever raised."""
    if isinstance(error, HTTPException):
        return _of_http(error)
    if isinstance(error, RequestValidationError):
        return problem(read_validation(error.errors()))
    if isinstance(error, DBAPIError):
        log.warning("request.database_refused", path=request.url.path, cause=str(error.orig))
        error = read_database(error)
    if not isinstance(error, OpsloomError):
        recording.failed_with(error)
        log.error("request.crashed", path=request.url.path, exc_info=error)
        return problem(OpsloomError("Something failed inside Opsloom.", hint="Look for the trace id in the log."))
    recording.failed_with(error)
    if error.status == 403:
        await on_denied(request, error)
    if error.status >= 500:
        log.error("request.failed", code=error.code, path=request.url.path, exc_info=error)
    return problem(error)


def read_validation(errors: Sequence[object]) -> OpsloomError:
    """FastAPI's findings as one InvalidInput, or as MalformedRequest when the JSON itself could not be read."""
    details = []
    for found in errors:
        assert isinstance(found, dict)
        location = [str(part) for part in found.get("loc", ())]
        text = str(found.get("msg", "not valid")).removeprefix("Value error, ")
        if found.get("type") == "json_invalid":
            return MalformedRequest(f"The body is not valid JSON: {found.get('ctx', {}).get('error', text)}.")
        pointer = "/".join(location[1:]) if location[:1] == ["body"] else location[-1] if location else ""
        details.append(
            FieldProblem(
                pointer=f"/{pointer}" if location[:1] == ["body"] else pointer, detail=text, code=str(found.get("type"))
            )
        )
    return InvalidInput("Some values are not valid.", details=details[:100], hint="See `errors` for each of them.")


def read_database(error: DBAPIError) -> OpsloomError:
    """Say what the database's refusal means, without quoting it."""
    state = str(getattr(error.orig, "sqlstate", "") or "")
    if state == "57014":
        return DeadlinePassed("The database statement took too long.")
    if state.startswith("22"):
        return InvalidInput(
            "A value cannot be stored.", hint="Check for numbers out of range or text with NUL characters."
        )
    if isinstance(error, IntegrityError) or state in {"40001", "40P01"}:
        return Conflict("It conflicts with something that was saved at the same time.", hint="Load it again and retry.")
    return DatabaseFailed("The database refused the statement.")


class _PlainHttp(OpsloomError):
    """An HTTP error of the framework (no such path, method not allowed) in our form."""


_BY_STATUS: dict[int, tuple[str, str]] = {
    400: ("malformed_request", "The request could not be read"),
    404: ("not_found", "Not found"),
    405: ("method_not_allowed", "Method not allowed"),
    413: ("payload_too_large", "Too large"),
    415: ("unsupported_media_type", "Unsupported content type"),
}


def _of_http(error: HTTPException) -> Response:
    code, title = _BY_STATUS.get(error.status_code, ("http_error", "The request was refused"))
    kind = type("HttpProblem", (_PlainHttp,), {"status": error.status_code, "code": code, "title": title})
    response = problem(kind(title + "."))
    response.headers.update(error.headers or {})
    return response
