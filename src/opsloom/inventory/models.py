"""The tables of the inventory. Samples are day partitions; the sequence and transaction columns are the change feed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Sequence,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow, Xid8


class ConfigurationItem(TenantRow, Base):
    """A thing in the inventory. `display_name` maps a language to a name; `retired_at` hides it, its metrics stay."""

    __tablename__ = "configuration_items"
    __table_args__ = (UniqueConstraint("tenant_id", "key"), Index(None, "tenant_id", "type", "name"))

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True, sort_order=-100)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str]
    type: Mapped[str]
    name: Mapped[str]
    display_name: Mapped[dict[str, str]] = mapped_column(JSONB, server_default=text("'{}'"))
    aliases: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    addresses: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    source: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class Relation(TenantRow, Base):
    """A directed edge: source RUNS_ON target."""

    __tablename__ = "relations"
    __table_args__ = (
        UniqueConstraint("tenant_id", "source_id", "target_id", "type"),
        ForeignKeyConstraint(
            ["tenant_id", "source_id"], ["configuration_items.tenant_id", "configuration_items.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "target_id"], ["configuration_items.tenant_id", "configuration_items.id"], ondelete="CASCADE"
        ),
        Index(None, "tenant_id", "target_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    source_id: Mapped[UUID]
    target_id: Mapped[UUID]
    type: Mapped[str]
    created_at: Mapped[datetime]


class MetricSeries(TenantRow, Base):
    """One measured quantity of one item, told apart by labels."""

    __tablename__ = "metric_series"
    __table_args__ = (
        UniqueConstraint("tenant_id", "ci_id", "metric", "labels"),
        ForeignKeyConstraint(
            ["tenant_id", "ci_id"], ["configuration_items.tenant_id", "configuration_items.id"], ondelete="CASCADE"
        ),
        Index(None, "tenant_id", "metric"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    ci_id: Mapped[UUID]
    metric: Mapped[str]
    labels: Mapped[dict[str, str]] = mapped_column(JSONB, server_default=text("'{}'"))
    unit: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class MetricSample(TenantRow, Base):
    """A value at a time. Written in bulk and read through the feed or the `data.metrics` view, never row by row."""

    __tablename__ = "metric_samples"
    __table_args__ = (Index(None, "tenant_id", "txid", "seq"), {"postgresql_partition_by": "range (time)"})

    series_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    time: Mapped[datetime] = mapped_column(primary_key=True)
    value: Mapped[float] = mapped_column(Double)
    seq: Mapped[int] = mapped_column(
        Sequence("metric_samples_seq"), server_default=text("nextval('metric_samples_seq')")
    )
    txid: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))


class DemoWorld(TenantRow, Base):
    """The made-up company of a tenant: how it was made, and how far its live feed has come."""

    __tablename__ = "demo_worlds"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True, sort_order=-100)
    anchor: Mapped[datetime]
    days: Mapped[int]
    size: Mapped[str]
    live: Mapped[bool]
    written_until: Mapped[datetime]
