"""How much of the made-up company's history is made, and which. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

SEED = 20260302
SEOUL_OFFSET_H = 9  # the company lives in Seoul, which has no summer time


@dataclass(frozen=True)
class Size:
    """Minutes between two samples, and events of a day."""

    name: str
    step_min: int
    routine: int
    works: int


FULL = Size("full", 1, 1060, 112)
SMALL = Size("small", 30, 60, 24)
SIZES = {one.name: one for one in (FULL, SMALL)}


@dataclass(frozen=True)
class World:
    """The company until `anchor`, a whole minute, for so many days; everything after it is made by the same functions."""

    anchor: datetime
    days: int = 30
    size: Size = FULL

    @property
    def began(self) -> datetime:
        """The first minute of all."""
        return self.anchor - timedelta(days=self.days)


def days_between(start: datetime, end: datetime) -> Iterator[date]:
    """The UTC days that [start, end) touches."""
    day = start.astimezone(UTC).date()
    while datetime(day.year, day.month, day.day, tzinfo=UTC) < end:
        yield day
        day += timedelta(days=1)


def midnight(day: date) -> datetime:
    """The first moment of a UTC day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
