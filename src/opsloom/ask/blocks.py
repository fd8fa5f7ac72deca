"""What an answer is made of. Every block that shows a number names the reference it comes from."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from opsloom.ask.plan import Candidate, Language, TimeWindow
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


class CandidatesBlock(Shown):
    """A choice: asking `question` (with `item_id`) again answers without the ambiguity."""

    type: Literal["candidates"] = "candidates"
    phrase: str
    candidates: list[Candidate]


class ReferencesBlock(Shown):
    type: Literal["references"] = "references"
    references: list[str]


Block = Annotated[
    MarkdownBlock | NumberBlock | TableBlock | TimeseriesBlock | ChartBlock | CandidatesBlock | ReferencesBlock,
    Field(discriminator="type"),
]


class Reference(Shown):
    """A query that ran, with what it returned. `value` is its main number, if it has one."""

    id: str
    step_id: str
    tool: str
    title: str
    sql: str
    parameters: list[Parameter]
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
    detail: dict[str, Scalar | list[str]] = Field(default_factory=dict)


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
