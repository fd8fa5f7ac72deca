"""Stored facts of some sources, oldest first, in pieces: a stretch of any length is never in memory as a whole.

Each piece is one short statement over a slice of time that is cut so that it holds about as many facts as are wanted, so no
transaction stays open and whoever stops listening stops the reading.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Protocol
from uuid import UUID

from opsloom.rules.facts import Batch, Fact
from opsloom.rules.feeds import Connection, series_name
from opsloom.rules.history import decoded, event_fact
from opsloom.rules.model import FactSource, MetricSource
from opsloom.rules.moments import to_datetime, to_micros
from opsloom.rules.series import Series, SeriesTable, sample_batch

PIECE: Final = 20_000
MOST_SLICES: Final = 20_000
_SAMPLES: Final = """
select time, value, unit, item, item_id, labels from data.metrics
where metric = $1 and time > $2 and time <= $3 order by time
"""
_EVENTS: Final = """
select id, time, source, type, subject, severity, attributes, data from data.events
where ($1::text is null or type = $1) and ($2::text is null or source = $2) and time > $3 and time <= $4 order by time
"""
_COUNT_SAMPLES: Final = "select count(*) from data.metrics where metric = $1 and time > $2 and time <= $3"
_COUNT_EVENTS: Final = """
select count(*) from data.events
where ($1::text is null or type = $1) and ($2::text is null or source = $2) and time > $3 and time <= $4
"""


class Connecting(Protocol):
    """Lends a connection for one statement."""

    def __call__(self) -> AbstractAsyncContextManager[Any]: ...


class Reader:
    """Reads for one simulation; what repeats (series, labels) is decoded once."""

    def __init__(self, connect: Connecting, sources: Sequence[FactSource]) -> None:
        self._connect = connect
        self._sources = sources
        self._table = SeriesTable()
        self._codes: dict[tuple[UUID, str, str, str | None, str], int] = {}

    async def count(self, start_us: int, end_us: int) -> int:
        """How many facts there are in (start, end]."""
        total = 0
        for source in self._sources:
            async with self._connect() as connection:
                statement, values = _asked(source, (_COUNT_SAMPLES, _COUNT_EVENTS), start_us, end_us)
                total += int(await connection.fetchval(statement, *values))
        return total

    async def pieces(self, start_us: int, end_us: int, count: int) -> AsyncIterator[tuple[Batch, int]]:
        """The facts in (start, end] and, with each piece, the time it reaches to."""
        for low, high in _slices(start_us, end_us, count):
            batches = []
            for source in self._sources:
                async with self._connect() as connection:
                    batches.append(await self._read(connection, source, low, high))
            yield _merged(batches), high

    async def _read(self, connection: Connection, source: FactSource, low: int, high: int) -> Batch:
        statement, values = _asked(source, (_SAMPLES, _EVENTS), low, high)
        rows = await connection.fetch(statement, *values)
        if not isinstance(source, MetricSource):
            return Batch.of([event_fact(row) for row in rows])
        times = [to_micros(row["time"]) for row in rows]
        return sample_batch(
            self._table, [self._code(row, source.metric) for row in rows], times, [row["value"] for row in rows], times
        )

    def _code(self, row: Any, metric: str) -> int:
        identity = (row["item_id"], metric, row["item"], row["unit"], str(row["labels"]))
        code = self._codes.get(identity)
        if code is None:
            labels = decoded(row["labels"])
            name = series_name(row["item_id"], labels)
            series = Series(name, metric, row["item"], row["unit"], labels, row["item_id"])
            code = self._codes[identity] = self._table.add(series)
        return code


def _asked(
    source: FactSource, statements: tuple[str, str], start_us: int, end_us: int
) -> tuple[str, tuple[object, ...]]:
    between = to_datetime(start_us), to_datetime(end_us)
    if isinstance(source, MetricSource):
        return statements[0], (source.metric, *between)
    return statements[1], (source.event_type, source.source, *between)


def _slices(start_us: int, end_us: int, count: int) -> Iterator[tuple[int, int]]:
    """Equal parts of the stretch that hold a piece each if facts are spread evenly."""
    parts = min(MOST_SLICES, max(1, -(-count // PIECE)))
    width = max(1, -(-(end_us - start_us) // parts))
    for low in range(start_us, end_us, width):
        yield low, min(end_us, low + width)


def _merged(batches: Sequence[Batch]) -> Batch:
    """Facts of several sources in one order of time."""
    if len(batches) == 1:
        return batches[0]
    facts: list[Fact] = [fact for batch in batches for fact in batch.facts()]
    return Batch.of(sorted(facts, key=lambda fact: fact.time))
