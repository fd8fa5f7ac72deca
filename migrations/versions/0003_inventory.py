"""inventory: configuration items, relations, metric series and samples, and the views users' SQL reads."""

from migrations.partitions import by_day
from migrations.tenancy import isolate, script

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ITEMS = """
create table configuration_items (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    key text not null,                      -- what a source calls it; the same thing seen again is the same row
    type text not null,
    name text not null,
    display_name jsonb not null default '{}',
    aliases text[] not null default '{}',
    addresses text[] not null default '{}',
    attributes jsonb not null default '{}',
    source text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    retired_at timestamptz,
    primary key (tenant_id, id),
    unique (tenant_id, key)
);
create index configuration_items_tenant_id_type_name_idx on configuration_items (tenant_id, type, name);

create table relations (
    tenant_id uuid not null,
    id uuid not null,
    source_id uuid not null,
    target_id uuid not null,
    type text not null,
    created_at timestamptz not null,
    primary key (tenant_id, id),
    unique (tenant_id, source_id, target_id, type),
    foreign key (tenant_id, source_id) references configuration_items (tenant_id, id) on delete cascade,
    foreign key (tenant_id, target_id) references configuration_items (tenant_id, id) on delete cascade
);
create index relations_tenant_id_target_id_idx on relations (tenant_id, target_id);

create table metric_series (
    tenant_id uuid not null,
    id bigint generated always as identity,
    ci_id uuid not null,
    metric text not null,
    labels jsonb not null default '{}',
    unit text not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, id),
    unique (tenant_id, ci_id, metric, labels),
    foreign key (tenant_id, ci_id) references configuration_items (tenant_id, id) on delete cascade
);
create index metric_series_tenant_id_metric_idx on metric_series (tenant_id, metric);
"""

# A plain sequence, since identity columns on partitioned tables need PostgreSQL 17.
SAMPLES = """
create sequence metric_samples_seq cache 64;
create table metric_samples (
    tenant_id uuid not null,
    series_id bigint not null,
    time timestamptz not null,
    value double precision not null,
    seq bigint not null default nextval('metric_samples_seq'),
    txid xid8 not null default pg_current_xact_id(),
    primary key (tenant_id, series_id, time)
) partition by range (time);
create index metric_samples_tenant_id_txid_seq_idx on metric_samples (tenant_id, txid, seq);
alter sequence metric_samples_seq owned by metric_samples.seq;
grant usage on sequence metric_samples_seq to opsloom_app;
"""

VIEWS = """
create view data.items with (security_invoker = true) as
    select id, type, name, display_name->>'en' as name_en, display_name->>'ko' as name_ko, aliases, addresses,
           attributes, source, created_at, updated_at
    from public.configuration_items where retired_at is null;

create view data.relations with (security_invoker = true) as
    select r.id, r.type, r.source_id, s.name as source, s.type as source_type,
           r.target_id, t.name as target, t.type as target_type
    from public.relations r
    join public.configuration_items s on s.tenant_id = r.tenant_id and s.id = r.source_id and s.retired_at is null
    join public.configuration_items t on t.tenant_id = r.tenant_id and t.id = r.target_id and t.retired_at is null;

create view data.metrics with (security_invoker = true) as
    select m.time, s.metric, m.value, s.unit, i.name as item, i.id as item_id, i.type as item_type, s.labels
    from public.metric_samples m
    join public.metric_series s on s.tenant_id = m.tenant_id and s.id = m.series_id
    join public.configuration_items i on i.tenant_id = s.tenant_id and i.id = s.ci_id;

grant select on data.items, data.relations, data.metrics to opsloom_app, opsloom_api_reader;
grant usage on schema public to opsloom_api_reader;
grant select (tenant_id, id, type, name, display_name, aliases, addresses, attributes, source, created_at, updated_at,
              retired_at) on configuration_items to opsloom_api_reader;
grant select (tenant_id, id, source_id, target_id, type) on relations to opsloom_api_reader;
grant select (tenant_id, id, ci_id, metric, labels, unit) on metric_series to opsloom_api_reader;
grant select (tenant_id, series_id, time, value) on metric_samples to opsloom_api_reader;
"""


def upgrade() -> None:
    """Samples are written once and never changed: late corrections arrive as new samples."""
    script(ITEMS)
    isolate("configuration_items")
    isolate("relations")
    isolate("metric_series")
    script(SAMPLES)
    isolate("metric_samples", update=False)
    by_day("metric_samples", "sample")
    script(VIEWS)
    script("select ensure_sample_partitions(7, 1)")
