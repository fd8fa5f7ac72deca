"""How much of the log a tenant keeps: days, runs and bytes, held by a job that goes through the day partitions.

Invariant: after the job no bound is exceeded by what was there when it began, and what went is always the oldest. Whole days that
nobody keeps are dropped as partitions by the log itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from opsloom.apis.logs import repository
from opsloom.apis.logs.metrics import HOURS_DAYS, MINUTES_DAYS
from opsloom.apis.logs.schemas import Keeping, KeepingShown
from opsloom.apis.run_counts import HOUR_S, MINUTE_S
from opsloom.identity import audit
from opsloom.identity.access import Work
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core

_MOST_AT_ONCE: Final = 20_000
_DAY: Final = timedelta(days=1)


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


def boundary(days: Sequence[Day], bounds: Keeping) -> Boundary | None:
    """Where keeping ends, counted from the newest day back; None when all may stay."""
    rows, size = bounds.max_rows, bounds.max_bytes
    for day in days:
        over_rows = rows is not None and day.rows > rows
        over_size = size is not None and day.size > size
        if over_rows or over_size:
            return Boundary(day, rows if over_rows else None, size if over_size else None)
        rows = None if rows is None else rows - day.rows
        size = None if size is None else size - day.size
    return None


async def keep(core: Core, scope: Scope) -> int:
    """Hold a tenant's bounds; returns how many runs went."""
    now = core.clock.now()
    async with core.db.transaction(scope) as session:
        for span_s, kept_days in ((MINUTE_S, MINUTES_DAYS), (HOUR_S, HOURS_DAYS)):
            await repository.forget_counts(session, scope.tenant_id, span_s, now - timedelta(days=kept_days))
        bounds = await _bounds(core, repository_row=await repository.keeping(session, scope.tenant_id))
    assert bounds.days is not None
    gone = await _forget(core, scope, now - timedelta(days=bounds.days))
    days = await _measure(core, scope, now)
    found = boundary(days, bounds)
    if found is not None:
        async with core.db.transaction(scope) as session:
            last = await repository.first_over(
                session, scope.tenant_id, found.day.span, rows=found.rows, size=found.size
            )
        gone += await _forget(core, scope, (last or found.day.start) + timedelta(microseconds=1))
        days = await _measure(core, scope, now)
    async with core.db.transaction(scope) as session:
        values = {"kept_rows": sum(day.rows for day in days), "kept_bytes": sum(day.size for day in days)}
        await repository.set_keeping(session, scope.tenant_id, values | {"measured_at": now})
    return gone


async def _bounds(core: Core, repository_row: object) -> Keeping:
    """The tenant's bounds; its days are never more than the server's."""
    own = Keeping.model_validate(repository_row, from_attributes=True) if repository_row is not None else Keeping()
    server = core.settings.api_log_retention_days
    return own.model_copy(update={"days": min(own.days or server, server)})


async def _measure(core: Core, scope: Scope, now: datetime) -> list[Day]:
    """Each day that there is something of, the newest first; a day a transaction."""
    async with core.db.transaction(scope) as session:
        oldest = await repository.oldest(session, scope.tenant_id)
    days: list[Day] = []
    start = _midnight(now) + _DAY  # a clock that is ahead has written there
    while oldest is not None and start + _DAY > oldest:
        async with core.db.transaction(scope) as session:
            rows, size = await repository.measured(session, scope.tenant_id, start, start + _DAY)
        days.append(Day(start, rows, size))
        start -= _DAY
    return days


async def _forget(core: Core, scope: Scope, before: datetime) -> int:
    """Take away what is older, day by day from the oldest, so many rows a transaction."""
    async with core.db.transaction(scope) as session:
        start = await repository.oldest(session, scope.tenant_id)
    gone = 0
    while start is not None and start < before:
        end = min(_midnight(start) + _DAY, before)
        more = _MOST_AT_ONCE
        while more == _MOST_AT_ONCE:
            async with core.db.transaction(scope) as session:
                more = await repository.forget(session, start, end, _MOST_AT_ONCE)
            gone += more
        start = end
    return gone


def _midnight(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


async def show(w: Work) -> KeepingShown:
    """What is kept, and since when."""
    row = await repository.keeping(w.session, w.scope.tenant_id)
    return KeepingShown(
        days=None if row is None else row.days,
        max_rows=None if row is None else row.max_rows,
        max_bytes=None if row is None else row.max_bytes,
        server_days=w.core.settings.api_log_retention_days,
        oldest_at=await repository.oldest(w.session, w.scope.tenant_id),
        kept_rows=None if row is None else row.kept_rows,
        kept_bytes=None if row is None else row.kept_bytes,
        measured_at=None if row is None else row.measured_at,
        changed_at=None if row is None else row.changed_at,
        changed_by=None if row is None else row.changed_by,
        minutes_days=MINUTES_DAYS,
        hours_days=HOURS_DAYS,
    )


async def change(w: Work, wanted: Keeping) -> None:
    """Put other bounds in place; the next run of the job holds them."""
    values = wanted.model_dump()
    by = {"changed_at": w.core.clock.now(), "changed_by": w.scope.actor.name}
    await repository.set_keeping(w.session, w.scope.tenant_id, values | by)
    await audit.record(w.session, w.scope, "api_log.keeping_changed", "tenant", w.scope.tenant_id, values)
