"""Saved cases of rules: facts in, expected firings out."""

from migrations.tenancy import isolate, script

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLES = """
create table rule_cases (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    rule_id uuid not null,
    name text not null,
    body jsonb not null,                    -- facts in, expected firings and states out
    outcome jsonb,                          -- of the last run; null: never run as it is now
    created_at timestamptz not null,
    created_by text not null,
    updated_at timestamptz not null,
    updated_by text not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, rule_id) references assets (tenant_id, id)
);
create index rule_cases_rule_idx on rule_cases (tenant_id, rule_id, id);
"""


def upgrade() -> None:
    """Whoever may write the rule may write its cases."""
    script(TABLES)
    isolate("rule_cases")
