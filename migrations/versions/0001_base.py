"""The ground: tenants, people and keys, the audit chain, the stream of messages, and the job queue."""

from pathlib import Path

from procrastinate.schema import SchemaManager

from migrations.tenancy import isolate, script

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

IDENTITY = Path(__file__).with_name("0001_identity.sql")

STREAM = """
create table stream_messages (
    tenant_id uuid not null,
    id bigint generated always as identity,
    -- A reader passes a transaction only when every older one has ended, so that nothing can appear behind its back.
    txid xid8 not null default pg_current_xact_id(),
    at timestamptz not null default clock_timestamp(),
    topic text not null,
    payload jsonb not null,
    primary key (tenant_id, txid, id)
);
create index stream_messages_at on stream_messages (tenant_id, at);

create table leases (
    name text primary key,
    holder text not null,
    taken_at timestamptz not null,
    expires_at timestamptz not null
);
grant select, insert, update, delete on leases to opsloom_app;
"""


def upgrade() -> None:
    """Roles exist before (opsloom.infra.db.bootstrap)."""
    script("grant usage on schema public to opsloom_app")
    script(IDENTITY.read_text(encoding="utf-8"))
    isolate("session_tokens")
    isolate("api_keys", delete=False)
    isolate("audit_heads", delete=False)
    isolate("audit_entries", update=False, delete=False)
    script(STREAM)
    isolate("stream_messages", update=False)
    script(SchemaManager.get_schema())
    for kind in ("tables", "sequences"):
        verbs = "select, insert, update, delete" if kind == "tables" else "usage, select"
        script(f"""
            do $$ declare r record; begin
              for r in select c.oid::regclass as name from pg_class c
                       where c.relnamespace = 'public'::regnamespace and c.relname like 'procrastinate%'
                         and c.relkind = any ('{{{"r,p" if kind == "tables" else "S"}}}')
              loop execute format('grant {verbs} on %s to opsloom_app', r.name); end loop;
            end $$""")
    script("grant select on alembic_version to opsloom_app")
    script("create schema data; grant usage on schema data to opsloom_app, opsloom_api_reader")
