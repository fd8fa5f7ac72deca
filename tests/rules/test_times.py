"""Durations in buckets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.rules.times import BUCKETS, Times, together


@given(st.lists(st.floats(1e-6, 1_500), min_size=1, max_size=200), st.floats(0, 1))
def test_a_quantile_is_off_by_an_eighth_at_most(durations: list[float], share: float) -> None:
    times = Times()
    for duration in durations:
        times.add(duration)
    exact = float(np.quantile(durations, share, method="inverted_cdf"))
    assert times.quantile(share) == pytest.approx(exact, rel=0.125)


@given(st.lists(st.lists(st.floats(0, 10_000), max_size=30), max_size=5))
def test_parts_add_up_to_the_whole(parts: list[list[float]]) -> None:
    whole, stored = Times(), []
    for part in parts:
        one = Times()
        for duration in part:
            one.add(duration)
            whole.add(duration)
        stored.append(one.stored())
        assert len(stored[-1]) == BUCKETS
    assert together(stored) == whole


def test_without_any_there_is_no_quantile() -> None:
    assert Times().quantile(0.5) is None
