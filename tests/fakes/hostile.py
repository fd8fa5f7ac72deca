"""A server on loopback that speaks no protocol at all: it hangs, resets, drips, floods or talks nonsense."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from socket import SO_LINGER, SOL_SOCKET

Manner = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def hangs(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    """Says nothing, ever."""
    await asyncio.Event().wait()


async def resets(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Tears the connection down."""
    writer.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def drips(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A byte every few milliseconds: never silent, never done."""
    while True:
        writer.write(b"2")
        await writer.drain()
        await asyncio.sleep(0.005)


async def floods(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As fast as it can, without end."""
    while True:
        writer.write(b"*1000000\r\n$100000000\r\n" + b"x" * 65_536)
        await writer.drain()


async def babbles(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Greets in a language nobody asked for, then goes."""
    writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
    await writer.drain()
    writer.close()


@asynccontextmanager
async def behaving(manner: Manner) -> AsyncIterator[int]:
    """The port of a server that treats every caller so."""
    tasks: set[asyncio.Task[None]] = set()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await manner(reader, writer)
        finally:
            tasks.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()
