"""Tables of the API manager beside the registry's."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class ApiPath(TenantRow, Base):
    """Which published API answers at a path; the key makes it one."""

    __tablename__ = "api_paths"

    shape: Mapped[str] = mapped_column(primary_key=True)
    api_id: Mapped[UUID]


class ApiRun(TenantRow, Base):
    """One call of an API. Partitioned by day of `at`."""

    __tablename__ = "api_runs"
    __table_args__ = (
        Index("api_runs_api_idx", "tenant_id", "api_id", "at", "id"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    at: Mapped[datetime] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    api_id: Mapped[UUID | None]
    api_name: Mapped[str]
    version: Mapped[int]
    path: Mapped[str]
    method: Mapped[str]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    status: Mapped[int]
    code: Mapped[str]
    detail: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    rows: Mapped[int]
    bytes: Mapped[int]
    truncated: Mapped[bool]
    cache: Mapped[str]
    total_ms: Mapped[float]
    queue_ms: Mapped[float]
    database_ms: Mapped[float]
    guard_ms: Mapped[float]
    serialise_ms: Mapped[float]
    trace_id: Mapped[str]
