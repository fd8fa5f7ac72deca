"""What a channel is, as stored in the registry of assets. Secrets are never part of it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from opsloom.kit.model import Text


class Told(StrEnum):
    """States of an alert that people can be told about; an alert that is only pending is nobody's business yet."""

    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    EXPIRED = "expired"


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class ChannelType(StrEnum):
    IN_APP = "in_app"
    WEBHOOK = "webhook"
    EMAIL = "email"
    SLACK = "slack"
    TEAMS = "teams"
    DISCORD = "discord"
    TELEGRAM = "telegram"
    KAKAOTALK = "kakaotalk"
    PAGERDUTY = "pagerduty"
    SMS = "sms"
    APPRISE = "apprise"


ServiceType = Literal[
    ChannelType.EMAIL,
    ChannelType.SLACK,
    ChannelType.TEAMS,
    ChannelType.DISCORD,
    ChannelType.TELEGRAM,
    ChannelType.KAKAOTALK,
    ChannelType.PAGERDUTY,
    ChannelType.SMS,
    ChannelType.APPRISE,
]


class Language(StrEnum):
    KO = "ko"
    EN = "en"


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Route(_Stored):
    """Which transitions a channel takes when a rule names no channel. An empty list or object sets no limit."""

    states: list[Told] = Field(default=[Told.FIRING, Told.RESOLVED, Told.EXPIRED], max_length=4)
    severities: list[Severity] = Field(default=[], max_length=3)
    labels: dict[Annotated[Text, Field(max_length=100)], Annotated[Text, Field(max_length=500)]] = Field(
        default={}, max_length=20, description="Each named label of the alert must have this value."
    )
    only_named: bool = Field(
        default=False, description="Takes nothing by itself: only what a rule or a route names it for."
    )


class Limit(_Stored):
    """At most `messages` within `per_s` seconds, counted apart for each value of the labels in `by` (`incident`: for each
    incident); what is more is gathered and goes out as one message when the time is over."""

    messages: Annotated[int, Field(ge=1, le=10_000)] = 20
    per_s: Annotated[int, Field(ge=1, le=86_400)] = 60
    by: list[Annotated[Text, Field(min_length=1, max_length=100)]] = Field(default=[], max_length=5)


class InAppConfig(_Stored):
    """Shown inside Opsloom to everybody of the tenant."""

    type: Literal[ChannelType.IN_APP] = ChannelType.IN_APP


class WebhookConfig(_Stored):
    """Posted as JSON, signed as in Standard Webhooks. Header values are secrets; only their names are kept here."""

    type: Literal[ChannelType.WEBHOOK] = ChannelType.WEBHOOK
    url: Annotated[Text, Field(min_length=8, max_length=2000)]
    header_names: list[Annotated[Text, Field(max_length=100)]] = Field(default=[], max_length=20)


class ServiceConfig(_Stored):
    """Another service; `fields` are those of its form that are no secrets, `secret_names` tells which secrets there are."""

    type: ServiceType
    fields: dict[str, JsonValue] = {}
    secret_names: list[str] = []


Config = Annotated[InAppConfig | WebhookConfig | ServiceConfig, Field(discriminator="type")]
AssetKey = Annotated[Text, Field(min_length=1, max_length=200)]


class ChannelContent(_Stored):
    """The content of an asset of kind `channel`. A channel that is not enabled keeps its place and gets nothing."""

    enabled: bool = True
    route: Route = Route()
    config: Config
    language: Language = Language.KO
    template: AssetKey | None = Field(default=None, description="The key of a template; none: the plain words.")
    limit: Limit | None = None
    fallback: AssetKey | None = Field(
        default=None, description="The key of the channel that gets what this one had to give up."
    )

    @property
    def type(self) -> ChannelType:
        return self.config.type


class Channel(_Stored):
    """A channel in force, as the pipeline needs it."""

    id: UUID
    name: str
    slug: str
    content: ChannelContent

    @property
    def type(self) -> ChannelType:
        return self.content.type

    def counts_by(self, name: str) -> bool:
        """Whether its limit counts apart by something."""
        return self.content.limit is not None and name in self.content.limit.by

    def grouping(self, labels: Mapping[str, str]) -> str | None:
        """Which of the channel's counts a message with these labels falls under; None where nothing is counted."""
        limit = self.content.limit
        if limit is None or self.type is ChannelType.IN_APP:
            return None
        return "\x1f".join(labels.get(name, "") for name in limit.by)[:1_000]
