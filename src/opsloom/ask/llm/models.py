"""Tables of the calls to language models and of what each day took."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, Double, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class LlmCall(TenantRow, Base):
    """One request to a model with all its attempts. Texts are masked; `cost` is in US dollars, null where no price is known."""

    __tablename__ = "llm_calls"
    __table_args__ = (Index(None, "tenant_id", "at", "id"), Index(None, "tenant_id", "trace_id"))

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True, sort_order=-100)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    purpose: Mapped[str]
    trace_id: Mapped[str | None]
    asked_by: Mapped[UUID | None]
    asked_by_name: Mapped[str]
    connection: Mapped[str]
    provider: Mapped[str]
    model: Mapped[str]
    prompt_key: Mapped[str | None]
    prompt_version: Mapped[int | None]
    attempts: Mapped[int]
    tokens_in: Mapped[int | None]
    tokens_out: Mapped[int | None]
    cost: Mapped[float | None] = mapped_column(Double)
    took_ms: Mapped[float] = mapped_column(Double)
    outcome: Mapped[str]
    family: Mapped[str | None]
    detail: Mapped[str]
    prompt: Mapped[str | None]
    answer: Mapped[str | None]


class LlmDay(TenantRow, Base):
    """What a tenant's calls took of one day (UTC), and what those under way hold."""

    __tablename__ = "llm_days"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True, sort_order=-100)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    tokens: Mapped[int]
    cost: Mapped[float] = mapped_column(Double)
    held_tokens: Mapped[int]
    held_cost: Mapped[float] = mapped_column(Double)
