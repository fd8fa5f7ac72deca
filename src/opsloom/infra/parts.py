"""A part of a trace as it is handed on: what one process did in it, for one tenant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Protocol
from uuid import UUID

from opsloom.kit.ids import new_id


class TraceKind(StrEnum):
    """What a part of a trace is about; of several, the later one of this list."""

    REQUEST = "request"
    JOB = "job"
    RULE = "rule"
    DELIVERY = "delivery"
    API = "api"
    TOOL = "tool"
    WORKFLOW = "workflow"
    QUESTION = "question"
    PAGE = "page"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS: Final = {kind: rank for rank, kind in enumerate(TraceKind)}


class TraceStatus(StrEnum):
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class AssetUsed:
    """An asset that was in force; version 0 is the draft."""

    kind: str
    id: UUID | None
    name: str
    version: int


class Actor(Protocol):
    """Who acted; `identity.Actor` is the one used."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> UUID | None: ...
    @property
    def name(self) -> str: ...


class Owner(Protocol):
    """Whose work it is; `identity.Scope` is the one used."""

    @property
    def tenant_id(self) -> UUID: ...
    @property
    def actor(self) -> Actor: ...


@dataclass(frozen=True, slots=True)
class SystemActor:
    """Nobody in particular."""

    kind: str = "system"
    id: UUID | None = None
    name: str = "system"


@dataclass(frozen=True, slots=True)
class OfTenant:
    """Background work of a tenant, where only its id is known."""

    tenant_id: UUID
    actor: SystemActor = SystemActor()


@dataclass(slots=True)
class Record:
    """A span that ended. Ids are numbers as in OpenTelemetry; `parent_id` is 0 at the top; `payload` is a JSON object or empty."""

    span_id: int
    parent_id: int
    name: str
    began_ns: int
    ended_ns: int
    error: str
    attributes: Mapping[str, Any]
    payload: bytes = b""


@dataclass(slots=True)
class Failure:
    """Why a part is not all right. `family` is the error's class of trouble: database, deadline, tool …"""

    family: str
    code: str = ""
    detail: str = ""
    status: TraceStatus = TraceStatus.ERROR


@dataclass(slots=True)
class Part:
    """What one process did in a trace, from its first span there to that one's end."""

    trace_id: str
    began_ns: int
    id: UUID = field(default_factory=new_id)
    owner: Owner | None = None
    is_shared: bool = False
    kind: TraceKind = TraceKind.REQUEST
    name: str = ""
    subject_id: UUID | None = None
    assets: list[AssetUsed] = field(default_factory=list)
    failure: Failure | None = None
    records: list[Record] = field(default_factory=list)
    lost: int = 0
    ended_ns: int = 0
    is_closed: bool = False
    is_kept: bool = False
    is_late: bool = False
    is_quiet: bool = False
    """Nothing worth keeping happened: a round of an engine that found nothing."""

    def claim(self, owner: Owner) -> None:
        """It is this tenant's work, unless it already is another's."""
        if self.owner is None:
            self.owner = owner
        elif self.owner.tenant_id != owner.tenant_id:
            self.is_shared = True

    @property
    def duration_ms(self) -> float:
        return round((self.ended_ns - self.began_ns) / 1e6, 3)

    def late(self, record: Record) -> Part:
        """A part that brings one more span of this one, which has been handed on."""
        late = Part(self.trace_id, self.began_ns, id=self.id, owner=self.owner, records=[record], is_late=True)
        late.is_kept = self.is_kept
        return late


class Sink(Protocol):
    """Where parts go. Every method returns at once and raises nothing."""

    def admit(self, part: Part, size: int) -> bool:
        """Whether one more span with a payload of so many bytes may be held."""
        ...

    def take(self, part: Part) -> None:
        """A part that is over, or one more span of it."""
        ...


class Intake(Protocol):
    """Takes parts that were made whole, without having been watched."""

    def wants(self, kind: TraceKind, *, is_error: bool = False, is_slow: bool = False) -> bool:
        """Whether such a part is worth being made."""
        ...

    def bring(self, part: Part) -> None:
        """A part that is wanted."""
        ...
