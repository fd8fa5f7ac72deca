"""Tables of schedules."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class Missed(StrEnum):
    """What is done about moments at which nothing could run."""

    SKIP = "skip"
    RUN_ONCE = "run_once"


class TickOutcome(StrEnum):
    """What became of a moment: a run began, it passed by, or the API refused."""

    STARTED = "started"
    MISSED = "missed"
    REFUSED = "refused"


class ApiSchedule(TenantRow, Base):
    """An API that the clock of a zone runs. `next_at` is None while it is paused."""

    __tablename__ = "api_schedules"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "api_id"], ["assets.tenant_id", "assets.id"]),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    api_id: Mapped[UUID]
    name: Mapped[str]
    cron: Mapped[str]
    zone: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    enabled: Mapped[bool]
    missed: Mapped[str]
    next_at: Mapped[datetime | None]
    revision: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]


class ApiScheduleTick(TenantRow, Base):
    """What became of one moment of a schedule."""

    __tablename__ = "api_schedule_ticks"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "schedule_id"], ["api_schedules.tenant_id", "api_schedules.id"], ondelete="CASCADE"
        ),
    )

    schedule_id: Mapped[UUID] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    outcome: Mapped[str]
    detail: Mapped[str]
    run_id: Mapped[UUID | None]
