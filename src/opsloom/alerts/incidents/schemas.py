"""What goes into and comes out of incidents."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from opsloom.alerts.incidents.correlate import Grouping, Tie
from opsloom.alerts.incidents.models import EntryKind, IncidentState
from opsloom.alerts.schemas import AlertState, Remark, Severity
from opsloom.kit.model import Name, Shown, Text, Wire

__all__ = ["Remark"]

LabelName = Annotated[Text, StringConstraints(min_length=1, max_length=100)]


class GroupingBody(Wire):
    """How alerts become incidents. An alert joins an open incident whose last alert is no older than the window when the values
    of all `labels` agree (none named: they tie nothing), or when their items lie within `hops` relations (0: the same item;
    null: the topology ties nothing)."""

    labels: list[LabelName] = Field(default=["service"], max_length=10)
    hops: int | None = Field(default=1, ge=0, le=3)
    window_min: int = Field(default=10, ge=1, le=1440, description="Minutes since the incident's last alert.")
    reopen_min: int = Field(
        default=30,
        ge=0,
        le=1440,
        description="An alert that comes back within so many minutes opens its incident again.",
    )
    quiet_min: int = Field(
        default=5, ge=0, le=1440, description="Minutes after its last alert has ended until an incident is resolved."
    )

    def grouping(self) -> Grouping:
        """As the pure part wants it."""
        window, reopen = timedelta(minutes=self.window_min), timedelta(minutes=self.reopen_min)
        return Grouping(tuple(self.labels), self.hops, window, reopen)


class GroupingShown(GroupingBody):
    """`revision` is what a change sends as `If-Match`; 0 while nobody has changed the default."""

    revision: int
    updated_at: datetime | None
    updated_by: str | None


class IncidentShown(Shown):
    """An incident. `severity` is the worst of its alerts; `merged_into` says where its alerts are now."""

    id: UUID
    title: str
    state: IncidentState
    severity: Severity
    labels: dict[str, str]
    opened_at: datetime
    last_alert_at: datetime
    quiet_since: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    assignee_id: UUID | None
    assignee: str | None
    merged_into: UUID | None
    policy_id: UUID | None
    created_at: datetime
    updated_at: datetime


class IncidentListed(IncidentShown):
    """With how many alerts it has, and how many of them are open."""

    alerts: int
    open_alerts: int


class IncidentsSummary(Shown):
    """Counts of all incidents by state."""

    states: dict[IncidentState, int]


class IncidentAlertShown(Shown):
    """An alert of the incident; `tie` says why it is here and `tie_detail` by what."""

    id: UUID
    title: str
    state: AlertState
    severity: Severity
    rule_id: UUID
    rule_name: str
    key: str
    item_id: UUID | None
    started_at: datetime
    resolved_at: datetime | None
    tie: Tie
    tie_detail: dict[str, str]


class IncidentEntryShown(Shown):
    """A line of the timeline; `text` is what a person said, `detail` what is known beside."""

    id: UUID
    at: datetime
    kind: EntryKind
    actor_kind: str
    actor: str
    text: str
    detail: dict[str, str]


class IncidentTimerShown(Shown):
    """What is still to come, unless somebody takes or ends the incident before."""

    purpose: str
    due_at: datetime
    detail: dict[str, str]


class ConcernedItem(Shown):
    """An item in the drawing of an incident; `alerts` counts those of the incident that are about it."""

    id: UUID
    name: str
    display_name: dict[str, str]
    type: str
    alerts: int
    severity: Severity | None


class ConcernedRelation(Shown):
    source_id: UUID
    target_id: UUID
    type: str


class IncidentDetail(IncidentShown):
    """With its alerts, its timeline (oldest first), what is to come, and the items concerned with what ties them."""

    alerts: list[IncidentAlertShown]
    entries: list[IncidentEntryShown]
    upcoming: list[IncidentTimerShown]
    items: list[ConcernedItem]
    relations: list[ConcernedRelation]


class IncidentStep(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    COMMENT = "comment"


class StepBody(Remark):
    """What to do, and a word on why. Acknowledging and resolving also acknowledge and resolve its alerts."""

    step: IncidentStep


class IncidentChange(Wire):
    """What is left out stays. `assignee_id` null: nobody."""

    title: Name | None = None
    assignee_id: UUID | None = None


class MergeBody(Wire):
    """The incidents whose alerts move here."""

    incident_ids: list[UUID] = Field(min_length=1, max_length=50)


class SplitBody(Wire):
    """The alerts that become an incident of their own."""

    alert_ids: list[UUID] = Field(min_length=1, max_length=500)
    title: Name | None = None
