"""What is done when a time has come, or has passed while nothing could run. Pure.

Invariant: the moments of a timetable follow one another whatever the clock does. Each turn deals with one moment and says which is
the next, always a later one: a clock that leaps back only makes the wait longer, it brings no moment twice; one that leaps
forward lets moments pass, and the policy says which of them are made up for.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Final, NamedTuple, Protocol

from opsloom.kit import cron

LATE_S: Final = 60.0
"""A moment that is noticed later than this was missed."""
MOST_MADE_UP: Final = 24
_MOST_COUNTED: Final = 366 * 24 * 60
"""So many moments as a year of minutes has."""


class CatchUp(StrEnum):
    """What to do about moments that passed: leave them out, run once for all of them, or run each (the latest 24)."""

    SKIP = "skip"
    ONCE = "once"
    EACH = "each"


class Timetable(Protocol):
    """Moments that grow."""

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Those after one, in UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Cron:
    """Five fields on the clock of a zone."""

    text: str
    zone: str

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Raises CronInvalid."""
        return cron.moments(self.text, self.zone, moment)


@dataclass(frozen=True, slots=True)
class Every:
    """A pace."""

    seconds: float

    def after(self, moment: datetime) -> Iterator[datetime]:
        """One step after the other, without end."""
        step = timedelta(seconds=self.seconds)
        while True:
            moment += step
            yield moment


class Turn(NamedTuple):
    """The moment that is dealt with, whether it runs, and how many others passed by for good."""

    at: datetime
    runs: bool
    left_out: int = 0


def turn(timetable: Timetable, due: datetime, now: datetime, policy: CatchUp) -> Turn:
    """What to do about the moment that was waited for."""
    if not is_missed(due, now):
        return Turn(due, runs=True)
    latest, passed = deque([due], maxlen=MOST_MADE_UP if policy is CatchUp.EACH else 1), 1
    for moment in islice(timetable.after(due), _MOST_COUNTED):
        if moment > now:
            break
        latest.append(moment)
        passed += 1
    if policy is CatchUp.EACH:
        return Turn(latest[0], runs=True, left_out=passed - len(latest))
    runs = policy is CatchUp.ONCE or not is_missed(latest[-1], now)
    return Turn(latest[-1], runs, passed - 1)


def next_after(timetable: Timetable, moment: datetime) -> datetime | None:
    """The moment to wait for once one has been dealt with; None when there is none."""
    return next(timetable.after(moment), None)


def is_missed(due: datetime, now: datetime) -> bool:
    """Whether it is too late to call it on time."""
    return now - due > timedelta(seconds=LATE_S)
