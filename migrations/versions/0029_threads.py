"""Threads: questions that follow each other."""

from migrations.tenancy import isolate, script

revision = "0029"
down_revision = "0026"
branch_labels = None
depends_on = None

THREADS = """
create table threads (
    tenant_id uuid not null references tenants (id),
    id uuid not null,
    owner_id uuid,                          -- the person who asks in it
    owner_name text not null,
    title text not null,
    pinned boolean not null,
    archived boolean not null,
    shared boolean not null,                -- everybody of the tenant who may ask may read it
    created_at timestamptz not null,
    asked_at timestamptz not null,          -- its newest question
    primary key (tenant_id, id)
);
create index threads_tenant_id_owner_id_asked_at_idx on threads (tenant_id, owner_id, asked_at);
alter table questions add column thread_id uuid;
alter table questions add foreign key (tenant_id, thread_id) references threads (tenant_id, id) on delete cascade;
create index questions_tenant_id_thread_id_asked_at_idx on questions (tenant_id, thread_id, asked_at);
"""


def upgrade() -> None:
    """Questions of before belong to no thread, and neither do those that programs ask one by one."""
    script(THREADS)
    isolate("threads")
