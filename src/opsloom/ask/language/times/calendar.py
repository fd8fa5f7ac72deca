"""Wall-clock arithmetic: days, weeks, months in a time zone.

Invariant: everything here is naive local time; only `to_utc` crosses into UTC. A day is midnight to midnight on the wall, so it lasts 23
or 25 hours when clocks change; an hour is 3,600 elapsed seconds.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from opsloom.ask.language.times.meaning import Clock, Length, Part, Unit

# Hours of each part, end exclusive; above 24 reaches into the next day.
PART_HOURS: dict[Part, tuple[int, int]] = {
    Part.DAWN: (0, 6),
    Part.EARLY_MORNING: (6, 10),
    Part.MORNING: (6, 12),
    Part.NOON: (11, 14),
    Part.DAYTIME: (9, 18),
    Part.AFTERNOON: (12, 18),
    Part.EVENING: (18, 22),
    Part.NIGHT: (21, 24),
}
_PM_PARTS = frozenset({Part.AFTERNOON, Part.EVENING, Part.NOON, Part.DAYTIME})
_EXACT_SECONDS = {Unit.SECOND: 1, Unit.MINUTE: 60, Unit.HOUR: 3600}
NIGHT_START_HOUR, NIGHT_END_HOUR = 21, 6
FIRST_YEAR, LAST_YEAR = 1970, 2200


@dataclass(frozen=True)
class Span:
    """A half-open stretch of wall-clock time; `instant` when it was named by a clock time rather than by a day or longer."""

    start: datetime
    end: datetime
    instant: bool = False


def wall(year: int, month: int, day: int) -> datetime:
    """Midnight on the wall. Raises ValueError for a day that does not exist."""
    return datetime(year, month, day)  # noqa: DTZ001 (wall-clock time has no zone until `to_utc`)


def midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """A wall time that the clocks skipped moves forward by the skipped hour; one that happens twice is its first occurrence."""
    return local.replace(tzinfo=zone).astimezone(UTC)


def add_months(moment: datetime, months: int) -> datetime:
    index = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(index, 12)
    year = min(max(year, FIRST_YEAR), LAST_YEAR)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))


def shift(moment: datetime, length: Length, sign: int) -> datetime:
    """Moves a wall-clock time by a calendar length (days and longer)."""
    whole = int(length.amount)
    match length.unit:
        case Unit.DAY:
            return moment + sign * timedelta(days=min(length.amount, 40_000))
        case Unit.WEEK:
            return moment + sign * timedelta(weeks=min(length.amount, 5_000))
        case Unit.MONTH:
            return add_months(moment, sign * whole) + sign * timedelta(days=round(30 * (length.amount - whole)))
        case Unit.QUARTER:
            return add_months(moment, sign * whole * 3)
        case Unit.YEAR:
            return add_months(moment, sign * round(length.amount * 12))
        case _:
            return moment + sign * timedelta(seconds=length.amount * _EXACT_SECONDS[length.unit])


def exact_seconds(length: Length) -> float | None:
    """Elapsed seconds of a length shorter than a day; None for calendar lengths."""
    factor = _EXACT_SECONDS.get(length.unit)
    return None if factor is None else length.amount * factor


def frame_span(now: datetime, offset: int, unit: Unit) -> Span:
    today = midnight(now)
    if unit is Unit.WEEK:
        start = today - timedelta(days=today.weekday()) + timedelta(weeks=offset)
        return Span(start, start + timedelta(weeks=1))
    if unit is Unit.MONTH:
        start = add_months(today.replace(day=1), offset)
        return Span(start, add_months(start, 1))
    if unit is Unit.QUARTER:
        start = add_months(today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1), offset * 3)
        return Span(start, add_months(start, 3))
    if unit is Unit.YEAR:
        start = add_months(today.replace(month=1, day=1), offset * 12)
        return Span(start, add_months(start, 12))
    start = shift(today, Length(abs(offset), unit), 1 if offset >= 0 else -1)
    return Span(start, start + timedelta(days=1))


def clock_hour(clock: Clock) -> int:
    """The hour on the 24-hour clock, where a word says which half of the day is meant; 24 is midnight at the day's end."""
    hour, part = clock.hour, clock.part
    if part is None or clock.exact or hour > 12:
        return hour
    if part is Part.NIGHT:
        return 24 if hour == 12 else (hour + 12 if hour >= 6 else hour)
    if part in _PM_PARTS:
        return hour if hour == 12 or (part in (Part.DAYTIME, Part.NOON) and hour >= 9) else hour + 12
    return 0 if hour == 12 else hour
