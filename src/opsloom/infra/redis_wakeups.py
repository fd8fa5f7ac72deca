"""Wakes the streams of other nodes through Redis instead of PostgreSQL's NOTIFY, when there is a Redis.

NOTIFY takes a lock over all databases at commit; many nodes with busy streams feel it. Messages themselves stay in
PostgreSQL, so a lost wake-up costs a delay and nothing else: when Redis does not answer, the wake-up goes through
NOTIFY, which every node keeps listening to, and after a reconnect everybody looks again.
"""

import asyncio
from typing import TYPE_CHECKING

from redis.exceptions import RedisError

from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.infra.wakeups import STREAM, Wakeups

if TYPE_CHECKING:
    from redis.asyncio import Redis

log = get_logger(__name__)


class RedisWakeups:
    """Component that listens; also what a committed transaction wakes others with."""

    name = "redis-wakeups"

    def __init__(self, redis: "Redis", wakeups: Wakeups, *, retry_s: float = 0.5) -> None:
        self._redis = redis
        self._wakeups = wakeups
        self._retry_s = retry_s
        self.listening = asyncio.Event()

    async def wake(self, tenants: set[str]) -> bool:
        """Tell all nodes to look at these tenants' streams; False when Redis did not take it."""
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                for tenant in sorted(tenants):
                    pipe.publish(STREAM, tenant)
                await pipe.execute()
        except (RedisError, OSError, TimeoutError) as error:
            note_failure("redis-wakeups", error)
            log.warning("redis_wakeups.publish_failed", cause=str(error))
            return False
        return True

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until told to stop."""
        while not stop.is_set():
            try:
                await self._listen(stop)
            except (RedisError, OSError) as error:
                note_failure("redis-wakeups", error)
                log.warning("redis_wakeups.connection_lost", cause=str(error))
            self.listening.clear()
            if not stop.is_set():
                await asyncio.sleep(self._retry_s)

    async def _listen(self, stop: asyncio.Event) -> None:
        async with self._redis.pubsub() as channel:
            await channel.subscribe(STREAM)
            self.listening.set()
            self._wakeups.wake_all()
            while not stop.is_set():
                message = await channel.get_message(ignore_subscribe_messages=True, timeout=0.5)
                if message is not None:
                    self._wakeups.heard(STREAM, message["data"].decode())
