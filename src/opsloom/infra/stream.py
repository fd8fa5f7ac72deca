"""Messages to browsers and other processes, in the order they were committed, without gap or repeat.

A message is a row written in the transaction of the change it tells of. Readers take rows of settled transactions only
(`txid < pg_snapshot_xmin(...)`) ordered by (txid, id): whatever commits later sorts later. A message's id is that pair,
so a client that reconnects with `Last-Event-ID` goes on exactly where it was, also after a restart of the server.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from prometheus_client import Gauge
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.infra.db import Database
from opsloom.infra.db.database import WAKES
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.infra.wakeups import STREAM, Wakeups
from opsloom.kit.errors import ConnectionLost, InvalidInput
from opsloom.kit.waking import woken

log = get_logger(__name__)

RETENTION_HOURS = 24
_PAGE = 500
_SUBSCRIBERS = Gauge("opsloom_stream_subscribers", "Open event streams.")

_INSERT = text(
    "insert into stream_messages (tenant_id, topic, payload) values (:tenant, :topic, cast(:payload as jsonb))"
)
_INSERT_MANY = f"""
with said as (
    insert into stream_messages (tenant_id, topic, payload) select $1, $2, m from jsonb_array_elements($3) m
)
select pg_notify('{STREAM}', $1::text)
"""
_READ = """
select txid::text::bigint as txid, id, topic, payload from stream_messages
where tenant_id = $1 and (txid, id) > ($2::text::xid8, $3) and txid < pg_snapshot_xmin(pg_current_snapshot())
order by txid, id limit $4
"""
_UNSETTLED = """
select exists (select from stream_messages
               where tenant_id = $1 and txid >= pg_snapshot_xmin(pg_current_snapshot()))
"""
_END = """
select txid::text::bigint as txid, id from stream_messages
where tenant_id = $1 and txid < pg_snapshot_xmin(pg_current_snapshot()) order by txid desc, id desc limit 1
"""

Position = tuple[int, int]
START: Position = (0, 0)


@dataclass(frozen=True)
class Message:
    """`position` orders messages and resumes a stream."""

    position: Position
    topic: str
    payload: Any

    @property
    def event_id(self) -> str:
        """What a client hands back as `Last-Event-ID`."""
        return event_id(self.position)


def event_id(position: Position) -> str:
    """A position as a client keeps it."""
    return f"{position[0]}-{position[1]}"


def parse_event_id(value: str) -> Position:
    """Read a `Last-Event-ID`. Raises InvalidInput when it is not one of ours."""
    parts = value.split("-")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts):
        raise InvalidInput("Last-Event-ID is not valid.", hint="Send back the id of the last event, or leave it out.")
    return int(parts[0]), int(parts[1])


async def publish(session: AsyncSession, tenant_id: UUID, topic: str, payload: Mapping[str, object]) -> None:
    """Add a message to the tenant's stream in the caller's transaction."""
    values = {"tenant": tenant_id, "topic": topic, "payload": orjson.dumps(payload, default=str).decode()}
    await session.execute(_INSERT, values)
    session.info.setdefault(WAKES, set()).add(str(tenant_id))


async def publish_many(
    connection: "asyncpg.pool.PoolConnectionProxy[asyncpg.Record]",
    tenant_id: UUID,
    topic: str,
    payloads: Sequence[Mapping[str, object]],
) -> None:
    """The same for many messages, in a transaction of the driver's own."""
    await connection.execute(_INSERT_MANY, tenant_id, topic, payloads)


@dataclass(frozen=True)
class TenantOnly:
    """A tenant's transaction on nobody's behalf."""

    tenant_id: UUID
    user_id: UUID | None = None


class Hub:
    """Reads each tenant's new messages once per process and hands them to that tenant's open streams."""

    name = "stream"

    def __init__(self, db: Database, wakeups: Wakeups) -> None:
        self._db = db
        self._wakeups = wakeups
        self._open: dict[UUID, set[_Subscriber]] = defaultdict(set)
        self._tails: dict[UUID, Position] = {}
        self._dirty: deque[UUID] = deque()
        self._wake = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Component: pump until told to stop, then end every open stream."""
        cancel = self._wakeups.subscribe(STREAM, self._notified)
        stopping = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                await woken(self._wake, stopping)
                await self._pump_all()
        finally:
            cancel()
            stopping.cancel()
            for subscribers in self._open.values():
                for subscriber in subscribers:
                    subscriber.offer(None)

    def subscribers(self, tenant: UUID) -> int:
        """How many streams of a tenant are open in this process."""
        return len(self._open.get(tenant, ()))

    def _notified(self, payload: str | None) -> None:
        tenants = list(self._open) if payload is None else [UUID(payload)]
        for tenant in tenants:
            if self._open.get(tenant) and tenant not in self._dirty:
                self._dirty.append(tenant)
        self._wake.set()

    async def _pump_all(self) -> None:
        for _ in range(len(self._dirty)):
            tenant = self._dirty.popleft()
            try:
                again = await self._pump(tenant)
            except ConnectionLost as error:
                note_failure("stream", error)
                log.warning("stream.database_lost", cause=str(error))
                again = True
            if again:
                asyncio.get_running_loop().call_later(0.05, self._notified, str(tenant))

    async def _pump(self, tenant: UUID) -> bool:
        """Hand out what is new; tells whether to look again soon (more to come, or transactions still open)."""
        if tenant not in self._tails:
            return False  # its last reader has left since it was told of
        messages, unsettled = await self._read(tenant, self._tails[tenant])
        if tenant not in self._open:
            return False
        for message in messages:
            self._tails[tenant] = message.position
            for subscriber in self._open[tenant]:
                subscriber.offer(message)
        return unsettled or len(messages) == _PAGE

    async def _read(self, tenant: UUID, after: Position) -> tuple[list[Message], bool]:
        async with self._db.raw(TenantOnly(tenant)) as connection:
            rows = await connection.fetch(_READ, tenant, str(after[0]), after[1], _PAGE)
            unsettled = await connection.fetchval(_UNSETTLED, tenant)
        return [Message((row["txid"], row["id"]), row["topic"], row["payload"]) for row in rows], bool(unsettled)

    async def end(self, tenant: UUID) -> Position:
        """Where the tenant's stream ends now."""
        async with self._db.raw(TenantOnly(tenant)) as connection:
            row = await connection.fetchrow(_END, tenant)
        return (row["txid"], row["id"]) if row else START

    async def follow(self, tenant: UUID, topics: frozenset[str], after: Position) -> AsyncIterator[Message | None]:
        """Messages of `topics` after a position; `None` is yielded when 15 s were quiet.

        Ends when the server stops or the reader is too slow for its 1,000 message buffer: it reconnects and resumes.
        """
        subscriber = _Subscriber()
        end = await self.end(tenant)
        # The others may have been handed more while the answer was on its way: up to there it is read again.
        end = max(end, self._tails.setdefault(tenant, end))
        self._open[tenant].add(subscriber)
        _SUBSCRIBERS.inc()
        seen = min(after, end)  # a position beyond the end is of a database that was replaced by an older one
        try:
            while seen < end:
                replayed, _ = await self._read(tenant, seen)
                for message in replayed:
                    seen = message.position
                    if message.topic in topics:
                        yield message
                if len(replayed) < _PAGE:
                    break
            self._notified(str(tenant))
            async for live in subscriber.messages():
                if live is None:
                    yield None
                elif live.position > seen:
                    seen = live.position
                    if live.topic in topics:
                        yield live
        finally:
            _SUBSCRIBERS.dec()
            self._open[tenant].discard(subscriber)
            if not self._open[tenant]:
                del self._open[tenant]
                self._tails.pop(tenant, None)


class _Subscriber:
    """A bounded queue; a reader that falls behind is cut off rather than holding memory."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Message | None] = asyncio.Queue(1000)
        self._cut = False

    def offer(self, message: Message | None) -> None:
        """Add a message; `None` ends the stream."""
        try:
            self._queue.put_nowait(message)
        except asyncio.QueueFull:
            self._cut = True

    async def messages(self) -> AsyncIterator[Message | None]:
        """What was offered; `None` stands for 15 quiet seconds."""
        while not self._cut:
            try:
                message = await asyncio.wait_for(self._queue.get(), 15)
            except TimeoutError:
                yield None
                continue
            if message is None:
                return
            yield message
