"""What the routes of events answer, and how their bodies look in the API document."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from opsloom.events import event as limits
from opsloom.events.event import RejectCode, Severity
from opsloom.events.field_conditions import MAX_CHARS, MOST, read_condition
from opsloom.events.filters import EventFilter
from opsloom.kit.model import Instant, Shown, Text, Wire

Exact = Annotated[Text, Field(max_length=limits.MAX_SUBJECT_CHARS)]


class EventNarrowing(Wire):
    """What events are narrowed to."""

    source: list[Exact] = Field([], max_length=20, description="Any of these.")
    type: list[Exact] = Field([], max_length=20, description="Any of these.")
    severity: list[Severity | Literal["none"]] = Field(
        [], max_length=10, description="Any of these; `none` for events that say none."
    )
    subject: list[Exact] = Field([], max_length=20, description="Any of these.")
    q: Text | None = Field(None, max_length=200, description="Text in the message, type, source or subject.")
    where: list[Annotated[Text, Field(max_length=MAX_CHARS)]] = Field(
        [],
        max_length=MOST,
        description="Conditions on fields that must all hold: `data.status >= 500`, `attributes.region = ap-1`, "
        "`data.message ~ timeout`, or a path alone for its presence. Operators: = != > >= < <= ~",
    )
    start: Instant | None = Field(None, alias="from", description="From this time on.")
    end: Instant | None = Field(None, alias="to", description="Before this time.")

    def filter(self) -> EventFilter:
        """For the repository. Raises InvalidInput for a condition that cannot be read."""
        fields = tuple(read_condition(text, f"/where/{place}") for place, text in enumerate(self.where))
        levels = tuple(str(each) for each in self.severity)
        chosen = (tuple(self.source), tuple(self.type), levels, tuple(self.subject))
        return EventFilter(*chosen, self.q, fields, self.start, self.end)


class EventQuery(EventNarrowing):
    """A page of events."""

    limit: int = Field(50, ge=1, le=500, description="How many items at most.")
    cursor: str | None = Field(None, max_length=500, description="`next_cursor` of the page before.")


class RejectedItem(BaseModel):
    """An item that was not stored, and why."""

    index: int = Field(description="Which item of the request, from 0; lines that are blank do not count.")
    code: RejectCode
    detail: str
    pointer: str = Field(
        description="Where in the body, as a JSON Pointer; for NDJSON it begins with the line's index."
    )


class Ingested(BaseModel):
    """What became of the request's events; the accepted ones are on disk."""

    accepted: int
    duplicates: int = Field(description="Events whose source and id had been stored before; nothing was changed.")
    rejected: list[RejectedItem]


class EventShown(Shown):
    """A stored event."""

    id: UUID
    source: str
    event_id: str = Field(description="The sender's id; the server's own when the sender gave none.")
    type: str
    subject: str | None
    severity: str | None
    time: datetime
    received_at: datetime
    data: Any
    attributes: dict[str, str | int | float | bool]


def _text(most: int, **more: object) -> dict[str, object]:
    return {"type": "string", "minLength": 1, "maxLength": most, **more}


PLAIN_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "title": "Event",
    "required": ["source"],
    "additionalProperties": False,
    "properties": {
        "source": _text(limits.MAX_SOURCE_CHARS, description="Who says it."),
        "id": _text(
            limits.MAX_ID_CHARS,
            description="With the source it makes the event unique: sent again, it is stored once, at least within 24 "
            "hours. Without it the server gives each event an id, and sending again stores it again.",
        ),
        "type": _text(limits.MAX_TYPE_CHARS, description=f"What kind of fact; `{limits.DEFAULT_TYPE}` when absent."),
        "time": {
            "type": "string",
            "format": "date-time",
            "description": "RFC 3339 with a zone, at most a day ahead; the time of arrival when absent.",
        },
        "subject": {"type": "string", "maxLength": limits.MAX_SUBJECT_CHARS, "description": "What it is about."},
        "severity": {"type": "string", "enum": [each.value for each in Severity]},
        "data": {
            "description": "Any JSON, at most 256 KiB and 32 levels deep. Its `message` is shown and searched. "
            "Numbers are read as doubles beyond 64 bits; of repeated names the last counts."
        },
        "attributes": {
            "type": "object",
            "maxProperties": limits.MAX_ATTRIBUTES,
            "additionalProperties": {
                "anyOf": [
                    {"type": "string", "maxLength": limits.MAX_ATTRIBUTE_CHARS},
                    {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
                    {"type": "number"},
                    {"type": "boolean"},
                ]
            },
            "description": "Short labels to filter and to write rules by.",
        },
    },
}

CLOUD_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "title": "CloudEvent 1.0",
    "required": ["specversion", "id", "source", "type"],
    "properties": {
        "specversion": {"type": "string", "enum": ["1.0"]},
        "id": _text(limits.MAX_ID_CHARS),
        "source": _text(limits.MAX_SOURCE_CHARS),
        "type": _text(limits.MAX_TYPE_CHARS),
        "subject": _text(limits.MAX_SUBJECT_CHARS),
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"type": "string", "maxLength": limits.MAX_ATTRIBUTE_CHARS},
        "dataschema": {"type": "string", "maxLength": limits.MAX_ATTRIBUTE_CHARS},
        "data": {},
        "data_base64": {"type": "string", "contentEncoding": "base64"},
    },
    "additionalProperties": {
        "anyOf": [
            {"type": "string", "maxLength": limits.MAX_ATTRIBUTE_CHARS},
            {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
            {"type": "boolean"},
        ]
    },
}


def _many(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items, "maxItems": limits.MAX_BATCH_ITEMS}


_LINES: Final = {"type": "string", "description": "One event as a JSON object on each line."}

INGEST_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "At most 8 MiB, also after `Content-Encoding: gzip` is undone. A CloudEvent in binary mode (headers "
        "`ce-specversion`, `ce-id`, `ce-source`, `ce-type`, …) carries its data in the body with any content type.",
        "content": {
            "application/json": {"schema": {"anyOf": [PLAIN_SCHEMA, _many(PLAIN_SCHEMA)]}},
            "application/x-ndjson": {"schema": _LINES},
            "application/jsonl": {"schema": _LINES},
            "application/cloudevents+json": {"schema": CLOUD_SCHEMA},
            "application/cloudevents-batch+json": {"schema": _many(CLOUD_SCHEMA)},
        },
    }
}
