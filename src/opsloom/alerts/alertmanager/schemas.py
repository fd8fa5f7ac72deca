"""The shapes of Alertmanager's OpenAPI document (v2), with its names. Unlike elsewhere unknown members are passed over: its clients
grow faster than it documents."""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from opsloom.kit.model import Instant, Text

_ZERO_YEAR: Final = 1


class _Wire(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


def _absent(moment: datetime | None) -> datetime | None:
    """Go writes a time that nobody set as the first of January of the year 1."""
    return None if moment is None or moment.astimezone(UTC).year <= _ZERO_YEAR else moment


GoInstant = Annotated[Instant | None, AfterValidator(_absent)]
LabelName = Annotated[Text, StringConstraints(min_length=1, max_length=200)]
LabelValue = Annotated[Text, StringConstraints(max_length=2000)]
LabelSet = Annotated[dict[LabelName, LabelValue], Field(max_length=100)]


class PostableAlert(_Wire):
    """An alert as a sender tells of it, again and again while it holds."""

    labels: Annotated[dict[LabelName, LabelValue], Field(min_length=1, max_length=100)]
    annotations: LabelSet = Field(default_factory=dict)
    starts_at: GoInstant = None
    ends_at: GoInstant = None
    generator_url: Annotated[Text, StringConstraints(max_length=2000)] = Field(default="", alias="generatorURL")


class AmMatcher(_Wire):
    """A condition on one label."""

    name: LabelName
    value: LabelValue
    is_regex: bool
    is_equal: bool = True


class PostableSilence(_Wire):
    """A new silence, or with an `id` another version of one."""

    id: UUID | Literal[""] | None = None
    matchers: Annotated[list[AmMatcher], Field(min_length=1, max_length=50)]
    starts_at: Instant
    ends_at: Instant
    created_by: Annotated[Text, StringConstraints(max_length=200)]
    comment: Annotated[Text, StringConstraints(max_length=2000, pattern=r"\S")]


class SilencePosted(_Wire):
    """Which silence it became."""

    silence_id: UUID = Field(alias="silenceID")


class AmSilenceStatus(_Wire):
    state: Literal["pending", "active", "expired"]


class GettableSilence(_Wire):
    """A silence."""

    id: UUID
    status: AmSilenceStatus
    updated_at: datetime
    comment: str
    created_by: str
    starts_at: datetime
    ends_at: datetime
    matchers: list[AmMatcher]


class Receiver(_Wire):
    name: str


class AmAlertStatus(_Wire):
    """`silencedBy` names silences, `mutedBy` maintenance windows, `inhibitedBy` inhibitions."""

    state: Literal["unprocessed", "active", "suppressed"]
    silenced_by: list[str]
    inhibited_by: list[str]
    muted_by: list[str]


class GettableAlert(_Wire):
    """An open alert."""

    annotations: dict[str, str]
    receivers: list[Receiver]
    fingerprint: str
    starts_at: datetime
    updated_at: datetime
    ends_at: datetime
    status: AmAlertStatus
    labels: dict[str, str]
    generator_url: str = Field(alias="generatorURL")


class AmAlertGroup(_Wire):
    """Alerts of one name."""

    labels: dict[str, str]
    receiver: Receiver
    alerts: list[GettableAlert]


class ClusterStatus(_Wire):
    status: Literal["disabled"] = "disabled"
    peers: list[str] = Field(default_factory=list)


class AmConfig(_Wire):
    original: str


class VersionInfo(_Wire):
    version: str
    revision: str = ""
    branch: str = ""
    build_user: str = ""
    build_date: str = ""
    go_version: str = ""


class AlertmanagerStatus(_Wire):
    """What runs here."""

    cluster: ClusterStatus
    version_info: VersionInfo
    config: AmConfig
    uptime: datetime
