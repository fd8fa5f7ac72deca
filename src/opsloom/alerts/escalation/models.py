"""The table of escalation policies."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class EscalationPolicy(TenantRow, Base):
    """Who is told of which incidents. Of those that fit, the first by `position` is the incident's; `content` is a `PolicyContent`."""

    __tablename__ = "escalation_policies"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True, sort_order=-100)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    position: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    revision: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]
