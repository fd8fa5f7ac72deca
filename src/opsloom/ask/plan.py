"""The plan of a question: one typed document, made by any planner, checked by one validator, shown, stored and run again.

Steps are a discriminated union over `kind`; a new ability is a new member. A step names its inputs in `needs`, so steps form a DAG.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from opsloom.inventory.schemas import Aggregate, Threshold
from opsloom.kit.model import Shown


class Language(StrEnum):
    KO = "ko"
    EN = "en"


class Intent(StrEnum):
    """What kind of answer is wanted; chosen by the planner, used for wording."""

    VALUE = "value"
    SERIES = "series"
    TOP = "top"
    FILTER = "filter"
    COMPARE = "compare"
    LOOKUP = "lookup"
    LIST = "list"
    COUNT = "count"
    STATUS = "status"
    RELATIONS = "relations"


class NoteCode(StrEnum):
    """A decision the planner or validator took that the reader must be told."""

    WINDOW_ASSUMED = "window_assumed"
    AMBIGUOUS_HOUR = "ambiguous_hour"
    VAGUE_LENGTH = "vague_length"
    ASSUMED_START = "assumed_start"
    ASSUMED_PAST = "assumed_past"
    METRIC_SUBSTITUTED = "metric_substituted"
    PARTS_USED = "parts_used"
    NAME_CORRECTED = "name_corrected"
    ALL_ITEMS = "all_items"
    CLAMPED = "clamped"
    WORDS_IGNORED = "words_ignored"


class Note(Shown):
    code: NoteCode
    text: str = ""  # what it is about: a phrase, a name


class TimeWindow(Shown):
    """A half-open interval and the zone it was read in."""

    start: AwareDatetime
    end: AwareDatetime
    zone: str
    phrase: str = ""
    assumed: bool = False


class Entity(Shown):
    """An item the question names, with what it was read from."""

    id: UUID
    name: str
    type: str
    matched: str
    score: float = 100.0


class MetricStep(Shown):
    kind: Literal["metric"] = "metric"
    id: str
    needs: list[str] = Field(default_factory=list)
    metric: str
    item_ids: list[UUID] = Field(default_factory=list)  # empty: every item that has the metric
    item_types: list[str] = Field(default_factory=list)
    scope_name: str = ""  # how the answer names those items
    window: TimeWindow
    aggregate: Aggregate = Aggregate.AVG
    shape: Literal["value", "series", "by_item"] = "value"
    step_s: int | None = None
    having: Threshold | None = None
    ascending: bool = False
    limit: int = 10


class ItemsStep(Shown):
    kind: Literal["items"] = "items"
    id: str
    needs: list[str] = Field(default_factory=list)
    mode: Literal["lookup", "list", "count"] = "list"
    item_ids: list[UUID] = Field(default_factory=list)
    item_types: list[str] = Field(default_factory=list)
    limit: int = 50


class RelationsStep(Shown):
    kind: Literal["relations"] = "relations"
    id: str
    needs: list[str] = Field(default_factory=list)
    item_ids: list[UUID]
    limit: int = 100


class AlertsStep(Shown):
    kind: Literal["alerts"] = "alerts"
    id: str
    needs: list[str] = Field(default_factory=list)
    mode: Literal["list", "count", "by_rule", "by_item"] = "list"
    states: list[str] = Field(default_factory=list)
    severities: list[str] = Field(default_factory=list)
    item_ids: list[UUID] = Field(default_factory=list)
    window: TimeWindow | None = None  # when they fired; None: at any time
    limit: int = 20


class EventsStep(Shown):
    kind: Literal["events"] = "events"
    id: str
    needs: list[str] = Field(default_factory=list)
    mode: Literal["list", "count", "by_type", "by_subject", "by_source"] = "list"
    severities: list[str] = Field(default_factory=list)
    subjects: list[str] = Field(default_factory=list)
    window: TimeWindow
    limit: int = 20


class CompareStep(Shown):
    """The difference between the values of two earlier steps: `right` less `left`."""

    kind: Literal["compare"] = "compare"
    id: str
    needs: list[str] = Field(default_factory=list)
    left: str
    right: str
    left_name: str
    right_name: str


Step = Annotated[
    MetricStep | ItemsStep | RelationsStep | AlertsStep | EventsStep | CompareStep, Field(discriminator="kind")
]


class Plan(Shown):
    version: Literal[1] = 1
    language: Language
    intent: Intent
    zone: str
    entities: list[Entity] = Field(default_factory=list)
    steps: list[Step]
    notes: list[Note] = Field(default_factory=list)


class RefusalReason(StrEnum):
    EMPTY = "empty"
    TOO_LONG = "too_long"
    OUT_OF_SCOPE = "out_of_scope"
    NOT_UNDERSTOOD = "not_understood"
    CHANGES_THINGS = "changes_things"
    NOT_YET = "not_yet"
    FUTURE = "future"
    TIME_UNREADABLE = "time_unreadable"
    NO_SUCH_METRIC = "no_such_metric"
    NO_MONITORED_HOST = "no_monitored_host"
    INVALID_PLAN = "invalid_plan"


class Refusal(Shown):
    """An honest no: the reason, and the words it is about."""

    kind: Literal["refusal"] = "refusal"
    reason: RefusalReason
    words: list[str] = Field(default_factory=list)


class DirectReply(Shown):
    kind: Literal["direct"] = "direct"
    topic: Literal["greeting", "help", "thanks"]


class Candidate(Shown):
    """One way to read the question; `question` asks it without the ambiguity."""

    label: str
    detail: str = ""
    question: str
    item_id: UUID | None = None


class Clarify(Shown):
    """The question can be read in several ways, or names something that does not exist: the asker chooses."""

    kind: Literal["clarify"] = "clarify"
    about: Literal["item", "unknown_item", "metric", "subject"]
    phrase: str
    candidates: list[Candidate] = Field(default_factory=list)


class Planned(Shown):
    kind: Literal["planned"] = "planned"
    plan: Plan


Decision = Annotated[Planned | Clarify | Refusal | DirectReply, Field(discriminator="kind")]
