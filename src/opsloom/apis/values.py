"""One value of a call: how its text or JSON is read. Each reader answers (value, problem); the problem finishes the sentence
"the value …". Pure.
"""

import math
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

import orjson

Value = str | int | float | bool | None
Values = dict[str, Value]

LARGEST_INTEGER = 2**63 - 1
LONGEST_TEXT = 10_000
LONGEST_JSON = 1_000_000
_INTEGER = re.compile(r"[+-]?\d{1,20}\Z", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)
_TRUTHS = {"true": True, "1": True, "false": False, "0": False}


class ParameterType(StrEnum):
    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    UUID = "uuid"
    ENUM = "enum"
    JSON = "json"


Checked = tuple[Value, str]


def _text(raw: object) -> Checked:
    if not isinstance(raw, str):
        return None, "must be a string"
    if "\0" in raw or any("\ud800" <= c <= "\udfff" for c in raw):
        return None, "contains a character that cannot be stored"
    if len(raw) > LONGEST_TEXT:
        return None, f"is longer than {LONGEST_TEXT} characters"
    return raw, ""


def _integer(raw: object) -> Checked:
    if isinstance(raw, str) and _INTEGER.match(raw):
        number = int(raw)
    elif isinstance(raw, int) and not isinstance(raw, bool):
        number = raw
    elif isinstance(raw, float) and raw.is_integer():
        number = int(raw)
    else:
        return None, "must be an integer"
    if not -LARGEST_INTEGER - 1 <= number <= LARGEST_INTEGER:
        return None, "does not fit in 64 bits"
    return number, ""


def _number(raw: object) -> Checked:
    if (
        isinstance(raw, bool)
        or not isinstance(raw, int | float | str)
        or (isinstance(raw, str) and not _NUMBER.match(raw))
    ):
        return None, "must be a number"
    try:
        number = float(raw)
    except OverflowError:
        return None, "is too large"
    return (number, "") if math.isfinite(number) else (None, "must be a finite number")


def _boolean(raw: object) -> Checked:
    if isinstance(raw, bool):
        return raw, ""
    truth = _TRUTHS.get(raw.lower()) if isinstance(raw, str) else None
    return (None, "must be true or false") if truth is None else (truth, "")


def _date(raw: object) -> Checked:
    try:
        return date.fromisoformat(raw if isinstance(raw, str) and len(raw) == 10 else "").isoformat(), ""
    except ValueError:
        return None, "must be a date like 2026-05-01"


def _datetime(raw: object) -> Checked:
    """A time without an offset is read as UTC; the canonical form is always UTC."""
    try:
        moment = datetime.fromisoformat(raw if isinstance(raw, str) and len(raw) > 10 else "")
        return (moment.replace(tzinfo=moment.tzinfo or UTC)).astimezone(UTC).isoformat(), ""
    except (ValueError, OverflowError):
        return None, "must be a date and time like 2026-05-01T09:30:00Z"


def _uuid(raw: object) -> Checked:
    try:
        return str(UUID(raw if isinstance(raw, str) and len(raw) in (32, 36) else "")), ""
    except ValueError:
        return None, "must be a UUID"


def as_json_text(value: object) -> object:
    """A value of a body as a query would carry it; what cannot be written is refused by the reader."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # an integer beyond 64 bits, half of a surrogate pair
        return None


def _json(raw: object) -> Checked:
    """JSON text, put into one canonical form, so that equal values are one cache key."""
    text = raw if isinstance(raw, str) else ""
    if len(text) > LONGEST_JSON:
        return None, f"is longer than {LONGEST_JSON} characters"
    try:
        return orjson.dumps(orjson.loads(text), option=orjson.OPT_SORT_KEYS).decode(), ""
    except orjson.JSONDecodeError:
        return None, "must be JSON"


READERS: dict[ParameterType, Callable[[object], Checked]] = {
    ParameterType.STRING: _text,
    ParameterType.ENUM: _text,
    ParameterType.INTEGER: _integer,
    ParameterType.NUMBER: _number,
    ParameterType.BOOLEAN: _boolean,
    ParameterType.DATE: _date,
    ParameterType.DATETIME: _datetime,
    ParameterType.UUID: _uuid,
    ParameterType.JSON: _json,
}
