"""The one condition that every log narrowed by time has."""

from datetime import datetime

from sqlalchemy import ColumnElement


def within(at: ColumnElement[datetime], start: datetime | None, end: datetime | None) -> list[ColumnElement[bool]]:
    """From `start` on and before `end`; None is not bounded."""
    found: list[ColumnElement[bool]] = []
    if start is not None:
        found.append(at >= start)
    if end is not None:
        found.append(at < end)
    return found
