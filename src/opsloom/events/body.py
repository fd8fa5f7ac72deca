"""Reads a request's body with a limit, while it arrives."""

import zlib

from starlette.requests import ClientDisconnect, Request

from opsloom.events.errors import EventFormatUnknown, EventsTooLarge, EventsUnreadable
from opsloom.events.event import MAX_BODY_BYTES

_GZIP = zlib.MAX_WBITS | 16


async def read_body(
    request: Request, limit_bytes: int = MAX_BODY_BYTES, encodings: frozenset[str] = frozenset({"identity", "", "gzip"})
) -> bytes:
    """The body; gzip is undone, any other encoding that is accepted is left to the caller.

    Raises EventsTooLarge as soon as it is known, EventFormatUnknown, EventsUnreadable.
    """
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in encodings:
        accepted = ", ".join(sorted(encodings - {"identity", ""}))
        raise EventFormatUnknown(
            f"The content encoding {encoding[:40]!r} is not accepted.", hint=f"Accepted: {accepted}."
        )
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared) > limit_bytes:
        raise _too_large(limit_bytes)
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit_bytes:
                raise _too_large(limit_bytes)
            chunks.append(chunk)
    except ClientDisconnect:
        raise EventsUnreadable("The connection ended before the body did.") from None
    body = b"".join(chunks)
    return _unpacked(body, limit_bytes) if encoding == "gzip" else body


def _unpacked(body: bytes, limit_bytes: int) -> bytes:
    reader = zlib.decompressobj(_GZIP)
    try:
        plain = reader.decompress(body, limit_bytes + 1)
    except zlib.error:
        raise EventsUnreadable("The body is not valid gzip.") from None
    if len(plain) > limit_bytes:
        raise _too_large(limit_bytes)
    if not reader.eof:
        raise EventsUnreadable("The gzip body ends too early.")
    return plain


def _too_large(limit_bytes: int) -> EventsTooLarge:
    return EventsTooLarge(f"The body is larger than {limit_bytes} bytes.", hint="Send smaller batches.")
