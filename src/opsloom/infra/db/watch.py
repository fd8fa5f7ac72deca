"""Notices that the database is gone, starts the embedded one again, and says so in `/readyz`, log and metrics."""

import asyncio

from prometheus_client import Counter, Gauge

from opsloom.infra.db.database import Database
from opsloom.infra.db.embedded import EmbeddedFailed, EmbeddedPostgres
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import ConnectionLost, Overloaded

log = get_logger(__name__)

_UP = Gauge("opsloom_database_up", "1 while the database answers.")
_REVIVED = Counter("opsloom_database_revived_total", "Times the embedded database had to be started again.")


class DatabaseWatch:
    """Component: asks the database once a second. `embedded` is None for an external server."""

    name = "database"

    def __init__(self, db: Database, embedded: EmbeddedPostgres | None, *, interval_s: float = 1.0) -> None:
        self._db = db
        self._embedded = embedded
        self._interval_s = interval_s
        self.up = True
        self.last_error: str | None = None

    async def run(self, stop: asyncio.Event) -> None:
        """Watch until told to stop."""
        while not stop.is_set():
            await self._look()
            try:
                await asyncio.wait_for(stop.wait(), self._interval_s)
            except TimeoutError:
                continue

    async def _look(self) -> None:
        try:
            async with asyncio.timeout(5), self._db.connection() as connection:
                await connection.execute("select 1")
        except Overloaded:
            return  # busy is not away; the next look may find a free connection
        except (ConnectionLost, TimeoutError) as error:
            await self._lost(error)
        else:
            if not self.up:
                log.info("database.back")
            self.up, self.last_error = True, None
            _UP.set(1)

    async def _lost(self, error: BaseException) -> None:
        if self.up:
            log.error("database.lost", cause=str(error))
        self.up, self.last_error = False, str(error)
        _UP.set(0)
        note_failure("database", error)
        await self._db.abandon()
        if self._embedded is None:
            return
        try:
            if await asyncio.to_thread(self._embedded.revive):
                _REVIVED.inc()
                log.warning("database.revived")
        except EmbeddedFailed as failure:
            note_failure("database.revive", failure)
            log.error("database.revive_failed", cause=str(failure))
