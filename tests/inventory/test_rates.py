"""Counters become rates; a reset never becomes a negative or invented one."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from opsloom.inventory.rates import SHORTEST_S, rate, share

counters = st.floats(min_value=0, max_value=1e18)


@given(counters, counters, st.floats(min_value=-10, max_value=1e6))
def test_a_rate_is_growth_over_time_or_unknown(before: float, after: float, elapsed_s: float) -> None:
    result = rate(before, after, elapsed_s)
    if after < before or elapsed_s < SHORTEST_S:
        assert result is None
    else:
        assert result is not None
        assert result >= 0
        assert abs(result * elapsed_s - (after - before)) <= 1e-6 * max(after, 1.0)


@given(st.lists(counters, min_size=2, max_size=20))
def test_rates_over_a_reset_lose_only_the_interval_of_the_reset(readings: list[float]) -> None:
    rates = [rate(old, new, 5.0) for old, new in pairwise(readings)]
    resets = sum(new < old for old, new in pairwise(readings))
    assert rates.count(None) == resets


def test_a_first_reading_has_no_rate() -> None:
    assert rate(None, 5.0, 1.0) is None
    assert rate(5.0, None, 1.0) is None


parts = st.dictionaries(st.sampled_from(["user", "system", "idle", "iowait"]), st.floats(0, 1e9), min_size=1)


@given(parts, parts)
def test_a_share_is_a_percentage_or_unknown(before: dict[str, float], after: dict[str, float]) -> None:
    result = share(before, after, frozenset({"idle", "iowait"}))
    assert result is None or 0.0 <= result <= 100.0 + 1e-9


def test_shares_of_all_parts_add_up() -> None:
    before = {"user": 10.0, "idle": 100.0}
    after = {"user": 40.0, "idle": 170.0}
    assert share(before, after, frozenset({"user"})) == 30.0
    assert share(before, after, frozenset({"idle"})) == 70.0


def test_a_rebooted_machine_has_no_share() -> None:
    assert share({"user": 900.0, "idle": 5000.0}, {"user": 1.0, "idle": 2.0}, frozenset({"idle"})) is None


def test_a_tick_back_of_idle_time_is_not_a_reset() -> None:
    assert share({"user": 1.0, "idle": 100.0}, {"user": 2.0, "idle": 99.9}, frozenset({"user"})) == 100.0
