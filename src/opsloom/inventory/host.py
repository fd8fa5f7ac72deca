"""The engine component that watches the machine it runs on.

A round: look (in a thread), turn counters into rates since the last look, store all samples in one statement, tell the
pages. A failing round is logged and counted, and the next one tries again; only the database being away costs samples.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from prometheus_client import Counter, Histogram
from sqlalchemy import text

from opsloom.identity.scope import Scope
from opsloom.infra import stream
from opsloom.infra.core import Core
from opsloom.infra.telemetry import get_logger, note_failure, span
from opsloom.inventory import collect, samples, service
from opsloom.inventory.collect import Collector
from opsloom.inventory.metrics import unit_of
from opsloom.inventory.monitor import Found, found, readings
from opsloom.inventory.samples import Sample, SeriesBook
from opsloom.inventory.snapshot import PostgresCounters, Snapshot
from opsloom.kit.errors import OpsloomError

log = get_logger(__name__)

FIRST_SAMPLE_AFTER_S = 1.0
ROUNDS = Counter("opsloom_monitor_rounds_total", "Rounds of the host monitor, by outcome", ["outcome"])
ROUND_SECONDS = Histogram("opsloom_monitor_round_seconds", "Time a round of the host monitor takes")

_TENANT = text(
    "select id from tenants where cast(:slug as text) is null or slug = :slug order by created_at, id limit 1"
)
_POSTGRES = """
select current_database() as database, current_setting('server_version') as version,
       d.numbackends, d.xact_commit + d.xact_rollback as transactions, d.blks_hit, d.blks_read, d.deadlocks,
       pg_database_size(d.datid) as database_bytes,
       coalesce((select extract(epoch from clock_timestamp() - min(a.xact_start)) from pg_stat_activity a
                 where a.datid = d.datid and a.pid <> pg_backend_pid()), 0)::float8 as oldest_transaction_s
from pg_stat_database d where d.datname = current_database()
"""


class HostMonitor:
    """Component: measures this host, its database and Opsloom's own processes into the monitoring tenant."""

    name = "host-monitor"

    def __init__(self, core: Core, collectors: dict[str, Collector] | None = None) -> None:
        self._core = core
        self._collectors = collectors if collectors is not None else collect.collectors(core.settings.data_dir)
        self._failing: set[str] = set()
        self._book = SeriesBook()
        self._tenant: UUID | None = None
        self._ids: dict[str, UUID] = {}
        self._found = Found()
        self._before: Snapshot | None = None
        self._day: date | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Measures until told to stop."""
        wait_s = 0.0
        while not await _stopped(stop, wait_s):
            started = self._core.clock.monotonic()
            first = self._before is None
            await self._guarded()
            interval = FIRST_SAMPLE_AFTER_S if first else self._core.settings.monitor_interval_s
            wait_s = max(interval - (self._core.clock.monotonic() - started), 0.1)

    async def _guarded(self) -> None:
        try:
            with ROUND_SECONDS.time():
                stored = await self.round()
            ROUNDS.labels(outcome="stored" if stored else "idle").inc()
        except OpsloomError as error:
            ROUNDS.labels(outcome="failed").inc()
            note_failure("host-monitor", error)
            log.warning("monitor.round_failed", cause=str(error))
            self._ids, self._found = {}, Found()

    async def round(self) -> int:
        """One look and what follows from it; returns how many samples were stored: none on the first look or without a tenant."""
        tenant = await self._find_tenant()
        if tenant is None:
            return 0
        scope = Scope.system(tenant)
        snapshot = await asyncio.to_thread(collect.look, self._collectors, self._failing)
        snapshot = replace(snapshot, postgres=await self._postgres(scope))
        before, self._before = self._before, snapshot
        if snapshot.host is None:
            return 0
        with span("monitor.round"):
            return await self._store(scope, before, snapshot, snapshot.host.name)

    async def _store(self, scope: Scope, before: Snapshot | None, snapshot: Snapshot, host: str) -> int:
        now = self._core.clock.now()
        seen = found(snapshot)
        if before is None and seen == self._found:
            return 0
        async with self._core.db.transaction(scope) as session:
            if seen != self._found:
                self._ids = await service.ensure_found(session, scope, seen, now)
            count = 0
            if before is not None:
                connection = await service.driver_of(session)
                await self._partitions(connection, now.date())
                batch = [
                    Sample(self._ids[one.key], one.metric, now, one.value, dict(one.labels), unit_of(one.metric))
                    for one in readings(before, snapshot, host)
                    if one.key in self._ids
                ]
                count = await service.record_samples(connection, scope, batch, self._book)
                message = {"type": "metrics.recorded", "host": host, "time": now.isoformat(), "samples": count}
                await stream.publish(session, scope.tenant_id, "metrics", message)
        self._found = seen
        return count

    async def _partitions(self, connection: Any, today: date) -> None:
        if today != self._day:
            await samples.ensure_partitions(connection)
            self._day = today

    async def _find_tenant(self) -> UUID | None:
        """The tenant that owns this machine's metrics: the one named in the settings, else the oldest."""
        if self._tenant is None:
            async with self._core.db.transaction(Scope.outside()) as session:
                row = (await session.execute(_TENANT, {"slug": self._core.settings.monitor_tenant})).first()
            self._tenant = row.id if row else None
        return self._tenant

    async def _postgres(self, scope: Scope) -> PostgresCounters | None:
        async with self._core.db.raw(scope) as connection:
            row = await connection.fetchrow(_POSTGRES)
        if row is None:
            return None
        return PostgresCounters(
            database=row["database"],
            version=row["version"],
            connections=row["numbackends"],
            transactions=row["transactions"],
            blocks_hit=row["blks_hit"],
            blocks_read=row["blks_read"],
            deadlocks=row["deadlocks"],
            database_bytes=row["database_bytes"],
            oldest_transaction_s=row["oldest_transaction_s"],
        )


async def _stopped(stop: asyncio.Event, wait_s: float) -> bool:
    """Whether to end, after waiting for that long at most."""
    if wait_s <= 0:
        return stop.is_set()
    try:
        await asyncio.wait_for(stop.wait(), wait_s)
    except TimeoutError:
        return False
    return True
