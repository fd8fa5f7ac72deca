"""What files brought: the memory that drift and pruning are told by."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class AppliedAsset(TenantRow, Base):
    """What the files of `source` said about an asset when they were applied last; `digest` is of all of it, `content_hash` of
    its content."""

    __tablename__ = "applied_assets"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "asset_id"], ["assets.tenant_id", "assets.id"]),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    asset_id: Mapped[UUID]
    source: Mapped[str]
    digest: Mapped[str]
    content_hash: Mapped[str]
    published: Mapped[bool]
    applied_at: Mapped[datetime]
    applied_by: Mapped[str]
