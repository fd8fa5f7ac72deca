"""apis: paths of published APIs, the log of runs by day, and what the guard and the callers' memory need."""

from migrations.partitions import by_day
from migrations.tenancy import isolate, script

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
    script(TABLES)
    isolate("api_paths", update=False)
    isolate("api_runs", update=False, delete=False)
    by_day("api_runs", "api_run")
    script(CALLERS)
    script(TEMPORARY)
    script("select ensure_api_run_partitions(3)")
