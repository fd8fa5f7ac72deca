"""Tables of incidents. Nothing of them is ever deleted."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class IncidentState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


class EntryKind(StrEnum):
    """What a line of the timeline tells."""

    OPENED = "opened"
    ALERT_JOINED = "alert_joined"
    ALERT_ENDED = "alert_ended"
    SEVERITY_RAISED = "severity_raised"
    ACKNOWLEDGED = "acknowledged"
    QUIET = "quiet"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    COMMENT = "comment"
    ASSIGNED = "assigned"
    RENAMED = "renamed"
    MERGED = "merged"
    MERGED_AWAY = "merged_away"
    SPLIT = "split"
    SPLIT_OFF = "split_off"
    ESCALATED = "escalated"
    NOT_ESCALATED = "not_escalated"
    ESCALATION_ENDED = "escalation_ended"
    SLA_BREACHED = "sla_breached"


class Incident(TenantRow, Base):
    """Alerts that belong together. `severity` is the worst they ever had; `opened_at` is that of the present episode."""

    __tablename__ = "incidents"
    __table_args__ = (
        Index("incidents_state_idx", "tenant_id", "state", "id"),
        Index("incidents_near_idx", "tenant_id", "last_alert_at"),
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True, sort_order=-100)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    title: Mapped[str]
    state: Mapped[str]
    severity: Mapped[str]
    labels: Mapped[dict[str, str]] = mapped_column(JSONB)
    episode: Mapped[int]
    opened_at: Mapped[datetime]
    last_alert_at: Mapped[datetime]
    quiet_since: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]
    assignee_id: Mapped[UUID | None]
    assignee: Mapped[str | None]
    merged_into: Mapped[UUID | None]
    policy_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class IncidentAlert(TenantRow, Base):
    """An alert's place in an incident, and what tied it there; what grouping looks at is kept beside it."""

    __tablename__ = "incident_alerts"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "incident_id"], ["incidents.tenant_id", "incidents.id"]),
        ForeignKeyConstraint(["tenant_id", "alert_id"], ["alerts.tenant_id", "alerts.id"]),
        Index("incident_alerts_incident_idx", "tenant_id", "incident_id", "alert_id"),
        Index("incident_alerts_key_idx", "tenant_id", "rule_id", "key"),
        Index("incident_alerts_item_idx", "tenant_id", "item_id"),
    )

    alert_id: Mapped[UUID] = mapped_column(primary_key=True)
    incident_id: Mapped[UUID]
    rule_id: Mapped[UUID]
    key: Mapped[str]
    item_id: Mapped[UUID | None]
    tie: Mapped[str]
    detail: Mapped[dict[str, str]] = mapped_column(JSONB)
    joined_at: Mapped[datetime]


class IncidentEntry(TenantRow, Base):
    """A line of an incident's timeline; never changes. Lines are in the order of `position`."""

    __tablename__ = "incident_entries"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "incident_id"], ["incidents.tenant_id", "incidents.id"]),
        Index("incident_entries_incident_idx", "tenant_id", "incident_id", "position"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(Identity(always=True))
    incident_id: Mapped[UUID]
    at: Mapped[datetime]
    kind: Mapped[str]
    actor_kind: Mapped[str]
    actor: Mapped[str]
    text: Mapped[str]
    detail: Mapped[dict[str, str]] = mapped_column(JSONB)


class IncidentGrouping(TenantRow, Base):
    """How a tenant's alerts become incidents; no row means the default."""

    __tablename__ = "incident_groupings"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True, sort_order=-100)
    settings: Mapped[dict[str, object]] = mapped_column(JSONB)
    revision: Mapped[int]
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]
