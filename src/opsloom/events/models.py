"""The table of events: day partitions by arrival; the sequence and transaction columns are the feed's order."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Sequence, text
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
