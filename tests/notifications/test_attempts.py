"""What follows an attempt; pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.notifications.attempts import (
    Again,
    DeliveryPolicy,
    FailReason,
    GivenUp,
    Sent,
    Standing,
    Tried,
    decide,
    parse_retry_after,
)

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
POLICY = DeliveryPolicy(attempts=8, base_s=5, max_wait_s=600)


def standing(attempt: int = 1, allowed: int = 8, age_s: float = 0) -> Standing:
    return Standing(attempt, allowed, NOW - timedelta(seconds=age_s))


def test_taken_is_the_end() -> None:
    assert decide(Tried(sent=True), standing(), POLICY, NOW, 0.5) == Sent()


def test_refused_for_good_is_the_end() -> None:
    refused = Tried(sent=False, status_code=404, reason=FailReason.REFUSED_BY_RECEIVER)
    assert decide(refused, standing(), POLICY, NOW, 0.5) == GivenUp(FailReason.REFUSED_BY_RECEIVER)


@pytest.mark.parametrize(("attempt", "wait_s"), [(1, 5), (2, 10), (3, 20), (4, 40), (7, 320)])
def test_waits_double(attempt: int, wait_s: float) -> None:
    decision = decide(Tried(sent=False, again=True), standing(attempt), POLICY, NOW, 1.0)
    assert decision == Again(NOW + timedelta(seconds=wait_s))


def test_the_last_attempt_is_the_last() -> None:
    assert decide(Tried(sent=False, again=True), standing(8), POLICY, NOW, 0) == GivenUp(FailReason.ATTEMPTS_EXHAUSTED)


def test_the_receivers_wish_is_honoured_up_to_a_limit() -> None:
    wish = Tried(sent=False, again=True, retry_after_s=90)
    assert decide(wish, standing(), POLICY, NOW, 0) == Again(NOW + timedelta(seconds=90))
    endless = Tried(sent=False, again=True, retry_after_s=1e9)
    assert decide(endless, standing(), POLICY, NOW, 0) == Again(NOW + timedelta(hours=1))


def test_what_is_too_old_is_given_up() -> None:
    tried = Tried(sent=False, again=True, retry_after_s=600)
    assert decide(tried, standing(age_s=86_000), POLICY, NOW, 0) == GivenUp(FailReason.TOO_OLD)


@given(
    attempt=st.integers(1, 20),
    allowed=st.integers(1, 20),
    age_s=st.floats(0, 2e5),
    after=st.none() | st.floats(0, 1e6),
    chance=st.floats(0, 1, exclude_max=True),
    again=st.booleans(),
)
def test_a_failure_waits_or_ends_and_never_waits_past_its_age(
    attempt: int, allowed: int, age_s: float, after: float | None, chance: float, again: bool
) -> None:
    where = standing(attempt, allowed, age_s)
    decision = decide(Tried(sent=False, again=again, retry_after_s=after), where, POLICY, NOW, chance)
    if isinstance(decision, Again):
        assert again
        assert attempt < allowed
        assert NOW + timedelta(seconds=2.5) <= decision.at <= where.created_at + timedelta(seconds=POLICY.max_age_s)
    else:
        assert isinstance(decision, GivenUp)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Mon, 02 Mar 2026 12:01:30 GMT", 90),
        ("Mon, 02 Mar 2026 11:00:00 GMT", 0),
        ("99999999999999999999", 999_999_999),
        (None, None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("１２", None),
        ("Mon, 99 Foo 2026 12:00:00 GMT", None),
    ],
)
def test_retry_after(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds


@given(st.text())
def test_retry_after_never_breaks(value: str) -> None:
    seconds = parse_retry_after(value, NOW)
    assert seconds is None or seconds >= 0
