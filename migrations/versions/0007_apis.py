"""apis: paths of published APIs, the log of runs by day, and what the guard and the callers' memory need."""

from alembic import op

from migrations.tenancy import isolate

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = """
create table api_paths (
    tenant_id uuid not null references tenants (id),
    shape text not null,                    -- the path with every parameter as {}
    api_id uuid not null,
    primary key (tenant_id, shape)
);
create index api_paths_api_idx on api_paths (tenant_id, api_id);

create table api_runs (
    tenant_id uuid not null,
    at timestamptz not null,
    id uuid not null,
    api_id uuid,                            -- null: nothing was published at the path
    api_name text not null,
    version bigint not null,                -- 0: the draft
    path text not null,
    method text not null,
    actor_kind text not null,
    actor_id uuid,
    actor_name text not null,
    status bigint not null,
    code text not null,
    detail text not null,
    parameters jsonb not null,
    rows bigint not null,
    bytes bigint not null,
    truncated boolean not null,
    cache text not null,
    total_ms double precision not null,
    queue_ms double precision not null,
    database_ms double precision not null,
    trace_id text not null,
    primary key (tenant_id, at, id)
) partition by range (at);
create index api_runs_api_idx on api_runs (tenant_id, api_id, at, id);
"""

# Made apart and then attached, because "create table … partition of" would lock out every reader and writer.
PARTITIONS = """
create function ensure_api_run_partitions(days integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $body$
declare
    today date := (now() at time zone 'utc')::date;
    day date;
    part text;
    made integer := 0;
begin
    if days not between 0 and 60 then
        raise exception 'days must be 0 to 60' using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('opsloom api_runs partitions', 0));
    for day in select generate_series(today - 1, today + days, interval '1 day')::date loop
        part := 'api_runs_' || to_char(day, 'YYYYMMDD');
        continue when to_regclass('public.' || part) is not null;
        execute format('create table public.%I (like public.api_runs including defaults)', part);
        execute format('alter table public.%I enable row level security', part);
        execute format('alter table public.%I force row level security', part);
        execute format('create policy tenant on public.%I using (tenant_id = '
            '(select nullif(current_setting(''opsloom.tenant'', true), '''')::uuid))', part);
        execute format('alter table public.api_runs attach partition public.%I for values from (%L) to (%L)',
            part, day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
        made := made + 1;
    end loop;
    return made;
end $body$;

create function drop_api_run_partitions(keep_days integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $body$
declare
    oldest text := 'api_runs_' || to_char((now() at time zone 'utc')::date - keep_days, 'YYYYMMDD');
    part text;
    dropped integer := 0;
begin
    if keep_days < 2 then
        raise exception 'keep_days must be 2 or more' using errcode = 'invalid_parameter_value';
    end if;
    perform pg_advisory_xact_lock(hashtextextended('opsloom api_runs partitions', 0));
    for part in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'public.api_runs'::regclass and c.relname < oldest order by 1
    loop
        execute format('drop table public.%I', part);
        dropped := dropped + 1;
    end loop;
    return dropped;
end $body$;

revoke execute on function ensure_api_run_partitions(integer), drop_api_run_partitions(integer) from public;
grant execute on function ensure_api_run_partitions(integer), drop_api_run_partitions(integer) to opsloom_app;
"""

# Processes that remember a proven key forget it when something of the key or of its maker's membership changes.
CALLERS = """
create function tell_callers_changed() returns trigger language plpgsql set search_path = pg_catalog as $body$
begin
    perform pg_notify('opsloom_assets', coalesce(new.tenant_id, old.tenant_id) || ':callers');
    return null;
end $body$;
create trigger tell_callers_changed after delete or update of revoked_at, expires_at, scopes on api_keys
    for each row execute function tell_callers_changed();
create trigger tell_callers_changed after delete or update of role, active on memberships
    for each row execute function tell_callers_changed();
"""

# The verdict on a statement is a temporary view that is rolled back; the readers of users' SQL get no such right.
TEMPORARY = """
do $body$ begin
    execute format('grant temporary on database %I to opsloom_app', current_database());
    if not has_database_privilege('opsloom_app', current_database(), 'temporary') then
        raise exception 'opsloom_app needs the right TEMPORARY on the database; grant it as its owner';
    end if;
end $body$;
"""


def upgrade() -> None:
    """Runs are only added and read."""
    _script(TABLES)
    isolate("api_paths", update=False)
    isolate("api_runs", update=False, delete=False)
    _script(PARTITIONS)
    _script(CALLERS)
    _script(TEMPORARY)
    _script("select ensure_api_run_partitions(3)")


def _script(sql: str) -> None:
    """As it is: the text holds colons and percent signs that a binding layer would read."""
    op.get_bind().connection.cursor().execute(sql)
