"""What surrounds every request: trace, deadline of reading, security headers, size limit, metrics. Plain ASGI, no copies."""

import time
from collections.abc import Iterable, Mapping

import structlog
from opentelemetry import propagate
from opentelemetry.trace import Span, SpanKind, StatusCode
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from opsloom.infra.problems import problem
from opsloom.infra.telemetry import span
from opsloom.kit.errors import PayloadTooLarge

_REQUESTS = Counter("opsloom_http_requests_total", "Requests, by route and status.", ["method", "route", "status"])
_SECONDS = Histogram(
    "opsloom_http_request_seconds",
    "Time to the end of the answer.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)

CSP = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Edge:
    """The outermost layer. `large_bodies` names path prefixes whose routes limit their own bodies.

    `beside` holds applications by path prefix that are reached without going through `app`.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        beside: Mapping[str, ASGIApp] | None = None,
        body_limit: int = 1024 * 1024,
        large_bodies: Iterable[str] = (),
        https: bool = False,
    ) -> None:
        self.app = app
        self._beside = dict(beside or {})
        self._body_limit = body_limit
        self._large_bodies = tuple(large_bodies)
        self._headers = SECURITY_HEADERS | ({"strict-transport-security": "max-age=31536000"} if https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = Headers(scope=scope)
        parent = propagate.extract({"traceparent": headers.get("traceparent", "")})
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._add_headers(scope, message)
            await send(message)

        method = scope["method"] if scope["method"] in _METHODS else "other"
        with span(method, parent=parent, kind=SpanKind.SERVER) as current:
            trace_id = f"{current.get_span_context().trace_id:032x}"
            scope["trace_id"] = trace_id
            try:
                with structlog.contextvars.bound_contextvars(trace_id=trace_id):
                    await self._guarded(scope, receive, sending, headers)
            finally:
                route = _route_of(scope)
                _describe(current, method, route, status)
                _REQUESTS.labels(method, route, str(status)).inc()
                _SECONDS.labels(route).observe(time.perf_counter() - started)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        path = scope["path"]
        app = next((each for prefix, each in self._beside.items() if path.startswith(prefix)), self.app)
        if path.startswith(self._large_bodies):
            await app(scope, receive, send)
            return
        limit = self._body_limit
        too_large = PayloadTooLarge(f"The body is larger than {limit} bytes.", hint="Send less at once.")
        declared = headers.get("content-length", "0")
        if declared.isascii() and declared.isdigit() and int(declared) > limit:
            await problem(too_large)(scope, receive, send)
            return
        seen = 0

        async def limited() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > limit:
                    raise too_large
            return message

        await app(scope, limited, send)

    def _add_headers(self, scope: Scope, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        headers.setdefault("x-trace-id", scope["trace_id"])
        if scope["path"].startswith(("/api/", "/runtime/")):
            headers.setdefault("cache-control", "no-store")


def _describe(current: Span, method: str, route: str, status: int) -> None:
    """The route's template again, never the address: it may hold what only the caller should know."""
    current.update_name(f"{method} {route}")
    current.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status})
    if status >= 500:
        current.set_status(StatusCode.ERROR)


_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"}


def _route_of(scope: Scope) -> str:
    """The route's template, never the raw path: a scan must not make a time series per address it tries."""
    route = scope.get("route")
    path = getattr(route, "path_format", None) or getattr(route, "path", None)
    return str(path) if path else "other"
