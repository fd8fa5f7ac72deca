"""Notifications: lines of the ledger that a stage dropped or a digest gathered, resends as lines of their own, fallbacks, what was
sent in people's words, and what a channel has sent lately."""

from migrations.tenancy import isolate, script

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


TABLES = """
alter table deliveries
    add column stage text,
    add column detail text not null default '',
    add column dropped_by text,
    add column route_id uuid,
    add column route_name text,
    add column template text,
    add column grouping text,
    add column message_id uuid,
    add column resent_from uuid,
    add column fallback_for uuid,
    add column digest_id uuid,
    add column dedup_key text,
    add column sent_title text,
    add column sent_text text,
    drop constraint deliveries_kind_check,
    drop constraint deliveries_status_check,
    drop constraint deliveries_check,
    drop constraint deliveries_check1,
    drop constraint deliveries_check2;
update deliveries set message_id = id;
alter table deliveries
    alter column message_id set not null,
    add constraint deliveries_kind_check check (kind in ('transition', 'test', 'message', 'digest')),
    add constraint deliveries_status_check check
        (status in ('pending', 'sending', 'retrying', 'gathered', 'sent', 'failed', 'dropped')),
    add constraint deliveries_transition_check check ((kind in ('test', 'digest')) = (transition_id is null)),
    add constraint deliveries_finished_check check
        ((status in ('sent', 'failed', 'dropped')) = (finished_at is not null)),
    add constraint deliveries_due_check check
        ((status in ('gathered', 'sent', 'failed', 'dropped')) = (next_attempt_at is null)),
    add constraint deliveries_stage_check check ((status = 'dropped') = (stage is not null));
drop index deliveries_transition_key;
create unique index deliveries_transition_key on deliveries (tenant_id, transition_id, channel_id)
    where transition_id is not null and resent_from is null;
create index deliveries_digest_idx on deliveries (tenant_id, digest_id) where digest_id is not null;
create table channel_flows (
    tenant_id uuid not null,
    channel_id uuid not null,
    grouping text not null,
    since timestamptz not null,
    messages bigint not null,
    digest_id uuid,
    primary key (tenant_id, channel_id, grouping)
);
"""


def upgrade() -> None:
    """One line for each transition and channel still; a resend is another line that names the one it repeats."""
    script(TABLES)
    isolate("channel_flows")
