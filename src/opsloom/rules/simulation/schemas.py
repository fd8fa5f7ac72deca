"""What is asked of a simulation, how far it is, and what it found."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from opsloom.kit.model import Instant, Shown, StorableJson, Text, Wire
from opsloom.rules.document import RuleDocument
from opsloom.rules.explain import Proof
from opsloom.rules.lifecycle import Reason

MOST_PASTED: Final = 5_000
Word = Annotated[Text, StringConstraints(max_length=300)]


class WouldHaveFired(Shown):
    """One stretch in which the rule fires. `resolved_at` is empty when it still does at the end."""

    key: str
    labels: dict[str, str]
    title: str
    started_at: datetime
    fired_at: datetime
    resolved_at: datetime | None = None
    reason: Reason
    proof: Proof
    proof_holds: bool


class PastedFact(BaseModel):
    """An event as it is sent, or a sample (with `metric` and `value`). What a rule cannot read is passed over."""

    model_config = ConfigDict(extra="ignore")

    time: Instant | None = None
    type: Word | None = None
    source: Word | None = None
    subject: Word | None = None
    severity: Word | None = None
    metric: Word | None = None
    value: Annotated[float | None, Field(allow_inf_nan=False)] = None
    item: Word | None = None
    unit: Word | None = None
    attributes: Annotated[dict[Word, bool | float | Word], Field(max_length=50)] = Field(default_factory=dict)
    labels: Annotated[dict[Word, Word], Field(max_length=50)] = Field(default_factory=dict)
    data: StorableJson = None


class Pasted(Wire):
    """These facts, in their own times (each a second after the one before it where it has none), and how long time goes on."""

    type: Literal["pasted"]
    facts: Annotated[list[PastedFact], Field(min_length=1, max_length=MOST_PASTED)]
    then_s: Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False)] = 3_600


class Past(Wire):
    """What is stored of a stretch of the past, at most 31 days; until now, if no end is named."""

    type: Literal["past"]
    start: Instant
    end: Instant | None = None


class Live(Wire):
    """What comes from now on, for so long: the rule runs in the shadow of the live engine, and nobody is alerted."""

    type: Literal["live"]
    for_s: Annotated[float, Field(ge=1, le=3_600, allow_inf_nan=False)] = 600


class SimulationRequest(Wire):
    """A rule to try: the document sent, or the saved draft of a rule; over which facts; and a version to compare it with."""

    definition: RuleDocument | None = None
    rule_id: UUID | None = None
    against: Annotated[int | None, Field(ge=1, le=2**31)] = None
    over: Annotated[Pasted | Past | Live, Field(discriminator="type")]


class SimulatedRule(Shown):
    """What one document would have done. `fired` counts all; `intervals` are the newest of them, oldest first."""

    fired: int
    pending_only: int
    keys: int
    late: int
    intervals: list[WouldHaveFired]
    failed: str | None = None


class SimulationProgress(Shown):
    """How far it is: facts taken, the time it has come to, the share of the stretch that is done; of a live one what it found so far."""

    facts: int
    at: datetime
    share: float
    so_far: SimulatedRule | None = None


class Comparison(Shown):
    """How the other version differs: what only one of the two would have told, by key and time."""

    version: int
    other: SimulatedRule
    both: int
    more: list[WouldHaveFired]
    less: list[WouldHaveFired]


class SimulationShown(Shown):
    """What came of it. `complete` is false when the time that a simulation may take ran out; `end` is how far it came."""

    start: datetime
    end: datetime
    facts: int
    complete: bool
    seconds: float
    rule: SimulatedRule
    comparison: Comparison | None = None
