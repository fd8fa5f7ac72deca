"""The two feeds the engine follows, as facts. Each reader keeps what repeats (series, labels) decoded once."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol, cast
from uuid import UUID

import orjson

from opsloom.events import service as events
from opsloom.identity.scope import Scope
from opsloom.inventory import service as inventory
from opsloom.rules.facts import Fact, Json
from opsloom.rules.moments import to_micros
from opsloom.rules.repository import Cursor

Connection = Any  # an asyncpg connection or its pooled proxy


class Piece(NamedTuple):
    """Facts in order of arrival, and the cursor behind the last."""

    facts: Sequence[Fact]
    cursor: Cursor


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
        self._series: dict[tuple[UUID, str], tuple[str, dict[str, str]]] = {}

    async def read(self, connection: Connection, scope: Scope, after: Cursor, limit: int) -> Piece:
        samples = await inventory.read_samples_after(connection, scope, after, limit)
        facts = []
        for one in samples:
            series, labels = self._known(one.item_id, one.labels)
            facts.append(
                Fact(
                    time=to_micros(one.time),
                    ref=f"sample:{one.cursor[1]}",
                    metric=one.metric,
                    value=one.value,
                    item=one.item,
                    unit=one.unit,
                    attrs=labels,
                    series=series,
                    item_id=one.item_id,
                )
            )
        return Piece(facts, samples[-1].cursor if samples else after)

    async def end(self, connection: Connection, scope: Scope) -> Cursor:
        return await inventory.samples_end(connection, scope)

    def _known(self, item_id: UUID, labels: str) -> tuple[str, dict[str, str]]:
        found = self._series.get((item_id, labels))
        if found is None:
            decoded: dict[str, str] = orjson.loads(labels)
            found = self._series[item_id, labels] = (series_name(item_id, decoded), decoded)
        return found


class EventFeed:
    """Events."""

    async def read(self, connection: Connection, scope: Scope, after: Cursor, limit: int) -> Piece:
        found = await events.read_after(connection, scope, after, limit)
        facts = [
            Fact(
                time=to_micros(one.time),
                ref=f"event:{one.id}",
                source=one.source,
                type=one.type,
                subject=one.subject,
                severity=one.severity,
                attrs=one.attributes,
                data=cast("Json", one.data),
            )
            for one in found
        ]
        return Piece(facts, (found[-1].txid, found[-1].seq) if found else after)

    async def end(self, connection: Connection, scope: Scope) -> Cursor:
        return await events.feed_end(connection)


def series_name(item_id: UUID, labels: dict[str, str]) -> str:
    """A series by its item and labels, the same however the labels were ordered."""
    return f"{item_id}{orjson.dumps(labels, option=orjson.OPT_SORT_KEYS).decode()}" if labels else str(item_id)
