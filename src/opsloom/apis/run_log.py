"""The log of runs: rows are collected in memory and written in batches, beside the calls.

Invariant: the log can never stop or slow an API. `add` only appends; the queue is bounded and the oldest rows are dropped
(and counted) when the database is away for long. Row security does not allow COPY, so a batch is one INSERT a tenant.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice
from uuid import UUID

import asyncpg
import msgspec
from prometheus_client import Counter

from opsloom.apis import run_counts
from opsloom.apis.params import Values
from opsloom.apis.run_meters import METERS
from opsloom.identity.scope import Scope
from opsloom.infra.db import Database
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import ConnectionLost

log = get_logger(__name__)

PAUSE_S = 0.25
MOST_WAITING = 20_000
RETENTION_DAYS = 14
_BATCH = 2_000
_PARTITIONS_EVERY = 6 * 3600
_DROPPED = Counter("opsloom_api_runs_dropped_total", "Runs that could not be logged.")

_INSERT = """
insert into api_runs (tenant_id, at, id, api_id, api_name, version, path, method, actor_kind, actor_id, actor_name, status,
                      code, detail, parameters, rows, bytes, truncated, cache, total_ms, queue_ms, database_ms, guard_ms,
                      serialise_ms, trace_id)
select $1, at, id, api_id, api_name, version, path, method, actor_kind, actor_id, actor_name, status,
       code, detail, parameters, rows, bytes, truncated, cache, total_ms, queue_ms, database_ms, guard_ms, serialise_ms,
       trace_id
from json_to_recordset($2::text::json) as run (
    at timestamptz, id uuid, api_id uuid, api_name text, version bigint, path text, method text, actor_kind text,
    actor_id uuid, actor_name text, status bigint, code text, detail text, parameters jsonb, rows bigint, bytes bigint,
    truncated boolean, cache text, total_ms float8, queue_ms float8, database_ms float8,
    guard_ms float8, serialise_ms float8, trace_id text)
"""


class RunRow(msgspec.Struct):
    """One call as it is logged; parameters are masked already."""

    tenant_id: UUID
    at: datetime
    id: UUID
    api_id: UUID | None
    api_name: str
    version: int
    path: str
    method: str
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    status: int
    code: str
    detail: str
    parameters: Values
    rows: int
    bytes: int
    truncated: bool
    cache: str
    total_ms: float
    queue_ms: float
    database_ms: float
    trace_id: str
    guard_ms: float = 0.0
    serialise_ms: float = 0.0
    traced: bool = False
    """It had spans of its own."""
    logged: bool = True
    """False: sampling keeps it out of the log; it is counted all the same."""


class RunLog:
    """Component: writes what was added, keeps the day partitions, forgets what is old."""

    name = "apis.run_log"

    def __init__(
        self,
        db: Database,
        *,
        retention_days: int = RETENTION_DAYS,
        on_written: Callable[[UUID, int], None] = lambda _tenant_id, _count: None,
        on_rows: Callable[[Sequence[RunRow]], None] = lambda _rows: None,
    ) -> None:
        self._db = db
        self._retention_days = retention_days
        self._on_written = on_written
        self._on_rows = on_rows
        self._waiting: deque[RunRow] = deque()

    def add(self, row: RunRow) -> None:
        """Never blocks, never raises."""
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft()
            _DROPPED.inc()
        self._waiting.append(row)

    async def run(self, stop: asyncio.Event) -> None:
        ticks = 0
        while not stop.is_set():
            if ticks % int(_PARTITIONS_EVERY / PAUSE_S) == 0:
                await self.keep_partitions()
            ticks += 1
            try:
                await self.flush()
            except ConnectionLost as error:
                note_failure("apis.run_log", error)
            try:
                await asyncio.wait_for(stop.wait(), PAUSE_S)
            except TimeoutError:
                continue
        await self.flush()

    async def keep_partitions(self) -> None:
        async with self._db.connection() as connection:
            await connection.execute("select ensure_api_run_partitions(3)")
            await connection.execute("select drop_api_run_partitions($1)", self._retention_days)

    async def flush(self) -> None:
        """Write all that waits now; what comes meanwhile waits for the next time, or under load every handful would be a
        transaction. Raises ConnectionLost, having lost nothing.
        """
        left = len(self._waiting)
        while left > 0 and self._waiting:
            batch = list(islice(self._waiting, min(left, _BATCH)))
            left -= len(batch)
            by_tenant: dict[UUID, list[RunRow]] = {}
            for row in batch:
                by_tenant.setdefault(row.tenant_id, []).append(row)
            for tenant_id, rows in by_tenant.items():
                await self._write(tenant_id, rows)
                METERS.note(tenant_id, rows)
                self._on_rows(rows)
                written = set(map(id, rows))
                self._waiting = deque(row for row in self._waiting if id(row) not in written)

    async def _write(self, tenant_id: UUID, rows: list[RunRow]) -> None:
        try:
            async with self._db.raw(Scope.system(tenant_id)) as connection:
                await connection.execute("set local synchronous_commit = off")
                logged = [row for row in rows if row.logged]
                if logged:
                    await connection.execute(_INSERT, tenant_id, msgspec.json.encode(logged).decode())
                counts = run_counts.as_rows(run_counts.tallied(rows))
                if counts:
                    await connection.execute(run_counts.ADD, tenant_id, counts)
            if logged:
                self._on_written(tenant_id, len(logged))
        except asyncpg.PostgresError as error:
            _DROPPED.inc(len(rows))
            note_failure("apis.run_log", error)
            log.error("apis.runs_not_logged", rows=len(rows), cause=str(error))
