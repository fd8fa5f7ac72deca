"""Answers that leave while their rows are read.

Invariant: memory holds one part of the answer. Only when the last row has been handed over does the answer end as HTTP says
it ends; whatever goes wrong before (the statement fails, a limit is reached, the time is over) breaks the transfer off, so no
caller can take a part for the whole. NDJSON also says why, in a last line `{"opsloom_error": {…}}`. When the caller goes, the
reading is cancelled where it runs.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import orjson
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from opsloom.apis.errors import ReaderTooSlow, ResultTooLarge, RunTimedOut
from opsloom.apis.formats import NdjsonWriter, Writer
from opsloom.apis.rates import Quota
from opsloom.apis.schemas import StreamPolicy
from opsloom.infra.telemetry import get_logger
from opsloom.kit.errors import OpsloomError

log = get_logger(__name__)


class StreamRun:
    """What is known of a streamed call so far."""

    def __init__(self, policy: StreamPolicy) -> None:
        self.policy = policy
        self.quota: Quota | None = None
        self.first: list[bytes] = []
        self.rows = 0
        self.bytes = 0
        self.reading_ms = 0.0
        self._is_reading = True
        self._parts: AsyncGenerator[list[bytes], None] | None = None

    @asynccontextmanager
    async def limited(self) -> AsyncIterator[None]:
        """The time of the policy covers the reader too: a cursor holds back what the database may tidy up."""
        limit = asyncio.timeout(self.policy.timeout_ms / 1e3)
        try:
            async with limit:
                yield
        except TimeoutError:
            if not limit.expired():
                raise
            if not self._is_reading:
                raise ReaderTooSlow(
                    "The caller read too slowly.", hint="Read faster, or raise the API's limit."
                ) from None
            raise RunTimedOut(
                f"The stream did not end within {self.policy.timeout_ms} ms.",
                hint="Ask for less, or raise the API's limit.",
            ) from None

    async def begin(self, parts: AsyncGenerator[list[bytes], None]) -> None:
        """Wait for the first rows."""
        self._parts = parts
        self.first = await self._next()

    async def parts(self) -> AsyncGenerator[list[bytes], None]:
        """All rows, from the first on."""
        part, self.first = self.first, []
        while part:
            yield part
            self.rows += len(part)
            part = await self._next()

    async def _next(self) -> list[bytes]:
        assert self._parts is not None
        asked = time.perf_counter()
        self._is_reading = True
        part: list[bytes] = await anext(self._parts, [])
        self._is_reading = False
        self.reading_ms += (time.perf_counter() - asked) * 1e3
        return part

    def sent(self, size: int) -> None:
        """So many bytes are about to go. Raises ResultTooLarge beyond the policy's."""
        if self.bytes + size > self.policy.max_bytes:
            raise ResultTooLarge(
                f"The stream has more than {self.policy.max_bytes} bytes, the limit of this API's streams.",
                hint="Ask for fewer rows or columns.",
            )
        self.bytes += size


class StreamedAnswer(Response):
    """Sends a run's rows and ends it; `held` is what the run holds until then."""

    def __init__(
        self, run: StreamRun, writer: Writer, held: AsyncExitStack, headers: Mapping[str, str], media_type: str
    ) -> None:
        super().__init__(None, 200, headers, media_type)
        del self.headers["content-length"]
        self._run = run
        self._writer = writer
        self._held = held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope
        task = asyncio.current_task()
        assert task is not None
        left = asyncio.Event()
        watch = asyncio.ensure_future(_watch(receive, task, left))
        try:
            async with self._held:
                await self._send(send)
        except asyncio.CancelledError:
            if not left.is_set():
                raise
            task.uncancel()
        except OpsloomError as error:
            log.warning("apis.stream_broken", code=error.code, cause=error.message, rows=self._run.rows)
            if isinstance(self._writer, NdjsonWriter):
                with suppress(OSError):
                    await send(_part(_last_line(error)))
            # no last part: the server sees an answer that was not ended, and breaks the connection off
        else:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            watch.cancel()

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await self._go(send, self._writer.head())
        async for part in self._run.parts():
            await self._go(send, self._writer.rows(part))
        await self._go(send, self._writer.end())

    async def _go(self, send: Send, body: bytes) -> None:
        if body:
            self._run.sent(len(body))
            await send(_part(body))


async def _watch(receive: Receive, task: "asyncio.Task[None]", left: asyncio.Event) -> None:
    """Give the sending up when the caller goes."""
    while (await receive())["type"] != "http.disconnect":
        pass
    left.set()
    task.cancel()


def _part(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": True}


def _last_line(error: OpsloomError) -> bytes:
    told = {"code": error.code, "title": error.title, "status": error.status, "detail": error.message}
    return orjson.dumps({"opsloom_error": told | ({"hint": error.hint} if error.hint else {})}) + b"\n"
