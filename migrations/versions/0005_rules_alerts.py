"""rules and alerts: alerts with their transitions, and what the rule engine remembers between two batches."""

from migrations.tenancy import isolate, script

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ALERTS = """
create table alerts (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    rule_id uuid not null,
    rule_version bigint not null,
    rule_name text not null,
    key text not null,
    state text not null check (state in ('pending', 'firing', 'acknowledged', 'resolved', 'expired')),
    severity text not null check (severity in ('info', 'warning', 'critical')),
    title text not null,
    description text not null default '',
    labels jsonb not null default '{}',
    channels text[] not null default '{}',
    item_id uuid,
    started_at timestamptz not null,
    fired_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text,
    resolved_at timestamptz,
    updated_at timestamptz not null,
    proof jsonb not null default '{}',
    primary key (tenant_id, id)
);
-- One open alert for each rule and key, whatever the engine does.
create unique index alerts_open_key on alerts (tenant_id, rule_id, key)
    where state in ('pending', 'firing', 'acknowledged');
create index alerts_tenant_id_state_id_idx on alerts (tenant_id, state, id);
create index alerts_tenant_id_rule_id_id_idx on alerts (tenant_id, rule_id, id);

create table alert_transitions (
    tenant_id uuid not null,
    id uuid not null,
    alert_id uuid not null,
    decision_id uuid,                       -- the engine's name of the decision; null when a person decided
    at timestamptz not null,                -- when it was true
    recorded_at timestamptz not null,       -- when it was written down
    from_state text,
    to_state text not null,
    actor_kind text not null,
    actor text not null,
    reason text not null,
    comment text not null default '',
    proof jsonb not null default '{}',
    primary key (tenant_id, id),
    unique (tenant_id, decision_id),
    foreign key (tenant_id, alert_id) references alerts (tenant_id, id)
);
create index alert_transitions_tenant_id_alert_id_id_idx on alert_transitions (tenant_id, alert_id, id);
"""

# States change with every batch: room in the page keeps these updates from growing the indexes.
ENGINE = """
create table rule_runs (
    tenant_id uuid not null references tenants (id),
    rule_id uuid not null,
    version bigint not null,
    meaning text not null default '',       -- what its states depend on; states outlive a version that means the same
    started_at timestamptz not null,
    quarantined_at timestamptz,
    quarantine_reason text,
    quarantine_count bigint not null default 0,
    evaluated bigint not null default 0,
    matched bigint not null default 0,
    fired bigint not null default 0,
    late bigint not null default 0,
    spent_s double precision not null default 0,
    evaluated_at timestamptz,
    fired_at timestamptz,
    primary key (tenant_id, rule_id)
) with (fillfactor = 50);

create table rule_keys (
    tenant_id uuid not null references tenants (id),
    group_id text not null,                 -- rules that part the same facts the same way share their keys
    key text not null,
    labels jsonb not null,
    item_id uuid,
    seen_us bigint not null,                -- newest event time, microseconds
    arrived_us bigint not null,             -- when that fact came in
    primary key (tenant_id, group_id, key)
) with (fillfactor = 50);

create table rule_states (
    tenant_id uuid not null references tenants (id),
    rule_id uuid not null,
    key text not null,
    state jsonb not null,
    primary key (tenant_id, rule_id, key)
) with (fillfactor = 50);

create table engine_progress (
    tenant_id uuid not null references tenants (id),
    revision bigint not null,               -- grows with every commit; a commit on an older one is refused
    sample_txid bigint not null,
    sample_seq bigint not null,
    event_txid bigint not null,
    event_seq bigint not null,
    updated_at timestamptz not null,
    primary key (tenant_id)
) with (fillfactor = 50);
"""

VIEW = """
create view data.alerts with (security_invoker = true) as
    select id, rule_id, rule_version, rule_name as rule, key, state, severity, title, description, labels, item_id,
           started_at, fired_at, acknowledged_at, acknowledged_by, resolved_at, updated_at
    from public.alerts;
grant select on data.alerts to opsloom_app, opsloom_api_reader;
grant select (tenant_id, id, rule_id, rule_version, rule_name, key, state, severity, title, description, labels,
              item_id, started_at, fired_at, acknowledged_at, acknowledged_by, resolved_at, updated_at)
    on alerts to opsloom_api_reader;
"""


def upgrade() -> None:
    """A transition is written once and never changed."""
    script(ALERTS)
    isolate("alerts", delete=False)
    isolate("alert_transitions", update=False, delete=False)
    script(ENGINE)
    for table in ("rule_runs", "rule_keys", "rule_states"):
        isolate(table)
    isolate("engine_progress", delete=False)
    script(VIEW)
