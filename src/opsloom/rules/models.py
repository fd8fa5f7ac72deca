"""Tables of the rule engine: what it remembers between two batches."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Double, ForeignKey, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base


class RuleRunRow(Base):
    """A rule in force. `meaning` names what its states depend on; the counters are totals since the first publishing."""

    __tablename__ = "rule_runs"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    rule_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    meaning: Mapped[str] = mapped_column(server_default=text("''"))
    started_at: Mapped[datetime]
    quarantined_at: Mapped[datetime | None]
    quarantine_reason: Mapped[str | None]
    quarantine_count: Mapped[int] = mapped_column(server_default=text("0"))
    evaluated: Mapped[int] = mapped_column(server_default=text("0"))
    matched: Mapped[int] = mapped_column(server_default=text("0"))
    fired: Mapped[int] = mapped_column(server_default=text("0"))
    late: Mapped[int] = mapped_column(server_default=text("0"))
    spent_s: Mapped[float] = mapped_column(Double, server_default=text("0"))
    evaluated_at: Mapped[datetime | None]
    fired_at: Mapped[datetime | None]


class RuleKey(Base):
    """A key and the newest fact seen of it, for all rules that part the same facts the same way."""

    __tablename__ = "rule_keys"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    group_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    labels: Mapped[dict[str, str]] = mapped_column(JSONB)
    item_id: Mapped[UUID | None]
    seen_us: Mapped[int]
    arrived_us: Mapped[int]
    released_us: Mapped[int | None]
    held: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)


class RuleState(Base):
    """The state of a key that is not at rest."""

    __tablename__ = "rule_states"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    rule_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[dict[str, Any]] = mapped_column(JSONB)


class RuleMemory(Base):
    """What a rule's detector remembers of a key, in a form of its own."""

    __tablename__ = "rule_memories"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    rule_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    memory: Mapped[bytes]


class EngineProgress(Base):
    """How far the engine has read a tenant's feeds. `revision` makes a commit from an outdated owner fail."""

    __tablename__ = "engine_progress"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    revision: Mapped[int]
    sample_txid: Mapped[int]
    sample_seq: Mapped[int]
    event_txid: Mapped[int]
    event_seq: Mapped[int]
    updated_at: Mapped[datetime]
