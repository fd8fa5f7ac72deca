"""What goes over the wire for channels, deliveries and in-app notifications. Secrets only come in."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, JsonValue

from opsloom.assets.schemas import NeedShown
from opsloom.infra.secrets import SecretText
from opsloom.kit.model import JsonObject, Name, Shown, Text, Wire
from opsloom.kit.resilience.breaker import BreakerState
from opsloom.notifications.channels.forms import AnyService
from opsloom.notifications.content import AssetKey, ChannelType, Language, Limit, Route, ServiceType
from opsloom.notifications.models import AttemptOutcome, DeliveryKind, DeliveryStatus
from opsloom.notifications.words import TemplateContent


class InAppBody(Wire):
    """Shown inside Opsloom."""

    type: Literal[ChannelType.IN_APP]


class WebhookBody(Wire):
    """A signed POST. In a change, `secret` and `headers` that are left out (or null) stay as they are."""

    type: Literal[ChannelType.WEBHOOK]
    url: Annotated[Text, Field(min_length=8, max_length=2000, examples=["https://example.com/hooks/opsloom"])]
    secret: SecretText | None = Field(
        default=None, description="`whsec_` and base64, or 16 to 64 bytes of text. Left out at creation: one is made."
    )
    headers: dict[Annotated[Text, Field(max_length=100)], SecretText] | None = Field(default=None, max_length=20)


class ChannelBody(Wire):
    """A channel as created or replaced."""

    name: Name
    enabled: bool = True
    route: Route = Route()
    config: Annotated[InAppBody | WebhookBody | AnyService, Field(discriminator="type")]
    language: Language = Language.KO
    template: AssetKey | None = None
    limit: Limit | None = None
    fallback: AssetKey | None = None


class InAppShown(Shown):
    type: Literal[ChannelType.IN_APP]


class WebhookShown(Shown):
    """`header_names` without their values; whether a secret is set, never which."""

    type: Literal[ChannelType.WEBHOOK]
    url: str
    header_names: list[str]
    has_secret: bool


class ServiceShown(Shown):
    """Another service: the fields of its form that are no secrets, and which secrets are set."""

    type: ServiceType
    fields: dict[str, JsonValue]
    secret_names: list[str]


class ChannelBreaker(Shown):
    """Whether sending is paused after repeated failures, and for how long."""

    state: BreakerState
    failures: int
    retry_after_s: float


class ChannelShown(Shown):
    """A channel; `revision` is what a change sends as `If-Match`. `breaker` is absent until something was sent.

    `published_version` null: nothing is sent through it yet. `waiting`: what is shown is not what is in force; `review` says
    what a policy asks for before it can be."""

    id: UUID
    name: str
    slug: str
    type: ChannelType
    enabled: bool
    route: Route
    config: Annotated[InAppShown | WebhookShown | ServiceShown, Field(discriminator="type")]
    language: Language
    template: str | None
    limit: Limit | None
    fallback: str | None
    breaker: ChannelBreaker | None
    revision: int
    published_version: int | None
    waiting: bool
    review: NeedShown | None
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


class ChannelCreated(ChannelShown):
    """`secret` is there only when it was made here, and only in this answer."""

    secret: str | None = None


class DeliveryShown(Shown):
    """A line of the ledger. `maybe_repeated`: an attempt ended unrecorded, so the receiver may have got it twice.

    `dropped`: `stage`, `reason`, `detail` and `dropped_by` say why nobody was told. `gathered`: it goes out with `digest_id`.
    `resent_from` and `fallback_for` name the line that it repeats or stands in for."""

    id: UUID
    kind: DeliveryKind
    status: DeliveryStatus
    reason: str | None
    event_type: str
    title: str
    severity: str
    channel_id: UUID
    channel_name: str
    channel_type: ChannelType
    alert_id: UUID | None
    transition_id: UUID | None
    attempts: int
    attempts_allowed: int
    maybe_repeated: bool
    created_at: datetime
    next_attempt_at: datetime | None
    finished_at: datetime | None
    stage: str | None
    detail: str
    dropped_by: str | None
    route_id: UUID | None
    route_name: str | None
    template: str | None
    resent_from: UUID | None
    fallback_for: UUID | None
    digest_id: UUID | None


class AttemptShown(Shown):
    number: int
    started_at: datetime
    finished_at: datetime | None
    outcome: AttemptOutcome
    status_code: int | None
    error: str | None
    duration_ms: int | None


class DeliveryDetail(DeliveryShown):
    """With every attempt, what was sent to programs and to people, and the ids by which receivers tell repeats and alerts."""

    webhook_id: str
    dedup_key: str | None
    body: str
    sent_title: str | None
    sent_text: str | None
    tries: list[AttemptShown]


class FacetShown(Shown):
    """A value, what people call it, and how many lines have it."""

    value: str
    name: str
    count: int


class DeliveryFacets(Shown):
    status: list[FacetShown]
    channel_ids: list[FacetShown]
    types: list[FacetShown]
    severities: list[FacetShown]
    reasons: list[FacetShown]


class ChannelTypeShown(Shown):
    """`form` is the JSON Schema of the `config` of such a channel; `secrets` are written and never shown."""

    type: ChannelType
    form: JsonObject
    secrets: list[str]
    needed_secrets: list[str]


class PreviewRequest(Wire):
    """A template's content; `delivery_id` names a line of the ledger to speak of, none: a made-up alert."""

    content: TemplateContent
    delivery_id: UUID | None = None


class SaidShown(Shown):
    """What people would read; `flaw` says why a template's own words could not be used."""

    title: str
    text: str
    flaw: str | None


class PreviewShown(Shown):
    ko: SaidShown
    en: SaidShown
    context: JsonObject


class NotificationShown(Shown):
    """`message` is a sentence by language (`en`, `ko`)."""

    id: UUID
    delivery_id: UUID
    alert_id: UUID | None
    channel_id: UUID
    event_type: str
    title: str
    severity: str
    message: dict[str, str]
    labels: dict[str, str]
    created_at: datetime
    read: bool


class ReadMarks(Wire):
    """Which notifications the caller has read: `ids`, or everything when it is left out."""

    ids: list[UUID] | None = Field(default=None, max_length=500)


class UnreadCount(Shown):
    unread: int
