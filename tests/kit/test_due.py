"""Times that come, pass and are made up for, under a clock that goes where it likes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.kit.due import MOST_MADE_UP, CatchUp, Cron, Every, Timetable, next_after, turn

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTELY = Cron("* * * * *", "UTC")


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("policy", "expected"),
    [(CatchUp.SKIP, (at(30), True, 30)), (CatchUp.ONCE, (at(30), True, 30)), (CatchUp.EACH, (at(7), True, 7))],
)
def test_half_an_hour_of_minutes_was_missed(policy: CatchUp, expected: tuple[datetime, bool, int]) -> None:
    assert turn(MINUTELY, NOON, at(30.5), policy) == expected


def test_hours_that_were_missed_are_left_out_or_made_up_for() -> None:
    hourly = Cron("0 * * * *", "UTC")
    assert turn(hourly, NOON, at(150), CatchUp.SKIP) == (at(120), False, 2)
    assert turn(hourly, NOON, at(150), CatchUp.ONCE) == (at(120), True, 2)
    assert turn(hourly, NOON, at(150), CatchUp.EACH) == (NOON, True, 0)


class Runner:
    """Waits for moments as an executor does."""

    def __init__(self, timetable: Timetable, policy: CatchUp, start: datetime) -> None:
        self.timetable, self.policy = timetable, policy
        first = next_after(timetable, start)
        assert first is not None
        self.due = first
        self.ran: list[datetime] = []

    def look(self, now: datetime) -> None:
        while self.due <= now:
            done = turn(self.timetable, self.due, now, self.policy)
            if done.runs:
                self.ran.append(done.at)
            following = next_after(self.timetable, done.at)
            assert following is not None
            self.due = following


LEAPS = st.lists(st.integers(-600, 900), min_size=1, max_size=60)


@given(leaps=LEAPS, policy=st.sampled_from(CatchUp))
def test_a_clock_that_leaps_brings_no_moment_twice(leaps: list[int], policy: CatchUp) -> None:
    runner, now = Runner(Every(60), policy, NOON), NOON
    for leap in leaps:
        now += timedelta(seconds=leap)
        runner.look(now)
    assert runner.ran == sorted(set(runner.ran))


@given(leaps=st.lists(st.integers(0, 1_200), max_size=40))
def test_each_moment_is_made_up_for_while_they_are_few(leaps: list[int]) -> None:
    runner, now = Runner(Every(60), CatchUp.EACH, NOON), NOON
    for leap in leaps:
        now += timedelta(seconds=leap)
        runner.look(now)
    assert MOST_MADE_UP >= 1_200 / 60
    assert runner.ran == [at(minute) for minute in range(1, 1 + int((now - NOON).total_seconds() // 60))]


def test_five_minutes_back_only_make_the_wait_longer() -> None:
    runner = Runner(MINUTELY, CatchUp.ONCE, NOON)
    for minutes in (1, 2, 3, -2, -1, 0, 1, 2, 3, 4):
        runner.look(at(minutes))
    assert runner.ran == [at(1), at(2), at(3), at(4)]


@pytest.mark.parametrize(
    ("day", "cron", "ran"),
    [
        ("2026-03-08", "30 2 * * *", "07:00"),  # New York leaves 2:00 to 3:00 out: due at the hour's end
        ("2026-11-01", "30 1 * * *", "05:30"),  # 1:30 comes twice: due the first time only
    ],
)
def test_the_days_on_which_clocks_change_run_once(day: str, cron: str, ran: str) -> None:
    start = datetime.fromisoformat(f"{day}T04:00:00+00:00")
    runner = Runner(Cron(cron, "America/New_York"), CatchUp.EACH, start)
    for minute in range(0, 24 * 60, 5):
        runner.look(start + timedelta(minutes=minute))
    assert [f"{moment:%H:%M}" for moment in runner.ran] == [ran]
