"""Where two JSON values differ. Pure."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import orjson

from opsloom.kit.model import Shown

Json = Any
MOST: Final = 20
_LONGEST = 300
_NOTHING = object()


class Difference(Shown):
    """One place where a value is not as expected. `expected` and `actual` are cut; None may also mean: nothing there."""

    pointer: str
    expected: Json = None
    actual: Json = None


def differences(expected: Json, actual: Json, *, subset: bool = False, pointer: str = "") -> list[Difference]:
    """The first twenty places that differ; of a subset, what is expected must be there and more may be."""
    return list(islice(_differ(expected, actual, pointer, subset=subset), MOST))


def _differ(expected: Json, actual: Json, pointer: str, *, subset: bool) -> Iterator[Difference]:
    if isinstance(expected, dict) and isinstance(actual, dict):
        names = list(expected) if subset else list(dict.fromkeys([*expected, *actual]))
        for name in names:
            inner = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
            yield from _differ(expected.get(name, _NOTHING), actual.get(name, _NOTHING), inner, subset=subset)
    elif isinstance(expected, list) and isinstance(actual, list):
        yield from _lists(expected, actual, pointer, subset=subset)
    elif not _same(expected, actual):
        yield Difference(pointer=pointer or "/", expected=_shown(expected), actual=_shown(actual))


def _lists(expected: list[Json], actual: list[Json], pointer: str, *, subset: bool) -> Iterator[Difference]:
    if not subset:
        for at in range(max(len(expected), len(actual))):
            one = expected[at] if at < len(expected) else _NOTHING
            other = actual[at] if at < len(actual) else _NOTHING
            yield from _differ(one, other, f"{pointer}/{at}", subset=False)
        return
    left = list(actual)
    for at, wanted in enumerate(expected):
        found = next((each for each in left if next(_differ(wanted, each, "", subset=True), None) is None), _NOTHING)
        if found is _NOTHING:
            yield Difference(pointer=f"{pointer}/{at}", expected=_shown(wanted))
        else:
            left.remove(found)


def _same(expected: Json, actual: Json) -> bool:
    """Numbers by value; true is not 1."""
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    return bool(expected == actual)


def _shown(value: Json) -> Json:
    """The value, or the beginning of its text when it is long."""
    if value is _NOTHING:
        return None
    text = orjson.dumps(value).decode()
    return value if len(text) <= _LONGEST else text[:_LONGEST] + "…"
