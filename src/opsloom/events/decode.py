"""From the bytes of a request to events that can be stored, and to a reason for each that cannot. Pure.

Invariant: whatever the bytes, the outcome is `Decoded` or one of the domain's errors about the request as a whole; a bad
item never costs a good one. A good batch is read by one typed pass in C; only when that fails is it read item by item.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

import msgspec

from opsloom.events.checks import Refused
from opsloom.events.cloud import is_binary, take_binary, take_structured
from opsloom.events.errors import EventFormatUnknown, EventsTooLarge, EventsUnreadable
from opsloom.events.event import MAX_BATCH_ITEMS, Decoded, NewEvent, Rejection
from opsloom.events.plain import many_plain, read_plain, take_plain


class Format(StrEnum):
    """The content types that are taken."""

    JSON = "application/json"
    NDJSON = "application/x-ndjson"
    JSONL = "application/jsonl"
    CLOUD = "application/cloudevents+json"
    CLOUD_BATCH = "application/cloudevents-batch+json"


_ACCEPTED: Final = ", ".join(Format)
_OBJECT, _ARRAY = ord("{"), ord("[")
_raws: Final = msgspec.json.Decoder(list[msgspec.Raw])

Source = bytes | msgspec.Raw
Take = Callable[[Source, int, datetime], NewEvent]


def decode(body: bytes, headers: Mapping[str, str], now: datetime) -> Decoded:
    """Read a request; header names are lower case. Raises EventsUnreadable, EventsTooLarge, EventFormatUnknown."""
    content_type = headers.get("content-type", "")
    media, charset = _media(content_type)
    if is_binary(headers) and media not in {Format.CLOUD, Format.CLOUD_BATCH}:
        return _collect(lambda _raw, _index, moment: take_binary(headers, content_type, body, moment), [b""], now, "")
    form = _format(media, charset)
    text = body.removeprefix(b"\xef\xbb\xbf")
    _check_utf8(text)
    if form in {Format.NDJSON, Format.JSONL}:
        return _lines(text, now)
    first = text.lstrip(b" \t\r\n")[:1]
    if not first:
        raise EventsUnreadable("The body is empty.", hint="Send an event as a JSON object.")
    if first[0] not in (_OBJECT, _ARRAY):
        _split_whole(text)
        raise EventsUnreadable("The body is neither a JSON object nor an array of objects.")
    is_array = first[0] == _ARRAY
    if form is Format.JSON:
        return _plain_array(text, now) if is_array else _single(text, _take_plain, now)
    if is_array != (form is Format.CLOUD_BATCH):
        wanted = "an array" if form is Format.CLOUD_BATCH else "one object"
        raise EventsUnreadable(f"The body of {form.value} must be {wanted}.")
    if is_array:
        return _collect(take_structured, _split(text), now, "/{index}")
    return _single(text, take_structured, now)


def _media(content_type: str) -> tuple[str, str]:
    media, *parameters = content_type.split(";")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return media.strip().lower(), value.strip().strip('"').lower()
    return media.strip().lower(), "utf-8"


def _format(media: str, charset: str) -> Format:
    hint = f"Accepted: {_ACCEPTED}; or CloudEvents in binary mode with ce- headers. Text is UTF-8."
    if media == "application/ndjson":
        media = Format.NDJSON
    if media not in set(Format):
        named = f"The content type {media[:100]!r} is not accepted." if media else "The content type is missing."
        raise EventFormatUnknown(named, hint=hint)
    if charset not in {"utf-8", "utf8", "us-ascii"}:
        raise EventFormatUnknown(f"The character set {charset[:40]!r} is not accepted.", hint=hint)
    return Format(media)


def _check_utf8(text: bytes) -> None:
    try:
        text.decode()
    except UnicodeDecodeError as error:
        raise EventsUnreadable(f"The body is not valid UTF-8 (byte {error.start}).") from None


def _plain_array(text: bytes, now: datetime) -> Decoded:
    try:
        items = many_plain.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return _collect(_take_plain, _split(text), now, "/{index}")
    _check_count(len(items))
    events: list[NewEvent] = []
    rejections: list[Rejection] = []
    for index, item in enumerate(items):
        try:
            events.append(take_plain(item, index, now))
        except Refused as refusal:
            rejections.append(_rejection(refusal, index, "/{index}", msgspec.json.encode(item)))
    return Decoded(events, rejections)


def _lines(text: bytes, now: datetime) -> Decoded:
    lines = [line for line in text.split(b"\n") if line and not line.isspace()]
    _check_count(len(lines))
    return _collect(_take_plain, lines, now, "/{index}")


def _single(text: bytes, take: Take, now: datetime) -> Decoded:
    """Unlike in a batch, an object that is not JSON at all makes the whole request unreadable."""
    _split_whole(text)
    return _collect(take, [text], now, "")


def _collect(take: Take, items: Iterable[Source], now: datetime, prefix: str) -> Decoded:
    events: list[NewEvent] = []
    rejections: list[Rejection] = []
    for index, raw in enumerate(items):
        try:
            events.append(take(raw, index, now))
        except Refused as refusal:
            rejections.append(_rejection(refusal, index, prefix, bytes(raw)))
    return Decoded(events, rejections)


def _take_plain(raw: Source, index: int, now: datetime) -> NewEvent:
    return take_plain(read_plain(raw), index, now)


def _rejection(refusal: Refused, index: int, prefix: str, item: bytes) -> Rejection:
    return Rejection(index, refusal.code, refusal.detail, prefix.format(index=index) + refusal.pointer, item)


def _split(text: bytes) -> list[msgspec.Raw]:
    try:
        items = _raws.decode(text)
    except msgspec.DecodeError as error:
        raise _unreadable(error) from None
    except RecursionError:
        raise EventsUnreadable("The body is nested too deeply.") from None
    _check_count(len(items))
    return items


def _split_whole(text: bytes) -> None:
    """Raises EventsUnreadable unless the text is one JSON value."""
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        raise _unreadable(error) from None
    except RecursionError:
        raise EventsUnreadable("The body is nested too deeply.") from None


def _unreadable(error: msgspec.DecodeError) -> EventsUnreadable:
    reason = str(error).removeprefix("JSON is malformed: ")
    return EventsUnreadable(f"The body is not valid JSON: {reason}.", hint="NDJSON is sent as application/x-ndjson.")


def _check_count(count: int) -> None:
    if count > MAX_BATCH_ITEMS:
        raise EventsTooLarge(
            f"The batch has {count} items; at most {MAX_BATCH_ITEMS} are taken at once.", hint="Send smaller batches."
        )
