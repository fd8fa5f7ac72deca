"""What a channel is, as stored in the registry of assets. Secrets are never part of it."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

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


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Route(_Stored):
    """Which transitions a channel takes when a rule names no channel. An empty list or object sets no limit."""

    states: list[Told] = Field(default=[Told.FIRING, Told.RESOLVED, Told.EXPIRED], max_length=4)
    severities: list[Severity] = Field(default=[], max_length=3)
    labels: dict[Annotated[Text, Field(max_length=100)], Annotated[Text, Field(max_length=500)]] = Field(
        default={}, max_length=20, description="Each named label of the alert must have this value."
    )


class InAppConfig(_Stored):
    """Shown inside Opsloom to everybody of the tenant."""

    type: Literal[ChannelType.IN_APP] = ChannelType.IN_APP


class WebhookConfig(_Stored):
    """Posted as JSON, signed as in Standard Webhooks. Header values are secrets; only their names are kept here."""

    type: Literal[ChannelType.WEBHOOK] = ChannelType.WEBHOOK
    url: Annotated[Text, Field(min_length=8, max_length=2000)]
    header_names: list[Annotated[Text, Field(max_length=100)]] = Field(default=[], max_length=20)


Config = Annotated[InAppConfig | WebhookConfig, Field(discriminator="type")]


class ChannelContent(_Stored):
    """The content of an asset of kind `channel`. A channel that is not enabled keeps its place and gets nothing."""

    enabled: bool = True
    route: Route = Route()
    config: Config


class Channel(_Stored):
    """A channel in force, as the pipeline needs it."""

    id: UUID
    name: str
    slug: str
    content: ChannelContent

    @property
    def type(self) -> ChannelType:
        return self.content.config.type
