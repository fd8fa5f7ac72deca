"""What is gathered in memory and written now and then: counts, refusals, what types are made of.

Invariant: none of it is needed for an event to be stored, so nothing here can fail or slow a request: what cannot be written
while the database is away is kept, within bounds, and what a killed process had not written yet is lost.
"""

import asyncio
from abc import ABC, abstractmethod
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity.scope import Scope
from opsloom.infra.db import Database
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import ConnectionLost
from opsloom.kit.waking import woken

log = get_logger(__name__)


class Flushing(ABC):
    """Component: writes a tenant's share a transaction, `interval_s` after it was first noted."""

    name = "event-notes"

    def __init__(self, db: Database, *, interval_s: float) -> None:
        self._db = db
        self._interval_s = interval_s
        self._wake = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Write what was noted, until told to stop; then once more."""
        stopping = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                await woken(self._wake, stopping)
                await asyncio.wait({stopping}, timeout=self._interval_s)
                await self.flush()
        finally:
            stopping.cancel()

    async def flush(self) -> None:
        """Write what was noted; what cannot be written now is kept for the next time."""
        for tenant_id in self._tenants():
            try:
                async with self._db.transaction(Scope.system(tenant_id)) as session:
                    await self._write(session, tenant_id)
            except ConnectionLost as error:
                note_failure(self.name, error)
                log.warning("events.notes_not_written", what=self.name, cause=str(error))
                self._wake.set()
                return
            self._written(tenant_id)

    @abstractmethod
    def _tenants(self) -> list[UUID]:
        """Those there is something to write of."""

    @abstractmethod
    async def _write(self, session: AsyncSession, tenant_id: UUID) -> None:
        """Write a tenant's share, as it is now; what is noted from here on is for the next time."""

    @abstractmethod
    def _written(self, tenant_id: UUID) -> None:
        """The share that was last given to `_write` is stored."""
