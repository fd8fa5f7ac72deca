"""Shapes of schedules over HTTP."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from opsloom.apis.schedules.models import Missed, TickOutcome
from opsloom.kit.model import JsonObject, Name, Shown, Text, Wire

Cron = Annotated[Text, StringConstraints(min_length=9, max_length=100, strip_whitespace=True)]
Zone = Annotated[Text, StringConstraints(min_length=1, max_length=60)]


class Moments(Wire):
    """Five fields of cron, on the clock of a time zone (IANA)."""

    cron: Cron
    zone: Zone = "UTC"


class ScheduleRequest(Moments):
    """When an API runs, and with what. `missed` says what is done about moments at which nothing could run."""

    name: Name
    parameters: JsonObject = Field(default_factory=dict)
    enabled: bool = True
    missed: Missed = Missed.SKIP


class ScheduleShown(Shown):
    """A schedule; `upcoming` are its next moments, none while it is paused."""

    id: UUID
    api_id: UUID
    name: str
    cron: str
    zone: str
    parameters: dict[str, Any]
    enabled: bool
    missed: Missed
    next_at: datetime | None
    revision: int
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    upcoming: list[datetime] = Field(default_factory=list)


class MomentsShown(Shown):
    """The next moments."""

    upcoming: list[datetime]


class TickShown(Shown):
    """What became of one moment. A run that began is among the runs in the background."""

    due_at: datetime
    at: datetime
    outcome: TickOutcome
    detail: str
    run_id: UUID | None
