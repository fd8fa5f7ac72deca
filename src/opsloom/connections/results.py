"""What connections are asked and what they answer: plain data, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from opsloom.connections.content import AnyConfig, ConnectionType, Limits

Value = str | int | float | bool | None | list[object] | dict[str, object]


@dataclass(frozen=True, slots=True)
class Ready:
    """A connection in force."""

    asset_id: UUID
    key: str
    name: str
    version: int
    config: AnyConfig
    limits: Limits
    writes: bool = False

    @property
    def type(self) -> ConnectionType:
        return self.config.type


@dataclass(frozen=True, slots=True)
class Take:
    """What one call may take at most; what is None, or more than the connection allows, is what the connection allows."""

    total_s: float | None = None
    rows: int | None = None
    bytes: int | None = None

    def within(self, limits: Limits) -> Limits:
        """The narrower of both."""
        return limits.model_copy(
            update={
                "total_s": limits.total_s if self.total_s is None else min(limits.total_s, self.total_s),
                "rows": limits.rows if self.rows is None else min(limits.rows, self.rows),
                "bytes": limits.bytes if self.bytes is None else min(limits.bytes, self.bytes),
            }
        )


EVERYTHING = Take()


@dataclass(frozen=True, slots=True)
class Column:
    """`type` is the database's own word for it, as far as it tells."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Rows:
    """An answer in JSON's types. `truncated`: the limit of rows or bytes was reached and there was more."""

    columns: list[Column]
    rows: list[list[Value]] = field(repr=False)
    truncated: bool
    ms: float


@dataclass(frozen=True, slots=True)
class PlanText:
    """A plan in the words of its database: `dialect` says which; `measured`: the query ran."""

    dialect: str
    rows: list[list[Value]] = field(repr=False)
    measured: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One statement that writes. `key` makes it happen once: the same key again gives the answer of the first time; without
    one nothing is kept and everything is rolled back. `fingerprint` is what must be the same under one key."""

    sql: str
    params: Mapping[str, object]
    most: int
    owner: str
    key: str | None = None
    fingerprint: str = ""
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """`changed` rows; `rows` are what the statement returned, `before` the rows as they were. `replayed`: it had happened."""

    changed: int
    columns: list[str]
    rows: list[list[Value]] = field(repr=False)
    before_columns: list[str] = field(default_factory=list)
    before: list[list[Value]] = field(default_factory=list, repr=False)
    replayed: bool = False
    ms: float = 0.0


@dataclass(frozen=True, slots=True)
class HttpCall:
    """A request below the connection's URL. `path` is appended to it; it cannot climb out."""

    method: str = "GET"
    path: str = ""
    query: Mapping[str, str | list[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A complete answer; any status is one. The connection's own secrets are struck out of it."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    ms: float


@dataclass(frozen=True, slots=True)
class Series:
    """One time series: Unix seconds with values; None stands for NaN and the infinities."""

    labels: Mapping[str, str]
    points: list[tuple[float, float | None]] = field(repr=False)
    truncated: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a test and what it found."""

    name: str
    ok: bool
    detail: str
    ms: float


@dataclass(frozen=True, slots=True)
class Node:
    """One thing found while browsing. `path` asks for what is below it, unless it is a `leaf`."""

    path: str
    name: str
    kind: str
    leaf: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """One safety layer: `holds` is None where it could not be found out."""

    name: str
    holds: bool | None
    detail: str


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail: whom the server is told it is from and for, and the message with its headers."""

    sender: str
    to: tuple[str, ...]
    message: bytes


@dataclass(frozen=True, slots=True)
class Posted:
    """What the server said, and why it left out which recipients."""

    said: str
    refused: Mapping[str, str]
