"""inventory: configuration items, relations, metric series and samples, and the views users' SQL reads."""

from alembic import op

from migrations.tenancy import isolate

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

# Made apart and then attached, because "create table … partition of" would lock out every reader and writer.
PARTITIONS = """
create function ensure_sample_partitions(days integer, back integer default 1) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $body$
declare
    today date := (now() at time zone 'utc')::date;
    day date;
    part text;
    made integer := 0;
begin
    if days not between 0 and 60 or back not between 0 and 4000 then
        raise exception 'days must be 0 to 60 and back 0 to 4000' using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('opsloom metric_samples partitions', 0));
    for day in select generate_series(today - back, today + days, interval '1 day')::date loop
        part := 'metric_samples_' || to_char(day, 'YYYYMMDD');
        continue when to_regclass('public.' || part) is not null;
        execute format('create table public.%I (like public.metric_samples including defaults)', part);
        execute format('alter table public.%I enable row level security', part);
        execute format('alter table public.%I force row level security', part);
        execute format('create policy tenant on public.%I using (tenant_id = '
            '(select nullif(current_setting(''opsloom.tenant'', true), '''')::uuid))', part);
        execute format('alter table public.metric_samples attach partition public.%I for values from (%L) to (%L)',
            part, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
        made := made + 1;
    end loop;
    return made;
end $body$;

create function drop_sample_partitions(keep_days integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $body$
declare
    oldest text := 'metric_samples_' || to_char((now() at time zone 'utc')::date - keep_days, 'YYYYMMDD');
    part text;
    dropped integer := 0;
begin
    if keep_days < 2 then
        raise exception 'keep_days must be 2 or more' using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('opsloom metric_samples partitions', 0));
    for part in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'public.metric_samples'::regclass and c.relname < oldest order by 1
    loop
        execute format('drop table public.%I', part);
        dropped := dropped + 1;
    end loop;
    return dropped;
end $body$;

revoke execute on function ensure_sample_partitions(integer, integer), drop_sample_partitions(integer) from public;
grant execute on function ensure_sample_partitions(integer, integer), drop_sample_partitions(integer) to opsloom_app;
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
    _script(ITEMS)
    isolate("configuration_items")
    isolate("relations")
    isolate("metric_series")
    _script(SAMPLES)
    isolate("metric_samples", update=False)
    _script(PARTITIONS)
    _script(VIEWS)
    _script("select ensure_sample_partitions(7, 1)")


def _script(sql: str) -> None:
    """As it is: the text holds colons and percent signs that a binding layer would read."""
    op.get_bind().connection.cursor().execute(sql)
