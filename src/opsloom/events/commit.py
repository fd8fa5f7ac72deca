"""Group commit: what waits while one transaction is being written goes into the next one, of all requests and tenants.

Invariants:
- A request is answered only after the transaction that holds its events has committed; when the database goes away,
  everybody whose events are not surely stored is told so (503), and sending again is safe for events with an id.
- One transaction serves several tenants, each through its own `set_config` and statement, so that row security holds for
  every row while a hundred senders still share one flush to disk.
- A row that PostgreSQL refuses costs only itself: a refused group is halved until the bad row stands alone.
- Writers start when there is work and end when there is none; nothing needs to be kept alive.
"""

import asyncio
import os
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

import asyncpg

from opsloom.events import repository, telemetry
from opsloom.events.errors import EventsBacklogged, EventStoreAway
from opsloom.events.event import MAX_BATCH_ITEMS, NewEvent, RejectCode, Rejection
from opsloom.infra.db import Database
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.clock import Clock
from opsloom.kit.errors import ConnectionLost, DatabaseFailed, OpsloomError

log = get_logger(__name__)

PARTITIONS_AHEAD_DAYS: Final = 7
_TRIES: Final = 4
_CLASH: Final = frozenset({"40001", "40P01", "55P03"})
# Data, integrity, and limits of a single row (an index entry too large): the row is at fault, not the database.
_ROW_AT_FAULT: Final = ("22", "23", "54")
# Resources, operator's intervention, system errors: nothing is wrong with the rows, and later it may work.
_STORE_AT_FAULT: Final = ("53", "57", "58", "25", "08")


@dataclass(frozen=True)
class Outcome:
    """What became of a request's events."""

    accepted: int
    duplicates: int
    refused: list[Rejection]


@dataclass
class _Waiting:
    """A request whose events wait; `open` counts those whose fate is not known yet."""

    tenant_id: UUID
    events: Sequence[NewEvent]
    size_bytes: int
    done: "asyncio.Future[Outcome]"
    open: int
    duplicates: int = 0
    refused: list[Rejection] = field(default_factory=list)

    def settle(self, count: int) -> None:
        self.open -= count
        if self.open == 0 and not self.done.done():
            accepted = len(self.events) - self.duplicates - len(self.refused)
            self.done.set_result(Outcome(accepted, self.duplicates, self.refused))

    def fail(self, error: OpsloomError) -> None:
        if not self.done.done():
            self.done.set_exception(error)


_Item = tuple[_Waiting, NewEvent]
Stored = Callable[[UUID, int, datetime], None]


class GroupCommit:
    """The process's one way to store events. `on_stored(tenant, how many, when)` is called after each commit."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        *,
        on_stored: Stored,
        writers: int = 2,
        max_waiting: int = 50_000,
        max_waiting_bytes: int = 64 * 1024 * 1024,
    ) -> None:
        self._db = db
        self._clock = clock
        self._on_stored = on_stored
        self._max_writers = writers
        self._max_waiting = max_waiting
        self._max_waiting_bytes = max_waiting_bytes
        self._queue: deque[_Waiting] = deque()
        self._waiting = 0
        self._waiting_bytes = 0
        self._writers: set[asyncio.Task[None]] = set()
        self._days: set[date] = set()

    async def store(self, tenant_id: UUID, events: Sequence[NewEvent]) -> Outcome:
        """Returns once the events are on disk. Raises EventsBacklogged, EventStoreAway, DatabaseFailed."""
        if not events:
            return Outcome(0, 0, [])
        size_bytes = sum(len(event.data) + len(event.attributes) for event in events)
        self._refuse_when_full(len(events), size_bytes)
        done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._add(_Waiting(tenant_id, events, size_bytes, done, len(events)), 1)
        if len(self._writers) < self._max_writers:
            writer = asyncio.create_task(self._write_until_empty(), name="event-writer")
            self._writers.add(writer)
            writer.add_done_callback(self._writers.discard)
        return await done

    def _refuse_when_full(self, count: int, size_bytes: int) -> None:
        if not self._queue:
            return
        if self._waiting + count > self._max_waiting or self._waiting_bytes + size_bytes > self._max_waiting_bytes:
            raise EventsBacklogged(
                f"{self._waiting} events wait to be stored; nothing of this request was taken.",
                hint="Send it again after the pause, and slow down.",
                retry_after_s=1,
            )

    def _add(self, waiting: _Waiting, sign: int) -> None:
        if sign > 0:
            self._queue.append(waiting)
        self._waiting += sign * len(waiting.events)
        self._waiting_bytes += sign * waiting.size_bytes
        telemetry.WAITING.set(self._waiting)

    async def _write_until_empty(self) -> None:
        await asyncio.sleep(0)  # requests that were read in the same turn of the loop join this group
        while self._queue:
            group = self._next_group()
            items = [(waiting, event) for waiting in group for event in waiting.events]
            items.sort(key=lambda item: item[0].tenant_id)
            try:
                await self._settle(items)
            except OpsloomError as error:
                _fail(group, error)
            except Exception as error:  # boundary: whoever waits is answered, whatever went wrong
                note_failure("events.commit", error)
                log.error("events.commit_failed", cause=f"{type(error).__name__}: {error}", exc_info=True)
                _fail(group, DatabaseFailed("The events could not be stored.", hint="Nothing is acknowledged."))
            except asyncio.CancelledError:
                _fail(group, EventStoreAway("The server is stopping.", retry_after_s=5))
                raise

    def _next_group(self) -> list[_Waiting]:
        group: list[_Waiting] = []
        rows = 0
        while self._queue and (not group or rows + len(self._queue[0].events) <= MAX_BATCH_ITEMS):
            waiting = self._queue.popleft()
            self._add(waiting, -1)
            rows += len(waiting.events)
            group.append(waiting)
        return group

    async def _settle(self, items: Sequence[_Item]) -> None:
        """Store the items; halve a group that PostgreSQL refuses."""
        reason = await self._try(items)
        if reason is None:
            return
        if len(items) == 1:
            waiting, event = items[0]
            detail = f"cannot be stored: {reason}"
            waiting.refused.append(
                Rejection(event.index, RejectCode.NOT_STORABLE, detail, f"/{event.index}", event.data.encode())
            )
            waiting.settle(1)
            return
        middle = len(items) // 2
        await self._settle(items[:middle])
        await self._settle(items[middle:])

    async def _try(self, items: Sequence[_Item]) -> str | None:
        """One transaction, again after a clash with another writer; returns why a row was refused, if one was."""
        for attempt in range(1, _TRIES + 1):
            try:
                await self._commit(items)
            except asyncpg.PostgresError as error:
                state = error.sqlstate or ""
                # A value that the driver cannot encode never reached the server and has no state.
                if state.startswith(_ROW_AT_FAULT) or (not state and isinstance(error, asyncpg.DataError)):
                    return str(getattr(error, "message", None) or "a value cannot be encoded")[:200]
                if state.startswith(_STORE_AT_FAULT):
                    raise _away(error) from error
                if state not in _CLASH or attempt == _TRIES:
                    raise
                note_failure("events.clash", error)
            except repository.Misaligned as error:
                return str(error)
            except ConnectionLost as error:
                raise _away(error) from error
            else:
                return None
        raise AssertionError("unreachable: the last try returns or raises")

    async def _commit(self, items: Sequence[_Item]) -> None:
        received_at = self._clock.now()
        telemetry.FLUSH_ROWS.observe(len(items))
        shares = [(tenant, list(each)) for tenant, each in groupby(items, key=lambda item: item[0].tenant_id)]
        known: list[set[int]] = []
        with telemetry.FLUSH_SECONDS.time():
            async with self._db.connection() as connection:
                await self._ensure_day(connection, received_at)
                async with connection.transaction():
                    for tenant, share in shares:
                        await self._set_tenant(connection, tenant, received_at)
                        first_id, events = id_at(received_at), [event for _, event in share]
                        known.append(await repository.insert(connection, tenant, received_at, first_id, events))
        for (tenant, share), places in zip(shares, known, strict=True):
            self._account(tenant, share, places, received_at)

    async def _set_tenant(self, connection: "repository.Connection[Any]", tenant: UUID, received_at: datetime) -> None:
        await connection.execute(repository.SET_TENANT, str(tenant))
        if repository.near_midnight(received_at):
            await connection.execute(repository.LOCK_TENANT, str(tenant))

    async def _ensure_day(self, connection: "repository.Connection[Any]", received_at: datetime) -> None:
        """Asked once a day: makes the partitions that are missing."""
        day = received_at.astimezone(UTC).date()
        if day not in self._days:
            await connection.execute(repository.ENSURE_PARTITIONS, PARTITIONS_AHEAD_DAYS)
            self._days.add(day)

    def _account(self, tenant: UUID, share: Sequence[_Item], known: set[int], received_at: datetime) -> None:
        telemetry.ACCEPTED.inc(len(share) - len(known))
        telemetry.DUPLICATES.inc(len(known))
        if len(known) < len(share):
            self._on_stored(tenant, len(share) - len(known), received_at)
        for place in known:
            share[place][0].duplicates += 1
        for _, each in groupby(share, key=lambda item: id(item[0])):
            mine = list(each)
            mine[0][0].settle(len(mine))


def id_at(moment: datetime) -> UUID:
    """A version 7 id of that moment (it leads to the partition its row arrived in), with room to count up from it."""
    millis = int(moment.timestamp() * 1000)
    rand = int.from_bytes(os.urandom(9))
    high = (millis & 0xFFFF_FFFF_FFFF) << 16 | 0x7 << 12 | rand >> 60
    low = 0b10 << 62 | rand & 0x0FFF_FFFF_FFFF_FFFF  # two bits short of the field, so that counting stays inside it
    return UUID(int=high << 64 | low)


def _fail(group: Sequence[_Waiting], error: OpsloomError) -> None:
    for waiting in group:
        waiting.fail(error)


def _away(error: BaseException) -> EventStoreAway:
    note_failure("events.store", error)
    log.warning("events.store_away", cause=f"{type(error).__name__}: {error}")
    return EventStoreAway(
        "The database cannot be reached; these events are not acknowledged.",
        hint="Send them again: events with an id are stored once, however often they are sent.",
        retry_after_s=2,
    )
