"""The log of API runs: where more of the time went, counts by minute and hour, and how much of it each tenant keeps."""

from alembic import op

from migrations.tenancy import isolate, script

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TIMES = """
alter table api_runs
    add column guard_ms double precision not null default 0,      -- rate, parameters, cache, breaker
    add column serialise_ms double precision not null default 0;  -- making the answer of the rows
"""

COUNTS = """
create table api_run_counts (
    tenant_id uuid not null,
    api_id uuid not null,
    span_s integer not null check (span_s in (60, 3600)),
    start timestamptz not null,
    runs bigint not null,
    refused bigint not null,
    limited bigint not null,
    failed bigint not null,
    timed_out bigint not null,
    hits bigint not null,
    misses bigint not null,
    rows bigint not null,
    bytes bigint not null,
    total_ms double precision not null,
    slots integer[] not null,               -- runs by duration; the edges are in the code that counts
    primary key (tenant_id, api_id, span_s, start)
);
create index api_run_counts_start_idx on api_run_counts (tenant_id, span_s, start);
"""

KEEPING = """
create table api_run_keeping (
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

# Nobody may take single runs out of the log; whole stretches of time go, and only the session's tenant's.
FORGET = """
create function forget_api_runs(since timestamptz, before timestamptz, most integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $body$
declare
    tenant uuid := nullif(current_setting('opsloom.tenant', true), '')::uuid;
    gone integer;
begin
    delete from public.api_runs r
    using (select o.at, o.id from public.api_runs o
           where o.tenant_id = tenant and o.at >= since and o.at < before order by o.at, o.id limit most) old
    where r.tenant_id = tenant and r.at >= since and r.at < before and r.at = old.at and r.id = old.id;
    get diagnostics gone = row_count;
    return gone;
end $body$;
revoke execute on function forget_api_runs(timestamptz, timestamptz, integer) from public;
grant execute on function forget_api_runs(timestamptz, timestamptz, integer) to opsloom_app;
"""


def upgrade() -> None:
    """Counts are added to and, when they are old, deleted."""
    for text in (TIMES, COUNTS, KEEPING):
        script(text)
    isolate("api_run_counts")
    isolate("api_run_keeping", delete=False)
    op.execute("alter table api_run_counts set (fillfactor = 80)")
    script(FORGET)
