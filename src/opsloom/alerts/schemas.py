"""What goes into and comes out of alerts."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from opsloom.alerts.lifecycle import AlertState, Severity, Step
from opsloom.kit.model import Shown, Text, Wire

__all__ = [
    "AlertDetail",
    "AlertShown",
    "AlertState",
    "AlertSummary",
    "Decision",
    "Remark",
    "RuleCount",
    "Severity",
    "Step",
    "TransitionShown",
]


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


class AlertShown(Shown):
    """An alert. `key` names what it is about within its rule; `labels` say so in words."""

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


class TransitionShown(Shown):
    """One step in an alert's life. `at` is when it was true, `recorded_at` when it was written down."""

    id: UUID
    alert_id: UUID
    at: datetime
    recorded_at: datetime
    from_state: AlertState | None
    to_state: AlertState
    actor_kind: str
    actor: str
    reason: str
    comment: str
    proof: dict[str, Any]


class AlertDetail(AlertShown):
    """With its timeline, oldest first, and the proof of its firing."""

    proof: dict[str, Any]
    channels: list[str]
    transitions: list[TransitionShown]


class RuleCount(Shown):
    """Open alerts of one rule."""

    rule_id: UUID
    rule_name: str
    count: int


class AlertSummary(Shown):
    """Counts of all alerts by state and of the open ones by severity and rule."""

    states: dict[AlertState, int]
    severities: dict[Severity, int]
    rules: list[RuleCount]
    open: int
    last_fired_at: datetime | None


class Remark(Wire):
    """What a person says while acknowledging or resolving."""

    comment: Annotated[Text, StringConstraints(max_length=2000, strip_whitespace=True)] = Field(default="")
