"""How APIs do: from the counts by minute while these are kept, from those by hour before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis.logs import repository
from opsloom.apis.logs.schemas import ApiMetrics, ApiSummary, MetricsOfAll, MetricsPoint, MetricsQuery, Numbers
from opsloom.apis.run_counts import HOUR_S, MINUTE_S, SLOTS, quantile, start_of
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import InvalidInput

MINUTES_DAYS: Final = 3
HOURS_DAYS: Final = 90
_MOST_POINTS: Final = 120
_STEPS_S: Final = (60, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)
_SUMMED: Final = ("runs", "refused", "limited", "failed", "timed_out", "hits", "misses", "rows", "bytes")
_LONGEST_LIST: Final = timedelta(hours=3)
"""A list of many APIs adds up minutes only for so long; beyond, hours are fine enough."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole spans of `span_s`, added up by `step_s`."""

    start: datetime
    end: datetime
    span_s: int
    step_s: int


def stretch(query: MetricsQuery, now: datetime, *, of_many: bool = False) -> Stretch:
    """Which counts answer for a stretch of time. Raises InvalidInput when it ends before it begins."""
    end = query.end or now
    start = query.start or end - timedelta(hours=1)
    if start >= end:
        raise InvalidInput("The time range ends before it begins.", hint="Give `from` before `to`.")
    start = max(start, now - timedelta(days=HOURS_DAYS + 1))
    end = max(end, start + timedelta(seconds=MINUTE_S))
    by_minute = start >= now - timedelta(days=MINUTES_DAYS) and not (of_many and end - start > _LONGEST_LIST)
    span_s = MINUTE_S if by_minute else HOUR_S
    least = max(span_s, (end - start).total_seconds() / _MOST_POINTS)
    step_s = next((step for step in _STEPS_S if step >= least), _STEPS_S[-1])
    return Stretch(start_of(start, step_s), end, span_s, step_s)


async def of_api(core: Core, session: AsyncSession, scope: Scope, api_id: UUID, query: MetricsQuery) -> ApiMetrics:
    """One API over time. The caller has looked that it exists."""
    asked = stretch(query, core.clock.now())
    values = {
        "tenant_id": scope.tenant_id, "api_id": api_id, "span_s": asked.span_s, "step_s": asked.step_s,
        "start": asked.start, "end": asked.end,
    }  # fmt: skip
    rows = await repository.counted(session, repository.POINTS, values)
    return ApiMetrics(
        start=asked.start,
        end=asked.end,
        step_s=asked.step_s,
        total=Numbers(**_numbers(_added(rows))),
        points=[MetricsPoint(at=row.at, **_numbers(row._mapping)) for row in rows],
        breaker=breakers(core, scope).get(api_id, "closed"),
    )


async def of_all(core: Core, session: AsyncSession, scope: Scope, query: MetricsQuery) -> MetricsOfAll:
    """Every API that was called."""
    asked = stretch(query, core.clock.now(), of_many=True)
    values = {"tenant_id": scope.tenant_id, "span_s": asked.span_s, "start": asked.start, "end": asked.end}
    rows = await repository.counted(session, repository.SUMMARY, values)
    states = breakers(core, scope)
    items = [
        ApiSummary(api_id=row.api_id, breaker=states.get(row.api_id, "closed"), **_numbers(row._mapping))
        for row in rows
    ]
    return MetricsOfAll(start=asked.start, end=asked.end, items=items)


def breakers(core: Core, scope: Scope) -> dict[UUID, str]:
    """The state of the breakers of the tenant's APIs in this process."""
    prefix = f"api:{scope.tenant_id}:"
    return {
        UUID(view.key.removeprefix(prefix)): view.state.value
        for view in core.breakers.local.views()
        if view.key.startswith(prefix)
    }


def _added(rows: Iterable[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: 0 for name in (*_SUMMED, "total_ms")} | {"slots": [0] * SLOTS}
    for row in rows:
        for name in (*_SUMMED, "total_ms"):
            found[name] += getattr(row, name)
        found["slots"] = [a + b for a, b in zip(found["slots"], row.slots, strict=True)]
    return found


def _numbers(row: Any) -> dict[str, Any]:
    slots: Sequence[int] = [int(count) for count in row["slots"]]
    runs = int(row["runs"])
    times = {f"p{percent}_ms": _rounded(quantile(slots, percent / 100)) for percent in (50, 95, 99)}
    mean = _rounded(float(row["total_ms"]) / runs if runs else None)
    return {**{name: int(row[name]) for name in _SUMMED}, "mean_ms": mean, **times}


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.3g}")
