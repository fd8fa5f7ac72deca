"""Tables of tools beside the registry's."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class ToolRun(TenantRow, Base):
    """One run of a tool. Partitioned by day of `at`. `tool_id` is null for a builtin that no asset wraps."""

    __tablename__ = "tool_runs"
    __table_args__ = (
        Index("tool_runs_tool_idx", "tenant_id", "tool_id", "at", "id"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    at: Mapped[datetime] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    tool_id: Mapped[UUID | None]
    tool_key: Mapped[str]
    version: Mapped[int]
    caller: Mapped[str]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    code: Mapped[str]
    detail: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(JSONB)
    bytes: Mapped[int]
    total_ms: Mapped[float]
    trace_id: Mapped[str]


class ToolCase(TenantRow, Base):
    """Arguments that are run again and again, with what is expected of them."""

    __tablename__ = "tool_cases"
    __table_args__ = (Index("tool_cases_tool_idx", "tenant_id", "tool_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    tool_id: Mapped[UUID]
    name: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(JSONB)
    expectation: Mapped[dict[str, Any]] = mapped_column(JSONB)
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]
