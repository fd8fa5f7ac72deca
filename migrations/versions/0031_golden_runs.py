"""Runs of golden questions, and the made-up companies they are asked about."""

from migrations.tenancy import isolate, script

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

TABLES = """
create table demo_worlds (
    tenant_id uuid not null references tenants (id),
    anchor timestamptz not null,            -- what was made ends here; all numbers follow from it
    days bigint not null,
    size text not null,
    live boolean not null,
    written_until timestamptz not null,     -- where the live feed goes on
    primary key (tenant_id)
);

create table golden_runs (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    started_at timestamptz not null,
    ended_at timestamptz,                   -- null: still running, or given up with its process
    reason text not null,                   -- demand, schedule, publish
    asked_for text not null default '',     -- what was to be published, or who asked
    started_by text not null,
    now timestamptz not null,               -- the clock of the questions
    total bigint not null,
    passed bigint not null default 0,
    warned bigint not null default 0,
    failed bigint not null default 0,
    baseline boolean not null default false,
    primary key (tenant_id, id)
);
create index golden_runs_started_idx on golden_runs (tenant_id, started_at desc);

create table golden_results (
    tenant_id uuid not null references tenants (id),
    run_id uuid not null,
    key text not null,                      -- of the golden question
    outcome text not null,                  -- pass, warn, fail
    cause text,                             -- data_changed, plan_changed, tool_failed, asset_version, answer_changed
    body jsonb not null,                    -- expected, answered, findings, plan
    took_ms double precision not null,
    primary key (tenant_id, run_id, key),
    foreign key (tenant_id, run_id) references golden_runs (tenant_id, id) on delete cascade
);
create index golden_results_key_idx on golden_results (tenant_id, key, run_id);
"""


def upgrade() -> None:
    """A run is written while it goes; its results are facts."""
    script(TABLES)
    isolate("demo_worlds")
    isolate("golden_runs")
    isolate("golden_results", update=False)
