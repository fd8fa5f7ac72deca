"""One named stretch of time: which words may stand together in it, and what it then covers.

"last week Tuesday afternoon at 3" fills four slots (frame, day, part, clock); order does not matter, so both languages share it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from opsloom.ask.language.times.calendar import (
    NIGHT_END_HOUR,
    NIGHT_START_HOUR,
    PART_HOURS,
    Span,
    add_months,
    clock_hour,
    exact_seconds,
    frame_span,
    midnight,
    shift,
    wall,
)
from opsloom.ask.language.times.meaning import (
    Ago,
    Around,
    CalendarDate,
    Clock,
    DayOffset,
    Frame,
    LastNight,
    Length,
    Meaning,
    MonthOf,
    Part,
    PartOfDay,
    QuarterOf,
    SameTime,
    Unit,
    Weekday,
    Weekend,
    YearOf,
)


class TimeNote(StrEnum):
    """What the reader of a time phrase had to decide, told to the person who asked."""

    AMBIGUOUS_HOUR = "ambiguous_hour"  # "3시" read as 15:00
    VAGUE_LENGTH = "vague_length"  # "a few hours" read as 3
    ASSUMED_START = "assumed_start"  # "until yesterday" has no beginning
    ASSUMED_PAST = "assumed_past"  # "10 minutes" without "last"


DayWord = DayOffset | Weekday | CalendarDate
FrameWord = Frame | MonthOf | QuarterOf | YearOf | Weekend


@dataclass(frozen=True)
class Moment:
    start: int
    end: int
    day: DayWord | None = None
    day_of_month: int | None = None
    frame: FrameWord | None = None
    part: PartOfDay | None = None
    clock: Clock | None = None
    ago: Length | None = None
    night: bool = False
    same_time: bool = False
    around: bool = False

    @property
    def names_day(self) -> bool:
        return any((self.day, self.day_of_month, self.frame, self.ago, self.night))

    def add(self, meaning: Meaning, start: int, end: int) -> Moment | None:
        """The moment with one more word, or None when its slot is taken or the word belongs to no slot."""
        change = self._slot(meaning)
        if change is None:
            return None
        return replace(change, start=min(self.start, start), end=max(self.end, end))

    def _slot(self, meaning: Meaning) -> Moment | None:  # noqa: C901, PLR0911 (one line a word kind)
        match meaning:
            case DayOffset() | CalendarDate() if self.day is None and self.ago is None:
                return replace(self, day=meaning)
            case Weekday() if self.day is None:
                return replace(self, day=meaning)
            case Frame() | MonthOf() | QuarterOf() | YearOf() | Weekend():
                return self._framed(meaning)
            case PartOfDay() if self.part is None and not self.night:
                return replace(self, part=meaning)
            case Clock() if self.clock is None:
                return replace(self, clock=meaning)
            case LastNight() if not self.names_day:
                return replace(self, night=True)
            case Ago(length) if self.ago is None and self.day is None:
                return replace(self, ago=length)
            case SameTime() if not self.same_time:
                return replace(self, same_time=True)
            case Around() if self.clock is not None or self.ago is not None or self.same_time:
                return replace(self, around=True)
            case Length(amount, Unit.DAY) if (
                isinstance(self.frame, Frame | MonthOf) and self.day is None and self._takes_day(amount)
            ):
                return replace(self, day_of_month=int(amount))
        return None

    def _takes_day(self, amount: float) -> bool:
        unit = self.frame.unit if isinstance(self.frame, Frame) else Unit.MONTH
        return unit is Unit.MONTH and amount == int(amount) and 1 <= amount <= 31 and self.day_of_month is None

    def _framed(self, frame: FrameWord) -> Moment | None:
        if self.frame is None:
            return replace(self, frame=frame)
        held = self.frame
        if isinstance(held, Frame) and held.unit is Unit.YEAR and isinstance(frame, MonthOf | QuarterOf):
            return replace(self, frame=_in_year(frame, held))
        if isinstance(frame, Frame) and frame.unit is Unit.YEAR and isinstance(held, MonthOf | QuarterOf):
            return replace(self, frame=_in_year(held, frame))
        return None


@dataclass(frozen=True)
class _RelativeMonth(MonthOf):
    years_ago: int = 0


@dataclass(frozen=True)
class _RelativeQuarter(QuarterOf):
    years_ago: int = 0


def _in_year(frame: MonthOf | QuarterOf, year: Frame) -> MonthOf | QuarterOf:
    if isinstance(frame, MonthOf):
        return _RelativeMonth(None, frame.month, -year.offset)
    return _RelativeQuarter(None, frame.quarter, -year.offset)


@dataclass(frozen=True)
class Resolved:
    span: Span
    notes: tuple[TimeNote, ...] = ()


def resolve(moment: Moment, now: datetime) -> Resolved | None:
    """What a moment covers on the wall clock, `now` being naive local time. None when it names no possible time (30 February)."""
    if moment.ago is not None:
        return _resolve_ago(moment, moment.ago, now)
    if moment.night:
        return Resolved(_last_night(now))
    try:
        day = _day_of(moment, now)
    except ValueError:
        return None
    if moment.same_time:
        base = datetime.combine((day or midnight(now)).date(), now.time())
        return Resolved(Span(base - timedelta(minutes=30), base + timedelta(minutes=30)))
    if moment.clock is not None:
        return _resolve_clock(moment, moment.clock, day, now)
    if day is None and moment.frame is not None:
        span = _frame_span_of(moment.frame, now)
        return Resolved(_parts_over(span, moment.part)) if span else None
    if moment.part is not None:
        return Resolved(_part_span(moment.part, day, now))
    return Resolved(Span(day, day + timedelta(days=1))) if day else None


def _resolve_ago(moment: Moment, length: Length, now: datetime) -> Resolved:
    notes = (TimeNote.VAGUE_LENGTH,) if length.vague else ()
    seconds = exact_seconds(length)
    if seconds is not None:
        centre = now - timedelta(seconds=min(seconds, 4e8))
        half = timedelta(seconds=max(30.0, (exact_seconds(Length(1, length.unit)) or 60.0) / 2))
        return Resolved(Span(centre - half, min(centre + half, now), instant=True), notes)
    if length.unit in (Unit.DAY, Unit.QUARTER):
        there = midnight(shift(now, length, -1))
        span = (
            Span(there, there + timedelta(days=1))
            if length.unit is Unit.DAY
            else frame_span(now, -int(length.amount), Unit.QUARTER)
        )
    else:
        span = frame_span(now, -int(length.amount), length.unit)
    if moment.clock is not None:
        inner = _resolve_clock(moment, moment.clock, span.start, now)
        return Resolved(inner.span, (*notes, *inner.notes))
    if moment.part is not None:
        return Resolved(_part_span(moment.part, span.start, now), notes)
    return Resolved(span, notes)


def _last_night(now: datetime) -> Span:
    today = midnight(now)
    return Span(today - timedelta(hours=24 - NIGHT_START_HOUR), today + timedelta(hours=NIGHT_END_HOUR))


def _day_of(moment: Moment, now: datetime) -> datetime | None:
    """Midnight of the day a moment names; None when it names none."""
    today = midnight(now)
    match moment.day:
        case DayOffset(days):
            return today + timedelta(days=days)
        case CalendarDate(year, month, day):
            return _past_date(year, month, day, moment, today)
        case Weekday(index, previous):
            return _weekday(index, previous, moment, today)
    if moment.day_of_month is not None and moment.frame is not None:
        span = _frame_span_of(moment.frame, now)
        return span.start.replace(day=moment.day_of_month) if span else None
    return None


def _past_date(year: int | None, month: int, day: int, moment: Moment, today: datetime) -> datetime:
    """A date without a year is the latest one that is not ahead of us."""
    if year is None and isinstance(moment.frame, YearOf | Frame):
        held = _frame_span_of(moment.frame, today)
        year = held.start.year if held else None
    if year is not None:
        return wall(year, month, day)
    for candidate in range(today.year, today.year - 9, -1):  # 29 February comes at most eight years apart
        try:
            date = wall(candidate, month, day)
        except ValueError:
            continue
        if date <= today:
            return date
    raise ValueError("no such date")


def _weekday(index: int, previous: bool, moment: Moment, today: datetime) -> datetime:
    if isinstance(moment.frame, Frame) and moment.frame.unit is Unit.WEEK:
        return frame_span(today, moment.frame.offset, Unit.WEEK).start + timedelta(days=index)
    back = (today.weekday() - index) % 7
    return today - timedelta(days=7 if previous and back == 0 else back)


def _frame_span_of(frame: FrameWord, now: datetime) -> Span | None:
    match frame:
        case Frame(offset, unit):
            return frame_span(now, offset, unit)
        case Weekend(offset):
            saturday = frame_span(now, offset, Unit.WEEK).start + timedelta(days=5)
            return Span(saturday, saturday + timedelta(days=2))
        case YearOf(year):
            return Span(wall(year, 1, 1), wall(year + 1, 1, 1))
        case MonthOf(year, month):
            return _month_span(frame, year, month, now)
        case QuarterOf(year, quarter):
            back = frame.years_ago if isinstance(frame, _RelativeQuarter) else None
            start = _latest_start(year, quarter * 3 - 2, back, now)
            return Span(start, add_months(start, 3))


def _month_span(frame: MonthOf, year: int | None, month: int, now: datetime) -> Span | None:
    back = frame.years_ago if isinstance(frame, _RelativeMonth) else None
    if not 1 <= month <= 12:
        return None
    start = _latest_start(year, month, back, now)
    return Span(start, add_months(start, 1))


def _latest_start(year: int | None, month: int, years_ago: int | None, now: datetime) -> datetime:
    if years_ago is not None:
        year = now.year - years_ago
    if year is not None:
        return wall(year, month, 1)
    start = wall(now.year, month, 1)
    return start if start <= now else add_months(start, -12)


def _parts_over(span: Span, part: PartOfDay | None) -> Span:
    """A part of the day says nothing about a week or month, except when the frame is a single day."""
    if part is not None and span.end - span.start <= timedelta(days=1):
        return _hours(span.start, part.part)
    return span


def _hours(day: datetime, part: Part) -> Span:
    first, last = PART_HOURS[part]
    return Span(day + timedelta(hours=first), day + timedelta(hours=last))


def _part_span(part: PartOfDay, day: datetime | None, now: datetime) -> Span:
    span = _hours(day or midnight(now), part.part)
    if day is None and not part.today and span.start >= now:
        return _hours(midnight(now) - timedelta(days=1), part.part)
    return span


def _resolve_clock(moment: Moment, clock: Clock, day: datetime | None, now: datetime) -> Resolved:
    notes: tuple[TimeNote, ...] = ()
    if clock.part is None and moment.part is not None:
        clock = replace(clock, part=moment.part.part)
    base = day or midnight(now)
    hour = clock_hour(clock)
    if clock.part is None and not clock.exact and 1 <= hour <= 12:
        hour, notes = _likelier_hour(base, clock, hour, now), (TimeNote.AMBIGUOUS_HOUR,)
    start = base + timedelta(hours=hour, minutes=clock.minute or 0)
    if day is None and start > now:
        start -= timedelta(days=1)
    width = timedelta(hours=1) if clock.minute is None else timedelta(minutes=1)
    if moment.around:
        half = max(width / 2, timedelta(minutes=30 if clock.minute is None else 5))
        return Resolved(Span(start - half, start + half, instant=True), notes)
    return Resolved(Span(start, start + width, instant=True), notes)


def _likelier_hour(base: datetime, clock: Clock, hour: int, now: datetime) -> int:
    """ "3시" without a half of the day: today, the latest reading that has begun; on other days, working hours."""
    morning, afternoon = hour % 12, hour % 12 + 12
    if base == midnight(now):
        minutes = timedelta(minutes=clock.minute or 0)
        begun = [one for one in (afternoon, morning) if base + timedelta(hours=one) + minutes <= now]
        return begun[0] if begun else afternoon
    return morning if 7 <= hour <= 11 else afternoon
