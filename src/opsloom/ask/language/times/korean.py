"""Korean words about time, as scanning rules.

Particles stick to words in Korean, so a rule ends with a look-ahead only where a longer word would be misread ("분" in "분기",
"시" in "시간", "전" in "전체").
"""

from __future__ import annotations

import re

from opsloom.ask.language.times.meaning import (
    Ago,
    Around,
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

COUNTING = {
    "한": 1,
    "두": 2,
    "세": 3,
    "네": 4,
    "다섯": 5,
    "여섯": 6,
    "일곱": 7,
    "여덟": 8,
    "아홉": 9,
    "열": 10,
    "열한": 11,
    "열두": 12,
    "스물네": 24,
}
SINO = {"일": 1, "이": 2, "삼": 3, "사": 4, "오": 5, "육": 6, "칠": 7, "팔": 8, "구": 9}
UNITS = {
    "초": Unit.SECOND,
    "분": Unit.MINUTE,
    "시간": Unit.HOUR,
    "일": Unit.DAY,
    "주일": Unit.WEEK,
    "주간": Unit.WEEK,
    "주": Unit.WEEK,
    "개월": Unit.MONTH,
    "달": Unit.MONTH,
    "분기": Unit.QUARTER,
    "년": Unit.YEAR,
    "해": Unit.YEAR,
}
NAMED_LENGTHS = {
    "하루": Length(1, Unit.DAY),
    "이틀": Length(2, Unit.DAY),
    "사흘": Length(3, Unit.DAY),
    "나흘": Length(4, Unit.DAY),
    "닷새": Length(5, Unit.DAY),
    "엿새": Length(6, Unit.DAY),
    "열흘": Length(10, Unit.DAY),
    "보름": Length(15, Unit.DAY),
    "일주일": Length(1, Unit.WEEK),
    "반나절": Length(6, Unit.HOUR),
    "반시간": Length(30, Unit.MINUTE),
    "반년": Length(6, Unit.MONTH),
}
PARTS = {
    "새벽": Part.DAWN,
    "아침": Part.EARLY_MORNING,
    "오전": Part.MORNING,
    "점심": Part.NOON,
    "대낮": Part.DAYTIME,
    "낮": Part.DAYTIME,
    "오후": Part.AFTERNOON,
    "저녁": Part.EVENING,
    "한밤": Part.NIGHT,
    "밤": Part.NIGHT,
}
WEEKDAYS = "월화수목금토일"

_COUNT = "|".join(sorted(COUNTING, key=len, reverse=True))
_UNIT = (
    r"(?P<unit>초|분(?!기|당|산|석|류|포)|시간|주일|주간|주(?!문|소|요|기|말|차)|일(?!요일)"
    r"|개월|달(?!러)|분기|년(?!대)|해(?=\s|$|간|동안|의))"
)
_NUMBER = rf"(?P<number>\d{{1,5}}(?:\.\d)?|(?<![가-힣])(?:{_COUNT})(?=\s?(?:시간|주|달|해|분기)))"
_LENGTH = rf"{_NUMBER}\s?{_UNIT}(?P<half>\s?반(?!기|나|도|복|응))?"
_SINO = r"(?P<tens>[이삼사오육칠팔구]?십)?(?P<ones>[일이삼사오육칠팔구])?"
_PART = "|".join(sorted(PARTS, key=len, reverse=True)).replace(
    "|낮", "|낮(?!은|았|아|게|추|춰|다|음|지|을)"
)  # 낮은: low


def _amount(text: str) -> float:
    return float(COUNTING[text]) if text in COUNTING else float(text)


def _length(match: re.Match[str]) -> Length:
    amount = _amount(match["number"])
    return Length(amount + (0.5 if match["half"] else 0.0), UNITS[match["unit"]])


def _recent_sino(match: re.Match[str]) -> Meaning | None:
    tens, ones = match["tens"], match["ones"]
    if not tens and not ones:
        return None
    amount = (SINO.get(tens[0], 1) * 10 if tens else 0) + (SINO[ones] if ones else 0)
    return Length(float(amount), UNITS[match["unit"]])


def _clock(match: re.Match[str]) -> Meaning | None:
    text = match["hour"]
    hour = COUNTING[text] if text in COUNTING else int(text)
    minute = 30 if match["half"] else (int(match["minute"]) if match["minute"] else None)
    if hour > 24 or (minute or 0) > 59:
        return None
    part = PARTS[match["part"]] if match["part"] else None
    return Clock(hour % 24, minute, part, exact=hour >= 13 or hour == 0)


def _date(match: re.Match[str]) -> Meaning:
    year = int(match["year"]) if match["year"] else None
    return CalendarDate(year, int(match["month"]), int(match["day"]))


def _month(match: re.Match[str]) -> Meaning | None:
    month = int(match["month"])
    return MonthOf(int(match["year"]) if match["year"] else None, month) if 1 <= month <= 12 else None


def _quarter(match: re.Match[str]) -> Meaning:
    return QuarterOf(int(match["year"]) if match["year"] else None, int(match["quarter"]))


def _step(match: re.Match[str]) -> Meaning:
    return StepMark(_length(match))


FRAME_WORDS = {
    r"지지난\s?주|저저번\s?주": Frame(-2, Unit.WEEK),
    r"(?:지난|저번|전)\s?주(?!말|일|간|문|소|요|파)|전주(?=\s?(?:대비|보다|에|와))": Frame(-1, Unit.WEEK),
    r"(?:이번|금)\s?주(?!말|문|소|요)": Frame(0, Unit.WEEK),
    r"다음\s?주(?!말)|차주": Frame(1, Unit.WEEK),
    r"지지난\s?달|저저번\s?달": Frame(-2, Unit.MONTH),
    r"(?:지난|저번)\s?달|전월": Frame(-1, Unit.MONTH),
    r"이번\s?달|이달|당월|금월": Frame(0, Unit.MONTH),
    r"다음\s?달": Frame(1, Unit.MONTH),
    r"(?:지난|저번)\s?분기|전분기": Frame(-1, Unit.QUARTER),
    r"이번\s?분기|금분기": Frame(0, Unit.QUARTER),
    r"다음\s?분기": Frame(1, Unit.QUARTER),
    r"재작년": Frame(-2, Unit.YEAR),
    r"작년|지난\s?해|전년": Frame(-1, Unit.YEAR),
    r"올해|금년|올\s?한\s?해": Frame(0, Unit.YEAR),
    r"내년": Frame(1, Unit.YEAR),
}
DAY_WORDS = {
    "오늘|금일": DayOffset(0),
    "어제|어저께|전일": DayOffset(-1),
    "그저께|그제|엊그제|엊그저께": DayOffset(-2),
    "그끄저께|그끄제": DayOffset(-3),
    "내일|명일": DayOffset(1),
    "모레": DayOffset(2),
}
OTHER_WORDS: dict[str, Meaning] = {
    r"어젯\s?밤|어제\s?밤(?!\s?\d)|간밤|지난\s?밤": LastNight(),
    r"지난\s?주말|저번\s?주말": Weekend(-1),
    r"이번\s?주말": Weekend(0),
    r"최근|지난|과거|직전|요\s?며칠|요즘": Recent(),
    r"동안|간(?=\s|의|에|,|$)|이내|내(?=\s|의|에서|에|$)": During(),
    r"지금|현재|현\s?시점|현\s?시각": Now(just=False),
    r"방금|조금\s?전|좀\s?전|막\s?전": Now(just=True),
    r"이맘때|같은\s?시간|이\s?시간대?": SameTime(),
    r"쯤|경(?=\s|에|의|$)|무렵|즈음|전후": Around(),
    r"부터|이후로?|이래로?": Range(RangeOp.FROM_AFTER),
    r"까지": Range(RangeOp.UNTIL_AFTER),
    r"이전": Range(RangeOp.EARLIER_AFTER),
    r"사이": Range(RangeOp.BETWEEN_AFTER),
    r"에서(?=\s?(?:오전|오후|새벽|밤|저녁|\d))": Range(RangeOp.DASH),
    r"시간(?:대)?별(?:로)?|매\s?시간|시간당|(?<![\d가-힣])시간\s?단위(?:로)?|한\s?시간\s?단위(?:로)?": StepMark(
        Length(1, Unit.HOUR)
    ),
    r"일(?:자)?별(?:로)?|날짜별|하루\s?단위|매일": StepMark(Length(1, Unit.DAY)),
    r"분별(?:로)?|분\s단위": StepMark(Length(1, Unit.MINUTE)),
    r"주별(?:로)?|주간\s?단위": StepMark(Length(1, Unit.WEEK)),
    r"정오": Clock(12, 0, exact=True),
    r"자정": Clock(0, 0, exact=True),
    r"한국\s?시간?|서울\s?시간?": ZoneWord("Asia/Seoul"),
    r"협정\s?세계시|세계\s?표준시": ZoneWord("UTC"),
    r"(?:배포|변경|장애|재시작|점검|업데이트)\s?전후(?:\s?\d+\s?분)?|매주\s?[월화수목금토일]요일": Unreadable(),
}

RULES: tuple[Rule, ...] = (
    Rule(re.compile(rf"{_LENGTH}\s?(?:단위|간격|마다|별)"), _step),
    Rule(re.compile(rf"{_LENGTH}\s?전(?!체|송|원|력|환|후|국)"), lambda m: Ago(_length(m))),
    Rule(
        re.compile(rf"(?P<name>{'|'.join(NAMED_LENGTHS)})\s?전(?!체|송|원|력|환|후|국)"),
        lambda m: Ago(NAMED_LENGTHS[m["name"]]),
    ),
    Rule(re.compile(r"(?:(?P<year>\d{4})년\s?)?(?P<quarter>[1-4])\s?(?:사\s?)?분기"), _quarter),
    Rule(re.compile(_LENGTH), _length),
    Rule(re.compile("|".join(sorted(NAMED_LENGTHS, key=len, reverse=True))), lambda m: NAMED_LENGTHS[m.group()]),
    Rule(re.compile(rf"(?:(?<=최근 )|(?<=지난 )){_SINO}\s?{_UNIT}"), _recent_sino),
    Rule(re.compile(r"(?:(?P<year>\d{4})년\s?)?(?P<month>\d{1,2})월\s?(?P<day>\d{1,2})일(?!간)"), _date),
    Rule(re.compile(r"(?:(?P<year>\d{4})년\s?)?(?<!\d)(?P<month>\d{1,2})월(?!\s?\d+일(?!간))(?:달)?"), _month),
    Rule(re.compile(r"(?<!\d)(20\d\d)년도?(?!\s?\d{1,2}월)"), lambda m: YearOf(int(m[1]))),
    Rule(
        re.compile(
            rf"(?:(?P<part>{_PART})\s?)?(?P<hour>\d{{1,2}}|(?<![가-힣])(?:{_COUNT}))\s?시(?!간|스|작|점|도|리|켜|키)(?:\s?(?P<minute>\d{{1,2}})\s?분|(?P<half>\s?반))?"
        ),
        _clock,
    ),
    Rule(re.compile(r"(?P<day>[월화수목금토일])요일"), lambda m: Weekday(WEEKDAYS.index(m["day"]))),
    Rule(re.compile(_PART), lambda m: PartOfDay(PARTS[m.group()])),
    *(
        word_rule(pattern, meaning)
        for words in (FRAME_WORDS, DAY_WORDS, OTHER_WORDS)
        for pattern, meaning in words.items()
    ),
)
