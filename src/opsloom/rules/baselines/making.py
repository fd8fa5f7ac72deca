"""From what an anomaly rule says to the detector that does it."""

from opsloom.rules.baselines.calibrated import Calibrated
from opsloom.rules.baselines.scored import Bank, Side
from opsloom.rules.baselines.smoothed import Rate, Smoothed
from opsloom.rules.baselines.windowed import Deviation, Fences, Flat
from opsloom.rules.document import (
    AnomalyRule,
    CalibratedDetector,
    DeviationDetector,
    FlatDetector,
    RateDetector,
    SmoothedDetector,
)


def bank_of(rule: AnomalyRule) -> Bank:
    """An empty detector."""
    side, warm_up = Side(rule.direction.value), rule.warm_up
    match rule.detector:
        case CalibratedDetector() as asked:
            return Calibrated(side=side, season=asked.season, warm_up=warm_up)
        case DeviationDetector(type="iqr") as asked:
            return Fences(side=side, points=asked.points, warm_up=warm_up)
        case DeviationDetector() as asked:
            return Deviation(median=asked.type == "mad", side=side, points=asked.points, warm_up=warm_up)
        case SmoothedDetector() as asked:
            return Smoothed(side=side, weight=asked.weight, warm_up=warm_up)
        case RateDetector():
            return Rate(side=side, warm_up=warm_up)
        case FlatDetector() as asked:
            return Flat(tolerance=asked.tolerance, points=asked.points, warm_up=warm_up)


def limit_of(rule: AnomalyRule) -> float:
    """The score from which on a point is an anomaly."""
    match rule.detector:
        case CalibratedDetector(score=limit) | DeviationDetector(limit=limit) | SmoothedDetector(limit=limit):
            return limit
        case RateDetector(limit=limit):
            return limit
        case FlatDetector():
            return 1.0
