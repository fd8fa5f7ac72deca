"""Requests and responses of questions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from opsloom.ask.blocks import AnswerStatus, Block, Gap, Reference, Stage
from opsloom.ask.plan import Decision, Language
from opsloom.inventory.schemas import Parameter, Scalar
from opsloom.kit.model import Shown, Text, Wire


class QuestionAsked(Wire):
    """A question in Korean or English. Times in it are read in `time_zone`; `item_id` is the candidate chosen for an ambiguous name."""

    text: Text
    time_zone: Annotated[Text, StringConstraints(max_length=64)] = "UTC"
    item_id: UUID | None = None


class QuestionSummary(Shown):
    id: UUID
    text: str
    language: Language
    status: AnswerStatus
    asked_at: datetime
    took_ms: float


class QuestionShown(QuestionSummary):
    time_zone: str
    trace_id: str | None
    plan: Decision | None = Field(
        description="What was decided: a plan, a choice to make, a refusal or a direct reply."
    )
    blocks: list[Block]
    references: list[Reference]
    stages: list[Stage]
    gaps: list[Gap]


class ReferenceRun(Shown):
    """A reference's query run again, beside what it returned when the question was asked."""

    question_id: UUID
    reference_id: str
    sql: str
    parameters: list[Parameter]
    columns: list[str]
    rows: list[dict[str, Scalar]]
    row_count: int
    truncated: bool
    ran_at: datetime
    took_ms: float
    unit: str
    value: float | None
    stored_value: float | None
    difference: float | None = Field(description="The fresh value less the stored one, where both are one number.")
    same: bool = Field(description="Whether the rows are the ones that were stored.")
