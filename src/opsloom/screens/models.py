"""The table of screens' addresses; the screens themselves are assets."""

from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class ScreenAddress(TenantRow, Base):
    """Which published screen answers at `/s/{slug}`; the key makes it one."""

    __tablename__ = "screen_addresses"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "screen_id"], ["assets.tenant_id", "assets.id"]),
        Index("screen_addresses_screen_idx", "tenant_id", "screen_id"),
    )

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True, sort_order=-100)
    slug: Mapped[str] = mapped_column(primary_key=True)
    screen_id: Mapped[UUID]
