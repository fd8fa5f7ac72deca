"""events: what was taken in, by day of arrival, and the view users' SQL reads."""

from alembic import op

from migrations.tenancy import isolate

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# A plain sequence, since identity columns on partitioned tables need PostgreSQL 17. Its numbers only order the rows of one
# transaction, so that each session may take them by the hundred.
EVENTS = """
create sequence events_seq cache 256;
create table events (
    tenant_id uuid not null,
    id uuid not null,                        -- version 7, made at arrival: its time tells the day's partition
    source text not null,
    event_id text not null,                  -- the sender's; unique with the source, see ensure_event_partitions
    type text not null,
    subject text,
    severity text,
    time timestamptz not null,
    received_at timestamptz not null,
    data jsonb not null default '{}',
    attributes jsonb not null default '{}',
    seq bigint not null default nextval('events_seq'),
    txid xid8 not null default pg_current_xact_id(),
    primary key (tenant_id, id, received_at)
) partition by range (received_at);
create index events_tenant_id_txid_seq_idx on events (tenant_id, txid, seq);
create index events_tenant_id_time_id_idx on events (tenant_id, time desc, id desc);
alter sequence events_seq owned by events.seq;
grant usage on sequence events_seq to opsloom_app;
"""

# Made apart and then attached, because "create table … partition of" would lock out every reader and writer.
# The sender's id is unique within a day only (a unique index over all would need the day in it); across midnight the
# insert looks into the day before.
PARTITIONS = """
create function ensure_event_partitions(days integer, back integer default 1) returns integer
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
    perform pg_advisory_xact_lock(hashtextextended('opsloom events partitions', 0));
    for day in select generate_series(today - back, today + days, interval '1 day')::date loop
        part := 'events_' || to_char(day, 'YYYYMMDD');
        continue when to_regclass('public.' || part) is not null;
        execute format('create table public.%I (like public.events including defaults)', part);
        execute format('create unique index %I on public.%I (tenant_id, source, event_id)', part || '_sender_key', part);
        execute format('alter table public.%I enable row level security', part);
        execute format('alter table public.%I force row level security', part);
        execute format('create policy tenant on public.%I using (tenant_id = '
            '(select nullif(current_setting(''opsloom.tenant'', true), '''')::uuid))', part);
        execute format('alter table public.events attach partition public.%I for values from (%L) to (%L)',
            part, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
        made := made + 1;
    end loop;
    return made;
end $body$;

create function drop_event_partitions(keep_days integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $body$
declare
    oldest text := 'events_' || to_char((now() at time zone 'utc')::date - keep_days, 'YYYYMMDD');
    part text;
    dropped integer := 0;
begin
    if keep_days < 2 then
        raise exception 'keep_days must be 2 or more' using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('opsloom events partitions', 0));
    for part in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'public.events'::regclass and c.relname < oldest order by 1
    loop
        execute format('drop table public.%I', part);
        dropped := dropped + 1;
    end loop;
    return dropped;
end $body$;

revoke execute on function ensure_event_partitions(integer, integer), drop_event_partitions(integer) from public;
grant execute on function ensure_event_partitions(integer, integer), drop_event_partitions(integer) to opsloom_app;
"""

VIEW = """
create view data.events with (security_invoker = true) as
    select time, source, type, subject, severity, data->>'message' as message, data, attributes, event_id, id, received_at
    from public.events;
grant select on data.events to opsloom_app, opsloom_api_reader;
grant usage on schema public to opsloom_api_reader;
grant select (tenant_id, id, source, event_id, type, subject, severity, time, received_at, data, attributes)
    on events to opsloom_api_reader;
"""


def upgrade() -> None:
    """Events are facts: written once, never changed."""
    _script(EVENTS)
    isolate("events", update=False, delete=False)
    _script(PARTITIONS)
    _script(VIEW)
    _script("select ensure_event_partitions(7, 1)")


def _script(sql: str) -> None:
    """As it is: the text holds colons and percent signs that a binding layer would read."""
    op.get_bind().connection.cursor().execute(sql)
