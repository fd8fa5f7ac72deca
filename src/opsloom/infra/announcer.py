"""Tells open pages that there is something new to read: one short message a tenant now and then, never one an item."""

import asyncio
from datetime import datetime
from uuid import UUID

from opsloom.infra.db import Database
from opsloom.infra.stream import TenantOnly, publish
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import ConnectionLost
from opsloom.kit.waking import woken

log = get_logger(__name__)


class Announcer:
    """Component. What is noted while the database is away is told later; a message only says that it is worth looking.

    `said` is the topic and the type of the messages; a tenant hears one in `interval_s` seconds at most.
    """

    name = "announcer"

    def __init__(self, db: Database, said: tuple[str, str], *, interval_s: float) -> None:
        self._db = db
        self._topic, self._type = said
        self._interval_s = interval_s
        self._news: dict[UUID, tuple[int, datetime]] = {}
        self._wake = asyncio.Event()

    def note(self, tenant_id: UUID, count: int, latest: datetime) -> None:
        """Remember that so many things of a tenant were stored."""
        so_far, _ = self._news.get(tenant_id, (0, latest))
        self._news[tenant_id] = (so_far + count, latest)
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Tell what was noted, then rest, until told to stop."""
        stopping = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                await woken(self._wake, stopping)
                await self.announce()
                await asyncio.wait({stopping}, timeout=self._interval_s)
        finally:
            stopping.cancel()

    async def announce(self) -> None:
        """Publish what was noted since the last time."""
        while self._news:
            tenant_id, (count, latest) = self._news.popitem()
            try:
                async with self._db.transaction(TenantOnly(tenant_id)) as session:
                    message = {"type": self._type, "count": count, "latest": latest.isoformat()}
                    await publish(session, tenant_id, self._topic, message)
            except ConnectionLost as error:
                note_failure(self.name, error)
                log.warning("announce.failed", topic=self._topic, cause=str(error))
                self.note(tenant_id, count, latest)
                return
