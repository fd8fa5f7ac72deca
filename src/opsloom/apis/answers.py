"""How a run leaves as an HTTP answer: its form, its headers, and whether the caller has it already."""

import asyncio
from contextlib import AsyncExitStack
from hashlib import blake2b

from starlette.requests import Request
from starlette.responses import Response

from opsloom.apis.columnar import ArrowWriter, columns_of, to_arrow, to_parquet
from opsloom.apis.compatibility import columns
from opsloom.apis.engines.protocol import StreamProgram
from opsloom.apis.execute import Executor, Run, Way
from opsloom.apis.formats import MEDIA_TYPES, CsvWriter, Format, NdjsonWriter, Writer, to_csv, to_ndjson
from opsloom.apis.published import Served
from opsloom.apis.streams import StreamedAnswer
from opsloom.identity.scope import Scope

_MEDIA_TYPES = {form: media_type.encode() for form, media_type in MEDIA_TYPES.items()}
_EMPTY = frozenset({204, 304})
_STREAMED = frozenset({Format.NDJSON, Format.CSV, Format.ARROW})
_ASIDE_BYTES = 200_000
"""Answers larger than this are written in another form beside the event loop."""


async def answer(request: Request, served: Served, run: Run, form: Format) -> Response:
    """The answer of a run in the form the caller asked for; 304 when the caller has it already. Raises FormUnsuitable."""
    if run.result.whole:
        form = Format.JSON
    if form is Format.JSON:
        body = run.body
    elif len(run.result.body) < _ASIDE_BYTES:
        body = _formed(served, run, form)
    else:
        body = await asyncio.to_thread(_formed, served, run, form)
    tag = b'"%s"' % blake2b(body, digest_size=12).hexdigest().encode()
    headers = [
        (b"etag", tag),
        (b"server-timing", run.server_timing.encode()),
        (b"x-cache-status", run.cache.encode()),
        (b"x-api-version", b"%d" % served.version),
        (b"x-row-count", b"%d" % run.result.rows),
        (b"x-truncated", b"true" if run.result.truncated else b"false"),
        (b"cache-control", b"private, no-cache"),
    ]
    if served.definition.sunset is not None:
        headers += [
            (name.lower().encode(), value.encode()) for name, value in served.definition.sunset.headers().items()
        ]
    if run.quota is not None:
        headers += [(name.lower().encode(), value.encode()) for name, value in run.quota.headers().items()]
    if request.scope["method"] == "GET" and _matches(dict(request.scope["headers"]).get(b"if-none-match"), tag):
        return _Ready(b"", 304, headers)
    if run.result.headers:
        ours = {name for name, _ in headers}
        theirs = (
            (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in run.result.headers.items()
        )
        headers += [pair for pair in theirs if pair[0] not in ours]
    if run.result.status not in _EMPTY:
        headers.append((b"content-length", b"%d" % len(body)))
    if not any(name == b"content-type" for name, _ in headers):
        headers.append((b"content-type", _MEDIA_TYPES[form]))
    return _Ready(body, run.result.status, headers)


class _Ready(Response):
    """A response whose headers are bytes already: making them of text costs more than the rest of it."""

    def __init__(self, body: bytes, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        self.body = body
        self.status_code = status
        self.raw_headers = headers
        self.background = None


def leaves_in_parts(served: Served, form: Format) -> bool:
    """Whether this API streams, and the form can be written a part at a time."""
    return form in _STREAMED and served.definition.stream is not None and isinstance(served.program, StreamProgram)


async def streamed(executor: Executor, served: Served, scope: Scope, way: Way, form: Format) -> Response:
    """An answer that is sent while its rows are read. Raises as `Executor.stream` while there are no rows yet."""
    async with AsyncExitStack() as stack:
        run = await stack.enter_async_context(executor.stream(served, scope, way))
        writer = _writer(served, form, run.first)
        headers = {
            "Server-Timing": f"first;dur={run.reading_ms:.2f}",
            "X-Cache-Status": "BYPASS",
            "X-Api-Version": str(served.version),
            "X-Streamed": "true",
            "Cache-Control": "private, no-store",
        }
        if served.definition.sunset is not None:
            headers |= served.definition.sunset.headers()
        if run.quota is not None:
            headers |= run.quota.headers()
        return StreamedAnswer(run, writer, stack.pop_all(), headers, MEDIA_TYPES[form])
    raise AssertionError("the stack swallows nothing")


def _writer(served: Served, form: Format, first: list[bytes]) -> Writer:
    if form is Format.NDJSON:
        return NdjsonWriter()
    if form is Format.CSV:
        return CsvWriter(list(columns(served.definition)))
    return ArrowWriter(columns_of(served.definition, b"[%s]" % b",".join(first)))


def _formed(served: Served, run: Run, form: Format) -> bytes:
    rows, definition = run.result.body, served.definition
    if form is Format.NDJSON:
        return to_ndjson(rows)
    if form is Format.CSV:
        return to_csv(rows, list(columns(definition)))
    made = to_parquet if form is Format.PARQUET else to_arrow
    return made(rows, columns_of(definition, rows))


def _matches(header: bytes | None, tag: bytes) -> bool:
    if header is None:
        return False
    return header.strip() == b"*" or tag in (each.strip().removeprefix(b"W/") for each in header.split(b","))
