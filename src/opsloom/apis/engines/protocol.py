"""What an engine is: something that can judge logic and run it. One for each type of logic; `execute` knows only this."""

import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from opsloom.apis.params import Schema, Values
from opsloom.apis.schemas import ApiDefinition, OutputColumn, StreamPolicy
from opsloom.apis.sql.guard import Finding
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Actor, Scope


@dataclass(frozen=True, slots=True)
class Validation:
    """The judgement on a definition; it may be published only without findings."""

    findings: tuple[Finding, ...] = ()
    output: tuple[OutputColumn, ...] = ()
    row_schema: Schema = field(default_factory=dict)
    parameters_used: tuple[str, ...] = ()


class Pace:
    """How fast one API has been lately, so that slow ones are kept from standing in the way of fast ones. `tried_at`: when one
    that was found slow last had the chance to prove itself, or was found so."""

    __slots__ = ("_quick_runs", "_recent_ms", "found_slow_at", "tried_at")
    SLOW_MS = 100.0
    OVERRUN_MS = 250.0
    QUICK_MS = 20.0
    QUICK_RUNS = 3
    PROVES_ITSELF_S = 2.0

    def __init__(self) -> None:
        self._recent_ms = 0.0
        self._quick_runs = 0
        self.tried_at = self.found_slow_at = 0.0

    @property
    def is_quick(self) -> bool:
        """So many runs were short, and none has been long since, that the next may share a connection with others."""
        return self._quick_runs >= self.QUICK_RUNS and self._recent_ms <= self.SLOW_MS

    @property
    def is_slow(self) -> bool:
        return self._recent_ms > self.SLOW_MS

    def note(self, duration_ms: float) -> None:
        """A run ended; old runs count less with each new one."""
        self._recent_ms += 0.2 * (min(duration_ms, 1_000.0) - self._recent_ms)
        if duration_ms <= self.QUICK_MS:
            self._quick_runs += 1

    def stumbled(self) -> None:
        """A run was stopped because it was not quick. Once may be the machine's doing: the next shows whether it is slow."""
        self._quick_runs = 0

    def overran(self) -> None:
        """A run is still going after `OVERRUN_MS`."""
        self._recent_ms = max(self._recent_ms, self.OVERRUN_MS)
        self.tried_at = self.found_slow_at = time.monotonic()
        self._quick_runs = 0


class Writes(StrEnum):
    """What a way in may do to rows of other databases. Only a POST at /runtime changes them; a trial is rolled back."""

    NEVER = "never"
    TRIAL = "trial"
    REALLY = "really"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who calls, of which API; not known to a call whose answer may be given to others (cached APIs)."""

    actor: Actor
    api: str
    version: int
    trace_id: str
    api_id: UUID | None = None
    idempotency_key: str | None = None
    permissions: frozenset[Permission] = frozenset()
    writes: Writes = Writes.NEVER


@dataclass(frozen=True, slots=True)
class EngineCall:
    """One call: whose rows, with which values, of an API of which pace. What is called outside is called as the tenant:
    who published the API had the right to its connection, and answers are shared between callers."""

    tenant_id: UUID
    values: Values
    pace: Pace
    asker: Asker | None = None
    input: Any = None


@dataclass(frozen=True, slots=True)
class LogLine:
    """Something that the logic itself said while it ran."""

    at: datetime
    level: str
    message: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EngineResult:
    """`body` is a JSON array of `rows` items; `truncated` says that there were more than the limit. `whole`: it is any JSON
    instead and is the answer as it stands, with a status and headers of its own."""

    body: bytes
    rows: int
    truncated: bool
    queue_ms: float
    database_ms: float
    whole: bool = False
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    log: tuple[LogLine, ...] = ()


class Program(Protocol):
    """Logic made ready to run many times."""

    async def run(self, call: EngineCall) -> EngineResult:
        """Raises errors of opsloom.apis.errors and kit families; never answers a failure as a result."""
        ...


@runtime_checkable
class StreamProgram(Protocol):
    """A program that can also hand its rows over while it reads them."""

    def rows(self, call: EngineCall, policy: StreamPolicy) -> AsyncGenerator[list[bytes], None]:
        """Parts of the answer, each some rows as JSON; memory holds one part. Raises what `run` raises, also in the middle,
        and ResultTooLarge instead of going beyond the rows of the policy. Closing it stops the work where it is done."""
        ...


class Engine(Protocol):
    """Runs one type of logic."""

    @property
    def type(self) -> str: ...

    async def validate(self, definition: ApiDefinition, scope: Scope) -> Validation:
        """Judge a definition before it is published. `scope` says whose connections it may name."""
        ...

    async def prepare(self, definition: ApiDefinition, key: str) -> Program:
        """`key` names this content everywhere (its hash). Raises LogicRefused."""
        ...
