"""The one way out: HTTP calls with deadlines, a size cap, and no path to places that must not be reached.

There are no cookies, no proxies and no credentials that outlive a call, so that nothing of one tenant reaches another's
request. Redirects are off unless asked for, and every hop is checked like a first call (`infra.pinned`).
"""

import ssl
import time
import zlib
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

import httpx2
import orjson
from prometheus_client import Counter, Histogram

from opsloom.infra.addresses import EgressPolicy, EgressRefused, read_host
from opsloom.infra.pinned import PinnedTransport, Resolver, resolve, timeouts
from opsloom.infra.telemetry import span
from opsloom.kit.errors import ExternalServiceFailed, InvalidInput, OpsloomError
from opsloom.kit.resilience import deadline
from opsloom.kit.resilience.retry import RetryPolicy, retrying

USER_AGENT = "opsloom"
_REPEATABLE = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE"}
_REDIRECTS = {301, 302, 303, 307, 308}
_KEPT_ACROSS_ORIGINS = {"accept", "accept-language", "content-type", "user-agent"}
_OF_A_BODY = {"content-type", "content-length", "content-encoding", "transfer-encoding"}
_PIECE_BYTES = 65_536

_SECONDS = Histogram("opsloom_http_out_seconds", "Time of outgoing calls.", ["outcome"])
_REFUSED = Counter("opsloom_egress_refused_total", "Outgoing calls refused because of where they would go.")


class ResponseTooLarge(ExternalServiceFailed):
    """The answer is larger than the caller takes."""

    code, title = "response_too_large", "The answer is too large"


class TooManyRedirects(ExternalServiceFailed):
    """The answer sends on and on, or from https to http."""

    code, title = "too_many_redirects", "The answer redirects too often"


@dataclass(frozen=True, slots=True)
class CallLimits:
    """`read_s` is the longest silence, `total_s` the longest call including redirects and the whole body. A body larger
    than `max_bytes` is an error, or with `cut` read no further: for callers who look at the status only. With `retry`,
    calls that may be repeated (not POST and PATCH) are, when nothing was answered; all within `total_s`."""

    connect_s: float = 3.0
    read_s: float = 10.0
    total_s: float = 30.0
    max_bytes: int = 10 * 1024 * 1024
    redirects: int = 0
    cut: bool = False
    retry: RetryPolicy | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer; any status is an answer."""

    status: int
    headers: httpx2.Headers = field(repr=False)
    body: bytes = field(repr=False)
    took_s: float

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> object:
        """The body as JSON. Raises ExternalServiceFailed when it is not."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise ExternalServiceFailed("The answer is not JSON.") from error


class Http:
    """The client of one process. `transport` serves libraries that bring their own httpx client."""

    def __init__(
        self,
        policy: EgressPolicy,
        *,
        resolver: Resolver = resolve,
        ssl_context: ssl.SSLContext | None = None,
        connections: int = 200,
    ) -> None:
        self.policy = policy
        self.transport = PinnedTransport(policy, resolver=resolver, ssl_context=ssl_context, connections=connections)

    async def close(self) -> None:
        await self.transport.aclose()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        limits: CallLimits | None = None,
    ) -> Answer:
        """Call and read the whole answer.

        Raises EgressRefused, DeadlinePassed, ConnectionLost, ExternalServiceFailed (and its kinds), InvalidInput.
        """
        limits = limits or CallLimits()
        request = _request(method, read_url(url), headers or {}, content)
        began = time.monotonic()
        outcome = "answered"
        try:
            with span("http.out", method=request.method, host=request.url.host) as current:
                async with deadline.within(limits.total_s):
                    if limits.retry is not None and request.method in _REPEATABLE:
                        answer = await retrying(lambda: self._follow(request, limits, began), limits.retry)
                    else:
                        answer = await self._follow(request, limits, began)
                current.set_attribute("status", answer.status)
                return answer
        except OpsloomError as error:
            outcome = error.code
            if isinstance(error, EgressRefused):
                _REFUSED.inc()
            raise
        finally:
            _SECONDS.labels(outcome).observe(time.monotonic() - began)

    async def _follow(self, request: httpx2.Request, limits: CallLimits, began: float) -> Answer:
        for _ in range(limits.redirects + 1):
            request.extensions = {"timeout": timeouts(limits.connect_s, limits.read_s)}
            response = await self.transport.handle_async_request(request)
            try:
                location = response.headers.get("location")
                if not limits.redirects or response.status_code not in _REDIRECTS or not location:
                    body = await _read(response, limits)
                    return Answer(response.status_code, response.headers, body, time.monotonic() - began)
            finally:
                await response.aclose()
            request = _redirected(request, response.status_code, location)
        raise TooManyRedirects(f"{request.url.host} redirected more than {limits.redirects} times.")


def read_url(url: str) -> httpx2.URL:
    """A callable address. Raises InvalidInput or EgressRefused for one that could never be called."""
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, UnicodeError, ValueError) as error:
        raise InvalidInput(f"This is not an address: {error}.") from error
    if parsed.scheme not in {"http", "https"}:
        raise EgressRefused("Only http:// and https:// addresses can be called.")
    if not parsed.host:
        raise InvalidInput("The address names no host.")
    if parsed.port is not None and not 0 < parsed.port < 65_536:
        raise InvalidInput(f"There is no port {parsed.port}.")
    if parsed.userinfo:
        raise InvalidInput("The address holds a user name or password.", hint="Send credentials in a header.")
    read_host(parsed.raw_host.decode("ascii"))
    return parsed


def _request(method: str, url: httpx2.URL, headers: Mapping[str, str], content: bytes | None) -> httpx2.Request:
    stated = {"user-agent": USER_AGENT, "accept-encoding": "identity"}
    stated.update((name.lower(), value) for name, value in headers.items())
    try:
        return httpx2.Request(method, url, headers=stated, content=content)
    except (UnicodeError, ValueError) as error:
        raise InvalidInput("A header of this request cannot be sent.") from error


def _redirected(request: httpx2.Request, status: int, location: str) -> httpx2.Request:
    """The next hop: checked like a first call, without what the new origin must not see."""
    try:
        url = read_url(str(request.url.join(location)))
    except httpx2.InvalidURL as error:
        raise ExternalServiceFailed(f"{request.url.host} redirects to something that is no address.") from error
    if request.url.scheme == "https" and url.scheme != "https":
        raise TooManyRedirects(f"{request.url.host} redirects from https to http, which is not followed.")
    same_origin = (url.scheme, url.host, url.port) == (request.url.scheme, request.url.host, request.url.port)
    method, content = request.method, request.content
    if status == 303 or (status in {301, 302} and method == "POST"):
        method, content = ("HEAD" if method == "HEAD" else "GET"), b""
    kept = {
        name: value
        for name, value in request.headers.items()
        if name not in {"host", "content-length"}
        and (same_origin or name in _KEPT_ACROSS_ORIGINS)
        and (content or name not in _OF_A_BODY)
    }
    return _request(method, url, kept, content or None)


async def _read(response: httpx2.Response, limits: CallLimits) -> bytes:
    """The whole body, unpacked; stops reading as soon as it is too large."""
    body = bytearray()
    async with aclosing(_unpacked(response)) as pieces:
        async for piece in pieces:
            body += piece
            if len(body) > limits.max_bytes:
                if limits.cut:
                    return bytes(body[: limits.max_bytes])
                raise ResponseTooLarge(f"The answer is larger than {limits.max_bytes} bytes.")
    return bytes(body)


async def _unpacked(response: httpx2.Response) -> AsyncGenerator[bytes, None]:
    """The body in pieces of bounded size, so that a few packed bytes cannot become a gigabyte before anybody counts."""
    assert isinstance(response.stream, httpx2.AsyncByteStream)
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in {"identity", ""}:
        async for part in response.stream:
            yield part
        return
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise ExternalServiceFailed(f"The answer is packed in a way that was not asked for: {encoding[:40]}.")
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)
    came = False
    try:
        async for part in response.stream:
            packed, came = part, True
            while packed:
                yield unpacker.decompress(packed, _PIECE_BYTES)
                packed = unpacker.unconsumed_tail
        yield unpacker.flush()
    except zlib.error as error:
        raise ExternalServiceFailed("The packed answer is damaged.") from error
    if came and not unpacker.eof:
        raise ExternalServiceFailed("The packed answer is cut off.")
