"""Spans kept for the inspector: a row a trace's part, a row a span, by day; and how much of them each tenant keeps."""

from migrations.partitions import by_day
from migrations.tenancy import isolate, script

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

# A trace that a caller carries on with his own id, or that ends in a job, comes in parts; each part is written by one process.
TABLES = """
create table traces (
    tenant_id uuid not null,
    at timestamptz not null,
    id uuid not null,
    trace_id text not null,
    kind text not null,
    name text not null,
    status text not null,                   -- ok, warning, error
    family text not null,                   -- of the error; '' when there was none
    code text not null,
    detail text not null,
    actor_kind text not null,
    actor_id uuid,
    actor_name text not null,
    subject_id uuid,                        -- the question, the run …
    assets jsonb not null,                  -- what was in force: kind, id, name, version
    asset_ids uuid[] not null,
    duration_ms double precision not null,
    spans integer not null,
    lost integer not null,                  -- spans that were too many to keep
    primary key (tenant_id, at, id)
) partition by range (at);
create index traces_trace_idx on traces (tenant_id, trace_id);

create table spans (
    tenant_id uuid not null,
    at timestamptz not null,                -- when the part began: its spans lie in one partition
    part_id uuid not null,
    span_id text not null,
    parent_id text not null,                -- '' at the top
    name text not null,
    began_ns bigint not null,
    ended_ns bigint not null,
    error text not null,
    attributes jsonb not null,
    payload jsonb,                          -- inputs and outputs, masked; read for one span at a time
    primary key (tenant_id, at, part_id, span_id)
) partition by range (at);

create table trace_keeping (
    tenant_id uuid primary key references tenants (id),
    days integer check (days between 1 and 3650),       -- null: the server's setting
    max_rows bigint check (max_rows >= 1),
    max_bytes bigint check (max_bytes >= 1),
    hidden_names text[] not null default '{}',          -- further names whose values are masked
    changed_at timestamptz,
    changed_by text,
    kept_rows bigint,
    kept_bytes bigint,
    measured_at timestamptz
);
"""

# Nobody may take single spans away; whole stretches of time go, and only the session's tenant's. A part goes with its last span.
FORGET = """
create function forget_spans(since timestamptz, before timestamptz, most integer) returns integer
language plpgsql security definer set search_path = pg_catalog, public as $body$
declare
    tenant uuid := nullif(current_setting('opsloom.tenant', true), '')::uuid;
    gone integer;
begin
    delete from public.spans s
    using (select o.at, o.part_id, o.span_id from public.spans o
           where o.tenant_id = tenant and o.at >= since and o.at < before order by o.at, o.part_id limit most) old
    where s.tenant_id = tenant and s.at >= since and s.at < before
      and s.at = old.at and s.part_id = old.part_id and s.span_id = old.span_id;
    get diagnostics gone = row_count;
    delete from public.traces t
    where t.tenant_id = tenant and t.at >= since and t.at < before
      and not exists (select from public.spans s where s.tenant_id = tenant and s.at = t.at and s.part_id = t.id);
    return gone;
end $body$;
revoke execute on function forget_spans(timestamptz, timestamptz, integer) from public;
grant execute on function forget_spans(timestamptz, timestamptz, integer) to opsloom_app;
"""


def upgrade() -> None:
    """Traces are only added and read."""
    script(TABLES)
    isolate("traces", update=False, delete=False)
    isolate("spans", update=False, delete=False)
    isolate("trace_keeping", delete=False)
    by_day("traces", "trace")
    by_day("spans", "span")
    script(FORGET)
    script("select ensure_trace_partitions(3)")
    script("select ensure_span_partitions(3)")
