"""The lockout policy as pure decisions: how many guesses anybody gets in a stretch of time, whatever their rhythm."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.identity.lockout import ACCOUNT, ADDRESS, Attempts, Policy, charge, refund, wait_s

START = datetime(2030, 1, 1, tzinfo=UTC)


def fail(policy: Policy, times: int) -> Attempts:
    state: Attempts | None = None
    for _ in range(times):
        state = charge(policy, state, START)
    assert state is not None
    return state


def test_the_first_failures_cost_nothing() -> None:
    assert wait_s(None, START) == 0
    assert wait_s(fail(ACCOUNT, ACCOUNT.free), START) == 0


def test_each_further_failure_doubles_the_wait() -> None:
    waits = [wait_s(fail(ACCOUNT, ACCOUNT.free + n), START) for n in range(1, 6)]
    assert waits == [1, 2, 4, 8, 16]


def test_many_failures_lock_for_the_full_time_and_no_longer() -> None:
    locked = fail(ACCOUNT, ACCOUNT.lock_after)
    assert wait_s(locked, START) == ACCOUNT.lock_s
    assert wait_s(locked, START + timedelta(seconds=ACCOUNT.lock_s)) == 0


def test_failures_are_forgotten_after_a_quiet_time() -> None:
    state = charge(ACCOUNT, fail(ACCOUNT, 9), START + timedelta(seconds=ACCOUNT.forget_s + 1))
    assert state.failures == 1
    assert state.blocked_until is None


def test_success_gives_back_one_attempt_and_lifts_its_wait() -> None:
    assert refund(fail(ADDRESS, 1)) is None
    left = refund(fail(ADDRESS, 30))
    assert left is not None
    assert (left.failures, left.blocked_until) == (29, None)


@pytest.mark.parametrize("policy", [ACCOUNT, ADDRESS])
@given(pauses=st.lists(st.floats(min_value=0, max_value=4000), max_size=300))
def test_no_rhythm_gets_more_than_the_allowance_into_an_hour(policy: Policy, pauses: list[float]) -> None:
    """Whoever waits out the forgetting gets the free ones anew at most twice an hour; whoever does not, gets fewer."""
    now, state, looked_at = START, None, []
    for pause in pauses:
        now += timedelta(seconds=pause)
        if wait_s(state, now) == 0:
            state = charge(policy, state, now)
            looked_at.append(now)
    hour = timedelta(hours=1)
    busiest = max((sum(start <= at < start + hour for at in looked_at) for start in looked_at), default=0)
    assert busiest <= 3 * policy.lock_after


@given(gaps=st.lists(st.sampled_from([0.0, 0.5, 1.0, 900.0]), min_size=1, max_size=200))
def test_guesses_sent_at_once_are_counted_one_by_one(gaps: list[float]) -> None:
    now, state = START, None
    for gap in gaps:
        now += timedelta(seconds=gap)
        before = 0 if state is None else state.failures
        state = charge(ACCOUNT, state, now)
        assert state.failures == before + 1
