"""Tables of notifications. The ledger is `deliveries` (one row a transition and channel) with its `delivery_attempts`."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from opsloom.infra.db import Base, TenantRow


class DeliveryKind(StrEnum):
    """What a delivery is for."""

    TRANSITION = "transition"
    TEST = "test"
    MESSAGE = "message"
    DIGEST = "digest"


class DeliveryStatus(StrEnum):
    """Where a delivery is. `sending`: an attempt is under way, or its process died before it could tell. `gathered`: it goes out
    with a digest. `dropped`: a stage let nobody be told."""

    PENDING = "pending"
    SENDING = "sending"
    RETRYING = "retrying"
    GATHERED = "gathered"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class AttemptOutcome(StrEnum):
    """How one attempt ended. `unknown`: nobody recorded it, so the receiver may have got it."""

    STARTED = "started"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"


class ChannelSecret(TenantRow, Base):
    """What a channel needs to prove itself, sealed; never leaves the server."""

    __tablename__ = "channel_secrets"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "channel_id"], ["assets.tenant_id", "assets.id"]),)

    channel_id: Mapped[UUID] = mapped_column(primary_key=True)
    sealed: Mapped[str]
    updated_at: Mapped[datetime]


class Delivery(TenantRow, Base):
    """One line of the ledger. `next_attempt_at` is when the next step is due; for `sending`, when it counts as lost.

    `message_id` is what receivers tell repeats by; a resend has that of the line it repeats. `grouping` is there until it is known
    whether the line goes out by itself: which of the channel's counts it falls under. `sent_title` and `sent_text` are the words
    that people got, with a mark where the link for acknowledging stood.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index(
            "deliveries_transition_key",
            "tenant_id",
            "transition_id",
            "channel_id",
            unique=True,
            postgresql_where=text("transition_id is not null and resent_from is null"),
        ),
        Index("deliveries_channel_idx", "tenant_id", "channel_id", "id"),
        Index("deliveries_alert_idx", "tenant_id", "alert_id", "id"),
        Index("deliveries_digest_idx", "tenant_id", "digest_id", postgresql_where=text("digest_id is not null")),
        Index(
            "deliveries_due_idx", "tenant_id", "next_attempt_at", postgresql_where=text("next_attempt_at is not null")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    transition_id: Mapped[UUID | None]
    alert_id: Mapped[UUID | None]
    channel_id: Mapped[UUID]
    channel_name: Mapped[str]
    channel_type: Mapped[str]
    event_type: Mapped[str]
    title: Mapped[str]
    severity: Mapped[str]
    body: Mapped[str]
    status: Mapped[str]
    reason: Mapped[str | None]
    attempts: Mapped[int]
    attempts_allowed: Mapped[int]
    maybe_repeated: Mapped[bool]
    created_at: Mapped[datetime]
    next_attempt_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    stage: Mapped[str | None]
    detail: Mapped[str] = mapped_column(server_default=text("''"))
    dropped_by: Mapped[str | None]
    route_id: Mapped[UUID | None]
    route_name: Mapped[str | None]
    template: Mapped[str | None]
    grouping: Mapped[str | None]
    message_id: Mapped[UUID]
    resent_from: Mapped[UUID | None]
    fallback_for: Mapped[UUID | None]
    digest_id: Mapped[UUID | None]
    dedup_key: Mapped[str | None]
    sent_title: Mapped[str | None]
    sent_text: Mapped[str | None]


class ChannelFlow(TenantRow, Base):
    """What a channel has sent lately under one of its counts, and the digest that gathers the rest."""

    __tablename__ = "channel_flows"

    channel_id: Mapped[UUID] = mapped_column(primary_key=True)
    grouping: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    messages: Mapped[int]
    digest_id: Mapped[UUID | None]


class DeliveryAttempt(TenantRow, Base):
    """One try of a delivery."""

    __tablename__ = "delivery_attempts"
    __table_args__ = (ForeignKeyConstraint(["tenant_id", "delivery_id"], ["deliveries.tenant_id", "deliveries.id"]),)

    delivery_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str]
    status_code: Mapped[int | None]
    error: Mapped[str | None]
    duration_ms: Mapped[int | None]


class Notification(TenantRow, Base):
    """What an in-app channel shows; `message` holds the sentence by language."""

    __tablename__ = "notifications"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "delivery_id"], ["deliveries.tenant_id", "deliveries.id"]),
        Index("notifications_delivery_key", "tenant_id", "delivery_id", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    delivery_id: Mapped[UUID]
    alert_id: Mapped[UUID | None]
    channel_id: Mapped[UUID]
    event_type: Mapped[str]
    title: Mapped[str]
    severity: Mapped[str]
    message: Mapped[dict[str, str]] = mapped_column(JSONB)
    labels: Mapped[dict[str, str]] = mapped_column(JSONB)
    created_at: Mapped[datetime]


class NotificationRead(TenantRow, Base):
    """That a user has seen a notification."""

    __tablename__ = "notification_reads"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "notification_id"], ["notifications.tenant_id", "notifications.id"], ondelete="CASCADE"
        ),
        Index("notification_reads_notification_idx", "tenant_id", "notification_id"),
    )

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    notification_id: Mapped[UUID] = mapped_column(primary_key=True)
    read_at: Mapped[datetime]
