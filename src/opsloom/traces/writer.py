"""Writes what was collected, in batches, beside the work.

Invariant: a database that is away costs nothing but memory up to the collector's bound, then the oldest spans, counted. What the
database refuses is dropped with its batch and counted; the next batch is tried as if nothing had been. Row security does not
allow COPY, so a batch is one INSERT a tenant and table.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson
from prometheus_client import Counter, Gauge

from opsloom.identity.scope import Scope
from opsloom.infra import recording
from opsloom.infra.db import Database
from opsloom.infra.parts import Part, Record
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import ConnectionLost
from opsloom.traces.collector import DROPPED, MOST_SPANS, WAITING, Collector
from opsloom.traces.masking import Masker

log = get_logger(__name__)

PAUSE_S: Final = 0.5
_MOST_A_BATCH: Final = 1_000
_PARTITIONS_EVERY_S: Final = 6 * 3600
_NAMES_FOR_S: Final = 30.0
_STORED: Final = Counter("opsloom_trace_spans_stored_total", "Spans written.")
_LAG: Final = Gauge("opsloom_trace_writer_lag_seconds", "Age of the oldest part that waited when it was written.")

_INSERT_PART: Final = """
insert into traces (tenant_id, at, id, trace_id, kind, name, status, family, code, detail, actor_kind, actor_id, actor_name,
                    subject_id, assets, asset_ids, duration_ms, spans, lost)
select $1, at, id, trace_id, kind, name, status, family, code, detail, actor_kind, actor_id, actor_name, subject_id, assets,
       array(select (each->>'id')::uuid from jsonb_array_elements(assets) each where each->>'id' is not null),
       duration_ms, spans, lost
from json_to_recordset($2::text::json) as part (
    at timestamptz, id uuid, trace_id text, kind text, name text, status text, family text, code text, detail text,
    actor_kind text, actor_id uuid, actor_name text, subject_id uuid, assets jsonb, duration_ms float8, spans integer,
    lost integer)
"""
_INSERT_SPANS: Final = """
insert into spans (tenant_id, at, part_id, span_id, parent_id, name, began_ns, ended_ns, error, attributes, payload)
select $1, at, part_id, span_id, parent_id, name, began_ns, ended_ns, error, attributes, payload
from json_to_recordset($2::text::json) as span (
    at timestamptz, part_id uuid, span_id text, parent_id text, name text, began_ns bigint, ended_ns bigint, error text,
    attributes jsonb, payload jsonb)
on conflict do nothing
"""
_HIDDEN_NAMES: Final = "select hidden_names from trace_keeping where tenant_id = $1"


class TraceWriter:
    """Component: writes what was collected, keeps the day partitions, forgets what is old. While it runs, spans are recorded."""

    name = "traces.writer"

    def __init__(self, db: Database, collector: Collector, *, retention_days: int) -> None:
        self._db = db
        self._collector = collector
        self._retention_days = retention_days
        self._maskers: dict[UUID, tuple[float, Masker]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        before = recording.send_to(self._collector)
        partitions_at = 0.0
        try:
            while not stop.is_set():
                if time.monotonic() >= partitions_at:
                    partitions_at = time.monotonic() + _PARTITIONS_EVERY_S
                    await self.keep_partitions()
                await self._try()
                try:
                    await asyncio.wait_for(stop.wait(), PAUSE_S)
                except TimeoutError:
                    continue
            await self._try()
        finally:
            recording.send_to(before)

    async def _try(self) -> None:
        WAITING.set(self._collector.held[0])
        try:
            await self.flush()
        except ConnectionLost as error:
            note_failure("traces.writer", error)
            self._make_room()

    def _make_room(self) -> None:
        """The newest are what people will look for once the database is back."""
        waiting = self._collector.waiting
        while waiting and self._collector.held[0] > MOST_SPANS * 0.9:
            self._collector.drop_waiting("database_away", waiting.popleft())

    async def keep_partitions(self) -> None:
        """Make the days to come, drop those past. Raises ConnectionLost."""
        async with self._db.connection() as connection:
            for noun in ("trace", "span"):
                await connection.execute(f"select ensure_{noun}_partitions(3)")
                await connection.execute(f"select drop_{noun}_partitions($1)", self._retention_days)

    async def flush(self) -> None:
        """Write all that waits now. Raises ConnectionLost, having lost nothing."""
        waiting, left = self._collector.waiting, len(self._collector.waiting)
        while left > 0 and waiting:
            batch = self._next_batch(left)
            _LAG.set(max(0.0, time.time() - batch[0].ended_ns / 1e9) if batch[0].ended_ns else 0.0)
            by_tenant: dict[UUID, list[Part]] = {}
            for part in batch:
                assert part.owner is not None  # the collector keeps no other
                by_tenant.setdefault(part.owner.tenant_id, []).append(part)
            for tenant_id, parts in by_tenant.items():
                await self._write(tenant_id, parts)
            for _ in batch:
                self._collector.release(waiting.popleft())
            left -= len(batch)

    def _next_batch(self, left: int) -> list[Part]:
        """Parts with about a thousand spans together; at least one."""
        batch: list[Part] = []
        spans = 0
        for part in list(self._collector.waiting)[:left]:
            if batch and spans + len(part.records) > _MOST_A_BATCH:
                break
            batch.append(part)
            spans += len(part.records)
        return batch

    async def _write(self, tenant_id: UUID, parts: Sequence[Part]) -> None:
        count = sum(len(part.records) for part in parts)
        try:
            async with self._db.raw(Scope.system(tenant_id)) as connection:
                await connection.execute("set local synchronous_commit = off")
                masker = await self._masker(connection, tenant_id)
                rows = [part_row(part, masker) for part in parts if not part.is_late]
                if rows:
                    # The driver's own subclass of UUID is told as text.
                    await connection.execute(_INSERT_PART, tenant_id, orjson.dumps(rows, default=str).decode())
                for some in _chunks(parts):
                    packed = orjson.dumps([span_row(part, record, masker) for part, record in some])
                    await connection.execute(_INSERT_SPANS, tenant_id, packed.decode())
                    await asyncio.sleep(0)  # a large trace is many chunks; requests go on between them
            _STORED.inc(count)
        except (asyncpg.PostgresError, TypeError, ValueError) as error:
            DROPPED.labels("refused").inc(count)
            note_failure("traces.writer", error)
            log.error("traces.not_written", spans=count, cause=str(error))

    async def _masker(self, connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]", tenant_id: UUID) -> Masker:
        known = self._maskers.get(tenant_id)
        if known is None or known[0] < time.monotonic():
            further = await connection.fetchval(_HIDDEN_NAMES, tenant_id)
            known = self._maskers[tenant_id] = (time.monotonic() + _NAMES_FOR_S, Masker(further or ()))
        return known[1]


def _chunks(parts: Sequence[Part]) -> Iterator[list[tuple[Part, Record]]]:
    every = [(part, record) for part in parts for record in part.records]
    for at in range(0, len(every), _MOST_A_BATCH):
        yield every[at : at + _MOST_A_BATCH]


def began_at(part: Part) -> datetime:
    """When a part began; its spans are stored under it."""
    return datetime.fromtimestamp(part.began_ns / 1e9, UTC)


def part_row(part: Part, masker: Masker) -> dict[str, Any]:
    """A row of `traces`."""
    failure, owner = part.failure, part.owner
    assert owner is not None
    return {
        "at": began_at(part),
        "id": part.id,
        "trace_id": part.trace_id,
        "kind": part.kind,
        "name": masker.text(part.name)[:500],
        "status": failure.status if failure else "ok",
        "family": failure.family if failure else "",
        "code": failure.code if failure else "",
        "detail": masker.text(failure.detail)[:500] if failure else "",
        "actor_kind": owner.actor.kind,
        "actor_id": owner.actor.id,
        "actor_name": masker.text(owner.actor.name)[:200],
        "subject_id": part.subject_id,
        "assets": [
            {"kind": each.kind, "id": each.id, "name": masker.text(each.name)[:200], "version": each.version}
            for each in part.assets[:100]
        ],
        "duration_ms": part.duration_ms,
        "spans": len(part.records),
        "lost": part.lost,
    }


def span_row(part: Part, record: Record, masker: Masker) -> dict[str, Any]:
    """A row of `spans`."""
    return {
        "at": began_at(part),
        "part_id": part.id,
        "span_id": f"{record.span_id:016x}",
        "parent_id": f"{record.parent_id:016x}" if record.parent_id else "",
        "name": masker.text(record.name)[:200],
        "began_ns": record.began_ns,
        "ended_ns": record.ended_ns,
        "error": record.error,
        "attributes": masker.masked(_plain(record.attributes)),
        "payload": masker.masked(orjson.loads(record.payload)) if record.payload else None,
    }


def _plain(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in attributes.items()}
