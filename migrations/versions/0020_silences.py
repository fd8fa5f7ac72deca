"""Alerts that people own and talk about, alerts that are posted; silences, maintenance windows and inhibition; views of more lists."""

from migrations.tenancy import isolate, script

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ALERTS = """
alter table alerts
    add column annotations jsonb not null default '{}',
    add column origin text not null default 'rule' check (origin in ('rule', 'posted')),
    add column generator_url text not null default '',
    add column assignee_id uuid,
    add column assignee text,
    add column expires_at timestamptz,              -- posted alerts: when they end unless they are heard of again
    add column ends_at_given boolean not null default false,  -- whether the sender said so, or silence says it
    add column revision bigint not null default 1;
create index alerts_assignee_idx on alerts (tenant_id, assignee_id, id) where assignee_id is not null;
create index alerts_expiry_idx on alerts (tenant_id, expires_at) where expires_at is not null;
create index alerts_labels_idx on alerts using gin (labels jsonb_path_ops);

-- The order of a timeline must not hang on the clock; what was there before is in the order of its ids.
alter table alert_transitions add column position bigint not null default 0;

create table alert_notes (
    tenant_id uuid not null,
    id uuid not null,
    alert_id uuid not null,
    at timestamptz not null,
    kind text not null check (kind in ('comment', 'assigned', 'unassigned')),
    actor_kind text not null,
    actor text not null,
    comment text not null default '',
    assignee_id uuid,
    assignee text,
    position bigint not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, alert_id) references alerts (tenant_id, id)
);
create index alert_notes_alert_idx on alert_notes (tenant_id, alert_id, id);
"""

MUTING = """
create table silences (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    matchers jsonb not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    comment text not null,
    created_by text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    revision bigint not null default 1,
    primary key (tenant_id, id),
    check (ends_at >= starts_at)
);
create index silences_ends_idx on silences (tenant_id, ends_at);

create table maintenance_windows (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    name text not null,
    matchers jsonb not null,
    timing jsonb not null,                          -- once, or again and again on the clock of a zone
    comment text not null,
    enabled boolean not null,
    created_by text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    revision bigint not null default 1,
    primary key (tenant_id, id)
);

create table inhibitions (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    name text not null,
    source jsonb not null,
    target jsonb not null,
    equal text[] not null,
    comment text not null,
    enabled boolean not null,
    created_by text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    revision bigint not null default 1,
    primary key (tenant_id, id)
);
"""

VIEWS = """
alter table asset_views add column subject text not null default 'assets';
drop index asset_views_name_key;
create unique index asset_views_name_key on asset_views (tenant_id, owner_id, subject, lower(name));
"""


def upgrade() -> None:
    """What was said about an alert is written once and never changed."""
    script(ALERTS)
    isolate("alert_notes", update=False, delete=False)
    script(MUTING)
    isolate("silences", delete=False)
    isolate("maintenance_windows")
    isolate("inhibitions")
    script(VIEWS)
