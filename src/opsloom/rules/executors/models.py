"""Tables of executors."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Double, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow
from opsloom.kit.due import Cron, Every, Timetable


class ExecutorKind(StrEnum):
    """A query whose rows become events, or a poll whose numbers become samples."""

    QUERY = "query"
    METRIC = "metric"


class MomentOutcome(StrEnum):
    """What became of a moment."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    MISSED = "missed"


class Executor(TenantRow, Base):
    """Serves the asset in force whose id it has. `next_at` is None while it is paused."""

    __tablename__ = "executors"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "id"], ["assets.tenant_id", "assets.id"]),
        Index(None, "tenant_id", "next_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    version: Mapped[int]
    cron: Mapped[str | None]
    zone: Mapped[str | None]
    every_s: Mapped[float | None] = mapped_column(Double)
    missed: Mapped[str]
    paused_at: Mapped[datetime | None]
    paused_by: Mapped[str | None]
    next_at: Mapped[datetime | None]
    leased_by: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    updated_at: Mapped[datetime]

    @property
    def timetable(self) -> Timetable:
        """When its moments are."""
        if self.every_s is not None:
            return Every(self.every_s)
        return Cron(self.cron or "", self.zone or "UTC")


class ExecutorRun(TenantRow, Base):
    """One moment of an executor. `asked_by` is empty when its time had come."""

    __tablename__ = "executor_runs"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "executor_id"], ["executors.tenant_id", "executors.id"], ondelete="CASCADE"),
    )

    executor_id: Mapped[UUID] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    asked_by: Mapped[str | None]
    attempt: Mapped[int]
    node: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str]
    rows: Mapped[int | None]
    detail: Mapped[str]
