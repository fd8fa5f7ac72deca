"""The tables of golden runs: a run over all or some questions, and what came of each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Double, ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class GoldenRun(TenantRow, Base):
    """`now` is the clock its questions were asked with; the newest run marked `baseline` is what others are compared to."""

    __tablename__ = "golden_runs"
    __table_args__ = (Index("golden_runs_started_idx", "tenant_id", text("started_at desc")),)

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True, sort_order=-100)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str]
    asked_for: Mapped[str] = mapped_column(server_default=text("''"))
    started_by: Mapped[str]
    now: Mapped[datetime]
    total: Mapped[int]
    passed: Mapped[int] = mapped_column(server_default=text("0"))
    warned: Mapped[int] = mapped_column(server_default=text("0"))
    failed: Mapped[int] = mapped_column(server_default=text("0"))
    baseline: Mapped[bool] = mapped_column(server_default=text("false"))


class GoldenResult(TenantRow, Base):
    """`body` holds a `Report`."""

    __tablename__ = "golden_results"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "run_id"], ["golden_runs.tenant_id", "golden_runs.id"], ondelete="CASCADE"),
        Index("golden_results_key_idx", "tenant_id", "key", "run_id"),
    )

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str]
    cause: Mapped[str | None]
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    took_ms: Mapped[float] = mapped_column(Double)
