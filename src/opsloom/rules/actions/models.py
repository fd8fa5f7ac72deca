"""The ledger of calls."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class CallOutcome(StrEnum):
    """It waits for its job, a run in the background began, or the API refused."""

    WAITING = "waiting"
    STARTED = "started"
    REFUSED = "refused"


class RuleCall(TenantRow, Base):
    """One action of a rule for one transition of an alert."""

    __tablename__ = "rule_calls"
    __table_args__ = (
        UniqueConstraint("tenant_id", "transition_id", "place"),
        Index(None, "tenant_id", "rule_id", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    rule_id: Mapped[UUID]
    alert_id: Mapped[UUID]
    transition_id: Mapped[UUID]
    place: Mapped[int]
    step: Mapped[str]
    api: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    outcome: Mapped[str]
    detail: Mapped[str]
    run_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
