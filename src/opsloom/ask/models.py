"""The tables of questions: what was asked, how it was planned, what was answered on which evidence; and the threads they stand in."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Double, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class Question(TenantRow, Base):
    """`plan` holds a `Decision`, `answer` an `Answer`."""

    __tablename__ = "questions"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "thread_id"], ["threads.tenant_id", "threads.id"], ondelete="CASCADE"),
        Index(None, "tenant_id", "asked_at"),
        Index(None, "tenant_id", "thread_id", "asked_at"),
    )

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
    thread_id: Mapped[UUID | None]


class Thread(TenantRow, Base):
    """Questions that follow each other. Its owner asks in it; when it is shared, others of the tenant read it."""

    __tablename__ = "threads"
    __table_args__ = (Index(None, "tenant_id", "owner_id", "asked_at"),)

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True, sort_order=-100)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID | None]
    owner_name: Mapped[str]
    title: Mapped[str]
    pinned: Mapped[bool]
    archived: Mapped[bool]
    shared: Mapped[bool]
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime]
