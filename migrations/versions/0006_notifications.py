"""Notifications: the ledger of deliveries with every attempt, in-app notifications, sealed secrets of channels, and the
tenants' wrapped data keys."""

from alembic import op

from migrations.tenancy import isolate

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The unique key of the ledger holds "once", whatever the program does."""
    _keys()
    _channel_secrets()
    _deliveries()
    _attempts()
    _shown()
    _reads()


def _keys() -> None:
    """Data keys, one of them active in a tenant."""
    op.execute(
        """
        create table tenant_keys (
            tenant_id uuid not null,
            key_id uuid not null,
            wrapped bytea not null,
            master_id text not null,
            active boolean not null,
            created_at timestamptz not null default now(),
            primary key (tenant_id, key_id)
        )
        """
    )
    op.execute("create unique index tenant_keys_active_key on tenant_keys (tenant_id) where active")
    isolate("tenant_keys", delete=False)


def _channel_secrets() -> None:
    """What channels prove themselves with, sealed."""
    op.execute(
        """
        create table channel_secrets (
            tenant_id uuid not null,
            channel_id uuid not null,
            sealed text not null,
            updated_at timestamptz not null,
            primary key (tenant_id, channel_id),
            foreign key (tenant_id, channel_id) references assets (tenant_id, id)
        )
        """
    )
    isolate("channel_secrets")


def _deliveries() -> None:
    """The ledger: one line for each transition and channel, held by the unique key."""
    op.execute(
        """
        create table deliveries (
            tenant_id uuid not null,
            id uuid not null,
            kind text not null check (kind in ('transition', 'test')),
            transition_id uuid,
            alert_id uuid,
            channel_id uuid not null,
            channel_name text not null,
            channel_type text not null,
            event_type text not null,
            title text not null,
            severity text not null,
            body text not null,
            status text not null check (status in ('pending', 'sending', 'retrying', 'sent', 'failed')),
            reason text,
            attempts bigint not null,
            attempts_allowed bigint not null,
            maybe_repeated boolean not null,
            created_at timestamptz not null,
            next_attempt_at timestamptz,
            finished_at timestamptz,
            primary key (tenant_id, id),
            check ((kind = 'transition') = (transition_id is not null)),
            check ((status in ('sent', 'failed')) = (finished_at is not null)),
            check ((status in ('sent', 'failed')) = (next_attempt_at is null))
        )
        """
    )
    op.execute(
        "create unique index deliveries_transition_key on deliveries (tenant_id, transition_id, channel_id) "
        "where transition_id is not null"
    )
    op.execute("create index deliveries_channel_idx on deliveries (tenant_id, channel_id, id)")
    op.execute("create index deliveries_alert_idx on deliveries (tenant_id, alert_id, id)")
    op.execute(
        "create index deliveries_due_idx on deliveries (tenant_id, next_attempt_at) where next_attempt_at is not null"
    )
    isolate("deliveries", delete=False)


def _attempts() -> None:
    """Every attempt of a line."""
    op.execute(
        """
        create table delivery_attempts (
            tenant_id uuid not null,
            delivery_id uuid not null,
            number bigint not null,
            started_at timestamptz not null,
            finished_at timestamptz,
            outcome text not null check (outcome in ('started', 'sent', 'failed', 'unknown')),
            status_code bigint,
            error text,
            duration_ms bigint,
            primary key (tenant_id, delivery_id, number),
            foreign key (tenant_id, delivery_id) references deliveries (tenant_id, id)
        )
        """
    )
    isolate("delivery_attempts", delete=False)


def _shown() -> None:
    """What in-app channels show."""
    op.execute(
        """
        create table notifications (
            tenant_id uuid not null,
            id uuid not null,
            delivery_id uuid not null,
            alert_id uuid,
            channel_id uuid not null,
            event_type text not null,
            title text not null,
            severity text not null,
            message jsonb not null,
            labels jsonb not null,
            created_at timestamptz not null,
            primary key (tenant_id, id),
            foreign key (tenant_id, delivery_id) references deliveries (tenant_id, id)
        )
        """
    )
    op.execute("create unique index notifications_delivery_key on notifications (tenant_id, delivery_id)")
    isolate("notifications", update=False)


def _reads() -> None:
    """Who has read what."""
    op.execute(
        """
        create table notification_reads (
            tenant_id uuid not null,
            user_id uuid not null,
            notification_id uuid not null,
            read_at timestamptz not null,
            primary key (tenant_id, user_id, notification_id),
            foreign key (tenant_id, notification_id) references notifications (tenant_id, id) on delete cascade
        )
        """
    )
    op.execute("create index notification_reads_notification_idx on notification_reads (tenant_id, notification_id)")
    isolate("notification_reads", update=False)
