"""Metrics of the made-up company: a daily shape, noise, and one incident with a cause. Pure.

Invariant: a series is a function of (seed, item, metric, last minute), so anybody can make the same numbers again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from opsloom.inventory.demo.company import SERVERS, SERVICES, STORES

SEED = 20260302
MINUTES = 24 * 60
BUSY_HOUR = 14  # local to the company, which lives in Seoul
SEOUL_OFFSET_H = 9
INCIDENT_BEGAN_MIN, INCIDENT_ENDED_MIN = 190, 165  # before the last minute
# The payment database runs hot; the gateway in front of it slows down and fails, and checkout with it.
CAUSE = "pay-db-01"
SLOWED = {"payment-gateway": 6.0, "checkout": 3.0, "storefront": 1.5}
FAILING = {"payment-gateway": 9.0, "checkout": 5.0, "storefront": 0.8}

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Series:
    item: str
    metric: str
    values: Values


@dataclass(frozen=True)
class Base:
    level: float
    swing: float  # how much of the level follows the time of day
    noise: float
    ceiling: float = float("inf")


def minutes(last: datetime) -> list[datetime]:
    """The minutes covered, oldest first; `last` is a whole minute."""
    return [last - timedelta(minutes=MINUTES - 1 - n) for n in range(MINUTES)]


def all_series(last: datetime) -> Iterator[Series]:
    """Every series of the last day."""
    for name, _korean in SERVERS:
        yield _series(name, "cpu.usage", last, Base(_spread(name, 18, 40), 0.7, 3.0, 100))
        yield _series(name, "memory.usage", last, Base(_spread(name, 45, 70), 0.15, 0.8, 100))
    for name, kind, _korean, _below in STORES:
        if kind == "database":
            cpu = _series(name, "cpu.usage", last, Base(_spread(name, 15, 30), 0.8, 2.0, 100))
            yield _hot(cpu) if name == CAUSE else cpu
            yield _series(name, "postgres.connections", last, Base(_spread(name, 30, 80), 0.6, 2.0))
    for name, *_rest in SERVICES:
        yield _series(name, "service.requests_s", last, Base(_spread(name, 40, 220), 0.9, 6.0))
        latency = _series(name, "service.latency_ms", last, Base(_spread(name, 35, 120), 0.35, 4.0))
        yield _slow(latency, SLOWED.get(name, 1.0))
        errors = _series(name, "service.error_rate", last, Base(0.25, 0.3, 0.06, 100))
        yield _failing(errors, FAILING.get(name, 0.0))


def _rng(item: str, metric: str) -> np.random.Generator:
    return np.random.default_rng([SEED, crc32(f"{item}/{metric}".encode())])


def _spread(item: str, low: float, high: float) -> float:
    """A level between low and high that belongs to the item."""
    return low + (crc32(item.encode()) % 1000) / 1000 * (high - low)


def _series(item: str, metric: str, last: datetime, base: Base) -> Series:
    at = np.array([moment.hour * 60 + moment.minute for moment in minutes(last)], dtype=np.float64)
    phase = 2 * np.pi * ((at / 60 + SEOUL_OFFSET_H - BUSY_HOUR) / 24)
    daily = base.level * (1 + base.swing * np.cos(phase))
    values = daily + _rng(item, metric).normal(0, base.noise, MINUTES)
    return Series(item, metric, _rounded(np.clip(values, 0, base.ceiling)))


def _rounded(values: Values) -> Values:
    return np.asarray(np.round(values, 3), dtype=np.float64)


def _incident() -> slice:
    return slice(MINUTES - INCIDENT_BEGAN_MIN, MINUTES - INCIDENT_ENDED_MIN)


def _hot(series: Series) -> Series:
    values = series.values.copy()
    values[_incident()] = np.round(
        np.clip(92 + _rng(series.item, "incident").normal(0, 2, values[_incident()].size), 0, 100), 3
    )
    return Series(series.item, series.metric, values)


def _slow(series: Series, factor: float) -> Series:
    values = series.values.copy()
    values[_incident()] = np.round(values[_incident()] * factor, 3)
    return Series(series.item, series.metric, values)


def _failing(series: Series, added: float) -> Series:
    values = series.values.copy()
    values[_incident()] = np.round(values[_incident()] + added, 3)
    return Series(series.item, series.metric, values)
