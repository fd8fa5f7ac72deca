"""When a schedule is due, on the clocks of zones that move them. Pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.apis.schedules.cron import moments, next_moment
from opsloom.apis.schedules.errors import ScheduleInvalid


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def days(cron: str, zone: str, after: str, count: int) -> list[str]:
    return [moment.strftime("%d %H:%M") for moment in moments(cron, zone, at(after), count)]


def test_it_follows_the_clock_of_its_zone() -> None:
    assert days("0 9 * * 1-5", "Asia/Seoul", "2026-05-01T00:00:00Z", 3) == ["04 00:00", "05 00:00", "06 00:00"]
    assert next_moment("30 8 1 * *", "America/New_York", at("2026-07-02T00:00:00Z")) == at("2026-08-01T12:30:00Z")


def test_in_the_hour_that_is_left_out_it_is_due_once_when_the_hour_is_over() -> None:
    # Berlin goes from 02:00 to 03:00 on 29 March 2026 (01:00 UTC).
    assert days("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 3) == ["28 01:30", "29 01:00", "30 00:30"]
    assert days("0,30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 3) == ["29 01:00", "30 00:00", "30 00:30"]


def test_in_the_hour_that_comes_twice_it_is_due_the_first_time_only() -> None:
    # Berlin goes from 03:00 back to 02:00 on 25 October 2026 (01:00 UTC).
    assert days("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2) == ["25 00:30", "26 01:30"]
    between = at("2026-10-25T01:10:00Z")  # 02:10 for the second time
    assert next_moment("30 2 * * *", "Europe/Berlin", between) == at("2026-10-26T01:30:00Z")


def test_every_so_often_follows_the_instants() -> None:
    assert days("*/30 * * * *", "Europe/Berlin", "2026-10-24T23:59:00Z", 5) == [
        "25 00:00", "25 00:30", "25 01:00", "25 01:30", "25 02:00",
    ]  # fmt: skip
    assert days("0 * * * *", "Europe/Berlin", "2026-03-29T00:30:00Z", 2) == ["29 01:00", "29 02:00"]


def test_other_halves_of_the_world_move_the_other_way() -> None:
    # Lord Howe moves by half an hour: back at 02:00 on 5 April 2026 (15:00 UTC on the 4th).
    assert days("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z", 2) == ["04 14:45", "05 15:15"]


ZONES = st.sampled_from(["UTC", "Asia/Seoul", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
CRONS = st.sampled_from(["* * * * *", "0 * * * *", "30 2 * * *", "0,15,30,45 1-3 * * *", "5 4 * * 0", "0 0 1 * *"])
STARTS = st.integers(0, 6 * 365 * 24 * 3600).map(lambda second: at("2024-01-01T00:00:00Z") + timedelta(seconds=second))


@given(CRONS, ZONES, STARTS)
def test_moments_only_go_forward_and_begin_after_the_start(cron: str, zone: str, start: datetime) -> None:
    found = moments(cron, zone, start, 6)
    assert len(found) == 6
    assert [start, *found] == sorted({start, *found})
    assert all(moment.second == 0 and moment.utcoffset() == timedelta() for moment in found)
    assert moments(cron, zone, found[2], 3) == found[3:]


@pytest.mark.parametrize(
    ("cron", "zone", "pointer"),
    [
        ("* * * *", "UTC", "/cron"),
        ("* * * * * *", "UTC", "/cron"),
        ("61 * * * *", "UTC", "/cron"),
        ("0 0 30 2 *", "UTC", "/cron"),
        ("0 0 31 4 1#6", "UTC", "/cron"),
        ("* * * * *", "Mars/Olympus", "/zone"),
        ("* * * * *", "../etc/passwd", "/zone"),
        ("* * * * *", "", "/zone"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(cron: str, zone: str, pointer: str) -> None:
    with pytest.raises(ScheduleInvalid) as caught:
        next_moment(cron, zone, at("2026-01-01T00:00:00Z"))
    assert [each.pointer for each in caught.value.details] == [pointer]
