"""What surrounds every request: trace, deadline of reading, security headers, size limit, metrics. Plain ASGI, no copies."""

import time
from collections.abc import Iterable, Mapping

import structlog
from opentelemetry import propagate
from opentelemetry.trace import Span, SpanKind, StatusCode
from prometheus_client import Counter, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from opsloom.infra import recording
from opsloom.infra.brief import BriefRoute
from opsloom.infra.problems import problem
from opsloom.infra.telemetry import begin_bare_trace, is_exporting, span
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

    `beside` holds routes by path prefix that are served without going through `app`; while no spans leave the process they
    get a trace id and no span.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        beside: Mapping[str, BriefRoute] | None = None,
        body_limit: int = 1024 * 1024,
        large_bodies: Iterable[str] = (),
        https: bool = False,
    ) -> None:
        self.app = app
        self._beside = tuple((beside or {}).items())
        self._body_limit = body_limit
        self._large_bodies = tuple(large_bodies)
        self._headers = SECURITY_HEADERS | ({"strict-transport-security": "max-age=31536000"} if https else {})
        self._tail = [(name.encode(), value.encode()) for name, value in self._headers.items()]
        self._tail.append((b"cache-control", b"no-store"))
        self._counters: dict[tuple[str, str, int], Counter] = {}
        self._timers: dict[str, Histogram] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if not is_exporting():
            path = scope["path"]
            for prefix, brief in self._beside:
                if path.startswith(prefix):
                    await self._briefly(brief, scope, receive, send)
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
                self._count(method, route, status, time.perf_counter() - started)

    async def _briefly(self, route: BriefRoute, scope: Scope, receive: Receive, send: Send) -> None:
        """The same duties as above, each in its cheapest form."""
        started = time.perf_counter()
        headers: dict[bytes, bytes] = dict(scope["headers"])
        bare, token = begin_bare_trace(headers.get(b"traceparent", b"").decode("latin-1"))
        scope["trace_id"] = bare.trace_id
        status = 500
        try:
            if scope["method"] == "POST":
                response = await self._with_limit(route, scope, receive, headers)
            else:
                response = await route.respond(scope, receive)
            status = response.status_code
            raw = response.raw_headers
            have = {name for name, _ in raw}
            raw += [pair for pair in self._tail if pair[0] not in have]
            raw.append((b"x-trace-id", bare.trace_id.encode()))
            await response(scope, receive, send)
        finally:
            recording.end_bare(bare, token, f"{scope['method']} {route.template}", status)
            self._count(scope["method"], route.template, status, time.perf_counter() - started)

    async def _with_limit(
        self, route: BriefRoute, scope: Scope, receive: Receive, headers: Mapping[bytes, bytes]
    ) -> Response:
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self._body_limit:
            return problem(self._too_large())
        return await route.respond(scope, self._limited(receive))

    def _count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Finding a labelled counter costs more than counting."""
        known = method if method in _METHODS else "other"
        counter = self._counters.get((known, route, status))
        if counter is None:
            counter = self._counters[known, route, status] = _REQUESTS.labels(known, route, str(status))
        timer = self._timers.get(route)
        if timer is None:
            timer = self._timers[route] = _SECONDS.labels(route)
        counter.inc()
        timer.observe(seconds)

    def _too_large(self) -> PayloadTooLarge:
        return PayloadTooLarge(f"The body is larger than {self._body_limit} bytes.", hint="Send less at once.")

    def _limited(self, receive: Receive) -> Receive:
        seen = 0

        async def limited() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > self._body_limit:
                    raise self._too_large()
            return message

        return limited

    async def _guarded(self, scope: Scope, receive: Receive, send: Send, headers: Headers) -> None:
        path = scope["path"]
        if path.startswith(self._large_bodies):
            await self.app(scope, receive, send)
            return
        declared = headers.get("content-length", "0")
        if declared.isascii() and declared.isdigit() and int(declared) > self._body_limit:
            await problem(self._too_large())(scope, receive, send)
            return
        limited = self._limited(receive)
        route = next((each for prefix, each in self._beside if path.startswith(prefix)), None)
        if route is None:
            await self.app(scope, limited, send)
        else:
            response = await route.respond(scope, limited)
            await response(scope, limited, send)

    def _add_headers(self, scope: Scope, message: Message) -> None:
        headers = MutableHeaders(scope=message)
        for name, value in self._headers.items():
            headers.setdefault(name, value)
        headers.setdefault("x-trace-id", scope["trace_id"])
        if scope["path"].startswith(("/api/", "/ingest/", "/runtime/", "/public/")):
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
