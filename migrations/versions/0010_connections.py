"""Connections to other systems: named secrets and what their tests said."""

from alembic import op

from migrations.tenancy import isolate

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NAMED_SECRETS = """
create table named_secrets (
    tenant_id uuid not null references tenants (id),
    name text not null,
    sealed text not null,
    stamp uuid not null,
    updated_at timestamptz not null,
    updated_by text not null,
    primary key (tenant_id, name)
)
"""

CONNECTION_TESTS = """
create table connection_tests (
    tenant_id uuid not null references tenants (id),
    asset_id uuid not null,
    ok boolean not null,
    steps jsonb not null,
    tested_at timestamptz not null,
    tested_by text not null,
    primary key (tenant_id, asset_id),
    foreign key (tenant_id, asset_id) references assets (tenant_id, id) on delete cascade
)
"""


def upgrade() -> None:
    """A secret's value is here in sealed form only; the last test of a connection is kept, not its history."""
    op.execute(NAMED_SECRETS)
    isolate("named_secrets")
    op.execute(CONNECTION_TESTS)
    isolate("connection_tests")
