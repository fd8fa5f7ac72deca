"""Executors and what became of their times; what rules called; what rules cost."""

from migrations.tenancy import isolate, script

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLES = """
create table executors (
    tenant_id uuid not null references tenants (id),
    id uuid not null,                       -- of the asset in force that it serves
    kind text not null,                     -- query, metric
    name text not null,
    version bigint not null,
    cron text,                              -- either a cron on the clock of a zone
    zone text,
    every_s double precision,               -- or an interval
    missed text not null,
    paused_at timestamptz,
    paused_by text,
    next_at timestamptz,                    -- null while it is paused
    leased_by text,                         -- the process that runs it
    leased_until timestamptz,               -- by the database's clock; after it another may take over
    updated_at timestamptz not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, id) references assets (tenant_id, id),
    check ((cron is null) <> (every_s is null))
);
create index executors_tenant_id_next_at_idx on executors (tenant_id, next_at);

create table executor_runs (
    tenant_id uuid not null references tenants (id),
    executor_id uuid not null,
    due_at timestamptz not null,
    asked_by text,                          -- who asked for it out of turn; null: its time had come
    attempt bigint not null,
    node text not null,                     -- the process that has or had it
    started_at timestamptz not null,
    ended_at timestamptz,
    outcome text not null,                  -- running, succeeded, failed, missed
    rows bigint,
    detail text not null default '',
    primary key (tenant_id, executor_id, due_at),
    foreign key (tenant_id, executor_id) references executors (tenant_id, id) on delete cascade
);

create table rule_calls (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    rule_id uuid not null,
    alert_id uuid not null,
    transition_id uuid not null,
    place bigint not null,                  -- which of the rule's actions
    step text not null,                     -- fire, resolve
    api text not null,
    parameters jsonb not null,
    outcome text not null,                  -- waiting, started, refused
    detail text not null default '',
    run_id uuid,                            -- the run in the background that began
    created_at timestamptz not null,
    ended_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, transition_id, place)
);
create index rule_calls_tenant_id_rule_id_id_idx on rule_calls (tenant_id, rule_id, id);

create table rule_meters (
    tenant_id uuid not null references tenants (id),
    hour timestamptz not null,
    rule_id uuid not null,                  -- nil: the engine itself
    evaluated bigint not null,
    matched bigint not null,
    fired bigint not null,
    batches bigint not null,
    spent_s double precision not null,
    cost bigint[] not null,                 -- times of batches, in buckets
    delay bigint[] not null,                -- from the deciding fact to the commit (the engine: to the evaluation), in buckets
    newest_at timestamptz,                  -- the engine: time of the newest fact evaluated
    primary key (tenant_id, hour, rule_id)
);

create table rule_sizes (
    tenant_id uuid not null references tenants (id),
    rule_id uuid not null,
    busy_keys bigint not null,
    memory_bytes bigint not null,
    updated_at timestamptz not null,
    primary key (tenant_id, rule_id)
);
"""


def upgrade() -> None:
    """Each tenant sees its own."""
    script(TABLES)
    for table in ("executors", "executor_runs", "rule_calls", "rule_meters", "rule_sizes"):
        isolate(table)
