"""What one event may be on its way in: its fields, their limits, and the ways an item can be refused."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

MAX_BATCH_ITEMS: Final = 10_000
MAX_BODY_BYTES: Final = 8 * 1024 * 1024
MAX_DATA_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 32
MAX_ATTRIBUTES: Final = 64
MAX_NAME_CHARS: Final = 128
MAX_ATTRIBUTE_CHARS: Final = 2048
# The source and the id share one index entry, which PostgreSQL limits to about 2,700 bytes; a character takes up to four.
MAX_SOURCE_CHARS: Final = 256
MAX_ID_CHARS: Final = 256
MAX_TYPE_CHARS: Final = 256
MAX_SUBJECT_CHARS: Final = 1024

# Python's own first days: PostgreSQL goes back further, but a time with an offset must still convert to UTC.
EARLIEST: Final = datetime(1, 1, 3, tzinfo=UTC)
FUTURE_ALLOWED: Final = timedelta(days=1)
DEFAULT_TYPE: Final = "event"


class Severity(StrEnum):
    """How bad it is, from the least to the worst."""

    DEBUG = "debug"
    INFO = "info"
    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


# What common senders write for the same thing.
SEVERITIES: Final[dict[str, Severity]] = {
    **{each.value: each for each in Severity},
    "trace": Severity.DEBUG,
    "informational": Severity.INFO,
    "information": Severity.INFO,
    "ok": Severity.INFO,
    "warn": Severity.WARNING,
    "minor": Severity.WARNING,
    "err": Severity.ERROR,
    "major": Severity.ERROR,
    "crit": Severity.CRITICAL,
    "fatal": Severity.CRITICAL,
    "alert": Severity.CRITICAL,
    "emergency": Severity.CRITICAL,
    "emerg": Severity.CRITICAL,
}


class RejectCode(StrEnum):
    """Why an item was refused."""

    INVALID_JSON = "invalid_json"
    INVALID_TYPE = "invalid_type"
    MISSING_FIELD = "missing_field"
    UNKNOWN_FIELD = "unknown_field"
    INVALID_VALUE = "invalid_value"
    INVALID_TIME = "invalid_time"
    TIME_OUT_OF_RANGE = "time_out_of_range"
    UNKNOWN_SEVERITY = "unknown_severity"
    NUL_CHARACTER = "nul_character"
    CONTROL_CHARACTER = "control_character"
    NUMBER_OUT_OF_RANGE = "number_out_of_range"
    TOO_DEEP = "too_deep"
    TOO_LARGE = "too_large"
    UNSUPPORTED_VERSION = "unsupported_version"
    NOT_STORABLE = "not_storable"
    NOT_SIGNED = "not_signed"
    MAPPING_FAILED = "mapping_failed"
    UNREADABLE = "unreadable"
    UNKNOWN_FORMAT = "unknown_format"


class NewEvent(msgspec.Struct, frozen=True, gc=False):
    """An event that may be stored. `event_id` None: the server gives it one. `data` and `attributes` are JSON text."""

    index: int
    source: str
    event_id: str | None
    type: str
    subject: str | None
    severity: str | None
    time: datetime
    data: str
    attributes: str


class Rejection(msgspec.Struct, frozen=True, gc=False):
    """An item that was not taken. `index` counts the items of the request from 0; `pointer` is a JSON Pointer; `item` is how
    it came, as far as that is known."""

    index: int
    code: RejectCode
    detail: str
    pointer: str
    item: bytes = b""


class Decoded(msgspec.Struct, frozen=True):
    """All items of a request, each either good or refused, both in the order they came in."""

    events: list[NewEvent]
    rejections: list[Rejection]
