"""A small real mail server on loopback: greeting, EHLO, STARTTLS, AUTH PLAIN and LOGIN, NOOP, mail, QUIT. It remembers what it
was told; what stands in `says` it answers instead of its own words."""

import asyncio
import base64
import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Self


@dataclass
class MailServer:
    """`offers_tls`: STARTTLS is on offer; `implicit`: TLS from the first byte."""

    user: str = "mailer"
    password: str = "m4il-canary-s3cret"
    tls: ssl.SSLContext | None = None
    implicit: bool = False
    offers_tls: bool = True
    heard: list[str] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    port: int = 0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Self]:
        """Listen on a free port while the block runs."""
        server = await asyncio.start_server(self._met, "127.0.0.1", 0, ssl=self.tls if self.implicit else None)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            await server.wait_closed()

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await self._talk(reader, writer)
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        secure = self.implicit
        writer.write(b"220 mail.example ESMTP\r\n")
        while line := (await reader.readline()).decode().strip():
            self.heard.append(line)
            verb = line.split(" ")[0].upper()
            if verb in self.says:
                writer.write(f"{self.says[verb]}\r\n".encode())
            elif verb == "EHLO":
                lines = ["mail.example", "SIZE 1000000"]
                lines += ["STARTTLS"] if self.offers_tls and self.tls is not None and not secure else []
                lines += ["AUTH PLAIN LOGIN"]
                said = [f"250{' ' if at == len(lines) - 1 else '-'}{each}\r\n" for at, each in enumerate(lines)]
                writer.write("".join(said).encode())
            elif verb == "STARTTLS" and self.tls is not None:
                writer.write(b"220 go ahead\r\n")
                await writer.drain()
                await writer.start_tls(self.tls)
                secure = True
            elif verb == "AUTH":
                await self._judge(line, reader, writer)
            elif verb in {"MAIL", "RCPT", "RSET"}:
                writer.write(b"250 fine\r\n")
            elif verb == "DATA":
                writer.write(b"354 go on\r\n")
                await writer.drain()
                self.mails.append((await reader.readuntil(b"\r\n.\r\n")).decode())
                writer.write(b"250 queued as 42\r\n")
            elif verb == "NOOP":
                writer.write(b"250 still here\r\n")
            elif verb == "QUIT":
                writer.write(b"221 bye\r\n")
                return
            else:
                writer.write(b"502 what?\r\n")
            await writer.drain()

    async def _judge(self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        _, method, *initial = line.split(" ")
        if method.upper() == "PLAIN":
            _, user, password = base64.b64decode(initial[0]).decode().split("\0")
        else:
            user = base64.b64decode(initial[0]).decode() if initial else ""
            writer.write(b"334 UGFzc3dvcmQ6\r\n")
            password = base64.b64decode(await reader.readline()).decode()
        taken = (user, password) == (self.user, self.password)
        writer.write(b"235 welcome\r\n" if taken else b"535 go away\r\n")
