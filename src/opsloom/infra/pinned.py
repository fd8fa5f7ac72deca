"""The transport under every outgoing HTTP call: it connects to an address it has checked, and to no other.

Invariant: the addresses that the policy saw are the addresses dialled. The name is resolved once per connection, all answers
are checked, and the socket is opened to one of them as a number, so a name that answers differently a moment later
(DNS rebinding) changes nothing; TLS still verifies the name. Since the check sits where sockets are opened, redirects,
retries and anything else built on top cannot go around it.

Vendor exceptions end here: what leaves is DeadlinePassed, ConnectionLost, ExternalServiceFailed or EgressRefused.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Protocol

import httpcore2
import httpx2

from opsloom.infra.addresses import Address, EgressPolicy, EgressRefused, read_host
from opsloom.kit.errors import ConnectionLost, DeadlinePassed, ExternalServiceFailed, InvalidInput
from opsloom.kit.resilience.deadline import bounded


class TlsFailed(ExternalServiceFailed):
    """The other side could not prove who it is; asking again will not change that."""

    code, title = "tls_failed", "The connection is not secure"


class AnswerBroken(ExternalServiceFailed):
    """The answer broke off or was not HTTP."""

    code, title, retryable = "answer_broken", "The answer could not be read", True


class Resolver(Protocol):
    """Turns a name into addresses."""

    async def __call__(self, host: str, port: int) -> list[Address]: ...


async def resolve(host: str, port: int) -> list[Address]:
    """The system's answer. Raises ConnectionLost when the name is unknown."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise ConnectionLost(f"The name {host} does not resolve.") from error
    # A scoped answer (fe80::1%eth0) keeps its zone in the text; without it the range still decides.
    return list(dict.fromkeys(ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


class PinnedBackend(httpcore2.AsyncNetworkBackend):
    """Opens sockets only to addresses that passed the policy."""

    def __init__(self, policy: EgressPolicy, resolver: Resolver) -> None:
        self._policy = policy
        self._resolver = resolver
        self._sockets = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        del local_address  # nobody asks for one
        try:
            async with asyncio.timeout(timeout):
                return await self._connect(host, port, socket_options)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(f"no connection to {host} in time") from error

    async def _connect(
        self, host: str, port: int, socket_options: Iterable[httpcore2.SOCKET_OPTION] | None
    ) -> httpcore2.AsyncNetworkStream:
        target = read_host(host)
        addresses = await self._resolver(target, port) if isinstance(target, str) else [target]
        self._policy.check(host, addresses)
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                return await self._sockets.connect_tcp(str(address), port, socket_options=socket_options)
            except httpcore2.ConnectError as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        raise EgressRefused(f"Local sockets may not be called: {path}.")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class PinnedTransport(httpx2.AsyncBaseTransport):
    """An httpx transport over the pinned backend: no proxies, no environment, HTTP/1.1."""

    def __init__(
        self,
        policy: EgressPolicy,
        *,
        resolver: Resolver = resolve,
        ssl_context: ssl.SSLContext | None = None,
        connections: int = 200,
    ) -> None:
        self._backend = PinnedBackend(policy, resolver)
        self._ssl_context = ssl_context
        self._connections = connections
        self._made: httpcore2.AsyncConnectionPool | None = None

    @property
    def _pool(self) -> httpcore2.AsyncConnectionPool:
        # Made late: loading the certificate store takes time and memory that most starts need not spend.
        if self._made is None:
            self._made = httpcore2.AsyncConnectionPool(
                ssl_context=self._ssl_context or httpx2.create_ssl_context(),
                max_connections=self._connections,
                max_keepalive_connections=20,
                keepalive_expiry=5.0,
                network_backend=self._backend,
            )
        return self._made

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.scheme not in {"http", "https"}:
            raise EgressRefused(f"Only http:// and https:// addresses can be called, not {request.url.scheme}://.")
        assert isinstance(request.stream, httpx2.AsyncByteStream)
        asked = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with translated(request.url.host):
            answer = await self._pool.handle_async_request(asked)
        assert isinstance(answer.stream, AsyncIterable)
        return httpx2.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Body(answer, request.url.host),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        if self._made is not None:
            await self._made.aclose()
            self._made = None


class _Body(httpx2.AsyncByteStream):
    def __init__(self, answer: httpcore2.Response, host: str) -> None:
        self._answer = answer
        self._host = host

    async def __aiter__(self) -> AsyncIterator[bytes]:
        assert isinstance(self._answer.stream, AsyncIterable)
        with translated(self._host):
            async for part in self._answer.stream:
                yield part

    async def aclose(self) -> None:
        await self._answer.aclose()


def timeouts(connect_s: float, read_s: float) -> dict[str, float]:
    """The transport's own limits as a request extension, none of them past the caller's deadline."""
    connect, read = bounded(connect_s), bounded(read_s)
    return {"connect": connect, "pool": connect, "read": read, "write": read}


@contextmanager
def translated(host: str) -> Iterator[None]:
    """Vendor exceptions become ours, each saying by its class whether a repeat can help."""
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise DeadlinePassed(f"{host} did not answer in time ({type(error).__name__}).") from error
    except httpcore2.ConnectError as error:
        if any(isinstance(cause, ssl.SSLError) for cause in error.args):
            raise TlsFailed(f"{host} could not prove its identity: {error}.") from error
        raise ConnectionLost(f"{host} cannot be reached: {error}.") from error
    except (httpcore2.NetworkError, OSError) as error:
        raise ConnectionLost(f"The connection to {host} broke: {error or type(error).__name__}.") from error
    except httpcore2.LocalProtocolError as error:
        raise InvalidInput(f"This request cannot be sent: {error}.") from error
    except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol) as error:
        raise AnswerBroken(f"{host} did not answer properly: {error}.") from error
