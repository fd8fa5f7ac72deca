"""The table of saved cases."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class ApiCase(TenantRow, Base):
    """Values that are sent again and again. `good` is the last answer that was as expected."""

    __tablename__ = "api_cases"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "api_id"], ["assets.tenant_id", "assets.id"]),
        Index("api_cases_api_idx", "tenant_id", "api_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    api_id: Mapped[UUID]
    name: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    expectation: Mapped[dict[str, Any]] = mapped_column(JSONB)
    frozen: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    good: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]
