"""When a maintenance window is open: once, or again and again on the clock of a time zone. Pure.

An occurrence begins at a moment of its cron (`kit.cron` says what a change of clocks does to it: an hour that is left out moves it to
the hour's end, one that comes twice has it once) and lasts its duration in elapsed time, whatever the clocks do meanwhile.
Occurrences do not overlap: a duration longer than the shortest pause between two is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, pairwise
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from opsloom.kit.cron import moments
from opsloom.kit.model import Instant, Text, Wire

_LONGEST_S: Final = 7 * 86_400
_CHECKED: Final = 100
_MOST: Final = 1000


@dataclass(frozen=True, slots=True)
class Span:
    """From an instant up to, not including, another."""

    starts_at: datetime
    ends_at: datetime

    def holds(self, now: datetime) -> bool:
        """Whether it is under way."""
        return self.starts_at <= now < self.ends_at


class Once(Wire):
    """One time."""

    type: Literal["once"] = "once"
    starts_at: Instant
    ends_at: Instant


class Recurring(Wire):
    """Five fields of cron on the clock of an IANA time zone, each time for so many seconds. `until`: no occurrence begins after."""

    type: Literal["recurring"] = "recurring"
    cron: Annotated[Text, StringConstraints(min_length=9, max_length=100, strip_whitespace=True)]
    zone: Annotated[Text, StringConstraints(min_length=1, max_length=60)] = "UTC"
    duration_s: Annotated[int, Field(ge=60, le=_LONGEST_S)]
    until: Instant | None = None


Timing = Annotated[Once | Recurring, Field(discriminator="type")]


class TimingInvalid(ValueError):
    """`field` is the part of the timing that cannot be used, the text says why."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(detail)
        self.field = field


def check(timing: Timing, now: datetime) -> None:
    """Whether it can be kept to. Raises TimingInvalid, CronInvalid."""
    if isinstance(timing, Once):
        if timing.ends_at <= timing.starts_at:
            raise TimingInvalid("ends_at", "it must end after it starts")
        if timing.ends_at - timing.starts_at > timedelta(days=366):
            raise TimingInvalid("ends_at", "it must not last longer than a year")
        return
    found = list(islice(moments(timing.cron, timing.zone, now), _CHECKED))
    if not found:
        raise TimingInvalid("cron", f"“{timing.cron}” is never due")
    shortest = min((later - sooner for sooner, later in pairwise(found)), default=None)
    if shortest is not None and shortest < timedelta(seconds=timing.duration_s):
        raise TimingInvalid(
            "duration_s", f"the next one begins {int(shortest.total_seconds())} s later: it must end before"
        )


def spans(timing: Timing, after: datetime) -> Iterator[Span]:
    """Occurrences that end after an instant, in order."""
    if isinstance(timing, Once):
        if timing.ends_at > after:
            yield Span(timing.starts_at, timing.ends_at)
        return
    lasts = timedelta(seconds=timing.duration_s)
    for moment in islice(moments(timing.cron, timing.zone, after - lasts), _MOST):
        if timing.until is not None and moment > timing.until:
            return
        yield Span(moment, moment + lasts)


def current(timing: Timing, now: datetime) -> Span | None:
    """The occurrence that is under way."""
    first = next(spans(timing, now), None)
    return first if first is not None and first.holds(now) else None


def upcoming(timing: Timing, now: datetime, count: int) -> list[Span]:
    """The one under way and the next ones."""
    return list(islice(spans(timing, now), count))
