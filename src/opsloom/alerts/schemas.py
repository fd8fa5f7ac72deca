"""What goes into and comes out of alerts."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from opsloom.alerts.lifecycle import AlertState, MuteKind, Origin, Severity, Step
from opsloom.kit.model import Shown, Text, Wire

__all__ = ["AlertState", "Severity", "Step"]


@dataclass(frozen=True, slots=True)
class Decision:
    """One change of one key of one rule, as the engine hands it over. `id` makes handing it over twice harmless."""

    id: UUID
    rule_id: UUID
    rule_version: int
    rule_name: str
    key: str
    step: Step
    at: datetime
    since: datetime
    reason: str
    severity: Severity
    title: str
    description: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    item_id: UUID | None = None
    proof: dict[str, Any] = field(default_factory=dict)
    annotations: dict[str, str] = field(default_factory=dict)
    origin: Origin = Origin.RULE
    generator_url: str = ""
    expires_at: datetime | None = None
    ends_at_given: bool = False


class NoteKind(StrEnum):
    """What people do about an alert without changing its state."""

    COMMENT = "comment"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"


class LineKind(StrEnum):
    """What a line of a timeline tells."""

    TRANSITION = "transition"
    COMMENT = "comment"
    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"


class MutedBy(Shown):
    """What keeps an alert from being told now; `until` is None where nobody knows. `kind`: silence, window or inhibition."""

    kind: MuteKind
    id: UUID
    name: str
    until: datetime | None


class AlertShown(Shown):
    """An alert. `key` names what it is about within its rule; `labels` say so in words. One that was `posted` belongs to no rule:
    its `rule_id` is all zeros and its `rule_name` the label `alertname`."""

    id: UUID
    rule_id: UUID
    rule_version: int
    rule_name: str
    key: str
    state: AlertState
    severity: Severity
    title: str
    description: str
    labels: dict[str, str]
    item_id: UUID | None
    started_at: datetime
    fired_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    updated_at: datetime
    annotations: dict[str, str]
    origin: Origin
    generator_url: str
    assignee_id: UUID | None
    assignee: str | None
    expires_at: datetime | None
    revision: int
    muted_by: list[MutedBy] = Field(default_factory=list)


class LineShown(Shown):
    """One thing that happened to an alert. `at` is when it was true, `recorded_at` when it was written down; the states and the
    proof are a transition's, the assignee an assignment's."""

    id: UUID
    kind: LineKind
    at: datetime
    recorded_at: datetime
    actor_kind: str
    actor: str
    comment: str
    reason: str = ""
    from_state: AlertState | None = None
    to_state: AlertState | None = None
    assignee: str | None = None
    proof: dict[str, Any] = Field(default_factory=dict)


class AlertDetail(AlertShown):
    """With its timeline, oldest first, and the proof of its firing."""

    proof: dict[str, Any]
    channels: list[str]
    timeline: list[LineShown]


class RuleCount(Shown):
    """Open alerts of one rule."""

    rule_id: UUID
    rule_name: str
    count: int


class AlertSummary(Shown):
    """Counts of all alerts by state and of the open ones by severity and rule. `quiet_since`: while none is open, when the last one
    ended; None while one is, or when there never was one."""

    states: dict[AlertState, int]
    severities: dict[Severity, int]
    rules: list[RuleCount]
    open: int
    last_fired_at: datetime | None
    quiet_since: datetime | None


class FacetCount(Shown):
    """How many alerts have a value; `label` is what people read where that is another."""

    value: str
    label: str
    count: int


class LabelFacet(Shown):
    """The most frequent values of one label."""

    name: str
    values: list[FacetCount]


class AlertFacets(Shown):
    """Counts of the alerts that the filters leave; each group is counted as if its own filter were not set. Somebody's `value` among
    the assignees is their id, nobody's is `none`."""

    states: list[FacetCount]
    severities: list[FacetCount]
    rules: list[FacetCount]
    assignees: list[FacetCount]
    labels: list[LabelFacet]


class PersonShown(Shown):
    """Somebody who may work on alerts."""

    id: UUID
    name: str


Comment = Annotated[Text, StringConstraints(max_length=2000, strip_whitespace=True)]


class Remark(Wire):
    """What a person says while acknowledging or resolving."""

    comment: Comment = ""


class SaidComment(Wire):
    """What somebody has to say."""

    comment: Annotated[Comment, StringConstraints(pattern=r"\S")]


class Assignment(Wire):
    """Whom an alert is given to; nobody when there is no id."""

    assignee_id: UUID | None
    comment: Comment = ""


class AlertAction(StrEnum):
    """What can be done with several alerts at once."""

    ACKNOWLEDGE = "acknowledge"
    UNACKNOWLEDGE = "unacknowledge"
    RESOLVE = "resolve"
    ASSIGN = "assign"
    COMMENT = "comment"


class AlertBulkRequest(Wire):
    """`assignee_id` is for assigning; without one it means nobody. A comment is needed for commenting."""

    ids: Annotated[list[UUID], Field(min_length=1, max_length=500)]
    action: AlertAction
    comment: Comment = ""
    assignee_id: UUID | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.action is AlertAction.COMMENT and not self.comment:
            raise ValueError("a comment must say something")
        return self


class AlertBulkOutcome(Shown):
    """What became of one alert; `code` and `detail` say why it was refused."""

    id: UUID
    done: bool
    state: AlertState | None = None
    code: str | None = None
    detail: str | None = None


class AlertBulkShown(Shown):
    """Each alert that was asked for, in that order, once."""

    items: list[AlertBulkOutcome]
    done: int
    refused: int
