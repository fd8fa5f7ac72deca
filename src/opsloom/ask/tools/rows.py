"""Any JSON answer as rows of plain values, so that an API's or a tool's result is evidence like a query's."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from opsloom.ask.tools.contract import Row, plain

_LISTS = ("items", "rows", "data", "results")


def rows_of(answer: JsonValue, limit: int) -> tuple[tuple[str, ...], tuple[Row, ...], bool]:
    """Columns, rows and whether there were more: of a list, of the list inside an object, or of one object as its only row."""
    found = _listed(answer)
    rows = [_row(one) for one in found[:limit]]
    columns = tuple(dict.fromkeys(key for row in rows for key in row))
    return columns, tuple({key: row.get(key) for key in columns} for row in rows), len(found) > limit


def _listed(answer: JsonValue) -> list[JsonValue]:
    if isinstance(answer, list):
        return answer
    if isinstance(answer, Mapping):
        inside = next((answer[name] for name in _LISTS if isinstance(answer.get(name), list)), None)
        if isinstance(inside, list):
            return inside
    return [] if answer is None else [answer]


def _row(one: JsonValue) -> Row:
    if isinstance(one, Mapping):
        return {str(key): plain(value) for key, value in one.items()}
    return {"value": plain(one)}
