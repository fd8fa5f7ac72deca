"""What goes into and comes out of on-call schedules."""

from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from opsloom.alerts.oncall.rotation import Hours, Layer, TurnUnit
from opsloom.kit.model import Instant, Name, Shown, Text, Wire

Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class HoursBody(Wire):
    """On duty on these weekdays (0 is Monday) from `start` until the clock next shows `end`."""

    weekdays: list[Annotated[int, Field(ge=0, le=6)]] = Field(min_length=1, max_length=7)
    start: TimeOfDay
    end: TimeOfDay

    def hours(self) -> Hours:
        """As the pure part wants it."""
        return Hours(frozenset(self.weekdays), time.fromisoformat(self.start), time.fromisoformat(self.end))


class LayerBody(Wire):
    """A rotation: its members take turns of `every` `unit`s, the first from `first_day` on, each handing over at `handover` on the
    schedule's clock. With `hours` it is on duty in these only; from `until` on it is over. A later layer is preferred."""

    name: Name
    members: list[UUID] = Field(min_length=1, max_length=50)
    first_day: Day
    handover: TimeOfDay = "09:00"
    every: int = Field(default=1, ge=1, le=366)
    unit: TurnUnit = TurnUnit.WEEKS
    hours: list[HoursBody] = Field(default=[], max_length=14)
    until: Day | None = None

    def layer(self) -> Layer:
        """As the pure part wants it."""
        hours = tuple(each.hours() for each in self.hours)
        handover = time.fromisoformat(self.handover)
        members = tuple(self.members)
        return Layer(self.name, members, self.first_day, handover, self.every, self.unit, hours, self.until)


class ScheduleBody(Wire):
    """A schedule on the clock of a time zone (IANA)."""

    name: Name
    zone: Annotated[Text, StringConstraints(min_length=1, max_length=60)] = "UTC"
    layers: list[LayerBody] = Field(max_length=10)


class OverrideBody(Wire):
    """Somebody answers from one instant to another, whoever it would have been."""

    user_id: UUID
    start: Instant
    end: Instant
    note: Annotated[Text, StringConstraints(max_length=200, strip_whitespace=True)] = ""


class OncallPerson(Shown):
    """A member; `name` is empty for one who is not any more."""

    id: UUID
    name: str


class OverrideShown(Shown):
    id: UUID
    person: OncallPerson
    start: datetime
    end: datetime
    note: str
    created_by: str


class OncallScheduleShown(ScheduleBody):
    """A schedule. `now` is who answers at this moment, null when nobody does, `until` for how long; `has_feed`: calendars may read
    it. `people` names everybody in it."""

    id: UUID
    now: OncallPerson | None
    until: datetime | None
    people: list[OncallPerson]
    has_feed: bool
    revision: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


class ShiftShown(Shown):
    """Half-open. `person` null: nobody. `layer` is the place of the layer it comes from, `override_id` what made it otherwise."""

    start: datetime
    end: datetime
    person: OncallPerson | None
    layer: int | None
    override_id: UUID | None


class HandoverShown(Shown):
    """Null on either side: nobody."""

    at: datetime
    giver: OncallPerson | None
    taker: OncallPerson | None


class RotaShown(Shown):
    """The schedule within a stretch of time. `final` tiles it, `layers` holds each layer's own shifts, in the schedule's order."""

    final: list[ShiftShown]
    layers: list[list[ShiftShown]]
    overrides: list[OverrideShown]
    handovers: list[HandoverShown]
    gaps: list[ShiftShown]


class FeedShown(Shown):
    """`path` is where calendars read the schedule. It is shown this once; asking again makes another one and ends this one."""

    path: str


class ContactBody(Wire):
    """How somebody is reached: channels, the best way first. A page goes through all of them."""

    channels: list[UUID] = Field(max_length=10)


class ContactShown(Shown):
    """A member and how he is reached."""

    user_id: UUID
    name: str
    channels: list[UUID]
    own: bool = Field(description="Whether this is the caller himself.")
