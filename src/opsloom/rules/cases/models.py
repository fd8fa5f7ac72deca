"""The table of saved cases."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class RuleCase(TenantRow, Base):
    """Facts that are played again and again, what is expected, and what the last run gave."""

    __tablename__ = "rule_cases"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "rule_id"], ["assets.tenant_id", "assets.id"]),
        Index("rule_cases_rule_idx", "tenant_id", "rule_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    rule_id: Mapped[UUID]
    name: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]
