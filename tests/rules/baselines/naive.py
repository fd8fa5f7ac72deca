"""The detectors written down plainly: one series, one point at a time, lists and floats."""

import math
from statistics import fmean, median, pstdev
from typing import Protocol

FLOOR = 0.05


class Naive(Protocol):
    """Judges one point of one series; None while it learns."""

    def judge(self, time_s: float, value: float) -> float | None: ...


class NaiveTail:
    """-log10 of how rare a distance is; learns from the first ones."""

    def __init__(self, learning: int) -> None:
        self.first: list[float] | None = []
        self.learning = learning
        self.q = self.e = self.v = self.mu = 0.0
        self.n = 0

    def judge(self, distance: float) -> float:
        if self.first is not None:
            self.first.append(distance)
            if len(self.first) == self.learning:
                self._begin(sorted(self.first))
                self.first = None
            return 0.0
        self.n += 1
        over, e = distance - self.q, self.e
        self.mu += (min(distance, self.q + 3 * e) - self.mu) * (0.002 if self.n > 500 else 1 / self.n)
        step = (0.02 if self.n > 250 else 5 / self.n) * e
        if over <= 0:
            self.q -= step * 0.01
            return 0.0
        shape = min(0.5 * (1 - e * e / self.v), 0.25)
        curved = shape > 1e-3
        decades = math.log10(1 + shape * over / (e * (1 - shape))) / shape if curved else math.log10(math.e) * over / e
        self.q += step * 0.99
        change = over - e if over < 10 * e else 9 * e
        self.v += (change * change - self.v) * 0.03
        self.e = max(e + change * 0.03, 0.02 * self.mu, 1e-9)
        return min(2 + decades, 40.0)

    def _begin(self, ordered: list[float]) -> None:
        self.n = len(ordered)
        place = min(int(self.n * 0.99), self.n - 4)
        self.q, self.mu = ordered[place], fmean(ordered)
        excess = [one - self.q for one in ordered[place + 1 :]]
        self.e = max(fmean(excess), 0.05 * self.mu, 1e-9)
        self.v = max(self.e**2, fmean([(one - fmean(excess)) ** 2 for one in excess]))


def stray(side: str, value: float, middle: float) -> float:
    return {"both": abs(value - middle), "up": max(value - middle, 0), "down": max(middle - value, 0)}[side]


class NaiveCalibrated:
    def __init__(self, side: str, warm_up: int, *, season: bool) -> None:
        self.side, self.season, self.learning = side, season, max(60, min(warm_up, 300))
        self.tails = [NaiveTail(self.learning), NaiveTail(self.learning)]
        self.level: float | None = None
        self.profile: dict[int, float] = {}
        self.seen, self.warm_up = 0, max(warm_up, self.learning)

    def judge(self, time_s: float, value: float) -> float | None:
        level = value if self.level is None else self.level
        score = self.tails[0].judge(stray(self.side, value, level))
        self.level = level + 0.02 * (value - level)
        if self.season:
            part = int(time_s % 86_400 // 1_800)
            usual = self.profile.get(part, value)
            score += self.tails[1].judge(stray(self.side, value, usual))
            self.profile[part] = usual + 0.15 * (value - usual)
        self.seen += 1
        return None if self.seen <= self.warm_up else score


class NaiveWindow:
    """z-score, median absolute deviation or interquartile fences."""

    def __init__(self, kind: str, side: str, points: int, warm_up: int) -> None:
        self.kind, self.side, self.points, self.warm_up = kind, side, points, max(warm_up, 10)
        self.all: list[float] = []

    def judge(self, time_s: float, value: float) -> float | None:
        before, window = self.all[:], self.all[-self.points :]
        self.all.append(value)
        if len(before) < self.warm_up:
            return None
        floor = FLOOR * pstdev(before) + 1e-9
        if self.kind == "iqr":
            low, high = quantile(window, 0.25), quantile(window, 0.75)
            over = stray("up", value, high) if self.side != "down" else 0.0
            under = stray("down", value, low) if self.side != "up" else 0.0
            return max(over, under) / max(high - low, floor)
        middle = fmean(window) if self.kind == "zscore" else median(window)
        spread = pstdev(window) if self.kind == "zscore" else 1.4826 * median([abs(one - middle) for one in window])
        return stray(self.side, value, middle) / max(spread, floor)


def quantile(values: list[float], share: float) -> float:
    """With a straight line between neighbours."""
    ordered, place = sorted(values), share * (len(values) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


class NaiveSmoothed:
    def __init__(self, side: str, weight: float, warm_up: int) -> None:
        self.side, self.weight, self.warm_up = side, weight, max(warm_up, 10)
        self.all: list[float] = []
        self.average, self.variance = 0.0, 0.0

    def judge(self, time_s: float, value: float) -> float | None:
        before = self.all[:]
        self.all.append(value)
        if not before:
            self.average = value
        floor = FLOOR * pstdev(before) + 1e-9 if before else 1e-9
        score = stray(self.side, value, self.average) / max(math.sqrt(self.variance), floor)
        apart = value - self.average
        self.average += self.weight * apart
        self.variance = (1 - self.weight) * (self.variance + self.weight * apart * apart)
        return None if len(before) < self.warm_up else score


class NaiveRate:
    def __init__(self, side: str, warm_up: int) -> None:
        self.side, self.warm_up = side, max(warm_up, 1)
        self.all: list[tuple[float, float]] = []

    def judge(self, time_s: float, value: float) -> float | None:
        before = self.all[:]
        self.all.append((time_s, value))
        if len(before) < self.warm_up or time_s <= before[-1][0]:
            return None
        return stray(self.side, value, before[-1][1]) / (time_s - before[-1][0])


class NaiveFlat:
    def __init__(self, tolerance: float, points: int, warm_up: int) -> None:
        self.tolerance, self.points, self.warm_up = tolerance, points, max(warm_up, points - 1)
        self.all: list[float] = []

    def judge(self, time_s: float, value: float) -> float | None:
        self.all.append(value)
        if len(self.all) <= self.warm_up:
            return None
        window = self.all[-self.points :]
        return float(max(window) - min(window) <= self.tolerance)
