"""The versioned registry: assets, their immutable versions, and the pointer that says which one is published."""

from alembic import op

from migrations.tenancy import isolate

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A version can be added and read, never changed: the application has no right to."""
    op.execute(
        """
        create table assets (
            tenant_id uuid not null,
            id uuid not null,
            kind text not null,
            name text not null,
            slug text not null,
            state text not null check (state in ('draft', 'published', 'archived')),
            draft jsonb not null,
            draft_revision bigint not null,
            published_version bigint,
            created_at timestamptz not null,
            created_by text not null,
            updated_at timestamptz not null,
            updated_by text not null,
            primary key (tenant_id, id),
            check ((state = 'published') = (published_version is not null))
        )
        """
    )
    op.execute("create unique index assets_slug_key on assets (tenant_id, kind, slug) where state <> 'archived'")
    op.execute("create index assets_kind_idx on assets (tenant_id, kind, id)")
    op.execute(
        """
        create table asset_versions (
            tenant_id uuid not null,
            asset_id uuid not null,
            version bigint not null,
            name text not null,
            content jsonb not null,
            content_hash text not null,
            comment text not null,
            created_at timestamptz not null,
            created_by text not null,
            primary key (tenant_id, asset_id, version),
            foreign key (tenant_id, asset_id) references assets (tenant_id, id)
        )
        """
    )
    isolate("assets", delete=False)
    isolate("asset_versions", update=False, delete=False)
