"""Tables of the registry."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class AssetState(StrEnum):
    """Where an asset is in its life."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Asset(TenantRow, Base):
    """One asset: its working draft and which version is published. `draft_revision` grows with each save."""

    __tablename__ = "assets"
    __table_args__ = (
        Index(
            "assets_slug_key", "tenant_id", "kind", "slug", unique=True, postgresql_where=text("state <> 'archived'")
        ),
        Index("assets_kind_idx", "tenant_id", "kind", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    slug: Mapped[str]
    state: Mapped[str]
    draft: Mapped[dict[str, Any]] = mapped_column(JSONB)
    draft_revision: Mapped[int]
    published_version: Mapped[int | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]


class AssetVersion(TenantRow, Base):
    """What was published once; never changes."""

    __tablename__ = "asset_versions"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "asset_id"], ["assets.tenant_id", "assets.id"]),)

    asset_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    content_hash: Mapped[str]
    comment: Mapped[str]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
