"""Following events as they come in, no faster than a page can show them.

Invariant: what is sent is in the order of the feed, each event once; what came faster than a page may show is not sent and
counted instead, so that `sent + skipped` is all that matched since the tail began. It begins with what comes, not with what was.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.events.announce import TOPIC
from opsloom.events.filters import EventFilter
from opsloom.events.models import Event
from opsloom.events.schemas import EventShown
from opsloom.events.service import Cursor
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core

MOST_AT_ONCE: Final = 100
"""So many events a message at most; messages come twice a second."""
_LIMIT: Final = text("set local statement_timeout = '5s'")
_SETTLED: Final = text("txid < pg_snapshot_xmin(pg_current_snapshot())")
_SINCE: Final = text("(txid, seq) > (cast(cast(:txid as text) as xid8), cast(:seq as bigint))")
_END: Final = text("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


@dataclass(frozen=True)
class Batch:
    """What came, the oldest first, how many more there were, and where the feed now ends."""

    events: list[EventShown]
    skipped: int
    end: Cursor


async def follow(core: Core, scope: Scope, wanted: EventFilter) -> AsyncIterator[Batch | None]:
    """What comes from now on; None every quiet 15 s. Ends when the server stops."""
    tenant = scope.tenant_id
    async with core.db.transaction(scope) as session:
        place = await feed_end(session)
    messages = core.hub.follow(tenant, frozenset({TOPIC}), await core.hub.end(tenant))
    yield Batch([], 0, place)
    async for message in messages:
        if message is None:
            yield None
            continue
        async with core.db.transaction(scope) as session:
            batch = await next_batch(session, scope, wanted, place)
        place = batch.end
        if batch.events or batch.skipped:
            yield batch


async def feed_end(session: AsyncSession) -> Cursor:
    """A place before which everything is settled."""
    return int(await session.scalar(_END) or 0) - 1, 2**63 - 1


async def next_batch(session: AsyncSession, scope: Scope, wanted: EventFilter, after: Cursor) -> Batch:
    """What settled since a place: the newest that matches, and how much more there was."""
    await session.execute(_LIMIT)
    end = await feed_end(session)
    of = Event.__table__.c
    since = _SINCE.bindparams(txid=str(after[0]), seq=after[1])
    matching: list[Any] = [of.tenant_id == scope.tenant_id, since, _SETTLED, *wanted.conditions(of)]
    query = select(Event).where(*matching).order_by(of.txid.desc(), of.seq.desc()).limit(MOST_AT_ONCE)
    rows = list(await session.scalars(query))
    count = len(rows)
    if count == MOST_AT_ONCE:
        count = int(await session.scalar(select(func.count(Event.id)).where(*matching)) or 0)
    shown = [EventShown.model_validate(row) for row in reversed(rows)]
    return Batch(shown, max(count - len(rows), 0), end)
