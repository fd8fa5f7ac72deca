"""Saved cases of APIs: values that are sent again and again, with what is expected of the answer."""

from migrations.tenancy import isolate, script

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = """
create table api_cases (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    api_id uuid not null,
    name text not null,
    parameters jsonb not null,
    expectation jsonb not null,
    frozen jsonb,                           -- the clock and the seed of a script; null: as they are
    outcome jsonb,                          -- of the last run; null: never run as it is now
    good jsonb,                             -- the last answer that was as expected; null: none, or too large to keep
    created_at timestamptz not null,
    created_by text not null,
    updated_at timestamptz not null,
    updated_by text not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, api_id) references assets (tenant_id, id)
);
create index api_cases_api_idx on api_cases (tenant_id, api_id, id);
"""


def upgrade() -> None:
    """Whoever may write the API may write its cases."""
    script(TABLES)
    isolate("api_cases")
