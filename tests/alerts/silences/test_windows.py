"""Maintenance windows on the clocks of zones, over the days on which the clocks change."""

from datetime import UTC, datetime, timedelta

import pytest

from opsloom.alerts.silences.windows import Once, Recurring, TimingInvalid, check, current, spans, upcoming
from opsloom.kit.cron import CronInvalid

NIGHTLY = Recurring(cron="30 2 * * *", zone="Europe/Berlin", duration_s=3600)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def starts(timing: Recurring, after: str, count: int) -> list[str]:
    return [f"{span.starts_at:%d %H:%M}" for span in upcoming(timing, utc(after), count)]


def test_a_night_that_loses_an_hour_has_its_window_at_the_hours_end() -> None:
    # 02:30 does not exist on 29 March 2026 in Berlin: the window opens at 03:00 summer time, and lasts its hour.
    assert starts(NIGHTLY, "2026-03-28 02:40", 3) == ["29 01:00", "30 00:30", "31 00:30"]
    (open_then,) = upcoming(NIGHTLY, utc("2026-03-29 01:30"), 1)
    assert open_then.ends_at - open_then.starts_at == timedelta(hours=1)


def test_a_night_with_an_hour_twice_has_its_window_once() -> None:
    assert starts(NIGHTLY, "2026-10-24 02:00", 3) == ["25 00:30", "26 01:30", "27 01:30"]
    assert current(NIGHTLY, utc("2026-10-25 01:29")) is not None
    assert current(NIGHTLY, utc("2026-10-25 01:31")) is None


def test_the_other_half_of_the_world_changes_the_other_way() -> None:
    sydney = Recurring(cron="30 2 * * 0", zone="Australia/Sydney", duration_s=1800)
    assert starts(sydney, "2026-03-29 00:00", 3) == ["04 15:30", "11 16:30", "18 16:30"]
    assert starts(sydney, "2026-09-27 00:00", 2) == ["03 16:00", "10 15:30"]


def test_a_window_is_open_from_its_beginning_up_to_its_end() -> None:
    once = Once(starts_at=utc("2026-03-02 09:00"), ends_at=utc("2026-03-02 10:00"))
    assert [current(once, utc(f"2026-03-02 {at}")) is not None for at in ("08:59", "09:00", "09:59", "10:00")] == [
        False,
        True,
        True,
        False,
    ]
    nine_to_five = Recurring(cron="0 9 * * 1-5", zone="Asia/Seoul", duration_s=8 * 3600)
    assert current(nine_to_five, utc("2026-03-02 07:59")) is not None  # Monday 16:59 in Seoul
    assert current(nine_to_five, utc("2026-03-02 08:00")) is None


def test_an_end_is_an_end_and_a_clock_that_leaps_back_finds_the_same() -> None:
    until = NIGHTLY.model_copy(update={"until": utc("2026-03-30 12:00")})
    assert len(list(spans(until, utc("2026-03-28 12:00")))) == 2
    there, back = utc("2026-03-29 01:40"), utc("2026-03-29 01:35")
    assert current(until, there) == current(until, back) is not None


@pytest.mark.parametrize(
    ("timing", "cause"),
    [
        (Once(starts_at=utc("2026-03-02 09:00"), ends_at=utc("2026-03-02 09:00")), "must end after"),
        (Once(starts_at=utc("2026-03-02 09:00"), ends_at=utc("2028-03-02 09:00")), "longer than a year"),
        (Recurring(cron="0 * * * *", duration_s=3601), "must end before"),
        (Recurring(cron="0 0 30 2 *", duration_s=60), "cannot be read"),
        (Recurring(cron="0 0 * * * *", duration_s=60), "five fields"),
        (Recurring(cron="0 0 * * *", zone="Moon/Base", duration_s=60), "no time zone"),
    ],
)
def test_what_cannot_be_kept_to_is_refused(timing: Once | Recurring, cause: str) -> None:
    with pytest.raises((TimingInvalid, CronInvalid), match=cause):
        check(timing, utc("2026-03-01 00:00"))
