"""What an answer is made of. Every block that shows a number names the reference it comes from."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, JsonValue

from opsloom.ask.plan import Call, Candidate, Language, Plan, TimeWindow
from opsloom.inventory.schemas import Parameter, Scalar
from opsloom.kit.model import Shown


class MarkdownBlock(Shown):
    """Text; `[r1]` in it points at a reference."""

    type: Literal["markdown"] = "markdown"
    text: str
    references: list[str] = Field(default_factory=list)


class NumberBlock(Shown):
    type: Literal["number"] = "number"
    label: str
    value: float | None
    unit: str
    shown: str  # as the text writes it
    at: datetime | None = None
    item: str | None = None
    reference: str


class Column(Shown):
    key: str
    label: str
    unit: str = ""
    kind: Literal["text", "number", "time"] = "text"


class TableBlock(Shown):
    type: Literal["table"] = "table"
    title: str
    columns: list[Column]
    rows: list[dict[str, Scalar]]
    total: int
    reference: str


class Line(Shown):
    name: str
    points: list[tuple[datetime, float | None]]


class TimeseriesBlock(Shown):
    type: Literal["timeseries"] = "timeseries"
    title: str
    metric: str
    unit: str
    series: list[Line]
    window: TimeWindow
    step_s: int
    reference: str


class ChartBlock(Shown):
    type: Literal["chart"] = "chart"
    style: Literal["bar"] = "bar"
    title: str
    unit: str
    labels: list[str]
    values: list[float | None]
    reference: str


class GraphNode(Shown):
    """An item in a drawing. `depth` is its distance from the focus in hops."""

    id: str
    name: str
    type: str = ""
    depth: int = 0


class GraphEdge(Shown):
    """A relation between two nodes of the same block, by their ids."""

    source: str
    target: str
    type: str


class GraphBlock(Shown):
    type: Literal["graph"] = "graph"
    title: str
    view: str
    nodes: list[GraphNode]
    edges: list[GraphEdge]
    focus: list[str]
    truncated: bool = False
    reference: str


class PathBlock(Shown):
    """A way between two items; `edges[n]` joins `nodes[n]` and `nodes[n + 1]`, whichever way it points."""

    type: Literal["path"] = "path"
    title: str
    hops: int
    nodes: list[GraphNode]
    edges: list[GraphEdge]
    reference: str


class TimelineMoment(Shown):
    time: datetime
    until: datetime | None = None
    label: str
    kind: str
    severity: str = ""
    item: str = ""


class TimelineBlock(Shown):
    """What happened, oldest first."""

    type: Literal["timeline"] = "timeline"
    title: str
    moments: list[TimelineMoment]
    window: TimeWindow
    reference: str


class CauseFinding(Shown):
    """A reason for or against a hypothesis; `text` holds only numbers of its reference."""

    text: str
    reference: str


class Hypothesis(Shown):
    """A possible cause. `share` is its part of the evidence of all that were weighed, 0 to 1."""

    item: str
    item_id: str
    item_type: str
    score: float
    share: float
    confidence: Literal["high", "medium", "low"]
    statement: str
    supports: list[CauseFinding]
    contradicts: list[CauseFinding]
    path: list[str]  # from the symptom to the item, by name


class HypothesesBlock(Shown):
    """`observed` is false when all evidence is weak: the cause is not among what is measured here."""

    type: Literal["hypotheses"] = "hypotheses"
    title: str
    symptom: str
    observed: bool
    hypotheses: list[Hypothesis]
    window: TimeWindow
    reference: str


class NextAction(Shown):
    """A step the reader may take now: ask `question`, run `plan`, or open an editor filled with `api` or `rule`.

    `api` is what POST /api/v1/apis takes, `rule` what POST /api/v1/rules takes.
    """

    kind: Literal["ask", "plan", "make_api", "make_rule"]
    label: str
    question: str | None = None
    plan: Plan | None = None
    api: dict[str, JsonValue] | None = None
    rule: dict[str, JsonValue] | None = None


class NextActionsBlock(Shown):
    type: Literal["next_actions"] = "next_actions"
    actions: list[NextAction]


class CandidatesBlock(Shown):
    """A choice: asking `question` (with `item_id`) again answers without the ambiguity."""

    type: Literal["candidates"] = "candidates"
    phrase: str
    candidates: list[Candidate]


class ReferencesBlock(Shown):
    type: Literal["references"] = "references"
    references: list[str]


Block = Annotated[
    MarkdownBlock
    | NumberBlock
    | TableBlock
    | TimeseriesBlock
    | ChartBlock
    | GraphBlock
    | PathBlock
    | TimelineBlock
    | HypothesesBlock
    | CandidatesBlock
    | NextActionsBlock
    | ReferencesBlock,
    Field(discriminator="type"),
]


class Reference(Shown):
    """What ran, with what it returned: a query, or with `call` a step that is run again instead, `sql` then only telling of it.

    `value` is its main number, if it has one.
    """

    id: str
    step_id: str
    tool: str
    title: str
    sql: str
    parameters: list[Parameter]
    call: Call | None = None
    part: str = ""  # which of the call's results
    columns: list[str]
    rows: list[dict[str, Scalar]]  # at most 50 of them
    row_count: int
    truncated: bool
    value: float | None = None
    unit: str = ""
    ran_at: datetime
    took_ms: float


class AnswerStatus(StrEnum):
    ANSWERED = "answered"
    PARTIAL = "partial"
    NO_DATA = "no_data"
    NEEDS_CHOICE = "needs_choice"
    REFUSED = "refused"
    FAILED = "failed"
    STOPPED = "stopped"  # by the asker; what had arrived is kept


class StageName(StrEnum):
    ROUTE = "route"
    PLAN = "plan"
    VALIDATE = "validate"
    EXECUTE = "execute"
    COMPOSE = "compose"
    PRESENT = "present"


class Stage(Shown):
    name: StageName
    status: Literal["ok", "warning", "error", "skipped"]
    took_ms: float
    input: dict[str, Scalar | list[str]] = Field(default_factory=dict)  # what it was given, in short
    detail: dict[str, Scalar | list[str]] = Field(default_factory=dict)  # what came of it


class AssetUse(Shown):
    """A version of an asset that an answer rests on: a tool, an API, a prompt."""

    kind: str
    name: str
    version: int
    asset_id: UUID | None = None


class Gap(Shown):
    """A part of the answer that is missing, and why."""

    step_id: str
    what: str
    family: str
    detail: str


class Answer(Shown):
    language: Language
    status: AnswerStatus
    blocks: list[Block]
    references: list[Reference] = Field(default_factory=list)
    stages: list[Stage] = Field(default_factory=list)
    gaps: list[Gap] = Field(default_factory=list)
    assets: list[AssetUse] = Field(default_factory=list)
