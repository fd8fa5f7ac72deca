"""What every detector of anomalies has: slots for series, scores for points, numbers as bytes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, Protocol

import numpy as np

from opsloom.rules.facts import Floats, Ints


class Side(StrEnum):
    """Which way a value must stray to count."""

    BOTH = "both"
    UP = "up"
    DOWN = "down"


class Scored(NamedTuple):
    """Scores of points, NaN where the series is still being learnt, and the numbers they were made of."""

    scores: Floats
    parts: dict[str, Floats]


class Usual(NamedTuple):
    """What a series is known to do. `profile` has the usual value of each part of the UTC day, None where it was not met yet."""

    points: int
    needed: int
    level: float | None
    spread: float | None
    profile: tuple[float | None, ...] = ()


class Bank(Protocol):
    """One detector over many series."""

    def add(self) -> int:
        """A slot for a fresh series."""
        ...

    def drop(self, slot: int) -> None:
        """Forget a series."""
        ...

    def score(self, slots: Ints, times: Ints, values: Floats) -> Scored:
        """Judge one point for each slot and take it in; no slot may be named twice. Times in microseconds, values finite."""
        ...

    def usual(self, slot: int) -> Usual:
        """What has been learnt of a series."""
        ...

    def dump(self, slot: int) -> bytes:
        """All numbers of a series."""
        ...

    def load(self, slot: int, stored: bytes) -> None:
        """Bring them back exactly. Raises BaselineUnreadable."""
        ...

    @property
    def size_bytes(self) -> int:
        """What all series take."""
        ...


def stray(side: Side, values: Floats, middle: Floats) -> Floats:
    """How far values are from the middle on the side that counts; never negative."""
    apart = values - middle
    if side is Side.BOTH:
        return np.abs(apart)
    return np.maximum(apart if side is Side.UP else -apart, 0.0)


@dataclass(slots=True)
class Together:
    """Scores of a whole batch, put together from the waves."""

    size: int
    scores: Floats = field(init=False)
    parts: dict[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scores = np.full(self.size, np.nan)

    def put(self, rows: Ints, scored: Scored) -> None:
        """The scores of some rows."""
        self.scores[rows] = scored.scores
        for name, numbers in scored.parts.items():
            if name not in self.parts:
                self.parts[name] = np.full(self.size, np.nan)
            self.parts[name][rows] = numbers


def score_all(bank: Bank, slots: Ints, times: Ints, values: Floats) -> Scored:
    """Judge points in order; a series may have several."""
    together = Together(len(slots))
    for rows in waves(slots):
        together.put(rows, bank.score(slots[rows], times[rows], values[rows]))
    return Scored(together.scores, together.parts)


def waves(slots: Ints) -> Iterator[Ints]:
    """Rows such that none has a slot twice: the first point of every series, then the second, and so on."""
    count = len(slots)
    if not count:
        return
    order = np.argsort(slots, kind="stable")
    ordered = slots[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    if len(starts) == count:
        yield np.arange(count)
        return
    lengths = np.diff(np.append(starts, count))
    ranks = np.arange(count) - np.repeat(starts, lengths)
    by_rank = np.argsort(ranks, kind="stable")
    yield from np.split(order[by_rank], np.cumsum(np.bincount(ranks))[:-1])
