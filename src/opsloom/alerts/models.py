"""Tables of alerts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow

_EMPTY_OBJECT = text("'{}'")
_OPEN = text("state in ('pending', 'firing', 'acknowledged')")


class Alert(TenantRow, Base):
    """One episode of one key of one rule. `proof` is that of its firing; before that, of its pending.

    `expires_at` is when a posted alert ends unless it is heard of again; one that was closed by hand keeps it, and stays closed as
    long as it is heard of in time. `revision` grows with every change that people make.
    """

    __tablename__ = "alerts"
    __table_args__ = (
        Index("alerts_open_key", "tenant_id", "rule_id", "key", unique=True, postgresql_where=_OPEN),
        Index(None, "tenant_id", "state", "id"),
        Index(None, "tenant_id", "rule_id", "id"),
        Index(
            "alerts_assignee_idx",
            "tenant_id",
            "assignee_id",
            "id",
            postgresql_where=text("assignee_id is not null"),
        ),
        Index("alerts_expiry_idx", "tenant_id", "expires_at", postgresql_where=text("expires_at is not null")),
        Index("alerts_labels_idx", "labels", postgresql_using="gin", postgresql_ops={"labels": "jsonb_path_ops"}),
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True, sort_order=-100)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    rule_id: Mapped[UUID]
    rule_version: Mapped[int]
    rule_name: Mapped[str]
    key: Mapped[str]
    state: Mapped[str]
    severity: Mapped[str]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(server_default=text("''"))
    labels: Mapped[dict[str, str]] = mapped_column(JSONB, server_default=_EMPTY_OBJECT)
    channels: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=_EMPTY_OBJECT)
    item_id: Mapped[UUID | None]
    started_at: Mapped[datetime]
    fired_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
    resolved_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]
    proof: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=_EMPTY_OBJECT)
    annotations: Mapped[dict[str, str]] = mapped_column(JSONB, server_default=_EMPTY_OBJECT)
    origin: Mapped[str] = mapped_column(server_default=text("'rule'"))
    generator_url: Mapped[str] = mapped_column(server_default=text("''"))
    assignee_id: Mapped[UUID | None]
    assignee: Mapped[str | None]
    expires_at: Mapped[datetime | None]
    ends_at_given: Mapped[bool] = mapped_column(server_default=text("false"))
    revision: Mapped[int] = mapped_column(server_default=text("1"))


class AlertTransition(TenantRow, Base):
    """One step in an alert's life; never changes. `position` orders it among the alert's other lines."""

    __tablename__ = "alert_transitions"
    __table_args__ = (
        UniqueConstraint("tenant_id", "decision_id"),
        ForeignKeyConstraint(["tenant_id", "alert_id"], ["alerts.tenant_id", "alerts.id"]),
        Index(None, "tenant_id", "alert_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    alert_id: Mapped[UUID]
    decision_id: Mapped[UUID | None]
    at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    actor_kind: Mapped[str]
    actor: Mapped[str]
    reason: Mapped[str]
    comment: Mapped[str] = mapped_column(server_default=text("''"))
    proof: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=_EMPTY_OBJECT)
    position: Mapped[int] = mapped_column(server_default=text("0"))


class AlertNote(TenantRow, Base):
    """What people said or arranged about an alert without changing its state; never changes."""

    __tablename__ = "alert_notes"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "alert_id"], ["alerts.tenant_id", "alerts.id"]),
        Index("alert_notes_alert_idx", "tenant_id", "alert_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    alert_id: Mapped[UUID]
    at: Mapped[datetime]
    kind: Mapped[str]
    actor_kind: Mapped[str]
    actor: Mapped[str]
    comment: Mapped[str] = mapped_column(server_default=text("''"))
    assignee_id: Mapped[UUID | None]
    assignee: Mapped[str | None]
    position: Mapped[int]
