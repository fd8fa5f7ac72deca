"""Which published screen answers at an address."""

from migrations.tenancy import isolate, script

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TABLES = """
create table screen_addresses (
    tenant_id uuid not null references tenants (id),
    slug text not null,
    screen_id uuid not null,
    primary key (tenant_id, slug),
    foreign key (tenant_id, screen_id) references assets (tenant_id, id)
);
create index screen_addresses_screen_idx on screen_addresses (tenant_id, screen_id);
"""


def upgrade() -> None:
    """An address is taken and freed, never changed."""
    script(TABLES)
    isolate("screen_addresses", update=False)
