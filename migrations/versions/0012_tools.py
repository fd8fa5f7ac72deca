"""tools: the history of runs by day, and saved cases."""

from migrations.partitions import by_day
from migrations.tenancy import isolate, script

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = """
create table tool_runs (
    tenant_id uuid not null,
    at timestamptz not null,
    id uuid not null,
    tool_id uuid,                           -- null: a builtin that no asset wraps
    tool_key text not null,
    version bigint not null,                -- 0: the draft
    caller text not null,                   -- where the call came in: page, mcp, question, rule, case
    actor_kind text not null,
    actor_id uuid,
    actor_name text not null,
    code text not null,                     -- empty: it succeeded
    detail text not null,
    arguments jsonb not null,               -- masked
    bytes bigint not null,
    total_ms double precision not null,
    trace_id text not null,
    primary key (tenant_id, at, id)
) partition by range (at);
create index tool_runs_tool_idx on tool_runs (tenant_id, tool_id, at, id);

create table tool_cases (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    tool_id uuid not null,
    name text not null,
    arguments jsonb not null,
    expectation jsonb not null,
    outcome jsonb,                          -- of the last run; null: never run
    created_at timestamptz not null,
    created_by text not null,
    updated_at timestamptz not null,
    updated_by text not null,
    primary key (tenant_id, id),
    foreign key (tenant_id, tool_id) references assets (tenant_id, id)
);
create index tool_cases_tool_idx on tool_cases (tenant_id, tool_id, id);
"""


def upgrade() -> None:
    """Runs are only added and read."""
    script(TABLES)
    isolate("tool_runs", update=False, delete=False)
    isolate("tool_cases")
    by_day("tool_runs", "tool_run")
    script("select ensure_tool_run_partitions(3)")
