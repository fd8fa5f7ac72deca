"""What is worked out from the results of other steps, without a query of its own: comparisons and correlations. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

from opsloom.ask.plan import CompareStep, CorrelateStep
from opsloom.ask.tools.contract import Row, ToolResult, ToolStatus

FEWEST_PAIRS = 8  # a correlation of fewer says nothing


def compare(step: CompareStep, inputs: Mapping[str, ToolResult]) -> ToolResult:
    """`right` less `left` and in percent of it, `right` over `left`, or `right` as a share of the whole `left`."""
    left, right = _number(inputs[step.left]), _number(inputs[step.right])
    if left is None or right is None:
        return ToolResult(step.kind, step.id, ToolStatus.NO_DATA, detail="one side has no data")
    derived: Row = {"left": left, "right": right}
    if step.mode == "difference":
        derived |= {"difference": right - left, "percent": (right - left) / abs(left) * 100 if left else None}
    elif not left:
        return ToolResult(
            step.kind, step.id, ToolStatus.NO_DATA, detail="there is nothing to divide by", derived=derived
        )
    elif step.mode == "ratio":
        derived["ratio"] = right / left
    else:
        derived["share"] = right / left * 100
    return ToolResult(step.kind, step.id, ToolStatus.SUCCESS, derived=derived)


def correlate(step: CorrelateStep, inputs: Mapping[str, ToolResult]) -> ToolResult:
    """Pearson's r of two series over the times that both have, with their number."""
    left, right = _points(inputs[step.left]), _points(inputs[step.right])
    times = sorted(left.keys() & right.keys())
    pairs = [(left[time], right[time]) for time in times]
    r = pearson(pairs)
    if r is None:
        detail = "one of them does not change" if len(pairs) >= FEWEST_PAIRS else "too few common points"
        return ToolResult(step.kind, step.id, ToolStatus.NO_DATA, detail=detail, derived={"pairs": len(pairs)})
    return ToolResult(step.kind, step.id, ToolStatus.SUCCESS, derived={"r": r, "pairs": len(pairs)})


def pearson(pairs: list[tuple[float, float]]) -> float | None:
    """None for too few pairs, or where one side is constant."""
    n = len(pairs)
    if n < FEWEST_PAIRS:
        return None
    mean_x, mean_y = sum(x for x, _ in pairs) / n, sum(y for _, y in pairs) / n
    xx = sum((x - mean_x) ** 2 for x, _ in pairs)
    yy = sum((y - mean_y) ** 2 for _, y in pairs)
    xy = sum((x - mean_x) * (y - mean_y) for x, y in pairs)
    if xx <= 1e-12 * n * mean_x**2 or yy <= 1e-12 * n * mean_y**2 or not xx or not yy:
        return None
    return max(-1.0, min(1.0, xy / sqrt(xx * yy)))


def _points(result: ToolResult) -> dict[str, float]:
    """The mean of a step's series at each time."""
    if result.status is not ToolStatus.SUCCESS or result.evidence is None:
        return {}
    found: dict[str, list[float]] = {}
    for row in result.evidence.rows:
        value = row.get("value")
        if isinstance(value, int | float):
            found.setdefault(str(row.get("time")), []).append(float(value))
    return {time: sum(values) / len(values) for time, values in found.items()}


def _number(result: ToolResult) -> float | None:
    if result.status is not ToolStatus.SUCCESS or result.evidence is None:
        return None
    value = result.evidence.rows[0].get("value")
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
