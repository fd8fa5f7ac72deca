"""What is worked out from other steps agrees with hand and with the standard library."""

import statistics
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsloom.ask.derive import FEWEST_PAIRS, compare, correlate, pearson
from opsloom.ask.plan import CompareStep, CorrelateStep
from opsloom.ask.tools.contract import Evidence, Row, ToolResult, ToolStatus
from opsloom.inventory.schemas import Query

NOW = datetime(2026, 11, 18, 5, 30, tzinfo=UTC)


def result(*rows: Row) -> ToolResult:
    evidence = Evidence(Query(sql="select 1"), tuple(rows[0]) if rows else (), rows, False, NOW, 1.0)
    return ToolResult("metric_query", "s", ToolStatus.SUCCESS if rows else ToolStatus.NO_DATA, evidence)


def course(values: list[float], since: datetime = NOW) -> ToolResult:
    return result(
        *({"time": (since + timedelta(minutes=n)).isoformat(), "value": value} for n, value in enumerate(values))
    )


def compared(mode: Literal["difference", "ratio", "share"], left: ToolResult, right: ToolResult) -> ToolResult:
    step = CompareStep(id="s3", mode=mode, left="s1", right="s2", left_name="a", right_name="b")
    return compare(step, {"s1": left, "s2": right})


@pytest.mark.parametrize(
    ("mode", "derived"),
    [
        ("difference", {"difference": 10.0, "percent": 25.0}),
        ("ratio", {"ratio": 1.25}),
        ("share", {"share": 125.0}),
    ],
)
def test_each_way_of_comparing(mode: Literal["difference", "ratio", "share"], derived: Row) -> None:
    found = compared(mode, result({"value": 40.0}), result({"value": 50.0}))
    assert found.derived == {"left": 40.0, "right": 50.0, **derived}


@pytest.mark.parametrize("mode", ["ratio", "share"])
def test_nothing_is_divided_by_zero(mode: Literal["ratio", "share"]) -> None:
    found = compared(mode, result({"value": 0}), result({"value": 3}))
    assert found.status is ToolStatus.NO_DATA
    assert found.derived == {"left": 0.0, "right": 3.0}


def test_a_zero_is_a_value_and_no_data_is_none() -> None:
    assert compared("difference", result({"value": 4}), result({"value": 0})).derived["difference"] == -4
    assert compared("difference", result({"value": 4}), result()).status is ToolStatus.NO_DATA


pairs = st.lists(
    st.tuples(*[st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3))] * 2),
    min_size=FEWEST_PAIRS,
    max_size=50,
)


@given(pairs)
def test_pearson_agrees_with_the_standard_library(found: list[tuple[float, float]]) -> None:
    r = pearson(found)
    if r is not None:
        assert r == pytest.approx(statistics.correlation([x for x, _ in found], [y for _, y in found]), abs=1e-6)


def test_a_correlation_uses_the_times_that_both_have() -> None:
    step = CorrelateStep(id="s3", left="s1", right="s2", left_name="a", right_name="b")
    up, down = [float(n) for n in range(20)], [float(-2 * n) for n in range(20)]
    found = correlate(step, {"s1": course(up), "s2": course(down, NOW + timedelta(minutes=5))})
    assert found.derived == {"r": pytest.approx(-1.0), "pairs": 15}
    assert correlate(step, {"s1": course(up), "s2": course([3.0] * 20)}).status is ToolStatus.NO_DATA
    assert correlate(step, {"s1": course(up[:4]), "s2": course(down)}).detail == "too few common points"
