"""Requests and responses of questions."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from opsloom.ask.blocks import AnswerStatus, AssetUse, Block, Gap, Reference, Stage
from opsloom.ask.plan import Decision, Language, Mode
from opsloom.inventory.schemas import Parameter, Scalar
from opsloom.kit.model import JsonObject, Shown, Text, Wire


class QuestionAsked(Wire):
    """A question in Korean or English. Times in it are read in `time_zone`; `item_id` is the candidate chosen for an ambiguous name."""

    text: Text
    time_zone: Annotated[Text, StringConstraints(max_length=64)] = "UTC"
    item_id: UUID | None = None
    thread_id: UUID | None = Field(None, description="The caller's thread that it goes on in.")
    new_thread: bool = Field(False, description="Begin a thread with this question; `thread_id` then has no meaning.")
    mode: Mode = Field(Mode.AUTO, description="Narrows what kind of answer is looked for.")
    model: bool = Field(False, description="Let the language model plan at once, where one is set up.")
    plan: JsonObject | None = Field(
        None,
        description="An edited plan, of the shape that answers show: it is checked and run as it is, nothing is planned.",
    )


class QuestionSummary(Shown):
    id: UUID
    text: str
    language: Language
    status: AnswerStatus
    asked_at: datetime
    took_ms: float
    thread_id: UUID | None


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
    assets: list[AssetUse] = Field(description="What of the registry the answer rests on, by version.")


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


class SuggestionShown(Shown):
    """A question that this tenant's own data can answer."""

    text: str
    mode: Mode
