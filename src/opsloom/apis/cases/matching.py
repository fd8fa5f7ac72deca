"""Whether an answer is as expected, and where not. Pure."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from opsloom.apis.cases.schemas import (
    CaseExpectation,
    ContainsMatcher,
    EqualsMatcher,
    Matcher,
    RowsMatcher,
    SchemaMatcher,
)
from opsloom.kit.comparing import MOST, Difference, differences
from opsloom.kit.json_schema import Checker, Schema

Json = Any


def mismatches(
    expectation: CaseExpectation, answer: tuple[int, str, Json], declared: Schema, checker: Checker
) -> list[Difference]:
    """The first twenty places where (status, code, answer) is not as expected; none: it is."""
    return list(islice(_mismatches(expectation, answer, declared, checker), MOST))


def row_count(answer: Json) -> int:
    """A whole answer that is no list is one row, nothing is none."""
    return len(answer) if isinstance(answer, list) else int(answer is not None)


def _mismatches(
    expectation: CaseExpectation, answer: tuple[int, str, Json], declared: Schema, checker: Checker
) -> Iterator[Difference]:
    status, code, value = answer
    if status != expectation.status:
        yield Difference(pointer="status", expected=expectation.status, actual=status)
    if expectation.code is not None and code != expectation.code:
        yield Difference(pointer="code", expected=expectation.code, actual=code or None)
    if status >= 400 and code:
        return  # there is no answer to look at
    for matcher in expectation.matchers:
        yield from _of(matcher, value, declared, checker)


def _of(matcher: Matcher, value: Json, declared: Schema, checker: Checker) -> Iterator[Difference]:
    match matcher:
        case EqualsMatcher() | ContainsMatcher():
            found, is_there = _at(value, matcher.pointer)
            if not is_there:
                yield Difference(pointer=matcher.pointer, expected=matcher.value)
                return
            yield from differences(
                matcher.value, found, subset=isinstance(matcher, ContainsMatcher), pointer=matcher.pointer
            )
        case SchemaMatcher(answer_schema=schema):
            for problem in checker.problems(declared if schema is None else schema, value):
                yield Difference(
                    pointer=problem.pointer, expected=problem.detail, actual=_at(value, problem.pointer)[0]
                )
        case RowsMatcher(minimum=minimum, maximum=maximum):
            count = row_count(value)
            if count < minimum or (maximum is not None and count > maximum):
                yield Difference(pointer="rows", expected=_span(minimum, maximum), actual=count)


def _span(minimum: int, maximum: int | None) -> str:
    if maximum is None:
        return f"at least {minimum}"
    return str(minimum) if minimum == maximum else f"{minimum} to {maximum}"


def _at(value: Json, pointer: str) -> tuple[Json, bool]:
    """What stands at a place, and whether there is anything."""
    for part in pointer.split("/")[1:] if pointer not in ("", "/") else ():
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and name in value:
            value = value[name]
        elif isinstance(value, list) and name.isascii() and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None, False
    return value, True
