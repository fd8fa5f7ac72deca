"""Tables of what rules cost."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Double, ForeignKey
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base


class RuleMeter(Base):
    """An hour of a rule; the nil id is the engine itself, whose cost is that of whole batches and whose delay is the lag."""

    __tablename__ = "rule_meters"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    rule_id: Mapped[UUID] = mapped_column(primary_key=True)
    evaluated: Mapped[int] = mapped_column(BigInteger)
    matched: Mapped[int] = mapped_column(BigInteger)
    fired: Mapped[int] = mapped_column(BigInteger)
    batches: Mapped[int] = mapped_column(BigInteger)
    spent_s: Mapped[float] = mapped_column(Double)
    cost: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    delay: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    newest_at: Mapped[datetime | None]


class RuleSize(Base):
    """What a rule holds in memory."""

    __tablename__ = "rule_sizes"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    rule_id: Mapped[UUID] = mapped_column(primary_key=True)
    busy_keys: Mapped[int] = mapped_column(BigInteger)
    memory_bytes: Mapped[int] = mapped_column(BigInteger)
    updated_at: Mapped[datetime]
