"""What words about time can mean: the alphabet both languages are scanned into.

An *atom* is one such meaning with its place in the text. Korean and English share the alphabet, so "어제 3pm" reads as well as
"yesterday 오후 3시", and the parser that combines atoms knows neither language.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Part(StrEnum):
    """Parts of a day; the hours each covers stand in `calendar.PART_HOURS`."""

    DAWN = "dawn"
    EARLY_MORNING = "early_morning"
    MORNING = "morning"
    NOON = "noon"
    DAYTIME = "daytime"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


class RangeOp(StrEnum):
    FROM_BEFORE = "from_before"  # "since X", "from X"
    FROM_AFTER = "from_after"  # "X부터"
    UNTIL_BEFORE = "until_before"  # "until X", "to X"
    UNTIL_AFTER = "until_after"  # "X까지"
    EARLIER_BEFORE = "earlier_before"  # "before X"
    EARLIER_AFTER = "earlier_after"  # "X 이전"
    BETWEEN_BEFORE = "between_before"  # "between X and Y"
    BETWEEN_AFTER = "between_after"  # "X와 Y 사이"
    DASH = "dash"  # "X ~ Y"
    AND = "and"  # only meaningful inside "between"


@dataclass(frozen=True)
class DayOffset:
    days: int


@dataclass(frozen=True)
class Frame:
    """A calendar unit counted from the current one: Frame(-1, WEEK) is last week."""

    offset: int
    unit: Unit


@dataclass(frozen=True)
class Weekend:
    offset: int


@dataclass(frozen=True)
class Weekday:
    index: int  # Monday is 0
    previous: bool = False  # "last Tuesday": never today


@dataclass(frozen=True)
class CalendarDate:
    year: int | None
    month: int
    day: int


@dataclass(frozen=True)
class MonthOf:
    year: int | None
    month: int


@dataclass(frozen=True)
class QuarterOf:
    year: int | None
    quarter: int


@dataclass(frozen=True)
class YearOf:
    year: int


@dataclass(frozen=True)
class PartOfDay:
    part: Part
    today: bool = False  # "this morning"


@dataclass(frozen=True)
class LastNight:
    pass


@dataclass(frozen=True)
class Clock:
    """A clock time. `part` is the word that says which half of the day is meant; `exact` means the 24-hour reading is certain."""

    hour: int
    minute: int | None = None
    part: Part | None = None
    exact: bool = False


@dataclass(frozen=True)
class BareNumber:
    """A number that is a clock hour only beside another clock time ("from 3 to 5 pm")."""

    number: int


@dataclass(frozen=True)
class Length:
    amount: float
    unit: Unit
    vague: bool = False  # "a few"


@dataclass(frozen=True)
class Ago:
    length: Length


@dataclass(frozen=True)
class Recent:
    pass


@dataclass(frozen=True)
class During:
    pass


@dataclass(frozen=True)
class Now:
    just: bool  # "just now" is a short past, "now" is the latest value


@dataclass(frozen=True)
class SameTime:
    pass


@dataclass(frozen=True)
class Around:
    pass


@dataclass(frozen=True)
class StepMark:
    """The grain of a series: "hourly", "5분 단위"."""

    length: Length


@dataclass(frozen=True)
class Range:
    op: RangeOp


@dataclass(frozen=True)
class ZoneWord:
    name: str


@dataclass(frozen=True)
class Unreadable:
    """A time expression that is recognised but cannot be turned into an interval ("around the deployment", "every Tuesday")."""


Meaning = (
    DayOffset
    | Frame
    | Weekend
    | Weekday
    | CalendarDate
    | MonthOf
    | QuarterOf
    | YearOf
    | PartOfDay
    | LastNight
    | Clock
    | BareNumber
    | Length
    | Ago
    | Recent
    | During
    | Now
    | SameTime
    | Around
    | StepMark
    | Range
    | ZoneWord
    | Unreadable
)


@dataclass(frozen=True)
class Atom:
    meaning: Meaning
    start: int
    end: int
