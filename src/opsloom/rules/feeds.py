"""The two feeds the engine follows, as batches. Each reader keeps what repeats (series, labels) decoded once."""

from typing import Any, NamedTuple, Protocol
from uuid import UUID

import orjson

from opsloom.events import service as events
from opsloom.identity.scope import Scope
from opsloom.inventory import service as inventory
from opsloom.rules.event_rows import event_batch
from opsloom.rules.facts import Batch
from opsloom.rules.moments import to_micros
from opsloom.rules.repository import Cursor
from opsloom.rules.series import Series, SeriesTable, sample_batch

Connection = Any  # an asyncpg connection or its pooled proxy


class Piece(NamedTuple):
    """Facts in order of arrival, the cursor behind the last, and whether there may be more of them now."""

    batch: Batch
    cursor: Cursor
    more: bool


class Feed(Protocol):
    """Something that arrives in an order every reader sees."""

    async def read(self, connection: Connection, scope: Scope, after: Cursor, limit: int) -> Piece:
        """The next facts of settled transactions."""
        ...

    async def end(self, connection: Connection, scope: Scope) -> Cursor:
        """Where a reader starts that wants only what comes."""
        ...


class SampleFeed:
    """Metric samples."""

    def __init__(self) -> None:
        self._table = SeriesTable()
        self._codes: dict[tuple[UUID, str, str, str | None, str], int] = {}

    async def read(self, connection: Connection, scope: Scope, after: Cursor, limit: int) -> Piece:
        samples = await inventory.read_samples_after(connection, scope, after, limit)
        batch = sample_batch(
            self._table,
            [self._code(one) for one in samples],
            [to_micros(one.time) for one in samples],
            [one.value for one in samples],
            [one.cursor[1] for one in samples],
        )
        return Piece(batch, samples[-1].cursor if samples else after, len(samples) == limit)

    async def end(self, connection: Connection, scope: Scope) -> Cursor:
        return await inventory.samples_end(connection, scope)

    def _code(self, one: inventory.FeedSample) -> int:
        # The item's name is part of it: under a new name it is shown as another series of the same key.
        identity = (one.item_id, one.metric, one.item, one.unit, one.labels)
        code = self._codes.get(identity)
        if code is None:
            labels: dict[str, str] = orjson.loads(one.labels)
            name = series_name(one.item_id, labels)
            series = Series(name, one.metric, one.item, one.unit, labels, one.item_id)
            code = self._codes[identity] = self._table.add(series)
        return code


class EventFeed:
    """Events."""

    async def read(self, connection: Connection, scope: Scope, after: Cursor, limit: int) -> Piece:
        found = await events.read_after(connection, scope, after, limit)
        return Piece(Batch.of([]), after, False) if found is None else Piece(event_batch(found), found.last, found.more)

    async def end(self, connection: Connection, scope: Scope) -> Cursor:
        return await events.feed_end(connection)


def series_name(item_id: UUID, labels: dict[str, str]) -> str:
    """A series by its item and labels, the same however the labels were ordered."""
    return f"{item_id}{orjson.dumps(labels, option=orjson.OPT_SORT_KEYS).decode()}" if labels else str(item_id)
