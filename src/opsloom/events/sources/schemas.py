"""What the pages of sources read and write."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from opsloom.events.sources.mapping import Expression
from opsloom.events.sources.signing import Scheme
from opsloom.infra.secrets import SecretText
from opsloom.kit.model import Name, Shown, StorableJson, Text, Wire


class EventSourceEdit(Wire):
    """A sender that signs its requests."""

    name: Name = Field(description="Also the `source` of events whose mapping gives none.")
    scheme: Scheme
    mapping: Annotated[Text, StringConstraints(max_length=200)] | None = Field(
        None, description="Key of a published mapping; without one each body is one event, as it is."
    )
    enabled: bool = True


class NewEventSource(EventSourceEdit):
    """With the secret the sender gave, or without: then one is made and told once."""

    secret: SecretText | None = Field(None, description="8 characters or more; made and shown once when absent.")


class NewSourceSecret(Wire):
    """The secret before is good for a day more."""

    secret: SecretText | None = Field(None, description="8 characters or more; made and shown once when absent.")


class DoorCounts(BaseModel):
    """What came in by a door."""

    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    last_at: datetime | None = None
    last_refused_at: datetime | None = None


class EventSourceShown(BaseModel):
    """A source; its secret is never shown again."""

    id: UUID
    name: str
    scheme: Scheme
    mapping: str | None
    enabled: bool
    path: str = Field(description="Where it sends to, below this server's address.")
    previous_until: datetime | None = Field(description="Until then the secret before is also good.")
    created_at: datetime
    created_by: str
    changed_at: datetime
    counts: DoorCounts


class EventSourceMade(BaseModel):
    """A source with its secret, which is told this once; null where the caller gave it."""

    source: EventSourceShown
    secret: str | None


class EventDoorShown(BaseModel):
    """A format everybody with an API key can send."""

    door: str
    path: str
    counts: DoorCounts


class EventSourcesShown(BaseModel):
    """Every way in."""

    doors: list[EventDoorShown]
    items: list[EventSourceShown]


class EventRefusalShown(Shown):
    """An item that was refused."""

    id: UUID
    door: str = Field(description="The format's door, or the source's id.")
    at: datetime
    code: str
    detail: str
    pointer: str
    item: str = Field(description="The beginning of what came.")


class MappingTrial(Wire):
    """A mapping and a body to try it with."""

    expression: Expression
    body: StorableJson = None
    headers: dict[
        Annotated[Text, StringConstraints(max_length=100)], Annotated[Text, StringConstraints(max_length=2000)]
    ] = Field(default_factory=dict, max_length=50)
    source: Name = "trial"


class MappedEvent(BaseModel):
    """An event as it would be stored."""

    source: str
    id: str | None
    type: str
    subject: str | None
    severity: str | None
    time: datetime
    data: Any
    attributes: dict[str, Any]


class MappedRefusal(BaseModel):
    """What the mapping made that is no event."""

    index: int
    code: str
    detail: str
    pointer: str


class MappingPreview(BaseModel):
    """What would be stored and what refused."""

    events: list[MappedEvent]
    refused: list[MappedRefusal]
