"""Values of databases as JSON has them. Numbers stay numbers where nothing is lost; what JSON has no form for becomes text."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any

from opsloom.connections.results import Value

_SAFE_INTEGER = 2**63


def plain(value: object) -> Value:
    """One value, also inside lists and objects."""
    if value is None or isinstance(value, str | bool):
        return value
    for kinds, form in _FORMS:
        if isinstance(value, kinds):
            return form(value)
    return str(value)


def _integer(value: int) -> Value:
    return value if -_SAFE_INTEGER <= value < _SAFE_INTEGER else str(value)


def _float(value: float) -> Value:
    return value if isfinite(value) else str(value)


def _bytes(value: bytes | bytearray | memoryview) -> Value:
    return "\\x" + bytes(value).hex()


def _mapping(value: Mapping[object, object]) -> Value:
    return {str(key): plain(each) for key, each in value.items()}


def _list(value: Iterable[object]) -> Value:
    return [plain(each) for each in value]


def _moment(value: date | time) -> Value:
    return value.isoformat()


def _seconds(value: timedelta) -> Value:
    return value.total_seconds()


def _number(value: Decimal) -> Value:
    if not value.is_finite():
        return str(value)
    if value == value.to_integral_value() and abs(value) < _SAFE_INTEGER:
        return int(value)
    near = float(value)
    return near if Decimal(repr(near)) == value else str(value)


_FORMS: tuple[tuple[tuple[type, ...], Callable[[Any], Value]], ...] = (
    ((int,), _integer),
    ((float,), _float),
    ((Decimal,), _number),
    ((date, time), _moment),
    ((timedelta,), _seconds),
    ((bytes, bytearray, memoryview), _bytes),
    ((Mapping,), _mapping),
    ((list, tuple, set, frozenset), _list),
)


def size_of(value: object) -> int:
    """About how many bytes it takes as JSON."""
    if isinstance(value, str):
        return len(value) + 2
    if isinstance(value, list):
        return 2 + sum(size_of(each) + 1 for each in value)
    if isinstance(value, dict):
        return 2 + sum(len(str(key)) + 4 + size_of(each) for key, each in value.items())
    return 8
