"""What breakers do is told at once to the log and the metrics, and soon to the pages of the tenant it concerns.

Breakers change state in the middle of calls that have no transaction to spare, so the stream's share goes through a short
queue that a component empties. A key says whose it is: `<what>:<tenant>:<id>`; others concern nobody's page.
"""

import asyncio
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from prometheus_client import Counter

from opsloom.infra import stream
from opsloom.infra.db import Database
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import ConnectionLost
from opsloom.kit.resilience.breaker import BreakerState, Transition

TOPIC: Final = "system"
_KEPT: Final = 1_000

TRANSITIONS = Counter(
    "opsloom_breaker_transitions_total", "Changes of state of circuit breakers.", ["kind", "before", "after", "reason"]
)

_log = get_logger(__name__)


@dataclass(frozen=True)
class _Tenant:
    tenant_id: UUID
    user_id: UUID | None = None


class BreakerNews:
    """Component, and the listener that boards and stores are given (`heard`)."""

    name = "breaker_news"

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: asyncio.Queue[Transition] = asyncio.Queue(_KEPT)

    def heard(self, change: Transition) -> None:
        """Log, count, and queue for the stream."""
        kind = change.key.partition(":")[0]
        TRANSITIONS.labels(kind, change.before, change.after, change.reason).inc()
        level = _log.warning if change.after is BreakerState.OPEN else _log.info
        level("breaker.changed", key=change.key, before=change.before, after=change.after, reason=change.reason)
        try:
            self._waiting.put_nowait(change)
        except asyncio.QueueFull:
            _log.error("breaker.news_dropped", key=change.key, kept=_KEPT)

    async def run(self, stop: asyncio.Event) -> None:
        """Publish what was heard until told to stop."""
        stopping = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                taking = asyncio.ensure_future(self._waiting.get())
                await asyncio.wait({taking, stopping}, return_when=asyncio.FIRST_COMPLETED)
                if not taking.done():
                    taking.cancel()
                    return
                await self._publish(taking.result())
        finally:
            stopping.cancel()

    async def _publish(self, change: Transition) -> None:
        tenant_id = tenant_of(change.key)
        if tenant_id is None:
            return
        told = {
            "type": "breaker.changed",
            "name": change.key,
            "before": change.before,
            "after": change.after,
            "reason": change.reason,
        }
        try:
            async with self._db.transaction(_Tenant(tenant_id)) as session:
                await stream.publish(session, tenant_id, TOPIC, told)
        except ConnectionLost as error:  # pages show the state when they load; only the push is lost
            note_failure("breaker_news", error)
            _log.warning("breaker.news_lost", key=change.key, cause=error.message)


def tenant_of(key: str) -> UUID | None:
    """The tenant named in a breaker's key."""
    parts = key.split(":")
    try:
        return UUID(parts[1]) if len(parts) == 3 else None
    except ValueError:
        return None
