"""The door: from a request to a proven caller with the right permission, and to a unit of work.

Invariant: a route gets a session only through `work(...)`, which has authenticated the caller, checked the permission and
set the tenant. Credentials are looked at in a fixed order (bearer token, API key, cookie) and a presented one that is wrong
is refused; there is no falling back to the next. A cookie on an unsafe method needs the CSRF token of its session.
"""

import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, APIKeyHeader, HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity import audit
from opsloom.identity.addresses import network_key
from opsloom.identity.attempts import Origin
from opsloom.identity.credentials import Caller, identify
from opsloom.identity.errors import CsrfMismatch, PermissionMissing, SignInRequired
from opsloom.identity.narrowing import AT_MOST_HEADER, narrowed
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.identity.tokens import digest
from opsloom.infra.core import Core
from opsloom.infra.recording import belongs_to
from opsloom.infra.telemetry import current_trace_id, get_logger, note_failure
from opsloom.kit.errors import ConnectionLost, OpsloomError

log = get_logger(__name__)

__all__ = [
    "AT_MOST_HEADER",
    "CSRF_COOKIE",
    "CSRF_HEADER",
    "SESSION_COOKIE",
    "Caller",
    "Work",
    "allowed",
    "authenticated",
    "core_of",
    "digest",
    "on_denied",
    "origin_of",
    "trace_id",
    "work",
]

SESSION_COOKIE: Final = "opsloom_session"
CSRF_COOKIE: Final = "opsloom_csrf"
CSRF_HEADER: Final = "X-CSRF-Token"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

_bearer = HTTPBearer(scheme_name="bearer", description="An access token, or an API key.", auto_error=False)
_key = APIKeyHeader(name="X-API-Key", scheme_name="api_key", auto_error=False)
_cookie = APIKeyCookie(
    name=SESSION_COOKIE,
    scheme_name="session",
    description=f"The browser's session; unsafe methods also send `{CSRF_HEADER}`.",
    auto_error=False,
)


@dataclass(frozen=True, slots=True)
class Work:
    """One request's unit of work: it commits before the answer leaves, or not at all."""

    core: Core
    session: AsyncSession
    caller: Caller

    @property
    def scope(self) -> Scope:
        return self.caller.scope


def core_of(request: Request) -> Core:
    core: Core = request.app.state.core
    return core


def origin_of(request: Request) -> Origin:
    return Origin(request.client.host if request.client else "unknown", request.headers.get("user-agent", ""))


def network_of(request: Request) -> str:
    """Under which calls from the request's network address are counted."""
    return network_key(request.client.host if request.client else "")


def trace_id() -> str:
    return current_trace_id() or ""


async def authenticated(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    key: Annotated[str | None, Security(_key)],
    cookie: Annotated[str | None, Security(_cookie)],
) -> Caller:
    """The proven caller. Raises SignInRequired, CredentialInvalid, CsrfMismatch, InvalidInput (`X-Permissions-At-Most`)."""
    presented = bearer.credentials if bearer is not None else key or cookie
    if not presented:
        raise SignInRequired("This needs a sign-in.", hint="Send a bearer token, an API key, or sign in on the page.")
    core = core_of(request)
    caller = await identify(core.db, presented, core.clock.now(), trace_id())
    caller = narrowed(caller, request.headers.get(AT_MOST_HEADER))
    request.state.caller = caller
    belongs_to(caller.scope)
    if caller.csrf_hash is not None and request.method not in _SAFE:
        _check_csrf(request, caller.csrf_hash)
    return caller


def allowed(*permissions: Permission) -> Callable[..., Awaitable[Caller]]:
    """Dependency: the caller, if he holds all `permissions`; for routes that open their transactions themselves."""

    async def check(caller: Annotated[Caller, Depends(authenticated)]) -> Caller:
        missing = [one for one in permissions if not caller.scope.allows(one)]
        if missing:
            raise PermissionMissing(
                f"This needs the permission {missing[0].value}.", hint="Ask an administrator for a role that has it."
            )
        return caller

    return check


def work(*permissions: Permission) -> Callable[..., AsyncIterator[Work]]:
    """Dependency factory: `w: Annotated[Work, Depends(work(Permission.RULES_WRITE), scope="function")]`.

    With no permission named it asks for a sign-in only. The function scope makes the commit happen before the answer.
    """

    async def unit(request: Request, caller: Annotated[Caller, Depends(allowed(*permissions))]) -> AsyncIterator[Work]:
        core = core_of(request)
        async with core.db.transaction(caller.scope) as session:
            yield Work(core, session, caller)

    return unit


async def on_denied(request: Request, error: OpsloomError) -> None:
    """Record a refusal (403) in the log of the caller's tenant, or outside all tenants when nobody is known."""
    caller: Caller | None = getattr(request.state, "caller", None)
    scope = caller.scope if caller is not None else Scope.outside(trace_id=trace_id())
    route = request.scope.get("route")
    operation = f"{request.method} {getattr(route, 'path', request.url.path)}"
    detail = {"code": error.code, "path": request.url.path[:300], "address": origin_of(request).address}
    try:
        await audit.denied(core_of(request).db, scope, operation, detail)
    except ConnectionLost as lost:  # the refusal stands; that it could not be written down is told to the operator
        note_failure("audit.denied", lost)
        log.error("audit.denied_lost", operation=operation, code=error.code)


def _check_csrf(request: Request, expected: bytes) -> None:
    sent = request.headers.get(CSRF_HEADER, "")
    shown = request.cookies.get(CSRF_COOKIE, "")
    same = hmac.compare_digest(sent.encode("utf-8", "replace"), shown.encode("utf-8", "replace"))
    if not sent or not same or not hmac.compare_digest(digest(sent), expected):
        raise CsrfMismatch(
            "The CSRF token is missing or belongs to another session.",
            hint=f"Send the value of the cookie {CSRF_COOKIE} as the header {CSRF_HEADER}.",
        )
