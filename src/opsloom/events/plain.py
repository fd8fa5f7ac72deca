"""Plain events: Opsloom's own JSON form, one object an event, unknown fields refused by name."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
import orjson
from msgspec import Meta

from opsloom.events.checks import Refused, check_name, check_nul, check_time, read_refusal, severity_of, storable_json
from opsloom.events.event import (
    DEFAULT_TYPE,
    MAX_ATTRIBUTE_CHARS,
    MAX_ATTRIBUTES,
    MAX_ID_CHARS,
    MAX_NAME_CHARS,
    MAX_SOURCE_CHARS,
    MAX_SUBJECT_CHARS,
    MAX_TYPE_CHARS,
    NewEvent,
    RejectCode,
)

_NO_DATA: Final = msgspec.Raw(b"{}")

AttributeName = Annotated[str, Meta(min_length=1, max_length=MAX_NAME_CHARS)]
AttributeValue = (
    Annotated[str, Meta(max_length=MAX_ATTRIBUTE_CHARS)]
    | Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
    | float
    | bool
)


class PlainEvent(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """As it comes in; `data` stays unread until it is checked."""

    source: Annotated[str, Meta(min_length=1, max_length=MAX_SOURCE_CHARS)]
    id: Annotated[str, Meta(min_length=1, max_length=MAX_ID_CHARS)] | None = None
    type: Annotated[str, Meta(min_length=1, max_length=MAX_TYPE_CHARS)] | None = None
    time: Annotated[datetime, Meta(tz=True)] | None = None
    subject: Annotated[str, Meta(max_length=MAX_SUBJECT_CHARS)] | None = None
    severity: str | None = None
    data: msgspec.Raw = _NO_DATA
    attributes: Annotated[dict[AttributeName, AttributeValue], Meta(max_length=MAX_ATTRIBUTES)] | None = None


one_plain: Final = msgspec.json.Decoder(PlainEvent)
many_plain: Final = msgspec.json.Decoder(list[PlainEvent])


def read_plain(raw: bytes | msgspec.Raw | memoryview) -> PlainEvent:
    """Read one item. Raises Refused."""
    try:
        return one_plain.decode(raw)
    except msgspec.ValidationError as error:
        raise read_refusal(error) from None
    except msgspec.DecodeError as error:
        raise Refused(RejectCode.INVALID_JSON, f"is not valid JSON: {error}") from None
    except RecursionError:
        raise Refused(RejectCode.TOO_DEEP, "is nested too deeply") from None


def take_plain(item: PlainEvent, index: int, now: datetime) -> NewEvent:
    """Check what the types do not say and bring the item into the stored form. Raises Refused."""
    check_name(item.source, "/source")
    if item.id is not None:
        check_name(item.id, "/id")
    if item.type is not None:
        check_name(item.type, "/type")
    if item.subject:
        check_name(item.subject, "/subject")
    if item.time is not None:
        check_time(item.time, now)
    return NewEvent(
        index,
        item.source,
        item.id,
        item.type or DEFAULT_TYPE,
        item.subject or None,
        None if item.severity is None else severity_of(item.severity),
        item.time or now,
        "{}" if item.data is _NO_DATA else storable_json(memoryview(item.data), "/data"),
        _attributes(item.attributes) if item.attributes else "{}",
    )


def _attributes(values: dict[str, str | int | float | bool]) -> str:
    text = orjson.dumps(values).decode()
    if "\\u0000" in text:
        for name, value in values.items():
            check_nul(name, "/attributes")
            if isinstance(value, str):
                check_nul(value, "/attributes")
    return text
