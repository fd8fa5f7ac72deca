"""An HTTP server on loopback that counts what it gets and misbehaves on demand."""

import asyncio
import contextlib
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from socket import SO_LINGER, SOL_SOCKET
from typing import Self


@dataclass(frozen=True)
class Received:
    """One request as it came in; header names in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Behaviour = Callable[["Receiver", asyncio.StreamWriter], Awaitable[None]]


def answers(status: int = 200, body: bytes = b"ok", **headers: str) -> Behaviour:
    """A complete answer; `retry_after="3"` becomes the header retry-after."""

    async def behave(_receiver: "Receiver", writer: asyncio.StreamWriter) -> None:
        lines = [f"HTTP/1.1 {status} Said", f"content-length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()

    return behave


def takes_a_while(seconds: float, body: bytes) -> Behaviour:
    """A complete JSON answer after a moment, so that what calls can be looked at while it waits."""

    async def behave(receiver: "Receiver", writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await receiver.closing.wait()
        await answers(200, body, content_type="application/json")(receiver, writer)

    return behave


def raw(data: bytes) -> Behaviour:
    """Exactly these bytes, then the end."""

    async def behave(_receiver: "Receiver", writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.close()

    return behave


async def hangs(receiver: "Receiver", writer: asyncio.StreamWriter) -> None:
    """Says nothing until the receiver closes."""
    await receiver.closing.wait()
    writer.close()


async def resets(_receiver: "Receiver", writer: asyncio.StreamWriter) -> None:
    """Tears the connection down with RST."""
    writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def drips(receiver: "Receiver", writer: asyncio.StreamWriter) -> None:
    """A byte every few milliseconds, without end: never silent, never done."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n")
    with contextlib.suppress(ConnectionError):
        while not receiver.closing.is_set():
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.005)


def floods(piece: bytes = b"x" * 65_536, **headers: str) -> Behaviour:
    """Piece after piece until the caller goes away; what was sent is in `receiver.flooded_bytes`."""

    async def behave(receiver: "Receiver", writer: asyncio.StreamWriter) -> None:
        lines = ["HTTP/1.1 200 OK", "transfer-encoding: chunked"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        with contextlib.suppress(ConnectionError):
            while not receiver.closing.is_set():
                writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                await writer.drain()
                receiver.flooded_bytes += len(piece)

    return behave


@dataclass
class Receiver:
    """`script` is used up request by request; then `otherwise` answers."""

    otherwise: Behaviour = field(default_factory=answers)
    script: list[Behaviour] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    flooded_bytes: int = 0
    connections: int = 0
    port: int = 0
    scheme: str = "http"

    def __post_init__(self) -> None:
        self.closing = asyncio.Event()
        self._changed = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/hook"

    async def wait_for(self, count: int) -> None:
        """Until `count` requests have come in."""
        async with asyncio.timeout(20):
            while len(self.received) < count:
                self._changed.clear()
                await self._changed.wait()

    @asynccontextmanager
    async def serving(self, tls: ssl.SSLContext | None = None) -> AsyncIterator[Self]:
        """Listen on a free port of 127.0.0.1 while the block runs."""
        patience = {"ssl_shutdown_timeout": 0.2} if tls else {}
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=tls, **patience)
        self.port = server.sockets[0].getsockname()[1]
        self.scheme = "https" if tls else "http"
        try:
            yield self
        finally:
            self.closing.set()
            server.close()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while (request := await _read(reader)) is not None:
                self.received.append(request)
                self._changed.set()
                behave = self.script.pop(0) if self.script else self.otherwise
                await behave(self, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            return
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(ConnectionError, ssl.SSLError, asyncio.CancelledError):
                await writer.wait_closed()


async def _read(reader: asyncio.StreamReader) -> Received | None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Received(method, path, headers, body)
