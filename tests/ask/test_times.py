"""Time expressions of both languages on a frozen clock: Wednesday, 18 November 2026, 14:30 in Seoul."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsloom.ask.language.normalise import normalise
from opsloom.ask.language.times.grammar import find_times, find_zone
from opsloom.ask.language.times.match import TimeKind, TimeMatch
from opsloom.ask.language.times.moment import TimeNote

SEOUL, NEW_YORK = ZoneInfo("Asia/Seoul"), ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 18, 14, 30, tzinfo=SEOUL)


def times(text: str, now: datetime = NOW, zone: ZoneInfo = SEOUL) -> list[TimeMatch]:
    return find_times(normalise(text).masked, now, zone)


def shown(match: TimeMatch, zone: ZoneInfo = SEOUL) -> str:
    assert match.start is not None
    assert match.end is not None
    return f"{match.start.astimezone(zone):%m-%d %H:%M} {match.end.astimezone(zone):%m-%d %H:%M}"


TABLE = """
최근 10분                          | 11-18 14:20 11-18 14:30
지난 10분간 CPU                    | 11-18 14:20 11-18 14:30
최근 2시간 30분 동안               | 11-18 12:00 11-18 14:30
지난 한 시간                       | 11-18 13:30 11-18 14:30
한 시간 반 동안                    | 11-18 13:00 11-18 14:30
최근 일주일                        | 11-11 14:30 11-18 14:30
최근 한 달                         | 10-18 14:30 11-18 14:30
최근 삼십 분                       | 11-18 14:00 11-18 14:30
3일간                              | 11-15 14:30 11-18 14:30
반나절                             | 11-18 08:30 11-18 14:30
오늘                               | 11-18 00:00 11-18 14:30
어제                               | 11-17 00:00 11-18 00:00
그저께                             | 11-16 00:00 11-17 00:00
그끄저께                           | 11-15 00:00 11-16 00:00
어제 새벽에                        | 11-17 00:00 11-17 06:00
어제 아침                          | 11-17 06:00 11-17 10:00
오늘 오전                          | 11-18 06:00 11-18 12:00
어제 오후                          | 11-17 12:00 11-17 18:00
어제 저녁                          | 11-17 18:00 11-17 22:00
어젯밤                             | 11-17 21:00 11-18 06:00
어제 오후 3시                      | 11-17 15:00 11-17 16:00
어제 오후 3시 20분                 | 11-17 15:20 11-17 15:21
어제 오후 세 시 반                 | 11-17 15:30 11-17 15:31
어제 15시                          | 11-17 15:00 11-17 16:00
어제 밤 12시                       | 11-18 00:00 11-18 01:00
어제 정오                          | 11-17 12:00 11-17 12:01
지난주                             | 11-09 00:00 11-16 00:00
지지난주                           | 11-02 00:00 11-09 00:00
이번 주                            | 11-16 00:00 11-18 14:30
지난달                             | 10-01 00:00 11-01 00:00
이번 달                            | 11-01 00:00 11-18 14:30
지난주 화요일                      | 11-10 00:00 11-11 00:00
지난주 화요일 오후 3시             | 11-10 15:00 11-10 16:00
이번 주 월요일                     | 11-16 00:00 11-17 00:00
화요일                             | 11-17 00:00 11-18 00:00
지난 수요일                        | 11-11 00:00 11-12 00:00
지난 주말                          | 11-14 00:00 11-16 00:00
11월 3일                           | 11-03 00:00 11-04 00:00
11월 3일 오후 3시                  | 11-03 15:00 11-03 16:00
2026년 10월 5일                    | 10-05 00:00 10-06 00:00
2026-11-03                         | 11-03 00:00 11-04 00:00
2026-11-03 10:30                   | 11-03 10:30 11-03 10:31
2026.11.03                         | 11-03 00:00 11-04 00:00
10월                               | 10-01 00:00 11-01 00:00
지난달 3일                         | 10-03 00:00 10-04 00:00
지난달 3일부터 15일까지            | 10-03 00:00 10-16 00:00
3분기                              | 07-01 00:00 10-01 00:00
지난 분기                          | 07-01 00:00 10-01 00:00
이번 분기                          | 10-01 00:00 11-18 14:30
올해                               | 01-01 00:00 11-18 14:30
어제 오후 3시부터 5시까지          | 11-17 15:00 11-17 17:00
오전 9시부터 11시까지              | 11-18 09:00 11-18 11:00
어제 밤 10시부터 2시까지           | 11-17 22:00 11-18 02:00
어제부터 오늘까지                  | 11-17 00:00 11-18 14:30
어제부터                           | 11-17 00:00 11-18 14:30
정오부터                           | 11-18 12:00 11-18 14:30
11월 3일부터 11월 5일까지          | 11-03 00:00 11-06 00:00
11월 3일~11월 5일                  | 11-03 00:00 11-06 00:00
10:00~11:30                        | 11-18 10:00 11-18 11:30
어제 오전 9시부터 2시간 동안       | 11-17 09:00 11-17 11:00
3시간 전부터                       | 11-18 11:30 11-18 14:30
10분 전                            | 11-18 14:19 11-18 14:20
3일 전                             | 11-15 00:00 11-16 00:00
이틀 전 오후                       | 11-16 12:00 11-16 18:00
2주 전                             | 11-02 00:00 11-09 00:00
어제 이맘때                        | 11-17 14:00 11-17 15:00
어제 오후 3시쯤                    | 11-17 14:30 11-17 15:30
방금                               | 11-18 14:25 11-18 14:30
in the last 10 minutes             | 11-18 14:20 11-18 14:30
over the past hour                 | 11-18 13:30 11-18 14:30
last 15m                           | 11-18 14:15 11-18 14:30
past 24 hours                      | 11-17 14:30 11-18 14:30
last 2 hours and 30 minutes        | 11-18 12:00 11-18 14:30
half an hour                       | 11-18 14:00 11-18 14:30
the last three days                | 11-15 14:30 11-18 14:30
last few hours                     | 11-18 11:30 11-18 14:30
in the last day                    | 11-17 14:30 11-18 14:30
over the past week                 | 11-11 14:30 11-18 14:30
last week                          | 11-09 00:00 11-16 00:00
this week                          | 11-16 00:00 11-18 14:30
last month                         | 10-01 00:00 11-01 00:00
this quarter                       | 10-01 00:00 11-18 14:30
Q3 2026                            | 07-01 00:00 10-01 00:00
today                              | 11-18 00:00 11-18 14:30
yesterday                          | 11-17 00:00 11-18 00:00
the day before yesterday           | 11-16 00:00 11-17 00:00
yesterday afternoon                | 11-17 12:00 11-17 18:00
this morning                       | 11-18 06:00 11-18 12:00
last night                         | 11-17 21:00 11-18 06:00
yesterday at 3pm                   | 11-17 15:00 11-17 16:00
3:20 pm yesterday                  | 11-17 15:20 11-17 15:21
on Tuesday                         | 11-17 00:00 11-18 00:00
last Wednesday                     | 11-11 00:00 11-12 00:00
Tuesday last week                  | 11-10 00:00 11-11 00:00
last weekend                       | 11-14 00:00 11-16 00:00
November 3rd at 10:30              | 11-03 10:30 11-03 10:31
3 Nov                              | 11-03 00:00 11-04 00:00
11/3                               | 11-03 00:00 11-04 00:00
2026-11-03T10:30                   | 11-03 10:30 11-03 10:31
in October                         | 10-01 00:00 11-01 00:00
since 3am                          | 11-18 03:00 11-18 14:30
since yesterday                    | 11-17 00:00 11-18 14:30
since 10 minutes ago               | 11-18 14:20 11-18 14:30
before 3pm                         | 11-18 00:00 11-18 14:30
until yesterday                    | 11-11 00:00 11-18 00:00
between 3pm and 5pm yesterday      | 11-17 15:00 11-17 17:00
between 10:00 and 11:30            | 11-18 10:00 11-18 11:30
from 1 to 2pm                      | 11-18 13:00 11-18 14:00
from 10pm to 2am                   | 11-17 22:00 11-18 02:00
yesterday from 9 to 11             | 11-17 09:00 11-17 11:00
from Nov 3 to Nov 5                | 11-03 00:00 11-06 00:00
from 2026-11-01 to 2026-11-10      | 11-01 00:00 11-11 00:00
two hours ago                      | 11-18 12:00 11-18 13:00
3 days ago                         | 11-15 00:00 11-16 00:00
this time yesterday                | 11-17 14:00 11-17 15:00
just now                           | 11-18 14:25 11-18 14:30
last 10분                          | 11-18 14:20 11-18 14:30
어제 3pm                           | 11-17 15:00 11-17 16:00
"""
PHRASES = [tuple(part.strip() for part in line.split("|")) for line in TABLE.strip().splitlines()]


@pytest.mark.parametrize(("phrase", "expected"), PHRASES)
def test_a_phrase_becomes_one_interval(phrase: str, expected: str) -> None:
    found = [one for one in times(phrase) if one.kind is TimeKind.WINDOW]
    assert [shown(one) for one in found] == [expected]


@pytest.mark.parametrize(("phrase", "expected"), PHRASES)
def test_a_phrase_reads_the_same_inside_a_sentence(phrase: str, expected: str) -> None:
    korean = any("가" <= char <= "힣" for char in phrase)
    text = f"pay-db-01 {phrase} CPU 최고값" if korean else f"the highest CPU of pay-db-01 {phrase}?"
    assert expected in [shown(one) for one in times(text) if one.kind is TimeKind.WINDOW]


@pytest.mark.parametrize(
    ("phrase", "kind"),
    [
        ("지금", TimeKind.NOW),
        ("right now", TimeKind.NOW),
        ("내일", TimeKind.FUTURE),
        ("next week", TimeKind.FUTURE),
        ("배포 전후 10분", TimeKind.UNREADABLE),
        ("매주 화요일", TimeKind.UNREADABLE),
        ("around the deployment", TimeKind.UNREADABLE),
        ("2월 30일", TimeKind.UNREADABLE),
        ("5분 단위", TimeKind.STEP),
        ("hourly", TimeKind.STEP),
    ],
)
def test_what_is_no_interval_says_what_it_is(phrase: str, kind: TimeKind) -> None:
    assert [one.kind for one in times(phrase)] == [kind]


@pytest.mark.parametrize(
    ("phrase", "seconds"), [("5분 단위", 300), ("시간별", 3600), ("every 30 seconds", 30), ("daily", 86400)]
)
def test_steps_have_a_length(phrase: str, seconds: int) -> None:
    assert [one.step_s for one in times(phrase)] == [seconds]


@pytest.mark.parametrize(
    ("phrase", "note"),
    [
        ("어제 3시", TimeNote.AMBIGUOUS_HOUR),
        ("at 3 yesterday", TimeNote.AMBIGUOUS_HOUR),
        ("last few hours", TimeNote.VAGUE_LENGTH),
        ("오늘까지", TimeNote.ASSUMED_START),
        ("10 minutes", TimeNote.ASSUMED_PAST),
    ],
)
def test_what_had_to_be_decided_is_noted(phrase: str, note: TimeNote) -> None:
    assert [note in one.notes for one in times(phrase)] == [True]


@pytest.mark.parametrize("phrase", ["어제 오후 3시", "yesterday at 3pm", "최근 10분", "11월 3일"])
def test_a_clear_phrase_needs_no_note(phrase: str) -> None:
    assert [one.notes for one in times(phrase)] == [()]


@pytest.mark.parametrize(
    "text",
    [
        "pay-db-01 CPU", "p95 latency", "10.20.3.11", "주문 서비스", "what may happen", "the second highest server",
        "분당 사무실", "전체 서버", "web-2026-11", "v1.2.3", "top 5 servers", "5개 서버", "hostname-10m",
    ],
)  # fmt: skip
def test_names_and_plain_words_are_no_times(text: str) -> None:
    assert [one for one in times(text) if one.kind is TimeKind.WINDOW] == []


def test_two_moments_stay_apart() -> None:
    assert [shown(one) for one in times("어제와 오늘 비교")] == ["11-17 00:00 11-18 00:00", "11-18 00:00 11-18 14:30"]
    assert len(times("compare last week with this week")) == 2


@pytest.mark.parametrize(
    ("now", "phrase", "start", "hours"),
    [
        ((2026, 3, 9, 12), "yesterday", datetime(2026, 3, 8, 5, tzinfo=UTC), 23),
        ((2026, 11, 2, 12), "yesterday", datetime(2026, 11, 1, 4, tzinfo=UTC), 25),
        ((2026, 3, 9, 12), "last 24 hours", datetime(2026, 3, 8, 16, tzinfo=UTC), 24),
        ((2026, 3, 8, 12), "last 1 day", datetime(2026, 3, 7, 17, tzinfo=UTC), 23),
        ((2026, 11, 9, 12), "last week", datetime(2026, 11, 2, 5, tzinfo=UTC), 168),
        ((2026, 11, 2, 12), "last week", datetime(2026, 10, 26, 4, tzinfo=UTC), 169),
        # 2:30 did not happen that night: it is the half hour after the jump.
        ((2026, 3, 9, 12), "March 8 at 2:30", datetime(2026, 3, 8, 7, 30, tzinfo=UTC), 1 / 60),
        # 1:30 happened twice: the first one is meant.
        ((2026, 11, 2, 12), "Nov 1 at 1:30", datetime(2026, 11, 1, 5, 30, tzinfo=UTC), 1 / 60),
    ],
)
def test_days_follow_the_wall_clock_and_hours_the_stopwatch(
    now: tuple[int, int, int, int], phrase: str, start: datetime, hours: float
) -> None:
    [found] = times(phrase, datetime(*now, tzinfo=NEW_YORK), NEW_YORK)
    assert found.start == start
    assert found.end is not None
    assert found.end - start == timedelta(hours=hours)


def test_the_last_minutes_are_right_in_the_hour_that_happens_twice() -> None:
    second_time = datetime(2026, 11, 1, 6, 15, tzinfo=UTC)  # 01:15 EST, after the clocks went back
    [found] = times("last 30 minutes", second_time, NEW_YORK)
    assert (found.start, found.end) == (second_time - timedelta(minutes=30), second_time)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("UTC 기준 어제", "UTC"),
        ("yesterday 3pm KST", "Asia/Seoul"),
        ("어제 America/New_York", "America/New_York"),
        ("어제", "Asia/Seoul"),
    ],
)
def test_a_question_may_name_its_zone(text: str, zone: str) -> None:
    assert find_zone(text, SEOUL)[0].key == zone


WORDS = st.sampled_from(
    [
        "어제",
        "오늘",
        "지난",
        "최근",
        "10분",
        "3시",
        "부터",
        "까지",
        "오후",
        "월요일",
        "11월",
        "3일",
        "전",
        "동안",
        "~",
        "사이",
        "last",
        "past",
        "between",
        "and",
        "3pm",
        "from",
        "to",
        "Nov",
        "31",
        "2월",
        "30일",
        "yesterday",
        "since",
        "until",
        "99999년",
        "25시",
        "시간",
        "9999999999분",
        "ago",
        "주",
        "달",
        "of",
        ",",
        "-",
        "이맘때",
        "쯤",
        "정오",
        "Q9",
        "13/45",
        "2026-99-99",
        "UTC",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=14).map(" ".join)))
def test_any_text_gives_sound_intervals(text: str) -> None:
    for one in times(text):
        assert one.phrase
        if one.kind in (TimeKind.WINDOW, TimeKind.FUTURE):
            assert one.start is not None
            assert one.end is not None
            assert one.start < one.end
            assert one.start.tzinfo is not None
        if one.kind is TimeKind.WINDOW and one.end is not None:
            assert one.end <= NOW
