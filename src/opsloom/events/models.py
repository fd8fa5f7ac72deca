"""The tables of events: day partitions by arrival, whose sequence and transaction columns are the feed's order; who sends, what
came in, what each type is made of."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Integer, LargeBinary, Sequence, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow, Xid8


class Event(TenantRow, Base):
    """A fact with a time. `event_id` is the sender's and unique with the source; `id` is ours."""

    __tablename__ = "events"
    __table_args__ = (
        Index(None, "tenant_id", "txid", "seq"),
        Index(None, "tenant_id", text("time desc"), text("id desc")),
        {"postgresql_partition_by": "RANGE (received_at)"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    event_id: Mapped[str]
    type: Mapped[str]
    subject: Mapped[str | None]
    severity: Mapped[str | None]
    time: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(primary_key=True)
    data: Mapped[Any] = mapped_column(JSONB, server_default=text("'{}'"))
    attributes: Mapped[dict[str, str | int | float | bool]] = mapped_column(JSONB, server_default=text("'{}'"))
    seq: Mapped[int] = mapped_column(
        Sequence("events_seq", cache=256), server_default=text("nextval('events_seq'::regclass)")
    )
    txid: Mapped[int] = mapped_column(Xid8, server_default=text("pg_current_xact_id()"))


class EventSource(TenantRow, Base):
    """A sender with a secret that signs what it sends in its own shape. After a change of secret the one before is good for a while."""

    __tablename__ = "event_sources"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True, sort_order=-100)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    scheme: Mapped[dict[str, Any]] = mapped_column(JSONB)
    mapping: Mapped[str | None]
    enabled: Mapped[bool]
    secret: Mapped[str]
    previous_secret: Mapped[str | None]
    previous_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    changed_at: Mapped[datetime]


class EventReceipt(TenantRow, Base):
    """A signed request that was taken; the same one again is not."""

    __tablename__ = "event_receipts"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "source_id"], ["event_sources.tenant_id", "event_sources.id"], ondelete="CASCADE"
        ),
        Index("event_receipts_received_at_idx", "tenant_id", "received_at"),
    )

    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    received_at: Mapped[datetime]


class EventIntake(TenantRow, Base):
    """What came in by one door: a format everybody can send, or a source by its id."""

    __tablename__ = "event_intake"

    door: Mapped[str] = mapped_column(primary_key=True)
    accepted: Mapped[int]
    duplicates: Mapped[int]
    refused: Mapped[int]
    last_at: Mapped[datetime | None]
    last_refused_at: Mapped[datetime | None]


class EventRefusal(TenantRow, Base):
    """An item that was refused, with the beginning of it."""

    __tablename__ = "event_refusals"
    __table_args__ = (Index("event_refusals_door_idx", "tenant_id", "door", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    door: Mapped[str]
    at: Mapped[datetime]
    code: Mapped[str]
    detail: Mapped[str]
    pointer: Mapped[str]
    item: Mapped[str]


class EventType(TenantRow, Base):
    """A type that was seen, and what its events are made of (`discovery.TypeSketch`)."""

    __tablename__ = "event_types"

    type: Mapped[str] = mapped_column(primary_key=True)
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    events: Mapped[int]
    sketch: Mapped[dict[str, Any]] = mapped_column(JSONB)


class EventKeeping(Base):
    """How many of its events a tenant keeps; None is no bound beyond the server's. What is kept is as of `measured_at`."""

    __tablename__ = "event_keeping"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    days: Mapped[int | None] = mapped_column(Integer)
    max_rows: Mapped[int | None]
    max_bytes: Mapped[int | None]
    changed_at: Mapped[datetime | None]
    changed_by: Mapped[str | None]
    kept_rows: Mapped[int | None]
    kept_bytes: Mapped[int | None]
    measured_at: Mapped[datetime | None]
