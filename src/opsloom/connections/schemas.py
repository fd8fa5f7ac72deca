"""Types of connections at the HTTP edge."""

from datetime import datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import Field, model_validator

from opsloom.connections.content import Config, ConnectionType, Limits, SecretName
from opsloom.infra.secrets import SecretText
from opsloom.kit.model import Instant, Shown, Text, Wire
from opsloom.kit.resilience.breaker import BreakerState


class StepShown(Shown):
    """One step of a test."""

    name: str
    ok: bool
    detail: str
    ms: float


class TestShown(Shown):
    """What a test found; it ends with the first step that failed."""

    ok: bool
    steps: list[StepShown]
    tested_at: datetime
    tested_by: str


class TestRequest(Wire):
    """A connection that is not saved. `secrets` gives values that the vault does not hold yet; they are not kept."""

    config: Config
    limits: Limits = Limits()
    secrets: dict[SecretName, SecretText] = Field(default={}, max_length=20)


class TestSavedRequest(Wire):
    """Which of a saved connection is tried: the version in force, or the draft."""

    draft: bool = False


class BreakerShown(Shown):
    """Whether calls are paused after repeated failures, and for how long."""

    state: BreakerState
    failures: int
    retry_after_s: float


class PoolShown(Shown):
    """Of this process: how many calls run now, and how many may at once."""

    size: int
    in_use: int


class ConnectionShown(Shown):
    """A connection with its health. `config` is the draft's, with secrets by name; null where the content cannot be read,
    and then `fault` says why."""

    id: UUID
    key: str
    name: str
    type: str
    description: str
    state: str
    published_version: int | None
    revision: int
    config: Config | None
    limits: Limits | None
    secrets: list[str]
    fault: str | None
    last_test: TestShown | None
    breaker: BreakerShown | None
    pool: PoolShown | None
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


class NodeShown(Shown):
    """One thing found while browsing; ask with its `path` for what is below, unless it is a `leaf`."""

    path: str
    name: str
    kind: str
    leaf: bool
    detail: str


class NodesShown(Shown):
    items: list[NodeShown]


class PromqlRequest(Wire):
    """An expression at an instant (`at`; left out: now), or over a range when `from`, `to` and `step_s` are given."""

    query: Annotated[Text, Field(min_length=1, max_length=10_000, examples=["rate(http_requests_total[5m])"])]
    at: Instant | None = None
    from_: Instant | None = Field(default=None, alias="from")
    to: Instant | None = None
    step_s: Annotated[float, Field(gt=0, le=86_400)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = [each is not None for each in (self.from_, self.to, self.step_s)]
        if any(given) and not all(given):
            raise ValueError("a range needs from, to and step_s")
        if self.from_ is not None and self.to is not None and self.from_ > self.to:
            raise ValueError("a range begins before it ends")
        return self


class SeriesShown(Shown):
    """Points are Unix seconds with values; null stands for NaN and the infinities."""

    labels: dict[str, str]
    points: list[tuple[float, float | None]]
    truncated: bool


class PromqlShown(Shown):
    series: list[SeriesShown]


class LayerShown(Shown):
    """One safety layer; `holds` is null where it could not be found out."""

    name: str
    holds: bool | None
    detail: str


class SafetyShown(Shown):
    type: ConnectionType
    layers: list[LayerShown]


class TypeShown(Shown):
    """A type of connection: the JSON Schema of its config, where secrets are named in it, and what it can do."""

    type: ConnectionType
    config_schema: dict[str, Any]
    secrets: list[str]
    can: list[str]


class TypesShown(Shown):
    items: list[TypeShown]
    limits_schema: dict[str, Any]


class SecretUser(Shown):
    """An asset that names the secret; `published`: in the version in force."""

    id: UUID
    kind: str
    key: str
    name: str
    published: bool


class SecretShown(Shown):
    """A secret of the vault without its value; `hidden` counts users of kinds that the caller may not see."""

    name: str
    updated_at: datetime
    updated_by: str
    used_by: list[SecretUser]
    hidden: int


class SecretBody(Wire):
    """The value; it is never shown again."""

    value: Annotated[SecretText, Field(description="Write only.")]


SCRIPTS: Final = '$.logic.** ? (@.type == "script").secrets[*]'
"""Where logic names secrets: a script by itself, and the script nodes of a workflow."""


class SecretPlaces(dict[str, str]):
    """A part of the core: by kind of asset, the SQL/JSON path of the names of secrets in its content."""
