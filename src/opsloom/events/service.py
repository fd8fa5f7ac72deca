"""What the product does with events: take in, list, show, and feed to followers."""

from __future__ import annotations  # asyncpg's types take parameters only in its stubs

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.events import feed, repository, taking
from opsloom.events.commit import PARTITIONS_AHEAD_DAYS
from opsloom.events.decode import decode
from opsloom.events.doors import Door
from opsloom.events.errors import EventUnknown
from opsloom.events.event import MAX_DATA_BYTES, NewEvent
from opsloom.events.feed import FeedColumns
from opsloom.events.filters import EventFilter
from opsloom.events.intake_log import refused_since
from opsloom.events.recording import record
from opsloom.events.schemas import EventShown, Ingested
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.db import Database
from opsloom.kit.paging import Page, decode_cursor, page_of

Cursor = tuple[int, int]
"""A place in the feed: (txid, seq)."""

START: Final[Cursor] = (0, 0)
_SEARCH_LIMIT: Final = text("set local statement_timeout = '10s'")

__all__ = [
    "MAX_DATA_BYTES",
    "START",
    "Cursor",
    "EventFilter",
    "FeedColumns",
    "NewEvent",
    "record",
    "refused_since",
]


async def ingest(core: Core, scope: Scope, body: bytes, headers: Mapping[str, str]) -> Ingested:
    """Store what is good of a request and say what is not; header names are lower case.

    Raises EventsRejected when nothing was good, the errors of `decode` and of `GroupCommit.store`.
    """
    async with taking.watched(core, scope, Door.EVENTS):
        decoded = decode(body, headers, core.clock.now())
    return taking.told(await taking.take(core, scope, Door.EVENTS, decoded))


async def list_events(
    session: AsyncSession, scope: Scope, wanted: EventFilter, limit: int, cursor: str | None
) -> Page[EventShown]:
    """Newest first by the events' own time. Raises InvalidInput for a foreign cursor."""
    before = None if cursor is None else decode_cursor(cursor, datetime, UUID)
    await session.execute(_SEARCH_LIMIT)
    place = None if before is None else (before[0], before[1])
    rows = await repository.newest(session, scope.tenant_id, wanted, limit + 1, place)  # type: ignore[arg-type]  # typed above
    return page_of([EventShown.model_validate(row) for row in rows], limit, lambda shown: (shown.time, shown.id))


async def get_event(session: AsyncSession, scope: Scope, event_id: UUID) -> EventShown:
    """One event. Raises EventUnknown."""
    found = (await session.scalars(repository.by_id(scope.tenant_id, event_id))).one_or_none()
    if found is None:
        raise EventUnknown("There is no such event.")
    return EventShown.model_validate(found)


async def read_after(
    connection: repository.Connection[Any], scope: Scope, after: Cursor, limit: int
) -> FeedColumns | None:
    """The tenant's next events in the order of their transactions, each exactly once, none ever skipped; None for none.

    Events of transactions that may still be overtaken by an older one are not shown yet. `connection` is in a transaction
    of this scope; keep the last event's place as the next `after` in the transaction that acts on the events.
    """
    return await feed.read_after(connection, scope.tenant_id, after, limit)


async def feed_end(connection: repository.Connection[Any]) -> Cursor:
    """A place in the feed before which everything is settled: a follower that starts here sees all that commits later."""
    return int(await connection.fetchval(repository.FEED_END)) - 1, 2**63 - 1


async def prepare(db: Database) -> None:
    """Make the partitions of the coming days."""
    async with db.connection() as connection:
        await connection.execute(repository.ENSURE_PARTITIONS, PARTITIONS_AHEAD_DAYS)


async def keep_for(db: Database, days: int) -> int:
    """Drop whole days that are older; returns how many partitions went."""
    async with db.connection() as connection:
        return int(await connection.fetchval(repository.DROP_PARTITIONS, days))
