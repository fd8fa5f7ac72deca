"""Rows as CSV that a spreadsheet may open without running anything."""

import csv
import io
from collections.abc import Iterable
from typing import Final

import orjson

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def line(cells: Iterable[object]) -> bytes:
    """One line; values that are no text are written as JSON, nothing as nothing."""
    out = io.StringIO()
    csv.writer(out).writerow([_cell(each) for each in cells])
    return out.getvalue().encode()


def _cell(value: object) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe in front."""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    return "" if value is None else orjson.dumps(value).decode()
