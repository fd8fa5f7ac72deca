"""The table of what is due in the life of incidents."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class IncidentTimer(TenantRow, Base):
    """Something due at an instant. `key` says what it is within the incident, so it is due once; `outcome` what came of it."""

    __tablename__ = "incident_timers"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "incident_id"], ["incidents.tenant_id", "incidents.id"]),
        Index("incident_timers_due_idx", "tenant_id", "due_at", postgresql_where=text("done_at is null")),
    )

    incident_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    due_at: Mapped[datetime]
    args: Mapped[dict[str, str]] = mapped_column(JSONB)
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
