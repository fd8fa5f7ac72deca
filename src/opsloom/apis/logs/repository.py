"""The queries of the log. Row security limits each to the session's tenant; the tenant also stands in the statement, for its
indexes."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Text,
    case,
    cast,
    delete,
    func,
    literal,
    select,
    text,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis.logs.filters import Columns, RunFilter, RunOutcome, ended
from opsloom.apis.logs.models import ApiRunCount, ApiRunKeeping
from opsloom.apis.models import ApiRun
from opsloom.apis.run_counts import SLOTS

MOST_COUNTED: Final = 100_000
"""Facets look at so many of the newest runs at most."""
_MOST_CHOICES: Final = 30
_RUNS: Final = ApiRun.__table__.c
_NO_ID: Final = datetime(1970, 1, 2, tzinfo=UTC)

Place = tuple[datetime, UUID]


async def newest(
    session: AsyncSession, tenant_id: UUID, wanted: RunFilter, *, limit: int, before: Place | None
) -> Sequence[ApiRun]:
    """Newest first, up to `limit`."""
    conditions = [*wanted.spanned(_RUNS), *wanted.searched(_RUNS), *wanted.chosen(_RUNS).values()]
    query = select(ApiRun).where(ApiRun.tenant_id == tenant_id, *conditions)
    if before is not None:
        query = query.where(tuple_(ApiRun.at, ApiRun.id) < before)
    return (await session.scalars(query.order_by(ApiRun.at.desc(), ApiRun.id.desc()).limit(limit))).all()


async def one(session: AsyncSession, tenant_id: UUID, run_id: UUID) -> ApiRun | None:
    """A run. Its id tells about when it was, so that one or two days are read."""
    made = (
        _NO_ID if run_id.version != 7 else _NO_ID + timedelta(milliseconds=min(run_id.int >> 80, 250_000_000_000_000))
    )
    made -= timedelta(days=1)
    near = timedelta(hours=1)
    query = select(ApiRun).where(ApiRun.tenant_id == tenant_id, ApiRun.id == run_id)
    return (await session.scalars(query.where(ApiRun.at >= made - near, ApiRun.at < made + near))).one_or_none()


class Choice(NamedTuple):
    """A value of a field and how many runs have it."""

    field: str
    value: str
    label: str
    runs: int


async def facets(session: AsyncSession, tenant_id: UUID, wanted: RunFilter) -> tuple[int, list[Choice]]:
    """How many runs were looked at, and the choices of each field among them."""
    newest_runs = (
        select(ApiRun.__table__)
        .where(ApiRun.tenant_id == tenant_id, *wanted.spanned(_RUNS))
        .order_by(ApiRun.at.desc(), ApiRun.id.desc())
        .limit(MOST_COUNTED + 1)
        .subquery("newest")
    )
    of = newest_runs.c
    columns = (of.api_id, of.api_name, of.version, of.status, of.code, of.actor_id, of.actor_name, of.cache)
    base = select(*columns, and_all(wanted.searched(of)).label("found")).select_from(newest_runs).cte("base")
    query: CompoundSelect[Any] = union_all(
        select(literal("").label("field"), literal("").label("value"), literal("").label("label"), func.count().label("n"))
        .select_from(base),
        *(_counted(name, base.c, wanted) for name in _FIELDS),
    )  # fmt: skip
    rows = (await session.execute(query)).all()
    return int(rows[0][3]), [Choice(*row) for row in rows[1:]]


_FIELDS: Final = ("apis", "versions", "outcomes", "codes", "callers", "caches")


def and_all(conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """All of them; true of none."""
    found: ColumnElement[bool] = literal(True)
    for each in conditions:
        found = found & each
    return found


def _counted(name: str, of: Columns, wanted: RunFilter) -> Select[Any]:
    value, label = _choice_of(name, of)
    others = [condition for field, condition in wanted.chosen(of).items() if field != name]
    query = (
        select(literal(name).label("field"), value.label("value"), label.label("label"), func.count().label("n"))
        .where(of.found, value.is_not(None), value != "", *others)
        .group_by(value)
        .order_by(func.count().desc(), value)
        .limit(_MOST_CHOICES)
    )
    return select(query.subquery(f"of_{name}"))


def _choice_of(name: str, of: Columns) -> tuple[ColumnElement[str], ColumnElement[str]]:
    """The value of a field and what it is called."""
    if name == "apis":
        return cast(of.api_id, Text), func.max(of.api_name)
    if name == "callers":
        return cast(of.actor_id, Text), func.max(of.actor_name)
    value: ColumnElement[str]
    if name == "outcomes":
        value = case(*((ended(of.status, each), each.value) for each in RunOutcome), else_="")
    else:
        value = cast({"versions": of.version, "codes": of.code, "caches": of.cache}[name], Text)
    return value, func.max(value)


# --- counts ---

_SUMS: Final = ", ".join(
    f"sum({name}) as {name}"
    for name in ("runs", "refused", "limited", "failed", "timed_out", "hits", "misses", "rows", "bytes", "total_ms")
)
_SLOT_SUMS: Final = ", ".join(f"coalesce(sum(slots[{slot}]), 0)" for slot in range(1, SLOTS + 1))
POINTS: Final = f"""
select to_timestamp(floor(extract(epoch from start) / :step_s) * :step_s) as at, {_SUMS}, array[{_SLOT_SUMS}] as slots
from api_run_counts
where tenant_id = :tenant_id and api_id = :api_id and span_s = :span_s and start >= :start and start < :end
group by 1 order by 1
"""  # made of the names above
SUMMARY: Final = f"""
select api_id, {_SUMS}, array[{_SLOT_SUMS}] as slots
from api_run_counts
where tenant_id = :tenant_id and span_s = :span_s and start >= :start and start < :end
group by api_id order by sum(runs) desc, api_id limit 1000
"""  # made of the names above


async def counted(session: AsyncSession, query: str, values: dict[str, Any]) -> Sequence[Any]:
    """Rows of `POINTS` or `SUMMARY`."""
    return (await session.execute(text(query), values)).all()


async def forget_counts(session: AsyncSession, tenant_id: UUID, span_s: int, before: datetime) -> None:
    """Delete the counts of spans that began earlier."""
    of = ApiRunCount
    await session.execute(delete(of).where(of.tenant_id == tenant_id, of.span_s == span_s, of.start < before))


# --- keeping ---


async def keeping(session: AsyncSession, tenant_id: UUID) -> ApiRunKeeping | None:
    """The tenant's bounds and what was kept when they were last held."""
    return await session.get(ApiRunKeeping, tenant_id)


async def set_keeping(session: AsyncSession, tenant_id: UUID, values: dict[str, Any]) -> None:
    """Put some columns in place."""
    statement = insert(ApiRunKeeping).values(tenant_id=tenant_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=values))
