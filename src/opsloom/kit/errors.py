"""The families of errors and how each looks from outside.

Services raise these; one handler (`opsloom.infra.problems`) renders them as RFC 9457 problem documents. A family fixes the
HTTP status and whether trying again can help; a domain subclasses a family and gives its own stable `code`.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from pydantic import BaseModel


class FieldProblem(BaseModel):
    """One thing wrong with one part of the input; `pointer` is a JSON Pointer (RFC 6901) or a parameter's name."""

    pointer: str
    detail: str
    code: str = "invalid"


class OpsloomError(Exception):
    """Base of everything Opsloom raises on purpose. `hint` says what the caller can do about it; `extensions` are further
    members of the problem document (RFC 9457, 3.2), JSON without secrets."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something failed inside Opsloom"
    retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        details: Sequence[FieldProblem] = (),
        retry_after_s: float | None = None,
        extensions: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = list(details)
        self.retry_after_s = retry_after_s
        self.extensions = dict(extensions or {})


class MalformedRequest(OpsloomError):
    status, code, title = 400, "malformed_request", "The request could not be read"


class InvalidInput(OpsloomError):
    status, code, title = 422, "invalid_input", "The input is not valid"


class Unauthenticated(OpsloomError):
    status, code, title = 401, "unauthenticated", "Sign in first"


class Forbidden(OpsloomError):
    status, code, title = 403, "forbidden", "Not permitted"


class TenantIsolationViolated(OpsloomError):
    status, code, title = 403, "tenant_isolation", "This belongs to another tenant"


class NotFound(OpsloomError):
    status, code, title = 404, "not_found", "Not found"


class Conflict(OpsloomError):
    status, code, title = 409, "conflict", "It conflicts with what is there"


class PreconditionFailed(OpsloomError):
    status, code, title = 412, "precondition_failed", "It changed in the meantime"


class PreconditionRequired(OpsloomError):
    status, code, title = 428, "precondition_required", "Say which revision you edited"


class PayloadTooLarge(OpsloomError):
    status, code, title = 413, "payload_too_large", "Too large"


class UnsupportedMedia(OpsloomError):
    status, code, title = 415, "unsupported_media_type", "Unsupported content type"


class RateLimited(OpsloomError):
    status, code, title, retryable = 429, "rate_limited", "Too many requests", True


class CircuitOpen(OpsloomError):
    status, code, title, retryable = 503, "circuit_open", "Paused after repeated failures", True


class ConnectionLost(OpsloomError):
    status, code, title, retryable = 503, "connection_lost", "A needed service cannot be reached", True


class Overloaded(ConnectionLost):
    """The service is there, but this process has no free connection to it; whoever can wait treats it alike."""

    code, title = "overloaded", "Too much is going on at once"


class NotReady(OpsloomError):
    status, code, title, retryable = 503, "not_ready", "Opsloom is not ready to serve", True


class DeadlinePassed(OpsloomError):
    status, code, title, retryable = 504, "deadline_passed", "It took too long", True


class ToolFailed(OpsloomError):
    status, code, title = 502, "tool_failed", "A tool failed"


class ExternalServiceFailed(OpsloomError):
    status, code, title = 502, "external_service_failed", "An external service failed"


class PlanningFailed(OpsloomError):
    status, code, title = 422, "planning_failed", "The question could not be planned"


class DatabaseFailed(OpsloomError):
    status, code, title = 500, "database_failed", "The database refused"
