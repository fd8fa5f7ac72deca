"""How much a tenant keeps of a log in day partitions: days, rows and bytes, held by a job.

Invariant: after `hold` no bound is exceeded by what was there when it began, and what went is always the oldest. Nobody takes
single rows away: a function of the database forgets whole stretches of time, so many rows a transaction. Whole days that
nobody keeps are dropped as partitions by the log itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.infra.db import Database

_MOST_AT_ONCE: Final = 20_000
_DAY: Final = timedelta(days=1)


class Keeper(Protocol):
    """Whose transaction it is."""

    @property
    def tenant_id(self) -> UUID: ...

    @property
    def user_id(self) -> UUID | None: ...


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may be kept; None is not bounded."""

    days: int
    max_rows: int | None = None
    max_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """What is kept of a day, which begins at `start`."""

    start: datetime
    rows: int
    size: int

    @property
    def span(self) -> tuple[datetime, datetime]:
        return self.start, self.start + _DAY


@dataclass(frozen=True, slots=True)
class Boundary:
    """The day in which a bound is reached, and what may still be kept of it; None is not bounded."""

    day: Day
    rows: int | None
    size: int | None


@dataclass(frozen=True, slots=True)
class Held:
    """What a run of the job did: how many rows went, of which days, and what is left."""

    gone: int
    days_touched: tuple[datetime, ...]
    rows: int
    size: int


def boundary(days: Sequence[Day], max_rows: int | None, max_bytes: int | None) -> Boundary | None:
    """Where keeping ends, counted from the newest day back; None when all may stay."""
    rows, size = max_rows, max_bytes
    for day in days:
        over_rows = rows is not None and day.rows > rows
        over_size = size is not None and day.size > size
        if over_rows or over_size:
            return Boundary(day, rows if over_rows else None, size if over_size else None)
        rows = None if rows is None else rows - day.rows
        size = None if size is None else size - day.size
    return None


@dataclass(frozen=True, slots=True)
class DayLog:
    """A table in day partitions: `at` is the time its partitions are by, `order` what counts up with it within a tenant and has
    an index, `forget` the function that takes a stretch of time away. All three are names of ours, never a caller's."""

    table: str
    at: str
    order: str
    forget: str

    async def oldest(self, session: AsyncSession, tenant_id: UUID) -> datetime | None:
        """When the first row that is kept came."""
        query = f"select {self.at} from {self.table} where tenant_id = :tenant_id order by {self.order} limit 1"
        found: datetime | None = await session.scalar(text(query), {"tenant_id": tenant_id})
        return found

    async def measured(self, session: AsyncSession, tenant_id: UUID, span: tuple[datetime, datetime]) -> Day:
        """How many rows of a stretch of time there are, and their bytes."""
        query = (
            f"select count(*), coalesce(sum(pg_column_size(r.*)), 0) from {self.table} r "
            f"where tenant_id = :tenant_id and {self.at} >= :start and {self.at} < :end"
        )
        values = {"tenant_id": tenant_id, "start": span[0], "end": span[1]}
        row = (await session.execute(text(query), values)).one()
        return Day(span[0], int(row[0]), int(row[1]))

    async def first_over(self, session: AsyncSession, tenant_id: UUID, found: Boundary) -> datetime | None:
        """The newest moment of a day at which keeping on would be more than so many rows or bytes."""
        start, end = found.day.span
        values = {"tenant_id": tenant_id, "start": start, "end": end}
        where = f"where tenant_id = :tenant_id and {self.at} >= :start and {self.at} < :end"
        newest = ", ".join(f"{name.strip()} desc" for name in self.order.split(","))
        by_rows = f"select {self.at} from {self.table} {where} order by {newest} offset :allowed limit 1"
        by_size = (
            f"select max({self.at}) from (select {self.at}, sum(pg_column_size(r.*)) over (order by {newest}) as size "
            f"from {self.table} r {where}) sized where size > :allowed"
        )
        moments = [
            await session.scalar(text(query), values | {"allowed": allowed})
            for query, allowed in ((by_rows, found.rows), (by_size, found.size))
            if allowed is not None
        ]
        return max((each for each in moments if each is not None), default=None)

    async def hold(self, db: Database, scope: Keeper, bounds: Bounds, now: datetime) -> Held:
        """Hold a tenant's bounds."""
        gone, touched = await self._forget(db, scope, now - timedelta(days=bounds.days))
        days = await self._measure(db, scope, now)
        found = boundary(days, bounds.max_rows, bounds.max_bytes)
        if found is not None:
            async with db.transaction(scope) as session:
                last = await self.first_over(session, scope.tenant_id, found)
            more, also = await self._forget(db, scope, (last or found.day.start) + timedelta(microseconds=1))
            gone, touched = gone + more, touched | also
            days = await self._measure(db, scope, now)
        rows, size = sum(day.rows for day in days), sum(day.size for day in days)
        return Held(gone, tuple(sorted(touched)), rows, size)

    async def _measure(self, db: Database, scope: Keeper, now: datetime) -> list[Day]:
        """Each day that there is something of, the newest first; a day a transaction."""
        async with db.transaction(scope) as session:
            oldest = await self.oldest(session, scope.tenant_id)
        days: list[Day] = []
        start = midnight(now) + _DAY  # a clock that is ahead has written there
        while oldest is not None and start + _DAY > oldest:
            async with db.transaction(scope) as session:
                days.append(await self.measured(session, scope.tenant_id, (start, start + _DAY)))
            start -= _DAY
        return days

    async def _forget(self, db: Database, scope: Keeper, before: datetime) -> tuple[int, set[datetime]]:
        """Take away what is older, day by day from the oldest, so many rows a transaction."""
        async with db.transaction(scope) as session:
            start = await self.oldest(session, scope.tenant_id)
        gone, touched = 0, set()
        while start is not None and start < before:
            end = min(midnight(start) + _DAY, before)
            more = _MOST_AT_ONCE
            while more == _MOST_AT_ONCE:
                async with db.transaction(scope) as session:
                    values = {"start": start, "end": end, "most": _MOST_AT_ONCE}
                    query = text(f"select {self.forget}(:start, :end, :most)")
                    more = int(await session.scalar(query, values) or 0)
                gone += more
                if more:
                    touched.add(midnight(start))
            start = end
        return gone, touched


def midnight(moment: datetime) -> datetime:
    """The beginning of a moment's day, which is a partition's."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
