"""Checks that every format shares: what PostgreSQL can hold, what every reader can read back.

Invariant: a value that passes here is stored without the database refusing it. PostgreSQL's text and jsonb hold no NUL;
numbers beyond a double would break whoever reads them, so JSON goes through one strict reader and writer, which also
turns numbers of many digits into doubles and keeps the last of repeated names, as jsonb does.
"""

import re
from datetime import datetime

import msgspec
import orjson

from opsloom.events.event import EARLIEST, FUTURE_ALLOWED, MAX_DATA_BYTES, MAX_DEPTH, SEVERITIES, RejectCode, Severity

_AT = re.compile(r" - at (?:`key` in )?`\$([^`]*)`$")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_QUOTED = re.compile(r"field `(.*)`$", re.DOTALL)


class Refused(Exception):
    """One item is bad; `pointer` is relative to the item."""

    def __init__(self, code: RejectCode, detail: str, pointer: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.pointer = pointer


def storable_json(raw: bytes | memoryview, pointer: str) -> str:
    """A JSON value as the text to store. Raises Refused."""
    if len(raw) > MAX_DATA_BYTES:
        raise Refused(RejectCode.TOO_LARGE, f"is larger than {MAX_DATA_BYTES} bytes", pointer)
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise _unreadable(error, pointer) from None
    if value is None:
        return "{}"
    return json_text(value, pointer)


def json_text(value: object, pointer: str) -> str:
    """A value read from JSON as the text to store. Raises Refused."""
    try:
        text = orjson.dumps(value).decode()
    except orjson.JSONEncodeError:  # everything else it could dislike did not come from JSON
        raise _too_deep(pointer) from None
    # Counting brackets is far cheaper than walking, and settles nearly every event.
    if text.count("{") + text.count("[") > MAX_DEPTH and depth_of(value) > MAX_DEPTH:
        raise _too_deep(pointer)
    if "\\u0000" in text and _holds_nul(value):
        raise Refused(RejectCode.NUL_CHARACTER, "holds the NUL character, which cannot be stored", pointer)
    return text


def depth_of(value: object) -> int:
    """How deep lists and objects are nested, without recursion; stops looking just past the limit."""
    depth = 0
    level = [value]
    while level and depth <= MAX_DEPTH:
        below: list[object] = []
        for each in level:
            if isinstance(each, dict):
                below.extend(one for one in each.values() if isinstance(one, dict | list))
            elif isinstance(each, list):
                below.extend(one for one in each if isinstance(one, dict | list))
        depth += 1
        level = below
    return depth


def _holds_nul(value: object) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any("\x00" in name or _holds_nul(each) for name, each in value.items())
    return isinstance(value, list) and any(_holds_nul(each) for each in value)


def _unreadable(error: orjson.JSONDecodeError, pointer: str) -> Refused:
    reason = error.msg
    if "infinity" in reason:
        return Refused(RejectCode.NUMBER_OUT_OF_RANGE, "holds a number that no double can hold", pointer)
    if "depth" in reason:
        return _too_deep(pointer)
    return Refused(RejectCode.INVALID_JSON, f"is not valid JSON: {reason}", pointer)


def _too_deep(pointer: str) -> Refused:
    return Refused(RejectCode.TOO_DEEP, f"is nested deeper than {MAX_DEPTH} levels", pointer)


def check_name(text: str, pointer: str) -> None:
    """Raises Refused for control characters in what identifies an event; the insert separates values by such."""
    if not text.isprintable() and _CONTROL.search(text):
        check_nul(text, pointer)
        raise Refused(RejectCode.CONTROL_CHARACTER, "holds a control character", pointer)


def check_nul(text: str, pointer: str) -> None:
    """Raises Refused for text that cannot be stored; JSON readers have refused lone surrogates before."""
    if "\x00" in text:
        raise Refused(RejectCode.NUL_CHARACTER, "holds the NUL character, which cannot be stored", pointer)


def check_time(time: datetime, now: datetime) -> None:
    """Raises Refused for a time that cannot be stored or lies too far ahead to be true."""
    if time < EARLIEST:
        raise Refused(RejectCode.TIME_OUT_OF_RANGE, f"is before {EARLIEST:%Y-%m-%d}", "/time")
    if time > now + FUTURE_ALLOWED:
        raise Refused(
            RejectCode.TIME_OUT_OF_RANGE, "lies more than one day in the future; check the sender's clock", "/time"
        )


def severity_of(text: str) -> str:
    """The severity in our words. Raises Refused."""
    found = SEVERITIES.get(text) or SEVERITIES.get(text.lower())
    if found is None:
        known = ", ".join(Severity)
        raise Refused(RejectCode.UNKNOWN_SEVERITY, f"is not one of {known}", "/severity")
    return found.value


def read_refusal(error: msgspec.ValidationError) -> Refused:
    """What the typed reader says about an item, with its path as a JSON Pointer."""
    message = str(error)
    at = _AT.search(message)
    pointer = _pointer(at.group(1)) if at else ""
    text = message[: at.start()] if at else message
    if "field `" in text:
        quoted = _QUOTED.search(text)
        name = quoted.group(1) if quoted else ""
        unknown = "unknown" in text
        detail = f"has an unknown field {name!r}" if unknown else f"lacks the field {name!r}"
        code = RejectCode.UNKNOWN_FIELD if unknown else RejectCode.MISSING_FIELD
        return Refused(code, detail, f"{pointer}/{escaped(name)}")
    return Refused(_code_of(text), _sentence(text), pointer)


def _code_of(text: str) -> RejectCode:
    if "RFC3339" in text or "timezone" in text:
        return RejectCode.INVALID_TIME
    if "out of range" in text or "`int` <=" in text or "`int` >=" in text:
        return RejectCode.NUMBER_OUT_OF_RANGE
    if "of length" in text or "enum value" in text:
        return RejectCode.INVALID_VALUE
    return RejectCode.INVALID_TYPE


def _sentence(text: str) -> str:
    if "RFC3339" in text or "timezone" in text:
        return "is not a time with a zone as in RFC 3339, like 2026-01-31T09:30:00Z"
    return text[0].lower() + text[1:].replace("`", "")


def _pointer(path: str) -> str:
    """`.attributes[...]` → `/attributes`: the reader does not say which entry it was."""
    return "".join(f"/{escaped(part)}" for part in path.split("[", maxsplit=1)[0].split(".") if part)


def escaped(name: str) -> str:
    """A name as a part of a JSON Pointer."""
    return name.replace("~", "~0").replace("/", "~1")
