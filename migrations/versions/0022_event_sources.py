"""Sources that send events in their own shapes, what each type of event is made of, and how much is kept."""

from migrations.tenancy import isolate, script

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

SOURCES = """
create table event_sources (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    name text not null,
    scheme jsonb not null,                  -- how its requests are signed
    mapping text,                           -- key of an asset of the kind mapping
    enabled boolean not null,
    secret text not null,                   -- sealed
    previous_secret text,                   -- sealed; good until previous_until
    previous_until timestamptz,
    created_at timestamptz not null,
    created_by text not null,
    changed_at timestamptz not null,
    primary key (tenant_id, id)
);
create unique index event_sources_tenant_id_name_key on event_sources (tenant_id, lower(name));
create table event_receipts (
    tenant_id uuid not null,
    source_id uuid not null,
    digest bytea not null,                  -- of what was signed
    received_at timestamptz not null,
    primary key (tenant_id, source_id, digest),
    foreign key (tenant_id, source_id) references event_sources (tenant_id, id) on delete cascade
);
create index event_receipts_received_at_idx on event_receipts (tenant_id, received_at);
"""

# A door is a way in: one of the formats everybody can send, or a source by its id.
INTAKE = """
create table event_intake (
    tenant_id uuid not null,
    door text not null,
    accepted bigint not null,
    duplicates bigint not null,
    refused bigint not null,
    last_at timestamptz,
    last_refused_at timestamptz,
    primary key (tenant_id, door)
);
create table event_refusals (
    tenant_id uuid not null,
    id uuid not null,
    door text not null,
    at timestamptz not null,
    code text not null,
    detail text not null,
    pointer text not null,
    item text not null,
    primary key (tenant_id, id)
);
create index event_refusals_door_idx on event_refusals (tenant_id, door, id);
"""

TYPES = """
create table event_types (
    tenant_id uuid not null,
    type text not null,
    first_seen timestamptz not null,
    last_seen timestamptz not null,
    events bigint not null,
    sketch jsonb not null,                  -- fields, their types and samples
    primary key (tenant_id, type)
);
"""

KEEPING = """
create table event_keeping (
    tenant_id uuid primary key references tenants (id),
    days integer check (days between 1 and 3650),       -- null: the server's setting
    max_rows bigint check (max_rows >= 1),
    max_bytes bigint check (max_bytes >= 1),
    changed_at timestamptz,
    changed_by text,
    kept_rows bigint,
    kept_bytes bigint,
    measured_at timestamptz
);
"""

# Nobody may take single events away; whole stretches of time go, and only the session's tenant's.
FORGET = """
create function forget_events(since timestamptz, before timestamptz, most integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $body$
declare
    tenant uuid := nullif(current_setting('opsloom.tenant', true), '')::uuid;
    gone integer;
begin
    delete from public.events e
    using (select o.id from public.events o
           where o.tenant_id = tenant and o.received_at >= since and o.received_at < before
           order by o.id limit most) old          -- ids count up with the arrival
    where e.tenant_id = tenant and e.received_at >= since and e.received_at < before
      and e.id = old.id;
    get diagnostics gone = row_count;
    return gone;
end $body$;
revoke execute on function forget_events(timestamptz, timestamptz, integer) from public;
grant execute on function forget_events(timestamptz, timestamptz, integer) to opsloom_app;
"""

# What was forgotten within a day leaves holes that only a new file gives back to the disk. A day that is over is written
# to nowhere, so that its copy needs no lock; only putting it in the old one's place does, for a moment. The copy goes tenant
# by tenant because row security holds for the owner too.
COMPACT = """
create policy tenants_walk on tenants for select to current_user using (true);
create function compact_event_day(day date) returns bigint
language plpgsql security definer set search_path = pg_catalog, public as $body$
declare
    part text := 'events_' || to_char(day, 'YYYYMMDD');
    fresh text := part || '_fresh';
    tenant uuid;
    before bigint;
    mine text := current_setting('opsloom.tenant', true);
begin
    if day > (now() at time zone 'utc')::date - 2 then
        raise exception 'only days that are over can be compacted' using errcode = 'invalid_parameter_value';
    end if;
    if to_regclass('public.' || part) is null then
        return 0;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('opsloom events partitions', 0));
    before := pg_total_relation_size(('public.' || part)::regclass);
    execute format('create table public.%I (like public.%I including all)', fresh, part);
    execute format('alter table public.%I add constraint %I check (received_at >= %L and received_at < %L)',
        fresh, fresh || '_day', day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
    for tenant in select id from public.tenants loop
        perform set_config('opsloom.tenant', tenant::text, true);
        execute format('insert into public.%I select * from public.%I where tenant_id = %L order by received_at, id',
            fresh, part, tenant);
    end loop;
    perform set_config('opsloom.tenant', coalesce(mine, ''), true);
    execute format('alter table public.%I enable row level security', fresh);
    execute format('alter table public.%I force row level security', fresh);
    execute format('create policy tenant on public.%I using (tenant_id = '
        '(select nullif(current_setting(''opsloom.tenant'', true), '''')::uuid))', fresh);
    perform set_config('lock_timeout', '2s', true);
    execute format('alter table public.events detach partition public.%I', part);
    execute format('drop table public.%I', part);
    execute format('alter table public.%I rename to %I', fresh, part);
    execute format('alter table public.events attach partition public.%I for values from (%L) to (%L)',
        part, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
    execute format('alter table public.%I drop constraint %I', part, fresh || '_day');
    return before - pg_total_relation_size(('public.' || part)::regclass);
end $body$;
revoke execute on function compact_event_day(date) from public;
grant execute on function compact_event_day(date) to opsloom_app;
"""


def upgrade() -> None:
    """What came in is counted and never changed; what a source is may change."""
    for text in (SOURCES, INTAKE, TYPES, KEEPING):
        script(text)
    isolate("event_sources")
    isolate("event_receipts", update=False)
    isolate("event_intake")
    isolate("event_refusals", update=False)
    isolate("event_types")
    isolate("event_keeping", delete=False)
    script(FORGET)
    script(COMPACT)
