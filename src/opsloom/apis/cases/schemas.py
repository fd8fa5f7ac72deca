"""Shapes of saved cases. The answer that matchers look at is the rows, or the whole answer of a script or workflow."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from opsloom.kit.comparing import Difference
from opsloom.kit.model import Instant, JsonObject, Name, Shown, StorableJson, Text, Wire

Pointer = Annotated[Text, StringConstraints(max_length=500, pattern=r"^(/.*)?$")]
"""A JSON Pointer into the answer; empty is the whole of it."""
Values = dict[Annotated[Text, StringConstraints(max_length=100)], StorableJson]


class EqualsMatcher(Wire):
    """The place in the answer is exactly this."""

    type: Literal["equals"]
    pointer: Pointer = ""
    value: StorableJson


class ContainsMatcher(Wire):
    """The place in the answer has at least this: more fields and more items are fine."""

    type: Literal["contains"]
    pointer: Pointer = ""
    value: StorableJson


class SchemaMatcher(Wire):
    """The answer fits a JSON Schema; by default the one that the API declares, or learned of its rows."""

    type: Literal["schema"]
    answer_schema: JsonObject | None = None


class RowsMatcher(Wire):
    """How many rows there are."""

    type: Literal["rows"]
    minimum: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    maximum: Annotated[int | None, Field(ge=0, le=1_000_000)] = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if self.maximum is not None and self.maximum < self.minimum:
            raise ValueError("maximum is below minimum")
        return self


Matcher = Annotated[EqualsMatcher | ContainsMatcher | SchemaMatcher | RowsMatcher, Field(discriminator="type")]


class CaseExpectation(Wire):
    """The status of the answer, the code of an error, and what the answer must be like. All of it must hold."""

    status: Annotated[int, Field(ge=100, le=599)] = 200
    code: Annotated[Text, StringConstraints(min_length=1, max_length=100)] | None = None
    matchers: list[Matcher] = Field(default_factory=list, max_length=20)


class FrozenWorld(Wire):
    """The clock and the seed that scripts and workflows see, so that they give the same again."""

    now: Instant
    seed: Annotated[int, Field(ge=0, le=2**31)] = 0


class ApiCaseDraft(Wire):
    """A saved case. A value that is hidden when it is read (`***`) stays as it was when it is sent back."""

    name: Name
    parameters: Values = Field(default_factory=dict, max_length=100)
    expectation: CaseExpectation = CaseExpectation()
    frozen: FrozenWorld | None = None


class ApiCaseOutcome(Shown):
    """What a run gave. `version` 0 is the draft; `differences` are from what is expected, `changes` from the last good answer.
    `answer` is absent where it is too large to keep."""

    passed: bool
    status: int
    code: str
    detail: str
    differences: list[Difference]
    changes: list[Difference]
    answer: Any = None
    rows: int
    version: int
    content_hash: str
    ms: float
    at: datetime


class GoodAnswer(Shown):
    """The last answer that was as expected."""

    answer: Any
    version: int
    at: datetime


class ApiCaseShown(Shown):
    id: UUID
    name: str
    parameters: dict[str, Any]
    expectation: CaseExpectation
    frozen: FrozenWorld | None
    outcome: ApiCaseOutcome | None
    good: GoodAnswer | None
    updated_at: datetime
    updated_by: str


class ApiCasesRun(Wire):
    """Which cases to run, all when none is named, and on what: the draft unless a version is named."""

    version: Annotated[int | None, Field(ge=1, le=2**31)] = None
    case_ids: Annotated[list[UUID], Field(max_length=200)] = Field(default_factory=list)


class ApiCasesShown(Shown):
    """Cases after a run. `skipped` ones were not reached in time."""

    passed: int
    failed: int
    skipped: int
    items: list[ApiCaseShown]
