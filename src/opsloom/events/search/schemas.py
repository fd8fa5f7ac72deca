"""What is asked of stored events, and told, beside the list."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from opsloom.events.schemas import EventNarrowing


class EventExportForm(StrEnum):
    """How a file of events is written."""

    CSV = "csv"
    NDJSON = "ndjson"


class ExportQuery(EventNarrowing):
    """Which events to take away."""

    format: EventExportForm = EventExportForm.NDJSON


class EventSummaryQuery(EventNarrowing):
    """Which events to count; the last day where no range is given."""

    slots: int = Field(60, ge=2, le=300, description="About how many steps the histogram has.")


class EventChoice(BaseModel):
    """A value of a field, and how many events it would leave."""

    value: str
    count: int


class EventSlot(BaseModel):
    """Events of one step of time, by severity; `none` are those that say none."""

    at: datetime
    counts: dict[str, int]


class EventSummary(BaseModel):
    """How many events there are when, and what each choice of a field would leave."""

    start: datetime
    end: datetime
    step_s: int
    total: int
    slots: list[EventSlot] = Field(description="Steps without events are left out.")
    complete: bool = Field(description="False: the choices count the newest 100,000 of the range only.")
    types: list[EventChoice]
    sources: list[EventChoice]
    severities: list[EventChoice]
    subjects: list[EventChoice]
