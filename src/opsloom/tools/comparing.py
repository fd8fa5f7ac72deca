"""Whether a result is as expected, and where not. Pure."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

import orjson

from opsloom.tools.schemas import Contains, Difference, Equals, Expectation, Fails, Json

MOST: Final = 20
_LONGEST = 300
_NOTHING = object()


def differences(expectation: Expectation, result: Json) -> list[Difference]:
    """The first twenty places of a result that are not as expected; for expectations about results."""
    if isinstance(expectation, Equals | Contains):
        return list(islice(_differ(expectation.value, result, "", subset=isinstance(expectation, Contains)), MOST))
    return []


def as_failed(expectation: Expectation, code: str) -> bool:
    """Whether an error with this code was expected."""
    return isinstance(expectation, Fails) and expectation.code == code


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
