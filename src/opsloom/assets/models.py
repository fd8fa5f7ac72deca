"""Tables of the registry."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class AssetState(StrEnum):
    """Where an asset is in its life."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Asset(TenantRow, Base):
    """One asset: its working draft and which version is published. `draft_revision` grows with each save.

    `slug` is its key: what other assets' content calls it by. It is given once and survives renaming. `draft_hash` and
    `published_hash` leave out what the kind derives at publication, so that they differ
    exactly if people changed something; a version has a name too (`published_name`).
    `draft_by` is the person who last wrote the draft; `words` is what a search looks at.
    """

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
    description: Mapped[str]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    words: Mapped[str] = mapped_column(
        Computed("asset_words(name, slug, description, tags)", persisted=True), deferred=True, deferred_raiseload=True
    )
    state: Mapped[str]
    protected: Mapped[bool]
    draft: Mapped[dict[str, Any]] = mapped_column(JSONB)
    draft_revision: Mapped[int]
    draft_hash: Mapped[str]
    draft_by: Mapped[UUID | None]
    published_version: Mapped[int | None]
    published_hash: Mapped[str | None]
    published_name: Mapped[str | None]
    latest_version: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    updated_at: Mapped[datetime]
    updated_by: Mapped[str]

    @property
    def key(self) -> str:
        """What other assets refer to it by."""
        return self.slug

    @property
    def draft_differs(self) -> bool:
        """Whether publishing would put something else in force than what is."""
        return (self.draft_hash, self.name) != (self.published_hash, self.published_name)


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


class AssetLink(TenantRow, Base):
    """Version `version` (0 is the draft) of one asset uses another, whether that exists or not.

    `in_force` says again what the asset's published version says: a hub's dependants are found without reading their history.
    """

    __tablename__ = "asset_links"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "source_id"], ["assets.tenant_id", "assets.id"]),)

    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    in_force: Mapped[bool]
    target_kind: Mapped[str]
    target_key: Mapped[str]
    role: Mapped[str]
    pointer: Mapped[str]
    needs: Mapped[list[str]] = mapped_column(ARRAY(Text))


class AssetFault(TenantRow, Base):
    """A version in force that could not be loaded, with the cause."""

    __tablename__ = "asset_faults"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "asset_id"], ["assets.tenant_id", "assets.id"]),)

    asset_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    cause: Mapped[str]
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    times: Mapped[int]


class ReviewState(StrEnum):
    """What became of a request for review."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Review(TenantRow, Base):
    """Somebody asked for another person's look at exactly the draft that has `content_hash`."""

    __tablename__ = "asset_reviews"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "asset_id"], ["assets.tenant_id", "assets.id"]),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    asset_id: Mapped[UUID]
    content_hash: Mapped[str]
    draft_revision: Mapped[int]
    state: Mapped[str]
    comment: Mapped[str]
    requested_at: Mapped[datetime]
    requested_by: Mapped[str]
    requested_by_id: Mapped[UUID | None]


class Verdict(TenantRow, Base):
    """What one person said to a request; said once."""

    __tablename__ = "asset_review_verdicts"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "review_id"], ["asset_reviews.tenant_id", "asset_reviews.id"]),
    )

    review_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_name: Mapped[str]
    approves: Mapped[bool]
    comment: Mapped[str]
    at: Mapped[datetime]


class AssetView(TenantRow, Base):
    """A list's filters under a name, for one person or for everybody. `subject` is what the list is of."""

    __tablename__ = "asset_views"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID]
    owner_name: Mapped[str]
    name: Mapped[str]
    filters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    subject: Mapped[str] = mapped_column(server_default=text("'assets'"))
    shared: Mapped[bool]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
