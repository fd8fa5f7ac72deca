"""Tells open pages that events arrived: one short message a tenant a few times a second, never one an event."""

import asyncio
from datetime import datetime
from uuid import UUID

from opsloom.identity.scope import Scope
from opsloom.infra.db import Database
from opsloom.infra.stream import publish
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import ConnectionLost

log = get_logger(__name__)

TOPIC = "events"


class EventAnnouncer:
    """Component. What is noted while the database is away is told later; a message only says that it is worth looking."""

    name = "event-announcer"

    def __init__(self, db: Database, *, interval_s: float = 0.5) -> None:
        self._db = db
        self._interval_s = interval_s
        self._news: dict[UUID, tuple[int, datetime]] = {}
        self._wake = asyncio.Event()

    def note(self, tenant_id: UUID, count: int, latest: datetime) -> None:
        """Remember that events of a tenant were stored."""
        so_far, _ = self._news.get(tenant_id, (0, latest))
        self._news[tenant_id] = (so_far + count, latest)
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Tell what was noted, then rest, until told to stop."""
        stopping = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                waking = asyncio.ensure_future(self._wake.wait())
                await asyncio.wait({waking, stopping}, return_when=asyncio.FIRST_COMPLETED)
                waking.cancel()
                self._wake.clear()
                await self.announce()
                await asyncio.wait({stopping}, timeout=self._interval_s)
        finally:
            stopping.cancel()

    async def announce(self) -> None:
        """Publish what was noted since the last time."""
        while self._news:
            tenant_id, (count, latest) = self._news.popitem()
            try:
                async with self._db.transaction(Scope.system(tenant_id)) as session:
                    message = {"type": "events.stored", "count": count, "latest": latest.isoformat()}
                    await publish(session, tenant_id, TOPIC, message)
            except ConnectionLost as error:
                note_failure("events.announce", error)
                log.warning("events.announce_failed", cause=str(error))
                self.note(tenant_id, count, latest)
                return
