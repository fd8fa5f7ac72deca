"""Assets as code: what files said when they were applied last."""

from alembic import op

from migrations.tenancy import isolate

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

APPLIED = """
create table applied_assets (
    tenant_id uuid not null,
    kind text not null,
    key text not null,
    asset_id uuid not null,
    source text not null,
    digest text not null,
    content_hash text not null,
    published boolean not null,
    applied_at timestamptz not null,
    applied_by text not null,
    primary key (tenant_id, kind, key),
    foreign key (tenant_id, asset_id) references assets (tenant_id, id)
)
"""


def upgrade() -> None:
    """One line for each asset that files brought; the last apply overwrites it."""
    op.execute(APPLIED)
    op.execute("create index applied_assets_source_idx on applied_assets (tenant_id, source)")
    isolate("applied_assets")
