"""An API's definition, as it is stored in its versions, and the shapes of the management routes."""

import random
import re
from datetime import datetime
from email.utils import format_datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, field_validator, model_validator

from opsloom.apis.logic import HttpLogic, JsonSchema, Key, ScriptLogic, SqlLogic, WriteLogic
from opsloom.apis.params import Parameter, Place
from opsloom.apis.workflow import Logic, NodeId, WorkflowLogic
from opsloom.assets.schemas import VersionShown as PlainVersion
from opsloom.kit.model import Instant, Name, Shown, StorableJson, Text, Wire

__all__ = ["HttpLogic", "Key", "Parameter", "ScriptLogic", "SqlLogic", "WorkflowLogic"]  # what tools have too

_SEGMENT = re.compile(r"[A-Za-z0-9가-힣][A-Za-z0-9가-힣._~-]*|\{[A-Za-z_][A-Za-z0-9_]{0,62}\}")
_DATA_SUFFIXES = (".csv", ".ndjson", ".json", ".parquet", ".arrow")


class Method(StrEnum):
    """GET answers POST too, with the parameters as a flat JSON body; POST answers only POST."""

    GET = "GET"
    POST = "POST"


class Limits(Wire):
    """What one call, one caller and the whole tenant may use. Rates are calls a minute; None is no limit of its own."""

    timeout_ms: Annotated[int, Field(ge=10, le=60_000)] = 5_000
    max_rows: Annotated[int, Field(ge=1, le=100_000)] = 1_000
    max_bytes: Annotated[int, Field(ge=1_000, le=64_000_000)] = 5_000_000
    caller_rate: Annotated[int | None, Field(ge=1, le=6_000_000)] = None
    tenant_rate: Annotated[int | None, Field(ge=1, le=6_000_000)] = None
    concurrency: Annotated[int, Field(ge=1, le=100)] = 8


class StreamPolicy(Wire):
    """What a call for NDJSON, CSV or Arrow may get as a stream, whose rows leave while they are read. Such an answer is never
    kept; when it would grow beyond its limits it breaks off, visibly, instead of ending early."""

    timeout_ms: Annotated[int, Field(ge=10, le=600_000)] = 60_000
    max_rows: Annotated[int, Field(ge=1, le=50_000_000)] = 1_000_000
    max_bytes: Annotated[int, Field(ge=1_000, le=10_000_000_000)] = 1_000_000_000


class CachePolicy(Wire):
    """How long an answer may be given again to the same tenant; 0 is never. For `stale_s` more it is still given at once while
    a fresh one is made. `vary` names the parameters whose values distinguish answers, None all of them but the moment; who
    calls always does."""

    ttl_s: Annotated[int, Field(ge=0, le=86_400)] = 0
    stale_s: Annotated[int, Field(ge=0, le=86_400)] = 0
    vary: Annotated[list[str] | None, Field(max_length=100)] = None


class Sunset(Wire):
    """An API on its way out: callers are told in the headers `Deprecation` and `Sunset` (RFC 9745, RFC 8594) of each answer."""

    since: Instant
    ends: Instant | None = None
    link: Annotated[Text, StringConstraints(max_length=500, pattern=r"^(https?://[!-~]+)?$")] = ""
    """Where callers read what to do instead."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.ends is not None and self.ends < self.since:
            raise ValueError("it cannot end before callers are told so")
        return self

    def headers(self) -> dict[str, str]:
        """What each answer says of it."""
        told = {"Deprecation": f"@{int(self.since.timestamp())}"}
        if self.ends is not None:
            told["Sunset"] = format_datetime(self.ends, usegmt=True)
        if self.link:
            told["Link"] = f'<{self.link}>; rel="deprecation"'
        return told


class LogPolicy(Wire):
    """How many of the answered calls have a row in the log; failed ones always have. Metrics count every call."""

    sample_percent: Annotated[int, Field(ge=0, le=100)] = 100

    def keeps(self) -> bool:
        """Whether this one is logged."""
        return self.sample_percent >= 100 or random.random() * 100 < self.sample_percent  # noqa: S311  # no secret


class Audience(StrEnum):
    """Who may call: whoever is signed in or holds a key, with the permission `apis.run` in both cases; only people; only keys;
    or anybody at all."""

    MEMBERS = "members"
    PEOPLE = "people"
    KEYS = "keys"
    PUBLIC = "public"


class AuthPolicy(Wire):
    """Who may call. A public API also answers at /public/{tenant}/{path}, without a credential, where the operator has allowed it
    for the tenant; `address_rate` is then how many calls a minute one network address has."""

    required: Literal[True] = True
    callers: Audience = Audience.MEMBERS
    address_rate: Annotated[int, Field(ge=1, le=60_000)] = 60


class RetryPolicy(Wire):
    """How often a run is begun at most, when it failed for a reason that may pass (a lost connection, a busy upstream). Waits
    double from `wait_ms` on."""

    attempts: Annotated[int, Field(ge=1, le=5)] = 1
    wait_ms: Annotated[int, Field(ge=10, le=5_000)] = 100


class BreakerPolicy(Wire):
    """After how many failures in a row the API pauses, and for how long; then one call tries whether it works again."""

    failures: Annotated[int, Field(ge=1, le=100)] = 5
    open_s: Annotated[int, Field(ge=1, le=3_600)] = 60


class OutputColumn(BaseModel):
    """One column of the result, as PostgreSQL described it."""

    name: str
    type: str


class ApiDefinition(Wire):
    """Everything that decides how an API answers. `output` is set when it is published and dropped by any edit;
    `row_schema` is what people declare of a row where the logic does not say it (http, other databases)."""

    path: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    method: Method = Method.GET
    description: Annotated[Text, StringConstraints(max_length=5_000)] = ""
    tags: list[Name] = Field(default_factory=list, max_length=20)
    logic: Logic
    parameters: list[Parameter] = Field(default_factory=list, max_length=100)
    limits: Limits = Limits()
    stream: StreamPolicy | None = None
    cache: CachePolicy = CachePolicy()
    auth: AuthPolicy = AuthPolicy()
    retry: RetryPolicy = RetryPolicy()
    breaker: BreakerPolicy = BreakerPolicy()
    log: LogPolicy = LogPolicy()
    sunset: Sunset | None = None
    output: list[OutputColumn] | None = None
    row_schema: JsonSchema | None = None

    @field_validator("path")
    @classmethod
    def _read_path(cls, path: str) -> str:
        plain = path.strip().strip("/").removeprefix("runtime/")
        segments = plain.split("/")
        if not all(_SEGMENT.fullmatch(segment) for segment in segments):
            raise ValueError("a path is made of names and {parameters}, separated by /, such as hosts/{host}/cpu")
        if plain.endswith(_DATA_SUFFIXES):
            raise ValueError("leave out the suffix; callers add .csv, .ndjson, .parquet or .arrow to choose a format")
        placed = [segment for segment in segments if segment.startswith("{")]
        if len(set(placed)) < len(placed):
            raise ValueError("a parameter stands in the path more than once")
        return plain

    @model_validator(mode="after")
    def _agree(self) -> Self:
        names = [parameter.name for parameter in self.parameters]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"the parameter {repeated[0]} is declared more than once")
        if unknown := sorted(set(self.cache.vary or ()) - set(names)):
            raise ValueError(f"the cache varies by {unknown[0]}, which is no parameter")
        declared = {parameter.name for parameter in self.parameters if parameter.where is Place.PATH}
        placed = set(self.path_parameters)
        if missing := sorted(placed - declared):
            raise ValueError(f"declare the parameter {missing[0]} with where: path")
        if unplaced := sorted(declared - placed):
            raise ValueError(f"the parameter {unplaced[0]} is read from the path, but is not in it")
        if self.retry.attempts > 1 and self.method is Method.POST:
            raise ValueError("what answers only to POST may change something, so it is not begun again")
        if self.cache.ttl_s and any(parameter.where is Place.NOW for parameter in self.parameters):
            raise ValueError(
                "an answer that depends on the moment cannot be kept; leave out the cache, or the parameter"
            )
        if self.method is Method.GET and any(parameter.where is Place.BODY for parameter in self.parameters):
            raise ValueError("a GET has no body; use where: query, or the method POST")
        if isinstance(self.logic, WriteLogic):
            self._write_with_care()
        return self

    def _write_with_care(self) -> None:
        if self.method is not Method.POST:
            raise ValueError("an API that changes rows answers only to POST: choose its method POST")
        if self.cache.ttl_s:
            raise ValueError("answers of an API that changes rows are not kept: set the cache to 0 seconds")

    @property
    def path_parameters(self) -> list[str]:
        return [segment[1:-1] for segment in self.path.split("/") if segment.startswith("{")]

    @property
    def path_shape(self) -> str:
        """Two published paths of a tenant must differ in this."""
        return "/".join("{}" if segment.startswith("{") else segment for segment in self.path.split("/"))


class ApiDraft(Wire):
    """What people send to create or save an API."""

    name: Name
    path: str
    method: Method = Method.GET
    description: Text = ""
    tags: list[Name] = Field(default_factory=list)
    logic: Logic
    parameters: list[Parameter] = Field(default_factory=list)
    limits: Limits = Limits()
    stream: StreamPolicy | None = None
    cache: CachePolicy = CachePolicy()
    auth: AuthPolicy = AuthPolicy()
    retry: RetryPolicy = RetryPolicy()
    breaker: BreakerPolicy = BreakerPolicy()
    log: LogPolicy = LogPolicy()
    sunset: Sunset | None = None
    row_schema: JsonSchema | None = None

    def content(self) -> dict[str, Any]:
        return self.model_dump(mode="json", exclude={"name"})


class FindingShown(BaseModel):
    """Why the logic is refused and where: the part of the definition, and in its text; line and column count from 1."""

    code: str
    message: str
    line: int
    column: int
    pointer: str = "/logic/sql"


class CheckRequest(Wire):
    """Logic and parameters to judge without saving them."""

    logic: Logic
    parameters: list[Parameter] = Field(default_factory=list, max_length=100)


class CheckShown(BaseModel):
    """The verdict. `output` and `row_schema` are there when `passes`."""

    passes: bool
    findings: list[FindingShown]
    output: list[OutputColumn]
    row_schema: dict[str, Any]
    parameters_used: list[str]


class ApiShown(Shown):
    """An API with its draft. `revision` goes into `If-Match` when saving."""

    id: UUID
    name: str
    slug: str
    state: str
    revision: int
    published_version: int | None
    url: str
    definition: ApiDefinition
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


class VersionShown(PlainVersion):
    """A version with what it says; one that can no longer be read says why in `fault`."""

    definition: ApiDefinition | None
    fault: str | None = None


class RelationShown(BaseModel):
    """A relation users' SQL may read."""

    name: str
    columns: list[OutputColumn]

    def add(self, column: str, kind: str) -> None:
        self.columns.append(OutputColumn(name=column, type=kind))


class KnownOutput(Wire):
    """What a node gave before, or is to give; and the port at which it ended."""

    output: StorableJson = None
    port: Annotated[Text, StringConstraints(max_length=50)] = ""


class RunRequest(Wire):
    """A trial call. Without `version` the draft runs, the same way a published version does. With `now` or `seed` the clock stands
    still and chance begins at the seed, in scripts and expressions: the same request gives the same again. Of a workflow, nodes in
    `known` are not run but have given that, and `from_node` is run whatever led to it, with what follows it."""

    parameters: dict[str, StorableJson] = Field(default_factory=dict)
    version: Annotated[int | None, Field(ge=1, le=2**31)] = None
    now: Instant | None = None
    seed: Annotated[int | None, Field(ge=0, lt=2**32)] = None
    from_node: NodeId | None = None
    known: dict[NodeId, KnownOutput] = Field(default_factory=dict, max_length=200)


class TimesShown(BaseModel):
    """Where the time of a run went, in milliseconds."""

    total_ms: float
    queue_ms: float
    database_ms: float


class LogLineShown(BaseModel):
    """Something a script said with its module `log`."""

    at: datetime
    level: str
    message: str
    fields: dict[str, Any]


class RunShown(BaseModel):
    """The answer of a trial call. `row_schema` is read off the rows where the definition says nothing of them. `status` and
    `headers` are those a script chose; `log` is what it said."""

    items: list[Any]
    row_count: int
    truncated: bool
    bytes: int
    cache: str
    version: int
    times: TimesShown
    row_schema: JsonSchema | None = None
    status: int = 200
    headers: dict[str, str] = Field(default_factory=dict)
    log: list[LogLineShown] = Field(default_factory=list)


class RunLogShown(Shown):
    """One logged call. `version` 0 is a run of the draft."""

    id: UUID
    at: datetime
    api_id: UUID | None
    api_name: str
    version: int
    path: str
    method: str
    actor_kind: str
    actor_name: str
    status: int
    code: str
    detail: str
    parameters: dict[str, Any]
    rows: int
    bytes: int
    truncated: bool
    cache: str
    total_ms: float
    queue_ms: float
    database_ms: float
    guard_ms: float
    serialise_ms: float
    trace_id: str
