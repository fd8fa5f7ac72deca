"""Turns at workflow runs: which runs want work, and which process has them."""

from alembic import op

from migrations.tenancy import isolate, script

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLES = """
create table workflow_runners (
    id uuid primary key,
    alive_until timestamptz not null        -- its lease: from then on its runs are anybody's
);
create table workflow_turns (
    tenant_id uuid not null,
    run_id uuid not null,
    due_at timestamptz not null default now(),      -- when it wants work; 'infinity' while it has it and wants no more
    runner_id uuid,
    cancel_asked boolean not null default false,
    primary key (tenant_id, run_id),
    foreign key (tenant_id, run_id) references workflow_runs (tenant_id, id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index workflow_turns_due_idx on workflow_turns (tenant_id, due_at, run_id) where runner_id is null;
create index workflow_turns_runner_idx on workflow_turns (runner_id) where runner_id is not null;
grant select, insert, update, delete on workflow_runners to opsloom_app;
"""

# Whoever hands out turns sees those of all tenants; a turn says of a run only that it is there.
POLICY = "create policy runner on workflow_turns using (current_setting('opsloom.turns', true) = 'all')"


def upgrade() -> None:
    """Runs that had a job get a turn instead."""
    script(TABLES)
    op.execute("alter table workflow_runs no force row level security")
    script(
        "insert into workflow_turns (tenant_id, run_id, due_at) select tenant_id, id, coalesce(wake_at, now()) "
        "from workflow_runs where state in ('queued', 'running', 'waiting')"
    )
    op.execute("alter table workflow_runs force row level security")
    script("delete from procrastinate_jobs where task_name in ('workflows.advance', 'workflows.wake')")
    isolate("workflow_turns")
    script(POLICY)
