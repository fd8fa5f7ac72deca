"""What the two sides of a range lend each other: "어제 오후 3시부터 5시까지" says the day and the half of the day once."""

from __future__ import annotations

from dataclasses import replace

from opsloom.ask.language.times.calendar import clock_hour
from opsloom.ask.language.times.meaning import Clock, Length, Meaning, Unit
from opsloom.ask.language.times.moment import Moment


def month_day(meaning: Meaning) -> int | None:
    """ "15일" as the day of a month that the other side of the range names."""
    if (
        isinstance(meaning, Length)
        and meaning.unit is Unit.DAY
        and meaning.amount == int(meaning.amount)
        and 1 <= meaning.amount <= 31
    ):
        return int(meaning.amount)
    return None


def lend(day: Moment | None, moment: Moment) -> Moment:
    """The moment on the day that was named before the range, unless it names its own."""
    if day is None or moment.names_day:
        return moment
    return replace(
        moment, day=day.day, frame=day.frame, day_of_month=day.day_of_month, ago=day.ago, part=moment.part or day.part
    )


def share(first: Moment, second: Moment) -> tuple[Moment, Moment]:
    """Each side lends the other what only one of them says: the day, the month, the half of the day."""
    if second.day_of_month is not None and second.frame is None and first.frame is not None:
        second = replace(second, frame=first.frame)
    elif not second.names_day and first.names_day:
        second = replace(
            second,
            day=first.day,
            frame=first.frame,
            day_of_month=first.day_of_month,
            ago=first.ago if first.clock else None,
        )
    elif not first.names_day and second.names_day and first.clock is not None:
        first = replace(first, day=second.day, frame=second.frame, day_of_month=second.day_of_month)
    return _share_half(first, second)


def _share_half(first: Moment, second: Moment) -> tuple[Moment, Moment]:
    one, two = first.clock, second.clock
    if one is None or two is None:
        return first, second
    if _open(one, first) and two.exact and two.hour >= 12 and one.hour < 12:
        later = one.hour + 12
        return replace(first, clock=replace(one, hour=later if later <= two.hour else one.hour, exact=True)), second
    part = one.part or (first.part.part if first.part else None)
    if part is not None and _open(two, second):
        start, candidate = clock_hour(replace(one, part=part)), clock_hour(replace(two, part=part))
        if candidate > start:
            return first, replace(second, clock=replace(two, hour=candidate % 24, exact=True))
        return first, replace(second, clock=replace(two, exact=True)) if two.hour >= 13 else replace(
            second, clock=_after(two, start)
        )
    if one.exact and one.hour >= 12 and _open(two, second) and two.hour + 12 > one.hour:
        return first, replace(second, clock=replace(two, hour=(two.hour + 12) % 24, exact=True))
    return first, second


def _open(clock: Clock, moment: Moment) -> bool:
    return not clock.exact and clock.part is None and moment.part is None


def _after(clock: Clock, start: int) -> Clock:
    """The reading of an open hour that comes first after the range's start."""
    later = clock.hour % 12 + 12
    return replace(clock, hour=later if later > start else clock.hour % 12, exact=True)
