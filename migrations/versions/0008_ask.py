"""ask: questions with their plans, answers and evidence."""

from alembic import op

from migrations.tenancy import isolate

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

QUESTIONS = """
create table questions (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    asked_by uuid,
    asked_by_name text not null,
    asked_at timestamptz not null,
    text text not null,
    language text not null,
    time_zone text not null,
    status text not null,
    plan jsonb,
    answer jsonb not null,
    took_ms double precision not null,
    trace_id text,
    primary key (tenant_id, id)
)
"""


def upgrade() -> None:
    """A question's record is evidence: it is written once."""
    op.execute(QUESTIONS)
    op.execute("create index questions_tenant_id_asked_at_idx on questions (tenant_id, asked_at)")
    isolate("questions", update=False)
