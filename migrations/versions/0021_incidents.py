"""Incidents with their alerts and timeline, what is due in their life, on-call schedules, and escalation policies."""

from migrations.tenancy import isolate, script

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INCIDENTS = """
create table incidents (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    title text not null,
    state text not null check (state in ('open', 'acknowledged', 'resolved')),
    severity text not null,
    labels jsonb not null,                  -- of the alert that opened it; grouping and policies look at them
    episode bigint not null,                -- counts its openings
    opened_at timestamptz not null,         -- of the present episode
    last_alert_at timestamptz not null,
    quiet_since timestamptz,                -- since when none of its alerts is open
    acknowledged_at timestamptz,
    acknowledged_by text,
    resolved_at timestamptz,
    resolved_by text,
    assignee_id uuid,
    assignee text,
    merged_into uuid,
    policy_id uuid,                         -- who is told while nobody has taken it
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (tenant_id, id)
);
create index incidents_state_idx on incidents (tenant_id, state, id);
create index incidents_near_idx on incidents (tenant_id, last_alert_at);

create table incident_alerts (
    tenant_id uuid not null,
    alert_id uuid not null,
    incident_id uuid not null,
    rule_id uuid not null,
    key text not null,
    item_id uuid,
    tie text not null,
    detail jsonb not null,
    joined_at timestamptz not null,
    primary key (tenant_id, alert_id),
    foreign key (tenant_id, incident_id) references incidents (tenant_id, id),
    foreign key (tenant_id, alert_id) references alerts (tenant_id, id)
);
create index incident_alerts_incident_idx on incident_alerts (tenant_id, incident_id, alert_id);
create index incident_alerts_key_idx on incident_alerts (tenant_id, rule_id, key);
create index incident_alerts_item_idx on incident_alerts (tenant_id, item_id);

create table incident_entries (
    tenant_id uuid not null,
    id uuid not null,
    position bigint generated always as identity,   -- the order in which lines were written, whatever the clock did
    incident_id uuid not null,
    at timestamptz not null,
    kind text not null,
    actor_kind text not null,
    actor text not null,
    text text not null,
    detail jsonb not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, incident_id) references incidents (tenant_id, id)
);
create index incident_entries_incident_idx on incident_entries (tenant_id, incident_id, position);

create table incident_groupings (
    tenant_id uuid not null references tenants (id),
    settings jsonb not null,
    revision bigint not null,
    updated_at timestamptz not null,
    updated_by text not null,
    primary key (tenant_id)
);

create table incident_timers (
    tenant_id uuid not null,
    incident_id uuid not null,
    key text not null,                      -- a step of an episode has one key, so it cannot be due twice
    purpose text not null,
    due_at timestamptz not null,
    args jsonb not null,
    done_at timestamptz,
    outcome text,
    primary key (tenant_id, incident_id, key),
    foreign key (tenant_id, incident_id) references incidents (tenant_id, id),
    check ((done_at is null) = (outcome is null))
);
create index incident_timers_due_idx on incident_timers (tenant_id, due_at) where done_at is null;
"""

ONCALL = """
create table oncall_schedules (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    name text not null,
    zone text not null,
    layers jsonb not null,
    feed_hash bytea,                        -- of the token in the address that calendars read
    revision bigint not null,
    created_at timestamptz not null,
    created_by text not null,
    updated_at timestamptz not null,
    updated_by text not null,
    primary key (tenant_id, id)
);

create table oncall_overrides (
    tenant_id uuid not null,
    id uuid not null,
    schedule_id uuid not null,
    user_id uuid not null,
    start_at timestamptz not null,
    end_at timestamptz not null check (end_at > start_at),
    note text not null,
    created_at timestamptz not null,
    created_by text not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, schedule_id) references oncall_schedules (tenant_id, id) on delete cascade
);
create index oncall_overrides_schedule_idx on oncall_overrides (tenant_id, schedule_id, end_at);

create table oncall_contacts (
    tenant_id uuid not null references tenants (id),
    user_id uuid not null,
    channels jsonb not null,                -- how the person is reached, the best way first
    updated_at timestamptz not null,
    updated_by text not null,
    primary key (tenant_id, user_id)
);
"""

ESCALATION = """
create table escalation_policies (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    name text not null,
    position bigint not null,               -- the first that fits an incident is its policy
    content jsonb not null,
    revision bigint not null,
    created_at timestamptz not null,
    created_by text not null,
    updated_at timestamptz not null,
    updated_by text not null,
    primary key (tenant_id, id)
);
"""


def upgrade() -> None:
    """Incidents and what is written of them are never deleted."""
    script(INCIDENTS)
    for table in ("incidents", "incident_alerts", "incident_groupings", "incident_timers"):
        isolate(table, delete=False)
    isolate("incident_entries", update=False, delete=False)
    script(ONCALL)
    for table in ("oncall_schedules", "oncall_overrides", "oncall_contacts"):
        isolate(table)
    script(ESCALATION)
    isolate("escalation_policies")
