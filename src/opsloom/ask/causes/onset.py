"""When a symptom began and ended, from the course of its metrics. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from opsloom.ask.causes.reading import BUCKET_S, FEWEST, Stretch
from opsloom.inventory.service import METRICS, Bad

LEAST = 4.0  # spreads from the usual that count as off
ALONE = 8.0  # that count where only one step is off
PAUSE = timedelta(minutes=10)  # a shorter return to normal belongs to the same trouble
LONGEST = timedelta(hours=3)
Points = Sequence[tuple[datetime, float, float]]
"""Times, values, and what was to be expected then."""


@dataclass(frozen=True)
class Symptom:
    """The metric that was worst, and when."""

    metric: str
    z: float
    stretch: Stretch


def symptom_of(courses: Mapping[str, Points], start: datetime, metric: str | None) -> Symptom | None:
    """The worst stretch of the metric asked for, or of any with a bad direction; None when nothing was off."""
    names = [metric] if metric in courses else [one for one in courses if bad_direction(one) is not Bad.NEITHER]
    found = [
        one for name in names if name is not None for one in [_worst(name, courses[name], start)] if one is not None
    ]
    return max(found, key=lambda one: (one.z, one.metric), default=None)


def bad_direction(metric: str) -> Bad:
    """Of a metric nobody described, up is taken as bad."""
    kind = METRICS.get(metric)
    return kind.bad if kind is not None else Bad.UP


def _worst(metric: str, points: Points, start: datetime) -> Symptom | None:
    if not points:
        return None
    before = [value - expected for time, value, expected in points if time < start]
    if len(before) < FEWEST:
        before = [value - expected for _, value, expected in points]
    shift = median(before)
    level = median(expected for _, _, expected in points)
    spread = max(1.4826 * median(abs(each - shift) for each in before), 0.02 * abs(level), 1e-6)
    sign = -1.0 if bad_direction(metric) is Bad.DOWN else 1.0
    scored = [(time, sign * (value - expected - shift) / spread) for time, value, expected in points]
    inside = [one for one in scored if one[0] >= start]
    if not inside:
        return None
    peak, z = max(inside, key=lambda one: one[1])
    if z < LEAST:
        return None
    # It may have begun before the time that was asked about.
    off = [time for time, each in scored if each >= max(LEAST, z / 4)]
    step = _step(points)
    stretch = _around(peak, off, step)
    # Of what is measured seldom, one value is all there is of a short trouble.
    lasting = step >= PAUSE or sum(stretch.start <= time < stretch.end for time in off) >= 2
    return Symptom(metric, z, stretch) if lasting or z >= ALONE else None


def _step(points: Points) -> timedelta:
    """How far apart the values lie."""
    times = [time for time, _, _ in points]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    return timedelta(seconds=max(median(gaps), BUCKET_S) if gaps else BUCKET_S)


def _around(peak: datetime, off: Sequence[datetime], step: timedelta) -> Stretch:
    """The times around the peak that are off, across short returns to normal."""
    pause = max(PAUSE, 1.5 * step)
    begin = end = peak
    for time in sorted((one for one in off if one <= peak), reverse=True):
        if begin - time > pause:
            break
        begin = time
    for time in sorted(one for one in off if one >= peak):
        if time - end > pause or time - begin > LONGEST:
            break
        end = time
    return Stretch(max(begin, peak - LONGEST), end + step, step.total_seconds())
