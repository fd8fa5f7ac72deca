"""Tables of workflow runs."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow

TOPIC: Final = "workflows"
"""Of the messages that tell of runs and their nodes."""


class RunState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RunKind(StrEnum):
    """What runs: a drawing, one call of an API, or a list of calls."""

    WORKFLOW = "workflow"
    CALL = "call"
    BATCH = "batch"


ENDED = frozenset({RunState.SUCCEEDED, RunState.FAILED, RunState.CANCELLED})


class WorkflowRun(TenantRow, Base):
    """One run in the background. A workflow's keeps the logic it began with, the others the version; `sensitive` names the
    parameters that are shown to nobody."""

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
    kind: Mapped[str] = mapped_column(server_default=RunKind.WORKFLOW)
    actor_kind: Mapped[str] = mapped_column(server_default="system")
    actor_id: Mapped[UUID | None]
    sensitive: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    schedule_id: Mapped[UUID | None]
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


class WorkflowTurn(TenantRow, Base):
    """A run that has not ended: when it wants work (`infinity`: not before somebody says so), and which runner has it."""

    __tablename__ = "workflow_turns"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "run_id"], ["workflow_runs.tenant_id", "workflow_runs.id"]),
        Index("workflow_turns_due_idx", "tenant_id", "due_at", "run_id", postgresql_where=text("runner_id is null")),
        Index("workflow_turns_runner_idx", "runner_id", postgresql_where=text("runner_id is not null")),
    )

    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    runner_id: Mapped[UUID | None]
    cancel_asked: Mapped[bool] = mapped_column(server_default=text("false"))


class ApprovalLink(TenantRow, Base):
    """A link by which somebody decides a node, once. `expires_at` is set when the node begins to ask."""

    __tablename__ = "approval_links"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "run_id"], ["workflow_runs.tenant_id", "workflow_runs.id"]),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    run_id: Mapped[UUID]
    node_id: Mapped[str]
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class WorkflowPin(TenantRow, Base):
    """An output that a node of the draft gives in trials instead of running."""

    __tablename__ = "workflow_pins"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "api_id"], ["assets.tenant_id", "assets.id"]),)

    api_id: Mapped[UUID] = mapped_column(primary_key=True)
    node_id: Mapped[str] = mapped_column(primary_key=True)
    output: Mapped[Any | None] = mapped_column(JSONB(none_as_null=True))
    port: Mapped[str]
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]
