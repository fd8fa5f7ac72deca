"""Metrics of the made-up company: a daily and a weekly shape, noise, and what incidents do to them. Pure.

Invariant: a value is a function of (seed, item, metric, minute) and the world's anchor alone, so anybody can make the same numbers again,
and the live feed goes on where the history stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from opsloom.inventory.demo.company import names_of
from opsloom.inventory.demo.incidents import Effect, How, effects_between
from opsloom.inventory.demo.world import SEED, SEOUL_OFFSET_H, World, days_between, midnight

MINUTES: Final = 24 * 60
BUSY_HOUR: Final = 14  # local to the company
WEEKEND: Final = 0.85
WITH_MEMORY: Final = 16  # servers that report their memory

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Base:
    low: float  # an item's level lies between low and high
    high: float
    swing: float  # how much of the level follows the time of day
    noise: float
    ceiling: float = float("inf")


@dataclass(frozen=True)
class Track:
    """A series."""

    item: str
    metric: str
    base: Base


@dataclass(frozen=True)
class Stretch:
    """Every series over consecutive steps: one row of `values` for each of `tracks`."""

    start: datetime
    step_min: int
    values: Values


_CPU: Final = Base(18, 40, 0.55, 3.0, 100)
_BY_TYPE: Final[tuple[tuple[str, str, Base], ...]] = (
    ("server", "cpu.usage", _CPU),
    ("server", "memory.usage", Base(45, 70, 0.15, 0.8, 100)),
    ("vm", "cpu.usage", Base(10, 30, 0.5, 2.5, 100)),
    ("database", "cpu.usage", Base(15, 30, 0.6, 2.0, 100)),
    ("database", "postgres.connections", Base(30, 80, 0.6, 2.0)),
    ("cache", "memory.usage", Base(40, 75, 0.1, 0.6, 100)),
    ("queue", "queue.depth", Base(20, 90, 0.8, 6.0)),
    ("storage", "disk.usage", Base(50, 78, 0.02, 0.2, 100)),
    ("load_balancer", "network.receive_bytes_s", Base(4e6, 9e6, 0.8, 2e5)),
    ("service", "service.requests_s", Base(40, 220, 0.8, 6.0)),
    ("service", "service.latency_ms", Base(35, 120, 0.35, 4.0)),
    ("service", "service.error_rate", Base(0.2, 0.4, 0.3, 0.06, 100)),
)
_UNMEASURED: Final = ("vm-dev", "vm-test")


@cache
def tracks() -> tuple[Track, ...]:
    """Every series there is, always in the same order."""
    found = []
    for kind, metric, base in _BY_TYPE:
        names = [name for name in names_of(kind) if not name.startswith(_UNMEASURED)]
        if (kind, metric) == ("server", "memory.usage"):
            names = names[:WITH_MEMORY]
        found += [Track(name, metric, base) for name in names]
    return tuple(found)


def stretches(world: World, start: datetime, end: datetime) -> Iterator[Stretch]:
    """All samples of [start, end) day by day; a sample lies on each whole step of the day."""
    for day in days_between(start, end):
        step = timedelta(minutes=world.size.step_min)
        first = max(-(-(start - midnight(day)) // step), 0)
        after = min(-(-(end - midnight(day)) // step), MINUTES // world.size.step_min)
        if first >= after:
            continue
        values = _quiet(day)[:, :: world.size.step_min].copy()
        _disturb(values, world, day)
        yield Stretch(midnight(day) + first * step, world.size.step_min, np.round(values[:, first:after], 3))


def _quiet(day: date) -> Values:
    """A day without incidents, by the minute."""
    minute = np.arange(MINUTES, dtype=np.float64)
    local = minute / 60 + SEOUL_OFFSET_H
    wave = np.cos(2 * np.pi * (local - BUSY_HOUR) / 24)
    late = local >= 24
    week = np.where(late, _week_factor(day + timedelta(days=1)), _week_factor(day))
    rows = []
    for track in tracks():
        rng = np.random.default_rng([SEED, _number(f"{track.item}/{track.metric}"), day.toordinal()])
        base = track.base
        level = _level(track) * (1 + rng.normal(0, 0.02))
        daily = level * (1 + base.swing * wave)
        if base.swing > 0.2:
            daily = daily * week
        rows.append(np.clip(daily + rng.normal(0, base.noise, MINUTES), 0, base.ceiling))
    return np.stack(rows)


def _disturb(values: Values, world: World, day: date) -> None:
    """What the day's incidents do, in place."""
    start = midnight(day)
    places = _places()
    for effect in effects_between(world, start, start + timedelta(days=1)):
        row = places.get((effect.item, effect.metric))
        if row is None:
            continue
        step = timedelta(minutes=world.size.step_min)
        first = max(-(-(effect.began - start) // step), 0)
        after = max(-(-(effect.ended - start) // step), first)
        part = values[row, first:after]
        values[row, first:after] = np.clip(_changed(part, effect), 0, tracks()[row].base.ceiling)


def _changed(part: Values, effect: Effect) -> Values:
    match effect.how:
        case How.LEVEL:  # the noise of the day stays on it
            return np.asarray(effect.amount + (part - part.mean() if part.size else part), dtype=np.float64)
        case How.TIMES:
            return np.asarray(part * effect.amount, dtype=np.float64)
        case How.ADD:
            return np.asarray(part + effect.amount, dtype=np.float64)


@cache
def _places() -> dict[tuple[str, str], int]:
    return {(track.item, track.metric): place for place, track in enumerate(tracks())}


@cache
def _number(text: str) -> int:
    return crc32(text.encode())


def _level(track: Track) -> float:
    """A level that belongs to the item."""
    spread = (_number(f"{track.metric}@{track.item}") % 1000) / 1000
    return track.base.low + spread * (track.base.high - track.base.low)


def _week_factor(day: date) -> float:
    return WEEKEND if day.weekday() >= 5 else 1.0


def measured(kinds: Sequence[str] = ()) -> tuple[str, ...]:
    """The items that are measured at all, or those of some types."""
    wanted = {name for kind in kinds for name in names_of(kind)}
    return tuple(dict.fromkeys(track.item for track in tracks() if not kinds or track.item in wanted))
