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
    """One episode of one key of one rule. `proof` is that of its firing; before that, of its pending."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index("alerts_open_key", "tenant_id", "rule_id", "key", unique=True, postgresql_where=_OPEN),
        Index(None, "tenant_id", "state", "id"),
        Index(None, "tenant_id", "rule_id", "id"),
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


class AlertTransition(TenantRow, Base):
    """One step in an alert's life; never changes."""

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
