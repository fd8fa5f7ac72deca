"""Workflows that outlive the process: their runs, and what became of each node. Deliveries may carry a workflow's own words."""

from alembic import op

from migrations.tenancy import isolate

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Runs and nodes are isolated like every table of a tenant's."""
    _runs()
    _nodes()
    isolate("workflow_runs", delete=False)
    isolate("workflow_nodes")
    op.execute(
        """
        alter table deliveries drop constraint deliveries_kind_check, drop constraint deliveries_check,
            add constraint deliveries_kind_check check (kind in ('transition', 'test', 'message')),
            add constraint deliveries_check check ((kind = 'test') = (transition_id is null))
        """
    )


def _runs() -> None:
    """The run keeps the logic it began with."""
    op.execute(
        """
        create table workflow_runs (
            tenant_id uuid not null,
            id uuid not null,
            api_id uuid not null,
            api_name text not null,
            version bigint not null,
            logic jsonb not null,
            limits jsonb not null,
            state text not null check (state in ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled')),
            params jsonb not null,
            output jsonb,
            error_code text,
            error text,
            idempotency_key text,
            asked_by text not null,
            trace_id text not null,
            cancel_asked boolean not null default false,
            created_at timestamptz not null,
            started_at timestamptz,
            ended_at timestamptz,
            wake_at timestamptz,
            primary key (tenant_id, id),
            foreign key (tenant_id, api_id) references assets (tenant_id, id),
            check ((state in ('succeeded', 'failed', 'cancelled')) = (ended_at is not null))
        )
        """
    )
    op.execute(
        "create unique index workflow_runs_idempotency_key on workflow_runs (tenant_id, api_id, idempotency_key) "
        "where idempotency_key is not null"
    )
    op.execute("create index workflow_runs_api_idx on workflow_runs (tenant_id, api_id, id)")


def _nodes() -> None:
    """A node's row is written when it ends (or begins to wait), before anything behind it starts."""
    op.execute(
        """
        create table workflow_nodes (
            tenant_id uuid not null,
            run_id uuid not null,
            node_id text not null,
            state text not null
                check (state in ('waiting', 'succeeded', 'failed', 'skipped', 'cancelled')),
            port text not null,
            output jsonb,
            error_code text,
            error text,
            asked text,
            decided_by text,
            comment text,
            started_at timestamptz not null,
            ended_at timestamptz,
            wake_at timestamptz,
            primary key (tenant_id, run_id, node_id),
            foreign key (tenant_id, run_id) references workflow_runs (tenant_id, id)
        )
        """
    )
