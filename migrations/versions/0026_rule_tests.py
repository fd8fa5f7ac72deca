"""Tests and simulations of rules: saved cases, and runs of a draft in the shadow of the live engine."""

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

create table rule_shadows (
    tenant_id uuid not null references tenants (id),
    rule_id uuid not null,
    run bigint not null,                    -- counts the runs of a rule; firings of an earlier one are not mixed in
    definition jsonb not null,
    started_at timestamptz not null,
    started_by text not null,
    ends_at timestamptz not null,           -- it takes in nothing that came later
    sample_txid bigint not null,            -- where in the feeds it began
    sample_seq bigint not null,
    event_txid bigint not null,
    event_seq bigint not null,
    facts bigint not null default 0,
    reached_at timestamptz,                 -- how far it has come
    failed text,
    primary key (tenant_id, rule_id),
    foreign key (tenant_id, rule_id) references assets (tenant_id, id)
);

create table rule_shadow_firings (
    tenant_id uuid not null references tenants (id),
    rule_id uuid not null,
    id uuid not null,                       -- of the decision: finding it again gives the same
    firing jsonb not null,
    fired_at timestamptz not null,
    primary key (tenant_id, rule_id, id),
    foreign key (tenant_id, rule_id) references rule_shadows (tenant_id, rule_id) on delete cascade
);
"""


def upgrade() -> None:
    """Whoever may write the rule may write its cases and let it run in the shadow."""
    script(TABLES)
    for table in ("rule_cases", "rule_shadows", "rule_shadow_firings"):
        isolate(table)
