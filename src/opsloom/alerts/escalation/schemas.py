"""What goes into and comes out of escalation policies."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from opsloom.alerts.escalation.plan import Ladder
from opsloom.alerts.schemas import Severity
from opsloom.kit.model import Instant, Name, Shown, Text, Wire

LabelName = Annotated[Text, StringConstraints(min_length=1, max_length=100)]
LabelValue = Annotated[Text, StringConstraints(max_length=500)]
Minutes = Annotated[int, Field(ge=0, le=10_080)]


class TargetType(StrEnum):
    """`schedule` is whoever is on call by it at that moment."""

    CHANNEL = "channel"
    SCHEDULE = "schedule"
    USER = "user"


class EscalationTarget(Wire):
    """Who is told: a channel, whoever is on call, or a person by the ways he is reached."""

    type: TargetType
    id: UUID


class PolicyStep(Wire):
    """Whom to tell when so many minutes have gone by since the incident opened and nobody has acknowledged it."""

    after_min: Minutes = 0
    targets: list[EscalationTarget] = Field(min_length=1, max_length=20)


class Sla(Wire):
    """Within how many minutes since it opened an incident of a severity has to be acknowledged, and resolved."""

    acknowledge_min: Annotated[int, Field(ge=1, le=10_080)] | None = None
    resolve_min: Annotated[int, Field(ge=1, le=525_600)] | None = None


class PolicyContent(Wire):
    """Which incidents (no severities: all; each named label must have its value), who is told, how often the steps are gone through
    again, and the times to keep. `breach_targets` are told when a time has not been kept."""

    enabled: bool = True
    severities: list[Severity] = Field(default=[], max_length=3)
    labels: dict[LabelName, LabelValue] = Field(default={}, max_length=20)
    steps: list[PolicyStep] = Field(min_length=1, max_length=20)
    repeats: int = Field(default=0, ge=0, le=20)
    repeat_after_min: Minutes = 30
    sla: dict[Severity, Sla] = Field(default={}, max_length=3)
    breach_targets: list[EscalationTarget] = Field(default=[], max_length=20)

    def ladder(self) -> Ladder:
        """As the pure part wants it."""
        after = [timedelta(minutes=each.after_min) for each in self.steps]
        return Ladder(after, self.repeats, timedelta(minutes=self.repeat_after_min))


class EscalationPolicyBody(PolicyContent):
    """A policy as created or replaced. Of those that fit an incident the one with the lowest position is taken."""

    name: Name
    position: int = Field(default=100, ge=0, le=10_000)


class EscalationPolicyShown(EscalationPolicyBody):
    """`missing` are targets that are gone: steps that name them tell nobody by them."""

    id: UUID
    revision: int
    missing: list[EscalationTarget]
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


class SupposedIncident(Wire):
    """An incident that is only supposed: which policy would take it, and who would be told when. With `policy`, by that one, saved or
    not. `at` is when it would open; now, when it is left out."""

    severity: Severity
    labels: dict[LabelName, LabelValue] = Field(default={}, max_length=50)
    at: Instant | None = None
    policy: EscalationPolicyBody | None = None


class ReachedShown(Shown):
    """A person, and the names of the channels he is reached by."""

    name: str
    channels: list[str]


class ToldShown(Shown):
    """What became, or would become, of one target. `problem`: why nobody is told by it (`nobody_on_call`, `no_contact`, `gone`,
    `disabled`)."""

    type: TargetType
    id: UUID
    name: str
    people: list[ReachedShown]
    channels: list[str]
    problem: str | None


class SupposedStep(Shown):
    at: datetime
    after_min: int
    round: int
    step: int
    told: list[ToldShown]


class SlaKind(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"


class SupposedBreach(Shown):
    at: datetime
    kind: SlaKind
    told: list[ToldShown]


class EscalationShown(Shown):
    """What would happen if nobody did anything. `policy` null: no policy takes such an incident, nobody would be told."""

    policy: str | None
    steps: list[SupposedStep]
    breaches: list[SupposedBreach]
