"""One LISTEN connection per process that wakes whoever waits for work in this or another process.

A wake-up carries no data worth trusting, only "look again"; after a reconnect every listener is woken with `None`,
since anything may have been missed meanwhile. Channels: see the constants.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from opsloom.infra.db import Database
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import ConnectionLost

log = get_logger(__name__)

STREAM = "opsloom_stream"
INGEST = "opsloom_ingest"
ASSETS = "opsloom_assets"
WORKFLOWS = "opsloom_workflows"

Listener = Callable[[str | None], None]


class Wakeups:
    """Component: keeps listening, also across a restart of the database."""

    name = "wakeups"

    def __init__(self, db: Database, *, retry_s: float = 0.5) -> None:
        self._db = db
        self._retry_s = retry_s
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self.listening = asyncio.Event()

    def subscribe(self, channel: str, listener: Listener) -> Callable[[], None]:
        """Call `listener(payload)` on the event loop for each notification; returns how to stop that."""
        self._listeners[channel].add(listener)
        return lambda: self._listeners[channel].discard(listener)

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until told to stop."""
        while not stop.is_set():
            try:
                await self._listen(stop)
            except (ConnectionLost, OSError) as error:
                note_failure("wakeups", error)
                log.warning("wakeups.connection_lost", cause=str(error))
            self.listening.clear()
            if not stop.is_set():
                await asyncio.sleep(self._retry_s)

    async def _listen(self, stop: asyncio.Event) -> None:
        connection = await self._db.dedicated()
        gone = asyncio.Event()
        connection.add_termination_listener(lambda _connection: gone.set())
        try:
            for channel in (STREAM, INGEST, ASSETS, WORKFLOWS):
                await connection.add_listener(channel, self._heard)
            self.listening.set()
            self.wake_all()
            waits = [asyncio.ensure_future(stop.wait()), asyncio.ensure_future(gone.wait())]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
        finally:
            if not connection.is_closed():
                await connection.close(timeout=2)

    def wake_all(self) -> None:
        """Tell everybody to look again."""
        for listeners in list(self._listeners.values()):
            for listener in list(listeners):
                listener(None)

    def heard(self, channel: str, payload: str) -> None:
        """Pass a wake-up on to this process's listeners."""
        for listener in list(self._listeners[channel]):
            listener(payload)

    def _heard(self, _connection: Any, _pid: int, channel: str, payload: object) -> None:
        self.heard(channel, str(payload))
