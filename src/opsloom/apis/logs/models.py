"""Tables beside the log itself."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, ForeignKey, Index, Integer
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class ApiRunCount(TenantRow, Base):
    """What became of an API's runs in a minute or an hour; `run_counts` says what the numbers mean."""

    __tablename__ = "api_run_counts"
    __table_args__ = (
        Index("api_run_counts_start_idx", "tenant_id", "span_s", "start"),
        CheckConstraint("span_s in (60, 3600)", name="span_s"),
    )

    api_id: Mapped[UUID] = mapped_column(primary_key=True)
    span_s: Mapped[int] = mapped_column(Integer, primary_key=True)
    start: Mapped[datetime] = mapped_column(primary_key=True)
    runs: Mapped[int]
    refused: Mapped[int]
    limited: Mapped[int]
    failed: Mapped[int]
    timed_out: Mapped[int]
    hits: Mapped[int]
    misses: Mapped[int]
    rows: Mapped[int]
    bytes: Mapped[int]
    total_ms: Mapped[float] = mapped_column(Float)
    slots: Mapped[list[int]] = mapped_column(ARRAY(Integer))


class ApiRunKeeping(Base):
    """How much of its log a tenant keeps; None is no bound beyond the server's. What is kept is as of `measured_at`."""

    __tablename__ = "api_run_keeping"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    days: Mapped[int | None] = mapped_column(Integer)
    max_rows: Mapped[int | None]
    max_bytes: Mapped[int | None]
    changed_at: Mapped[datetime | None]
    changed_by: Mapped[str | None]
    kept_rows: Mapped[int | None]
    kept_bytes: Mapped[int | None]
    measured_at: Mapped[datetime | None]
