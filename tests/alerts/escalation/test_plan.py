"""The order and instants of an escalation's steps."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from opsloom.alerts.escalation.plan import Ladder, following, rungs

OPENED = datetime(2026, 3, 2, 9, tzinfo=UTC)
minutes = st.integers(0, 120).map(lambda n: timedelta(minutes=n))
ladders = st.builds(Ladder, st.lists(minutes, min_size=1, max_size=5).map(sorted), st.integers(0, 4), minutes)


@given(ladders)
def test_every_step_of_every_round_is_due_once_and_in_order(ladder) -> None:
    all_of_them = list(rungs(ladder, OPENED))
    assert len({one.key for one in all_of_them}) == len(all_of_them) == len(ladder.after) * (ladder.repeats + 1)
    assert [one.at for one in all_of_them] == sorted(one.at for one in all_of_them)
    assert [one.at - OPENED for one in all_of_them[: len(ladder.after)]] == list(ladder.after)
    for one, after in zip(all_of_them, [*all_of_them[1:], None], strict=True):
        assert following(ladder, OPENED, one.round, one.step) == after


def test_a_shortened_policy_ends_where_it_is() -> None:
    ladder = Ladder([timedelta(0), timedelta(minutes=5)], repeats=0)
    assert following(ladder, OPENED, 0, 7) is None
    assert list(rungs(Ladder([]), OPENED)) == []
