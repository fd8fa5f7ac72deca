"""Tables of connections."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class NamedSecret(TenantRow, Base):
    """A secret of the vault, sealed. `stamp` changes with each new value, so that open connections notice."""

    __tablename__ = "named_secrets"

    name: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[str]
    stamp: Mapped[UUID]
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]


class ConnectionTest(TenantRow, Base):
    """What the last test of a connection said; `steps` is the list of what was tried."""

    __tablename__ = "connection_tests"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "asset_id"], ["assets.tenant_id", "assets.id"], ondelete="CASCADE"),
    )

    asset_id: Mapped[UUID] = mapped_column(primary_key=True)
    ok: Mapped[bool]
    steps: Mapped[list[dict[str, object]]] = mapped_column(JSONB)
    tested_at: Mapped[datetime]
    tested_by: Mapped[str]
