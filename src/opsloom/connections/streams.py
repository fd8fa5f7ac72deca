"""Streams over sockets of our own dialling, which take in no more than they are allowed to."""

import asyncio
import socket
import ssl
from collections.abc import Iterable
from typing import SupportsIndex

from opsloom.connections.errors import ResultTooLarge
from opsloom.infra.pinned import TlsFailed


class CappedReader(asyncio.StreamReader):
    """Ends the connection once more than `cap` bytes have come in: an answer that was never asked for fills no memory."""

    def __init__(self, cap: int) -> None:
        super().__init__()
        self._left = cap

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        assert isinstance(data, bytes | bytearray | memoryview)
        self._left -= len(data)
        if self._left >= 0:
            super().feed_data(data)
        elif self.exception() is None:
            self.set_exception(ResultTooLarge("The other side sends more than this connection takes."))


async def stream_on(
    sock: socket.socket, host: str, tls: ssl.SSLContext | None, cap: int
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Reader and writer on a connected socket; with `tls` the server proves that it is `host`. Raises TlsFailed."""
    loop = asyncio.get_running_loop()
    reader = CappedReader(cap)
    protocol = asyncio.StreamReaderProtocol(reader)
    try:
        transport, _ = await loop.create_connection(
            lambda: protocol, sock=sock, ssl=tls, server_hostname=host if tls is not None else None
        )
    except ssl.SSLError as error:
        sock.close()
        raise TlsFailed(f"{host} could not prove its identity: {error.reason or error}.") from error
    except BaseException:
        sock.close()
        raise
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)
