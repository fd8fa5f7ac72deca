"""Tables of workflow runs."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED})


class WorkflowRun(TenantRow, Base):
    """One run of a durable workflow, with the logic it began with."""

    __tablename__ = "workflow_runs"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "api_id"], ["assets.tenant_id", "assets.id"]),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    api_id: Mapped[UUID]
    api_name: Mapped[str]
    version: Mapped[int]
    logic: Mapped[dict[str, Any]] = mapped_column(JSONB)
    limits: Mapped[dict[str, Any]] = mapped_column(JSONB)
    state: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(JSONB)
    output: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    error_code: Mapped[str | None]
    error: Mapped[str | None]
    idempotency_key: Mapped[str | None]
    asked_by: Mapped[str]
    trace_id: Mapped[str]
    cancel_asked: Mapped[bool]
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    wake_at: Mapped[datetime | None]


class WorkflowNode(TenantRow, Base):
    """What became of one node of a run, or what it waits for. `asked` is an approval's question."""

    __tablename__ = "workflow_nodes"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "run_id"], ["workflow_runs.tenant_id", "workflow_runs.id"]),)

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    node_id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    port: Mapped[str]
    output: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    error_code: Mapped[str | None]
    error: Mapped[str | None]
    asked: Mapped[str | None]
    decided_by: Mapped[str | None]
    comment: Mapped[str | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    wake_at: Mapped[datetime | None]
