"""What is told of types."""

from datetime import datetime

from pydantic import BaseModel, Field


class EventValueShown(BaseModel):
    """A value of a field, as conditions would write it, and how often it was there."""

    value: str
    count: int


class EventFieldShown(BaseModel):
    """A field of a type's events."""

    path: str = Field(description="As conditions name it: `severity`, `attributes.region`, `data.order.total`.")
    kinds: dict[str, int] = Field(description="How often it was text, number, boolean, list, object or null.")
    seen: int
    share: float = Field(description="Of the events that were looked at, how many had it; 0 to 1.")
    values: list[EventValueShown] = Field(description="The most common first, at most 20.")
    many: bool = Field(description="There are more different values than are kept.")
    low: float | None
    high: float | None
    first_seen: datetime
    last_seen: datetime


class EventTypeShown(BaseModel):
    """A type of event."""

    type: str
    events: int
    first_seen: datetime
    last_seen: datetime
    fields: int = Field(description="How many different fields were seen.")
    sources: list[EventValueShown]


class EventTypeDetail(EventTypeShown):
    """A type with its fields."""

    looked_at: int = Field(description="Every event counts; of a batch, the first few of each type are looked at.")
    left_out: bool = Field(description="There were more fields than are kept.")
    details: list[EventFieldShown]
