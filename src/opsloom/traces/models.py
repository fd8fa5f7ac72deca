"""Tables of the inspector: parts of traces, their spans, and how much each tenant keeps."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Double, ForeignKey, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class TracePart(TenantRow, Base):
    """What one process did in a trace; `assets` is a list of `AssetUsed`."""

    __tablename__ = "traces"

    at: Mapped[datetime] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    trace_id: Mapped[str]
    kind: Mapped[str]
    name: Mapped[str]
    status: Mapped[str]
    family: Mapped[str]
    code: Mapped[str]
    detail: Mapped[str]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    actor_name: Mapped[str]
    subject_id: Mapped[UUID | None]
    assets: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    asset_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    duration_ms: Mapped[float] = mapped_column(Double)
    spans: Mapped[int] = mapped_column(Integer)
    lost: Mapped[int] = mapped_column(Integer)


class SpanRow(TenantRow, Base):
    """A span; `at` is when its part began. `payload` is large and read for one span at a time."""

    __tablename__ = "spans"

    at: Mapped[datetime] = mapped_column(primary_key=True)
    part_id: Mapped[UUID] = mapped_column(primary_key=True)
    span_id: Mapped[str] = mapped_column(primary_key=True)
    parent_id: Mapped[str]
    name: Mapped[str]
    began_ns: Mapped[int] = mapped_column(BigInteger)
    ended_ns: Mapped[int] = mapped_column(BigInteger)
    error: Mapped[str]
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSONB, deferred=True)


class TraceKeeping(Base):
    """How much of its traces a tenant keeps and which names are masked; None is no bound beyond the server's."""

    __tablename__ = "trace_keeping"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    days: Mapped[int | None] = mapped_column(Integer)
    max_rows: Mapped[int | None]
    max_bytes: Mapped[int | None]
    hidden_names: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    changed_at: Mapped[datetime | None]
    changed_by: Mapped[str | None]
    kept_rows: Mapped[int | None]
    kept_bytes: Mapped[int | None]
    measured_at: Mapped[datetime | None]
