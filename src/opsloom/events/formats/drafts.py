"""From what another system's format says of an event to one that can be stored, or the reason why not."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

from opsloom.events.checks import Refused, check_name, check_nul, check_time, json_text
from opsloom.events.event import (
    MAX_ATTRIBUTE_CHARS,
    MAX_ATTRIBUTES,
    MAX_DATA_BYTES,
    MAX_ID_CHARS,
    MAX_NAME_CHARS,
    MAX_SOURCE_CHARS,
    MAX_SUBJECT_CHARS,
    MAX_TYPE_CHARS,
    NewEvent,
    RejectCode,
)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_BIGGEST: Final = 2**63 - 1
Label = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Draft:
    """What a format says of one event, not yet checked."""

    source: str
    type: str
    time: datetime | None = None
    event_id: str | None = None
    subject: str | None = None
    severity: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, Any] = field(default_factory=dict)

    def finish(self, index: int, now: datetime) -> NewEvent:
        """Check it and bring it into the stored form. Raises Refused."""
        _check(self.source, MAX_SOURCE_CHARS, "/source")
        _check(self.type, MAX_TYPE_CHARS, "/type")
        for text, most, pointer in (
            (self.event_id, MAX_ID_CHARS, "/id"),
            (self.subject, MAX_SUBJECT_CHARS, "/subject"),
        ):
            if text:
                _check(text, most, pointer)
        if self.time is not None:
            check_time(self.time, now)
        attributes, rest = split_labels(self.labels)
        data = json_text({**self.data, "labels": rest} if rest else dict(self.data), "/data")
        if len(data) > MAX_DATA_BYTES:
            raise Refused(RejectCode.TOO_LARGE, f"is larger than {MAX_DATA_BYTES} bytes", "/data")
        return NewEvent(
            index, self.source, self.event_id or None, self.type, self.subject or None, self.severity, self.time or now,
            data, orjson.dumps(attributes).decode() if attributes else "{}",
        )  # fmt: skip


def _check(text: str, most: int, pointer: str) -> None:
    if not text:
        raise Refused(RejectCode.MISSING_FIELD, "is empty", pointer)
    if len(text) > most:
        raise Refused(RejectCode.INVALID_VALUE, f"is longer than {most} characters", pointer)
    check_name(text, pointer)


def split_labels(values: Mapping[str, Any]) -> tuple[dict[str, Label], dict[str, Any]]:
    """What can be an attribute, and what is too much or too long for one and stays in the data. Raises Refused."""
    attributes: dict[str, Label] = {}
    rest: dict[str, Any] = {}
    for name, value in values.items():
        if value is None:
            continue
        fits = isinstance(value, str | int | float | bool) and 0 < len(name) <= MAX_NAME_CHARS
        if isinstance(value, str):
            check_nul(value, "/attributes")
            fits = fits and len(value) <= MAX_ATTRIBUTE_CHARS
        elif isinstance(value, int):
            fits = fits and -_BIGGEST <= value <= _BIGGEST
        if fits and len(attributes) < MAX_ATTRIBUTES:
            check_nul(name, "/attributes")
            attributes[name] = value
        else:
            rest[name] = value
    return attributes, rest


def at_nanos(nanos: int, pointer: str) -> datetime | None:
    """A moment from nanoseconds of the Unix epoch; 0 says nothing. Raises Refused."""
    if nanos == 0:
        return None
    try:
        return _EPOCH + timedelta(microseconds=nanos // 1000)
    except OverflowError:
        raise Refused(RejectCode.TIME_OUT_OF_RANGE, "lies beyond the calendar", pointer) from None


def at_millis(millis: int, pointer: str) -> datetime:
    """A moment from milliseconds of the Unix epoch. Raises Refused."""
    try:
        return _EPOCH + timedelta(milliseconds=millis)
    except OverflowError:
        raise Refused(RejectCode.TIME_OUT_OF_RANGE, "lies beyond the calendar", pointer) from None


def as_base64(raw: bytes) -> str:
    """Bytes as JSON can hold them."""
    return base64.b64encode(raw).decode()
