"""What a point costs an anomaly rule: every detector over many series at once, and a plain loop of the z-score beside it.

    python bench/anomaly.py [--series 1000] [--points 1000]

A batch holds one point of each series, as when all hosts report together. The target is 5 µs a point.
"""

import argparse
import sys
import time
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src")]

from opsloom.rules.baselines.making import bank_of  # noqa: E402
from opsloom.rules.baselines.scored import score_all  # noqa: E402
from opsloom.rules.document import AnomalyRule  # noqa: E402

TARGET_US = 5.0
MINUTE = 60_000_000
DETECTORS: list[dict[str, Any]] = [
    {"type": "calibrated"},
    {"type": "zscore"},
    {"type": "mad"},
    {"type": "iqr"},
    {"type": "ema"},
    {"type": "rate", "limit": 5},
    {"type": "flat"},
]


def vectorised(detector: dict[str, Any], values: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Microseconds a point, after a tenth of the points for the arrays to grow."""
    source = {"type": "metric", "metric": "m"}
    rule = AnomalyRule.model_validate({"kind": "anomaly", "source": source, "detector": detector, "warm_up": 50})
    bank, (points, series) = bank_of(rule), values.shape
    slots = np.array([bank.add() for _ in range(series)], dtype=np.int64)
    begin, began = points // 10, 0.0
    for number in range(points):
        if number == begin:
            began = time.perf_counter()
        times = np.full(series, number * MINUTE, dtype=np.int64)
        score_all(bank, slots, times, values[number])
    return (time.perf_counter() - began) / ((points - begin) * series) * 1e6


def plain(values: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """The z-score of the last 60 points, series by series."""
    points, series = min(len(values), 200), min(values.shape[1], 100)
    windows: list[deque[float]] = [deque(maxlen=60) for _ in range(series)]
    began = time.perf_counter()
    for row in values[:points, :series].tolist():
        for window, value in zip(windows, row, strict=True):
            if len(window) > 1:
                mean = sum(window) / len(window)
                spread = (sum((one - mean) ** 2 for one in window) / len(window)) ** 0.5
                _ = abs(value - mean) / spread if spread else 0.0
            window.append(value)
    return (time.perf_counter() - began) / (points * series) * 1e6


def main(series: int, points: int) -> int:
    """Print the cost of each; 1 when the default detector is over the target."""
    values = np.random.default_rng(7).normal(50, 2, (points, series))
    print(f"{points:,} points of {series:,} series; target {TARGET_US:g} µs a point")
    costs = {detector["type"]: vectorised(detector, values) for detector in DETECTORS}
    for name, cost in costs.items():
        print(f"  {name:<12} {cost:7.2f} µs a point  ({1 / cost:.2f} M points/s)")
    print(f"  {'plain loop':<12} {plain(values):7.2f} µs a point  (z-score)")
    return 0 if costs["calibrated"] <= TARGET_US else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=1_000)
    parser.add_argument("--points", type=int, default=1_000)
    given = parser.parse_args()
    sys.exit(main(given.series, given.points))
