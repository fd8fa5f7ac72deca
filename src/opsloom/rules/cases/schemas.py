"""Shapes of cases: the facts that are played, what is expected of the rule, and what came of it. Times count from `start`."""

import re
from datetime import UTC, datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from opsloom.kit.comparing import Difference
from opsloom.kit.model import Instant, Name, Shown, StorableJson, Text, Wire

MOST_FACTS: Final = 5_000
_SPAN: Final = re.compile(r"(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+(?:\.\d+)?)s)?")
_UNITS: Final = (86_400, 3_600, 60, 1)


def _seconds(value: object) -> object:
    """`1m30s` as people write it in files; a number is seconds."""
    if not isinstance(value, str):
        return value
    found = _SPAN.fullmatch(value.strip())
    if found is None or not any(found.groups()):
        raise ValueError("must be seconds, or a span such as 90s, 1m30s or 2h")
    return sum(float(part) * unit for part, unit in zip(found.groups(), _UNITS, strict=True) if part)


Offset = Annotated[float, BeforeValidator(_seconds), Field(ge=0, le=31 * 86_400, allow_inf_nan=False)]
"""Seconds since the case began."""
Word = Annotated[Text, StringConstraints(max_length=300)]
Labels = dict[Annotated[Text, StringConstraints(max_length=300)], Word]


class CaseFact(Wire):
    """One fact, or with `values` or `times` a row of them, one each `every`. What is left out is taken from the rule's source.

    `arrives` is when it came in, for facts that come late or out of order; facts with the same arrival come as listed.
    """

    at: Offset = 0
    every: Offset = 60
    times: Annotated[int, Field(ge=1, le=MOST_FACTS)] = 1
    values: Annotated[list[float | None], Field(max_length=MOST_FACTS)] | None = None
    arrives: Offset | None = None
    metric: Word | None = None
    value: Annotated[float | None, Field(allow_inf_nan=False)] = None
    item: Word | None = None
    unit: Word | None = None
    type: Word | None = None
    source: Word | None = None
    subject: Word | None = None
    severity: Word | None = None
    attrs: Annotated[dict[Word, bool | float | Word], Field(max_length=50)] = Field(default_factory=dict)
    data: StorableJson = None


class ExpectedFiring(Wire):
    """One firing: when, of which key (its labels, or some of them), and when it resolves: at a time, or `never`."""

    at: Offset
    labels: Labels = Field(default_factory=dict)
    resolved: Offset | Literal["never"] | None = None
    title: Word | None = None


class ExpectedState(Wire):
    """Which keys fire at a time, exactly, by their labels or some of them; and which are pending, where that is asked."""

    at: Offset
    firing: Annotated[list[Labels], Field(max_length=100)] = Field(default_factory=list)
    pending: Annotated[list[Labels], Field(max_length=100)] | None = None


class RuleCaseBody(Wire):
    """A case: facts in, expected firings and states out. `firings` are all there are, in order; left out, they are not asked.

    Time goes on until `until`, or until ten seconds after the last fact and the last thing that is expected.
    """

    name: Name
    start: Instant = datetime(2026, 1, 5, tzinfo=UTC)
    facts: Annotated[list[CaseFact], Field(min_length=1, max_length=1_000)]
    until: Offset | None = None
    firings: Annotated[list[ExpectedFiring], Field(max_length=200)] | None = None
    states: Annotated[list[ExpectedState], Field(max_length=100)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _asks(self) -> Self:
        if self.firings is None and not self.states:
            raise ValueError("must say what is expected: firings (an empty list for none) or states")
        count = sum(len(fact.values) if fact.values is not None else fact.times for fact in self.facts)
        if count > MOST_FACTS:
            raise ValueError(f"holds {count} facts; {MOST_FACTS} are allowed")
        return self


class PlayedFiring(Shown):
    """What fired. `resolved` is None while it still does at the end."""

    key: str
    labels: dict[str, str]
    title: str
    at: float
    resolved: float | None
    reason: str


class PartCoverage(Shown):
    """A part of a condition, by the pointer of its text, and how often it was true, false and unknown."""

    pointer: str
    part: str
    true: int
    false: int
    unknown: int


class Coverage(Shown):
    """Which branches were taken: each part of each condition both true and false, and each step an alert can take."""

    parts: list[PartCoverage]
    steps: dict[str, int]
    taken: int
    total: int


class CaseOutcome(Shown):
    """What a play gave. `version` 0 is the draft; `content_hash` names the content it was played on."""

    passed: bool
    differences: list[Difference]
    firings: list[PlayedFiring]
    coverage: Coverage
    failed: str | None = None
    version: int = 0
    content_hash: str = ""
    ms: float = 0
    at: datetime | None = None


class RuleCaseShown(Shown):
    id: UUID
    name: str
    body: RuleCaseBody
    outcome: CaseOutcome | None
    updated_at: datetime
    updated_by: str


class RuleCasesRun(Wire):
    """Which cases to run, all when none is named, and on what: the draft unless a version is named."""

    version: Annotated[int | None, Field(ge=1, le=2**31)] = None
    case_ids: Annotated[list[UUID], Field(max_length=200)] = Field(default_factory=list)


class RuleCasesShown(Shown):
    """Cases after a run, and what they cover together."""

    passed: int
    failed: int
    coverage: Coverage
    items: list[RuleCaseShown]
