"""English words about time, and the notations both languages share (ISO dates, 10:30), as scanning rules."""

from __future__ import annotations

import re

from opsloom.ask.language.times.korean import PARTS as KOREAN_PARTS
from opsloom.ask.language.times.meaning import (
    Ago,
    Around,
    BareNumber,
    CalendarDate,
    Clock,
    DayOffset,
    During,
    Frame,
    LastNight,
    Length,
    Meaning,
    MonthOf,
    Now,
    Part,
    PartOfDay,
    QuarterOf,
    Range,
    RangeOp,
    Recent,
    SameTime,
    StepMark,
    Unit,
    Unreadable,
    Weekday,
    Weekend,
    YearOf,
    ZoneWord,
)
from opsloom.ask.language.times.scan import Rule, word_rule
from opsloom.kit.zones import zone_names

WORD_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty five": 45, "sixty": 60, "ninety": 90,
}  # fmt: skip
VAGUE_NUMBERS = {"a few": 3, "few": 3, "a couple of": 2, "couple of": 2, "a couple": 2, "several": 5}
UNITS = {
    "s": Unit.SECOND, "sec": Unit.SECOND, "second": Unit.SECOND,
    "m": Unit.MINUTE, "min": Unit.MINUTE, "minute": Unit.MINUTE,
    "h": Unit.HOUR, "hr": Unit.HOUR, "hour": Unit.HOUR,
    "d": Unit.DAY, "day": Unit.DAY, "wk": Unit.WEEK, "w": Unit.WEEK, "week": Unit.WEEK,
    "mo": Unit.MONTH, "month": Unit.MONTH, "quarter": Unit.QUARTER, "yr": Unit.YEAR, "year": Unit.YEAR,
}  # fmt: skip
MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FRAME_UNITS = {"week": Unit.WEEK, "month": Unit.MONTH, "quarter": Unit.QUARTER, "year": Unit.YEAR}
PARTS = {
    "morning": Part.MORNING,
    "noon": Part.NOON,
    "afternoon": Part.AFTERNOON,
    "evening": Part.EVENING,
    "night": Part.NIGHT,
}

_VAGUE = "|".join(sorted(VAGUE_NUMBERS, key=len, reverse=True))
_WORDS = "|".join(sorted(WORD_NUMBERS, key=len, reverse=True)).replace(" ", r"[\s-]")
_LONG_UNIT = r"seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|quarters?|years?|yrs?"
_NUMBER = rf"(?:(?P<digits>\d{{1,5}}(?:\.\d)?)|(?P<vague>{_VAGUE})|(?P<word>{_WORDS}))"
_LENGTH = rf"(?<![\w.:/-]){_NUMBER}[\s-]?(?P<unit>{_LONG_UNIT})\b(?P<half>\sand\sa\shalf)?"
_SHORT = r"(?<![\w.:/-])(?P<digits>\d{1,5})(?P<unit>[smhdw]|mo)(?![\w])"
_MONTH_LONG = "|".join(MONTHS)
_MONTH_ANY = "|".join((*MONTHS, *(name[:3] for name in MONTHS), "sept"))
_DAY_LONG = "|".join(WEEKDAYS)
_DAY_ANY = "|".join((*WEEKDAYS, "mon", "tues", "tue", "wed", "thurs", "thur", "thu", "fri", "sat", "sun"))
_MERIDIEM = r"(?P<meridiem>a\.?m\.?|p\.?m\.?)(?![a-z])"
_KOREAN_PART = "|".join(sorted(KOREAN_PARTS, key=len, reverse=True))
_I = re.IGNORECASE


def _after(*words: str) -> str:
    """A look-behind for any of these: Python's need a fixed width each."""
    return "(?:" + "|".join(f"(?<={word})" for word in words) + ")"


_ZONE_ABBREVIATIONS = {
    "UTC": "UTC",
    "GMT": "UTC",
    "KST": "Asia/Seoul",
    "JST": "Asia/Tokyo",
    "CET": "Europe/Paris",
    "EST": "America/New_York",
    "PST": "America/Los_Angeles",
}


def _unit(text: str) -> Unit:
    lowered = text.lower()
    return UNITS[lowered] if lowered in UNITS else UNITS[lowered.removesuffix("s")]


def _length(match: re.Match[str]) -> Length:
    groups = match.groupdict()
    vague = groups.get("vague")
    if groups["digits"]:
        amount = float(groups["digits"])
    elif vague:
        amount = float(VAGUE_NUMBERS[" ".join(vague.lower().split())])
    else:
        amount = float(WORD_NUMBERS[" ".join(groups["word"].lower().replace("-", " ").split())])
    return Length(amount + (0.5 if groups.get("half") else 0.0), _unit(groups["unit"]), vague=bool(vague))


def _step(match: re.Match[str]) -> Meaning:
    return StepMark(Length(float(match["digits"] or 1), _unit(match["unit"])))


def _frame(match: re.Match[str]) -> Meaning:
    offset = {"last": -1, "previous": -1, "prior": -1, "this": 0, "current": 0, "next": 1}[match["which"].lower()]
    return Frame(offset, FRAME_UNITS[match["unit"].lower()])


def _month_index(text: str) -> int:
    return next(index for index, name in enumerate(MONTHS, start=1) if name.startswith(text.lower()[:3]))


def _weekday_index(text: str) -> int:
    return next(index for index, name in enumerate(WEEKDAYS) if name.startswith(text.lower()[:3]))


def _date(match: re.Match[str]) -> Meaning | None:
    day = int(match["day"])
    year = match.groupdict().get("year")
    return CalendarDate(int(year) if year else None, _month_index(match["month"]), day) if 1 <= day <= 31 else None


def _numeric_date(match: re.Match[str]) -> Meaning | None:
    year, month, day = match.groupdict().get("year"), int(match["month"]), int(match["day"])
    return CalendarDate(int(year) if year else None, month, day) if 1 <= month <= 12 and 1 <= day <= 31 else None


def _month(match: re.Match[str]) -> Meaning:
    year = match["year"]
    return MonthOf(int(year) if year else None, _month_index(match["month"]))


def _clock(match: re.Match[str]) -> Meaning | None:
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    if hour > 12 or hour == 0 or minute > 59:
        return None
    afternoon = match["meridiem"].lower().startswith("p")
    return Clock(hour % 12 + (12 if afternoon else 0), int(match["minute"]) if match["minute"] else None, exact=True)


def _colon_clock(match: re.Match[str]) -> Meaning | None:
    hour, minute = int(match["hour"]), int(match["minute"])
    if hour > 24 or minute > 59:
        return None
    part = KOREAN_PARTS[match["part"]] if match["part"] else None
    return Clock(hour % 24, minute, part, exact=part is None)


def _at_clock(match: re.Match[str]) -> Meaning | None:
    hour = int(match["hour"])
    return Clock(hour % 24, exact=hour >= 13 or hour == 0) if hour <= 24 else None


def _bare(match: re.Match[str]) -> Meaning | None:
    number = int(match["number"])
    return BareNumber(number) if number <= 24 else None


def _weekday(match: re.Match[str]) -> Meaning:
    return Weekday(_weekday_index(match["day"]), previous=bool(match["which"]))


def _zone(match: re.Match[str]) -> Meaning | None:
    name = match.group()
    return ZoneWord(name) if name in zone_names() else None


WORDS: dict[str, Meaning] = {
    r"\btoday\b": DayOffset(0),
    r"\byesterday\b": DayOffset(-1),
    r"\b(?:the\s)?day before yesterday\b": DayOffset(-2),
    r"\btomorrow\b": DayOffset(1),
    r"\b(?:last night|overnight)\b": LastNight(),
    r"\b(?:tonight|this night)\b": PartOfDay(Part.NIGHT, today=True),
    r"\b(?:the\s)?week before last\b": Frame(-2, Unit.WEEK),
    r"\b(?:the\s)?month before last\b": Frame(-2, Unit.MONTH),
    r"\b(?:month to date|mtd)\b": Frame(0, Unit.MONTH),
    r"\b(?:year to date|ytd)\b": Frame(0, Unit.YEAR),
    r"\b(?:last|previous) weekend\b": Weekend(-1),
    r"\b(?:this|the) weekend\b": Weekend(0),
    r"\b(?:(?:in|over|during|within|for)\s)?(?:the\s)?(?:last|past|previous|prior|trailing|recent)\b|\b(?:recently|lately)\b": Recent(),
    r"\bhalf an hour\b|\bhalf hour\b": Length(30, Unit.MINUTE),
    r"\ban hour and a half\b": Length(90, Unit.MINUTE),
    r"\bjust now\b|\ba moment ago\b|\bmoments ago\b": Now(just=True),
    r"\bright now\b|\bcurrently\b|\bat the moment\b|\bat present\b|\bnow\b": Now(just=False),
    r"\b(?:at )?(?:this|the same) time\b": SameTime(),
    r"\baround\b|\babout\b|\bapproximately\b": Around(),
    r"\b(?:for|within)(?=\s(?:\d|an?\s|one|two|three|five|ten|half))": During(),
    r"\b(?:since|starting|from|after)\b": Range(RangeOp.FROM_BEFORE),
    r"\b(?:until|till|up to|through|to)\b": Range(RangeOp.UNTIL_BEFORE),
    r"\bbefore\b": Range(RangeOp.EARLIER_BEFORE),
    r"\bbetween\b": Range(RangeOp.BETWEEN_BEFORE),
    r"\band\b": Range(RangeOp.AND),
    r"[~–—]|(?<=\s)-(?=\s)|(?<=\d)-(?=\d)": Range(RangeOp.DASH),
    r"\bhourly\b|\b(?:by|per|each|every) hour\b": StepMark(Length(1, Unit.HOUR)),
    r"\bdaily\b|\b(?:by|per|each|every) day\b": StepMark(Length(1, Unit.DAY)),
    r"\bweekly\b|\b(?:by|per|each|every) week\b": StepMark(Length(1, Unit.WEEK)),
    r"\b(?:by|per|each|every) minute\b": StepMark(Length(1, Unit.MINUTE)),
    r"\b(?:at )?midnight\b": Clock(0, 0, exact=True),
    r"\b(?:at )?(?:noon|midday)\b": Clock(12, 0, exact=True),
    r"\bsame time yesterday\b": SameTime(),
    r"\b(?:before and after|around) the (?:deployment|deploy|release|change|restart|incident)\b": Unreadable(),
    rf"\bevery (?:{_DAY_LONG})\b": Unreadable(),
}

RULES: tuple[Rule, ...] = (
    Rule(re.compile(rf"{_LENGTH}\s(?:ago|earlier|back)\b", _I), lambda m: Ago(_length(m))),
    Rule(re.compile(rf"{_SHORT}\s(?:ago|earlier|back)\b", _I), lambda m: Ago(_length(m))),
    Rule(re.compile(rf"\bevery (?P<digits>\d{{1,4}})[\s-]?(?P<unit>{_LONG_UNIT}|[smhd])\b", _I), _step),
    Rule(
        re.compile(
            rf"\b(?P<digits>\d{{1,4}})[\s-]?(?P<unit>{_LONG_UNIT}|[smhd]) (?:buckets?|intervals?|steps?|resolution)\b",
            _I,
        ),
        _step,
    ),
    Rule(re.compile(_LENGTH, _I), _length),
    Rule(re.compile(_SHORT), _length),
    Rule(
        re.compile(_after("last ", "past ", "each ") + r"(?P<unit>second|minute|hour)\b", _I),
        lambda m: Length(1, _unit(m["unit"])),
    ),
    Rule(re.compile(_after("last ", "past ") + r"day\b", _I), lambda _match: Length(24, Unit.HOUR)),
    Rule(
        re.compile(_after("past ", "trailing ") + r"(?P<unit>week|month|quarter|year)\b", _I),
        lambda m: Length(1, _unit(m["unit"])),
    ),
    Rule(
        re.compile(
            r"\b(?:(?:in|over|during|for)\s)?(?:the\s)?(?P<which>last|previous|prior|this|current|next)\s(?P<unit>week|month|quarter|year)\b",
            _I,
        ),
        _frame,
    ),
    Rule(
        re.compile(rf"\bthis (?P<part>{'|'.join(PARTS)})\b", _I),
        lambda m: PartOfDay(PARTS[m["part"].lower()], today=True),
    ),
    Rule(
        re.compile(rf"\b(?:(?:in|at) the |early )?(?P<part>{'|'.join(PARTS)})\b", _I),
        lambda m: PartOfDay(PARTS[m["part"].lower()]),
    ),
    Rule(re.compile(rf"\b(?:on )?(?P<which>last|previous|past)\s(?P<day>{_DAY_ANY})\b", _I), _weekday),
    Rule(re.compile(rf"\b(?:on |this )?(?P<which>(?!))?(?P<day>{_DAY_LONG})\b", _I), _weekday),
    Rule(
        re.compile(
            rf"\b(?P<month>{_MONTH_ANY})\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:,?\s(?P<year>20\d\d))?\b", _I
        ),
        _date,
    ),
    Rule(
        re.compile(
            rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<month>{_MONTH_ANY})\b(?:,?\s(?P<year>20\d\d))?", _I
        ),
        _date,
    ),
    Rule(
        re.compile(
            rf"\b(?:in|during|since|of|for|until|from|last|to|and)\s(?P<month>{_MONTH_LONG})\b(?:,?\s(?P<year>20\d\d))?",
            _I,
        ),
        _month,
    ),
    Rule(re.compile(rf"\b(?P<month>{_MONTH_LONG})\s(?P<year>20\d\d)\b", _I), _month),
    Rule(
        re.compile(r"(?<![\d.])(?P<year>20\d\d)(?P<mark>[-./])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?![\d])"),
        _numeric_date,
    ),
    Rule(re.compile(r"(?<![\d./-])(?P<month>\d{1,2})/(?P<day>\d{1,2})(?![\d./-])"), _numeric_date),
    Rule(
        re.compile(r"(?<![\d.-])(?P<year>20\d\d)-(?P<month>0[1-9]|1[0-2])(?![\d-])"),
        lambda m: MonthOf(int(m["year"]), int(m["month"])),
    ),
    Rule(
        re.compile(r"\bQ(?P<quarter>[1-4])(?:\s(?P<year>20\d\d))?\b"),
        lambda m: QuarterOf(int(m["year"]) if m["year"] else None, int(m["quarter"])),
    ),
    Rule(re.compile(r"\b(?:in|during|of)\s(20\d\d)\b", _I), lambda m: YearOf(int(m[1]))),
    Rule(re.compile(rf"\b(?:at )?(?P<hour>\d{{1,2}})(?::(?P<minute>\d\d))?\s?{_MERIDIEM}", _I), _clock),
    Rule(
        re.compile(
            rf"(?:(?P<part>{_KOREAN_PART})\s?)?(?:\bat\s|T)?(?<![\d:.])(?P<hour>\d{{1,2}}):(?P<minute>\d\d)(?::\d\d)?(?![\d:])"
        ),
        _colon_clock,
    ),
    Rule(
        re.compile(r"\bat (?P<hour>\d{1,2})(?:\so'?clock)?(?![\d:.%]|\s?(?:%|percent|[ap]\.?m|minutes|times))\b", _I),
        _at_clock,
    ),
    Rule(re.compile(r"\b(?P<hour>\d{1,2})\so'?clock\b", _I), _at_clock),
    Rule(
        re.compile(
            _after("from ", "between ", "since ", "until ", "before ", "and ", "to ", "-")
            + r"(?P<number>\d{1,2})(?![\d:.%/]|\s?%|\s?[ap]\.?m|\w|\s(?:percent|min|hour|sec|day|week|month))",
            _I,
        ),
        _bare,
    ),
    Rule(re.compile(r"(?<=from )(?P<number>\d{1,2})(?=-\d)", _I), _bare),
    Rule(re.compile(r"\b(?:UTC|GMT|KST|JST|CET|EST|PST)\b"), lambda m: ZoneWord(_ZONE_ABBREVIATIONS[m.group()])),
    Rule(re.compile(r"\b[A-Z][a-z]+/[A-Z][A-Za-z_]+\b"), _zone),
    *(word_rule(pattern, meaning) for pattern, meaning in WORDS.items()),
)
