"""Runs in the background of every type of logic, what starts them by the clock, links by which people decide, pinned outputs."""

from alembic import op

from migrations.tenancy import isolate

revision = "0016"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A run is of a workflow, of one call, or of a list of calls."""
    op.execute(
        """
        alter table workflow_runs
            add column kind text not null default 'workflow' check (kind in ('workflow', 'call', 'batch')),
            add column actor_kind text not null default 'system',
            add column actor_id uuid,
            add column sensitive text[] not null default '{}',
            add column schedule_id uuid
        """
    )
    op.execute(
        "create index workflow_runs_schedule_idx on workflow_runs (tenant_id, schedule_id, id) where schedule_id is not null"
    )
    _schedules()
    _links()
    op.execute(
        """
        create table workflow_pins (
            tenant_id uuid not null,
            api_id uuid not null,
            node_id text not null,
            output jsonb,
            port text not null,
            updated_at timestamptz not null,
            updated_by text not null,
            primary key (tenant_id, api_id, node_id),
            foreign key (tenant_id, api_id) references assets (tenant_id, id)
        )
        """
    )
    for table in ("api_schedules", "api_schedule_ticks", "approval_links", "workflow_pins"):
        isolate(table)


def _schedules() -> None:
    """`next_at` is the moment that the next job waits for; a tick's row says what became of a moment."""
    op.execute(
        """
        create table api_schedules (
            tenant_id uuid not null,
            id uuid not null,
            api_id uuid not null,
            name text not null,
            cron text not null,
            zone text not null,
            parameters jsonb not null,
            enabled boolean not null,
            missed text not null check (missed in ('skip', 'run_once')),
            next_at timestamptz,
            revision bigint not null default 1,
            created_at timestamptz not null,
            created_by text not null,
            updated_at timestamptz not null,
            updated_by text not null,
            primary key (tenant_id, id),
            foreign key (tenant_id, api_id) references assets (tenant_id, id),
            check (enabled or next_at is null)
        )
        """
    )
    op.execute("create index api_schedules_api_idx on api_schedules (tenant_id, api_id, id)")
    op.execute(
        """
        create table api_schedule_ticks (
            tenant_id uuid not null,
            schedule_id uuid not null,
            due_at timestamptz not null,
            at timestamptz not null,
            outcome text not null check (outcome in ('started', 'missed', 'refused')),
            detail text not null,
            run_id uuid,
            primary key (tenant_id, schedule_id, due_at),
            foreign key (tenant_id, schedule_id) references api_schedules (tenant_id, id) on delete cascade,
            check ((outcome = 'started') = (run_id is not null))
        )
        """
    )


def _links() -> None:
    """A link is bound to one node of one run; without a moment to expire nobody has been asked yet."""
    op.execute(
        """
        create table approval_links (
            tenant_id uuid not null,
            id uuid not null,
            run_id uuid not null,
            node_id text not null,
            expires_at timestamptz,
            used_at timestamptz,
            created_at timestamptz not null,
            primary key (tenant_id, id),
            foreign key (tenant_id, run_id) references workflow_runs (tenant_id, id)
        )
        """
    )
    op.execute(
        "create unique index approval_links_open_key on approval_links (tenant_id, run_id, node_id) where used_at is null"
    )
