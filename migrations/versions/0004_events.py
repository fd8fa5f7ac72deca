"""events: what was taken in, by day of arrival, and the view users' SQL reads."""

from migrations.partitions import by_day
from migrations.tenancy import isolate, script

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# A plain sequence, since identity columns on partitioned tables need PostgreSQL 17. Its numbers only order the rows of one
# transaction, so that each session may take them by the hundred.
EVENTS = """
create sequence events_seq cache 256;
create table events (
    tenant_id uuid not null,
    id uuid not null,                        -- version 7, made at arrival: its time tells the day's partition
    source text not null,
    event_id text not null,                  -- the sender's; unique with the source, see ensure_event_partitions
    type text not null,
    subject text,
    severity text,
    time timestamptz not null,
    received_at timestamptz not null,
    data jsonb not null default '{}',
    attributes jsonb not null default '{}',
    seq bigint not null default nextval('events_seq'),
    txid xid8 not null default pg_current_xact_id(),
    primary key (tenant_id, id, received_at)
) partition by range (received_at);
create index events_tenant_id_txid_seq_idx on events (tenant_id, txid, seq);
create index events_tenant_id_time_id_idx on events (tenant_id, time desc, id desc);
alter sequence events_seq owned by events.seq;
grant usage on sequence events_seq to opsloom_app;
"""

# The sender's id is unique within a day only (a unique index over all would need the day in it); across midnight the
# insert looks into the day before.
EACH = (
    "execute format('create unique index %I on public.%I (tenant_id, source, event_id)', "
    "part || '_sender_key', part);"
)

VIEW = """
create view data.events with (security_invoker = true) as
    select time, source, type, subject, severity, data->>'message' as message, data, attributes, event_id, id, received_at
    from public.events;
grant select on data.events to opsloom_app, opsloom_api_reader;
grant usage on schema public to opsloom_api_reader;
grant select (tenant_id, id, source, event_id, type, subject, severity, time, received_at, data, attributes)
    on events to opsloom_api_reader;
"""


def upgrade() -> None:
    """Events are facts: written once, never changed."""
    script(EVENTS)
    isolate("events", update=False, delete=False)
    by_day("events", "event", EACH)
    script(VIEW)
    script("select ensure_event_partitions(7, 1)")
