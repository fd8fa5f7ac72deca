"""Routes: which transitions go to which channels, when, and in which words. Pure.

A route adds to what channels take by themselves and to what rules name: it never takes anything away, so that whoever looks at one
route sees all it does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from opsloom.kit.model import Text
from opsloom.kit.patterns import PatternInvalid, compiled
from opsloom.notifications.content import AssetKey, Channel, Severity, Told
from opsloom.notifications.subject import Subject


class Match(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    FITS = "fits"
    FITS_NOT = "fits_not"


class Day(StrEnum):
    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise ValueError(f"there is no time zone “{name[:100]}”") from None
    return name


Zone = Annotated[Text, Field(min_length=1, max_length=100, examples=["Asia/Seoul"]), AfterValidator(_known_zone)]


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Matcher(_Stored):
    """What a label of the alert must (not) be. A label that is missing is an empty text; `fits` is a regular expression over all
    of it."""

    label: Annotated[Text, Field(min_length=1, max_length=100)]
    match: Match = Match.IS
    value: Annotated[Text, Field(max_length=500)]

    @model_validator(mode="after")
    def _readable(self) -> "Matcher":
        if self.match in (Match.FITS, Match.FITS_NOT):
            try:
                compiled(self.value)
            except PatternInvalid as error:
                raise ValueError(str(error)) from None
        return self

    def holds(self, labels: dict[str, str]) -> bool:
        """Whether these labels are as wanted."""
        value = labels.get(self.label, "")
        positive = self.match in (Match.IS, Match.FITS)
        exact = self.match in (Match.IS, Match.IS_NOT)
        return (value == self.value if exact else compiled(self.value).fits(value)) is positive


class Hours(_Stored):
    """A time of the week; one whose `until` is not after its `since` goes past midnight and belongs to the day it begins on."""

    days: list[Day] = Field(default=list(Day), min_length=1, max_length=7)
    since: time = time(0, 0)
    until: time = time(0, 0)

    def hold(self, local: datetime) -> bool:
        """Whether a local time lies in it."""
        today, yesterday = list(Day)[local.weekday()], list(Day)[(local.weekday() - 1) % 7]
        at = local.time()
        if self.since < self.until:
            return today in self.days and self.since <= at < self.until
        return (today in self.days and at >= self.since) or (yesterday in self.days and at < self.until)


class Target(_Stored):
    """A channel by its key, and the template whose words it gets; none: the channel's own."""

    channel: AssetKey
    template: AssetKey | None = None


class RouteContent(_Stored):
    """The content of an asset of kind `route`. An empty list sets no limit; routes are asked by `position`, then by name."""

    enabled: bool = True
    position: Annotated[int, Field(ge=0, le=10_000)] = 100
    states: list[Told] = Field(default=[Told.FIRING, Told.RESOLVED, Told.EXPIRED], max_length=4)
    severities: list[Severity] = Field(default=[], max_length=3)
    matchers: list[Matcher] = Field(default=[], max_length=20)
    hours: list[Hours] = Field(default=[], max_length=20, description="When it holds, in `time_zone`; empty: always.")
    time_zone: Zone = "Asia/Seoul"
    to: list[Target] = Field(min_length=1, max_length=20)


@dataclass(frozen=True)
class Way:
    """How a message comes to a channel: by which route, with which template, in whose stead."""

    route_id: UUID | None = None
    route_name: str | None = None
    template: str | None = None
    fallback_for: UUID | None = None


DIRECT = Way()


@dataclass(frozen=True)
class Routing:
    """A route in force."""

    id: UUID
    name: str
    content: RouteContent

    def way_to(self, channel: Channel) -> Way | None:
        """How it comes to a channel, or None when it does not name it."""
        names = (str(channel.id), channel.slug)
        target = next((each for each in self.content.to if each.channel in names), None)
        return None if target is None else Way(self.id, self.name, target.template)


def in_order(routings: Sequence[Routing]) -> list[Routing]:
    """As they are asked."""
    return sorted(routings, key=lambda each: (each.content.position, each.name, each.id))


def takes(content: RouteContent, subject: Subject) -> bool:
    """Whether a route holds for a transition."""
    if not content.enabled or (content.states and subject.to_state not in content.states):
        return False
    if content.severities and subject.severity not in content.severities:
        return False
    labels = dict(subject.labels)
    if not all(each.holds(labels) for each in content.matchers):
        return False
    local = subject.at.astimezone(ZoneInfo(content.time_zone))
    return not content.hours or any(each.hold(local) for each in content.hours)
