"""A metric's value at a time, as other systems send it, before it belongs to one of our items."""

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import msgspec

from opsloom.events.checks import Refused, check_name
from opsloom.events.event import FUTURE_ALLOWED, RejectCode, Rejection

MAX_LABELS: Final = 32
MAX_LABEL_CHARS: Final = 256
MAX_METRIC_CHARS: Final = 200
MAX_ITEM_CHARS: Final = 200
MAX_POINTS: Final = 50_000
_BAD: Final = re.compile(r"[\x00-\x1f\x7f]")


class Thing(NamedTuple):
    """What is measured, by type and name."""

    type: str
    name: str


class Point(msgspec.Struct, frozen=True, gc=False):
    """`labels` tell series of one metric of one thing apart; `index` counts the points of the request."""

    index: int
    thing: Thing
    metric: str
    labels: tuple[tuple[str, str], ...]
    unit: str
    time: datetime
    value: float


class Points(msgspec.Struct, frozen=True):
    """All points of a request, each either good or refused."""

    points: list[Point]
    rejections: list[Rejection]


def earliest(now: datetime) -> datetime:
    """Samples are kept by the day they are of: yesterday's is the first day that surely has a place."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)


def check_point(value: float, time: datetime, now: datetime) -> None:
    """Raises Refused."""
    if not math.isfinite(value):
        raise Refused(RejectCode.NUMBER_OUT_OF_RANGE, "is not a finite number", "/value")
    if time < earliest(now):
        raise Refused(RejectCode.TIME_OUT_OF_RANGE, "is older than yesterday", "/time")
    if time > now + FUTURE_ALLOWED:
        raise Refused(RejectCode.TIME_OUT_OF_RANGE, "lies more than one day in the future", "/time")


def check_metric(name: str) -> None:
    """Raises Refused."""
    if not name:
        raise Refused(RejectCode.MISSING_FIELD, "has no name", "/name")
    if len(name) > MAX_METRIC_CHARS:
        raise Refused(RejectCode.INVALID_VALUE, f"has a name longer than {MAX_METRIC_CHARS} characters", "/name")
    check_name(name, "/name")


def labels_of(values: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Labels as text, ordered. Raises Refused."""
    if len(values) > MAX_LABELS:
        raise Refused(RejectCode.INVALID_VALUE, f"has more than {MAX_LABELS} labels", "/labels")
    found = []
    for name, value in sorted(values.items()):
        text = value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
        if not name or len(name) > MAX_LABEL_CHARS or len(text) > MAX_LABEL_CHARS or _BAD.search(name + text):
            raise Refused(
                RejectCode.INVALID_VALUE,
                f"has a label that is empty, longer than {MAX_LABEL_CHARS} characters or holds control characters",
                "/labels",
            )
        found.append((name, text))
    return tuple(found)


def thing(kind: str, name: str) -> Thing:
    """Raises Refused for a name that cannot be an item's."""
    if not 0 < len(name) <= MAX_ITEM_CHARS:
        raise Refused(RejectCode.INVALID_VALUE, f"names a {kind} with more than {MAX_ITEM_CHARS} characters or none")
    check_name(name, "")
    return Thing(kind, name)
