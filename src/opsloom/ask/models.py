"""The table of questions: what was asked, how it was planned, what was answered on which evidence."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Double, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class Question(TenantRow, Base):
    """`plan` holds a `Decision`, `answer` an `Answer`."""

    __tablename__ = "questions"
    __table_args__ = (Index(None, "tenant_id", "asked_at"),)

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True, sort_order=-100)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    asked_by: Mapped[UUID | None]
    asked_by_name: Mapped[str]
    asked_at: Mapped[datetime]
    text: Mapped[str]
    language: Mapped[str]
    time_zone: Mapped[str]
    status: Mapped[str]
    plan: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    took_ms: Mapped[float] = mapped_column(Double)
    trace_id: Mapped[str | None]
