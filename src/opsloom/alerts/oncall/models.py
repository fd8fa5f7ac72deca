"""Tables of on-call schedules and of how people are reached."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class OncallSchedule(TenantRow, Base):
    """A schedule; `layers` holds `LayerBody`s. `feed_hash` is that of the token in the address calendars read."""

    __tablename__ = "oncall_schedules"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True, sort_order=-100)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    zone: Mapped[str]
    layers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    feed_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    revision: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]


class OncallOverride(TenantRow, Base):
    """Somebody stands in."""

    __tablename__ = "oncall_overrides"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "schedule_id"], ["oncall_schedules.tenant_id", "oncall_schedules.id"], ondelete="CASCADE"
        ),
        Index("oncall_overrides_schedule_idx", "tenant_id", "schedule_id", "end_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    schedule_id: Mapped[UUID]
    user_id: Mapped[UUID]
    start_at: Mapped[datetime]
    end_at: Mapped[datetime]
    note: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]


class OncallContact(TenantRow, Base):
    """How a person is reached: ids of channels, the best way first."""

    __tablename__ = "oncall_contacts"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True, sort_order=-100)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    channels: Mapped[list[str]] = mapped_column(JSONB)
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]
