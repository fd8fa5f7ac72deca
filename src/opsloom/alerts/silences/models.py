"""Tables of what keeps alerts quiet."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow

_ONE = text("1")


class Silence(TenantRow, Base):
    """Keeps the alerts it matches quiet from a time until another. It is over, not gone, when it was ended early."""

    __tablename__ = "silences"
    __table_args__ = (Index("silences_ends_idx", "tenant_id", "ends_at"),)

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True, sort_order=-100)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    matchers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    comment: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(server_default=_ONE)


class MaintenanceWindow(TenantRow, Base):
    """Keeps the alerts it matches quiet whenever it is open."""

    __tablename__ = "maintenance_windows"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True, sort_order=-100)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    matchers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    timing: Mapped[dict[str, Any]] = mapped_column(JSONB)
    comment: Mapped[str]
    enabled: Mapped[bool]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(server_default=_ONE)


class Inhibition(TenantRow, Base):
    """Keeps alerts that `target` matches quiet while one fires that `source` matches and whose `equal` labels are the same."""

    __tablename__ = "inhibitions"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True, sort_order=-100)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    source: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    target: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    equal: Mapped[list[str]] = mapped_column(ARRAY(Text))
    comment: Mapped[str]
    enabled: Mapped[bool]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(server_default=_ONE)
