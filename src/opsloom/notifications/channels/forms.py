"""What people fill in for each type of channel: the one place that says which fields there are and which of them are secrets.

A field of type SecretText is written and never shown; in a change, one that is left out (or null) stays as it is. `NEEDED` names the
secrets without which a channel cannot be.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, JsonValue, StringConstraints, model_validator

from opsloom.infra.secrets import SecretText
from opsloom.kit.model import Text, Wire
from opsloom.notifications.content import AssetKey, ChannelType

_Secret = SecretText | None
_Phone = Annotated[Text, StringConstraints(pattern=r"^\+?[0-9]{8,15}$")]
_Address = Annotated[Text, StringConstraints(pattern=r"^[^@\s<>,;]{1,64}@[^@\s<>,;]{1,255}$")]


class ServiceBody(Wire):
    """A form. Its secrets are its fields of type SecretText."""

    NEEDED: ClassVar[frozenset[str]] = frozenset()

    @property
    def kind(self) -> ChannelType:
        """Which type of channel the form is of."""
        return next(kind for kind, form in FORMS.items() if form is type(self))

    def fields(self) -> dict[str, JsonValue]:
        """What is no secret, as stored and shown."""
        shown = {name for name, _ in self.secret_fields()}
        return self.model_dump(mode="json", exclude=shown | {"type"})

    def given(self) -> Mapping[str, SecretText]:
        """The secrets that were written."""
        return {name: value for name, value in self.secret_fields() if value}

    def secret_fields(self) -> Iterator[tuple[str, SecretText | None]]:
        """Every secret field with what was written into it."""
        for name in secret_names(type(self)):
            yield name, getattr(self, name)


def secret_names(form: type[ServiceBody]) -> list[str]:
    """Which fields of a form are secrets."""
    return [name for name, field in form.model_fields.items() if field.annotation == _Secret]


class EmailBody(ServiceBody):
    """E-mail, through an SMTP connection by its key, or through a server of its own."""

    type: Literal[ChannelType.EMAIL]
    connection: AssetKey | None = Field(
        default=None, description="The key of an SMTP connection; the server below is not used."
    )
    host: Annotated[Text, Field(max_length=255)] = ""
    port: Annotated[int, Field(ge=1, le=65_535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: Annotated[Text, Field(max_length=255)] = ""
    password: _Secret = None
    sender: _Address
    to: list[_Address] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _has_a_server(self) -> "EmailBody":
        if self.connection is None and not self.host:
            raise ValueError("name an SMTP connection or a host")
        return self


class SlackBody(ServiceBody):
    """An incoming webhook of a Slack app."""

    NEEDED: ClassVar[frozenset[str]] = frozenset({"webhook_url"})
    type: Literal[ChannelType.SLACK]
    webhook_url: _Secret = Field(default=None, examples=["https://hooks.slack.com/services/T…/B…/…"])


class TeamsBody(ServiceBody):
    """A workflow of Microsoft Teams that posts what it is sent (“When a Teams webhook request is received”)."""

    NEEDED: ClassVar[frozenset[str]] = frozenset({"webhook_url"})
    type: Literal[ChannelType.TEAMS]
    webhook_url: _Secret = Field(
        default=None, examples=["https://….logic.azure.com/workflows/…/triggers/manual/paths/invoke?…&sig=…"]
    )


class DiscordBody(ServiceBody):
    """A webhook of a Discord channel."""

    NEEDED: ClassVar[frozenset[str]] = frozenset({"webhook_url"})
    type: Literal[ChannelType.DISCORD]
    webhook_url: _Secret = Field(default=None, examples=["https://discord.com/api/webhooks/…/…"])


class TelegramBody(ServiceBody):
    """A bot that writes into one chat."""

    NEEDED: ClassVar[frozenset[str]] = frozenset({"bot_token"})
    type: Literal[ChannelType.TELEGRAM]
    bot_token: _Secret = None
    chat_id: Annotated[Text, StringConstraints(pattern=r"^(-?[0-9]{1,32}|@[A-Za-z0-9_]{4,64})$")]


class KakaoTalkBody(ServiceBody):
    """KakaoTalk's message API: to the person who agreed, or to one friend of theirs. At most 200 characters arrive."""

    NEEDED: ClassVar[frozenset[str]] = frozenset({"client_id", "refresh_token"})
    type: Literal[ChannelType.KAKAOTALK]
    client_id: _Secret = Field(default=None, description="The REST API key of the Kakao application.")
    client_secret: _Secret = None
    refresh_token: _Secret = None
    receiver: Annotated[Text, StringConstraints(pattern=r"^[A-Za-z0-9_=-]{0,100}$")] = Field(
        default="", description="A friend's UUID; empty: the person who agreed."
    )


class PagerDutyBody(ServiceBody):
    """Events API v2: an alert opens one incident and resolves it."""

    NEEDED: ClassVar[frozenset[str]] = frozenset({"integration_key"})
    type: Literal[ChannelType.PAGERDUTY]
    integration_key: _Secret = None
    region: Literal["us", "eu"] = "us"
    source: Annotated[Text, Field(min_length=1, max_length=100)] = "Opsloom"
    component: Annotated[Text, Field(min_length=1, max_length=100)] = "alerts"


class SmsBody(ServiceBody):
    """A text message through Twilio."""

    NEEDED: ClassVar[frozenset[str]] = frozenset({"auth_token"})
    type: Literal[ChannelType.SMS]
    account_sid: Annotated[Text, StringConstraints(pattern=r"^AC[0-9a-fA-F]{32}$")]
    auth_token: _Secret = None
    sender: _Phone
    receiver: _Phone


class AppriseBody(ServiceBody):
    """Any allowed service by its Apprise address, which is a secret as a whole."""

    NEEDED: ClassVar[frozenset[str]] = frozenset({"url"})
    type: Literal[ChannelType.APPRISE]
    url: _Secret = Field(default=None, examples=["ntfys://ntfy.example.com/topic"])


AnyService = (
    EmailBody
    | SlackBody
    | TeamsBody
    | DiscordBody
    | TelegramBody
    | KakaoTalkBody
    | PagerDutyBody
    | SmsBody
    | AppriseBody
)
FORMS: Final[Mapping[ChannelType, type[ServiceBody]]] = {
    ChannelType.EMAIL: EmailBody,
    ChannelType.SLACK: SlackBody,
    ChannelType.TEAMS: TeamsBody,
    ChannelType.DISCORD: DiscordBody,
    ChannelType.TELEGRAM: TelegramBody,
    ChannelType.KAKAOTALK: KakaoTalkBody,
    ChannelType.PAGERDUTY: PagerDutyBody,
    ChannelType.SMS: SmsBody,
    ChannelType.APPRISE: AppriseBody,
}
