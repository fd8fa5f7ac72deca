"""The plan of a question: one typed document, made by any planner, checked by one validator, shown, stored and run again.

Steps are a discriminated union over `kind`; a new ability is a new member. A step names its inputs in `needs` and `items_from`, so steps
form a DAG. The document only grows: every field of later has a default, so that a stored plan of any age still loads and runs.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, JsonValue

from opsloom.inventory.schemas import Aggregate, Scalar, Threshold
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
    PATH = "path"
    IMPACT = "impact"
    HISTORY = "history"
    RATIO = "ratio"
    CORRELATE = "correlate"
    CAUSE = "cause"
    WHY = "why"
    CALL = "call"  # of a published API or a tool


class Mode(StrEnum):
    """Which kinds of answer the asker narrowed the question to."""

    AUTO = "auto"
    CONFIGURATION = "configuration"
    METRIC = "metric"
    HISTORY = "history"
    RELATION = "relation"
    DOCUMENT = "document"
    ALL = "all"


class Output(StrEnum):
    AUTO = "auto"
    NUMBER = "number"
    TABLE = "table"
    CHART = "chart"
    GRAPH = "graph"
    TIMELINE = "timeline"
    TEXT = "text"


class Origin(StrEnum):
    """Who made a plan."""

    DETERMINISTIC = "deterministic"
    MODEL = "model"
    EDITED = "edited"


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
    CARRIED_OVER = "carried_over"  # taken from the question before
    WHOLE_HISTORY = "whole_history"  # no time named: as far back as policy lets look
    SAME_LENGTH = "same_length"  # two periods are compared over the same elapsed part


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


class Filter(Shown):
    """One condition. `field`: name, type, status, `attribute:<name>` of an item; `data:<name>`, source, message of an event."""

    field: str
    op: Literal["=", "!=", "in", "like", ">", "<", ">=", "<="] = "="
    value: Scalar | list[str] = None


class StepBase(Shown):
    """What all steps have. `items_from` names an earlier step whose rows' `item_id`s are the items of this one; without any, no data."""

    id: str
    needs: list[str] = Field(default_factory=list)
    items_from: str | None = None


class MetricStep(StepBase):
    kind: Literal["metric"] = "metric"
    metric: str
    item_ids: list[UUID] = Field(default_factory=list)  # empty, and no items_from: every item that has the metric
    item_types: list[str] = Field(default_factory=list)
    filters: list[Filter] = Field(default_factory=list)  # on the items
    scope_name: str = ""  # how the answer names those items
    window: TimeWindow
    aggregate: Aggregate = Aggregate.AVG
    shape: Literal["value", "series", "by_item", "by_group"] = "value"
    group_by: str | None = None  # by_group: "type", "attribute:<name>", "hour" (of the day), "day"
    nth: int | None = None  # by_item: only the n-th by value, counted from 1 in the order of `ascending`
    step_s: int | None = None
    having: Threshold | None = None
    ascending: bool = False
    limit: int = 10


class ItemsStep(StepBase):
    kind: Literal["items"] = "items"
    mode: Literal["lookup", "list", "count", "by_group"] = "list"
    item_ids: list[UUID] = Field(default_factory=list)
    item_types: list[str] = Field(default_factory=list)
    filters: list[Filter] = Field(default_factory=list)
    group_by: str | None = None  # "type", "attribute:<name>"
    ascending: bool = False  # by_group: the smallest first
    limit: int = 50


class RelationsStep(StepBase):
    kind: Literal["relations"] = "relations"
    item_ids: list[UUID] = Field(default_factory=list)
    view: Literal["neighbours", "dependencies", "dependants", "impact", "path", "composition"] = "neighbours"
    depth: int | None = None  # None: the policy's for the view
    to_ids: list[UUID] = Field(default_factory=list)  # path: where to
    item_types: list[str] = Field(default_factory=list)  # only what is reached of these types
    count: bool = False  # the number of what is reached is the answer
    limit: int = 100


class AlertsStep(StepBase):
    kind: Literal["alerts"] = "alerts"
    mode: Literal["list", "count", "by_rule", "by_item", "by_severity", "by_state", "by_day", "average_duration"] = (
        "list"
    )
    states: list[str] = Field(default_factory=list)
    severities: list[str] = Field(default_factory=list)
    item_ids: list[UUID] = Field(default_factory=list)
    item_types: list[str] = Field(default_factory=list)
    text: str = ""  # part of the rule's name or the title
    window: TimeWindow | None = None  # when they fired; None: at any time
    nth: int | None = None  # list: only the n-th latest (oldest when ascending); by_*: the n-th by number
    ascending: bool = False
    limit: int = 20


class EventsStep(StepBase):
    kind: Literal["events"] = "events"
    mode: Literal[
        "list",
        "count",
        "by_type",
        "by_subject",
        "by_source",
        "by_day",
        "by_hour",
        "by_severity",
        "by_field",
        "aggregate",
    ] = "list"
    severities: list[str] = Field(default_factory=list)
    subjects: list[str] = Field(default_factory=list)
    item_ids: list[UUID] = Field(default_factory=list)  # events whose subject is one of these items
    item_types: list[str] = Field(default_factory=list)
    types: list[str] = Field(default_factory=list)  # whole types, or prefixes that end in a full stop
    filters: list[Filter] = Field(default_factory=list)
    field: str | None = None  # of the data: what by_field groups by, what aggregate works on
    aggregate: Aggregate | None = None
    text: str = ""  # part of the title or message
    window: TimeWindow
    nth: int | None = None  # list: only the n-th latest (oldest when ascending); by_*: the n-th by number
    order_by: str | None = None  # list: a number of the data (`data:duration_min`) instead of the time; largest first
    ascending: bool = False
    limit: int = 20


class CompareStep(StepBase):
    """Two earlier steps' values: `right` less `left`, `right` over `left`, or `right` as a share of the whole `left`."""

    kind: Literal["compare"] = "compare"
    mode: Literal["difference", "ratio", "share"] = "difference"
    left: str
    right: str
    left_name: str
    right_name: str


class CorrelateStep(StepBase):
    """How two earlier series move together."""

    kind: Literal["correlate"] = "correlate"
    left: str
    right: str
    left_name: str
    right_name: str


class CauseStep(StepBase):
    """What may have caused a symptom of an item, ranked: hypotheses, never a verdict."""

    kind: Literal["cause"] = "cause"
    item_id: UUID | None = None  # None: whatever is worst off in the window
    metric: str | None = None
    window: TimeWindow
    limit: int = 5


class WhyStep(StepBase):
    """Why a rule's alert fired, or why it did not."""

    kind: Literal["why"] = "why"
    rule: str = ""  # key, or name or part of it
    alert_id: UUID | None = None
    item_id: UUID | None = None
    outcome: Literal["fired", "not_fired"] = "fired"
    window: TimeWindow | None = None  # None: the latest time


class ApiStep(StepBase):
    kind: Literal["api"] = "api"
    api: str  # key of a published API
    parameters: dict[str, JsonValue] = Field(default_factory=dict)
    limit: int = 100


class ToolStep(StepBase):
    kind: Literal["tool"] = "tool"
    tool: str  # key in the registry
    arguments: dict[str, JsonValue] = Field(default_factory=dict)


class SqlStep(StepBase):
    """SQL over the enabled tables of a connection's catalog; only a model may write one, and the connection's guard judges it."""

    kind: Literal["sql"] = "sql"
    connection: str
    sql: str
    limit: int = 100


Step = Annotated[
    MetricStep
    | ItemsStep
    | RelationsStep
    | AlertsStep
    | EventsStep
    | CompareStep
    | CorrelateStep
    | CauseStep
    | WhyStep
    | ApiStep
    | ToolStep
    | SqlStep,
    Field(discriminator="kind"),
]


Call = Annotated[ApiStep | ToolStep | SqlStep | WhyStep | CauseStep, Field(discriminator="kind")]
"""A step whose result is no single query over the views: running it again gives its evidence."""


def inputs_of(step: Step) -> list[str]:
    """The earlier steps that a step needs, each once."""
    sides = (step.left, step.right) if isinstance(step, CompareStep | CorrelateStep) else ()
    source = (step.items_from,) if step.items_from else ()
    return list(dict.fromkeys([*step.needs, *sides, *source]))


class Plan(Shown):
    version: Literal[1] = 1
    language: Language
    intent: Intent
    zone: str
    mode: Mode = Mode.AUTO
    output: Output = Output.AUTO
    origin: Origin = Origin.DETERMINISTIC
    entities: list[Entity] = Field(default_factory=list)
    steps: list[Step]
    notes: list[Note] = Field(default_factory=list)  # what was assumed and clamped


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
    NOTHING_BEFORE = "nothing_before"  # a follow-up without a question to follow
    NO_DOCUMENTS = "no_documents"  # the mode asks for documents, and there are none
    WRONG_MODE = "wrong_mode"  # the mode excludes what the question is about


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
    about: Literal["item", "unknown_item", "metric", "subject", "reading"]
    phrase: str
    candidates: list[Candidate] = Field(default_factory=list)


class Planned(Shown):
    kind: Literal["planned"] = "planned"
    plan: Plan


Decision = Annotated[Planned | Clarify | Refusal | DirectReply, Field(discriminator="kind")]
