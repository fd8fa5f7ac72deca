"""Counts of events: over time, and by what each choice of a field would leave."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, CompoundSelect, Select, func, literal, select, text, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.events.filters import NO_SEVERITY, Columns, EventFilter
from opsloom.events.models import Event
from opsloom.events.search.schemas import EventChoice, EventSlot, EventSummary, EventSummaryQuery
from opsloom.identity.scope import Scope
from opsloom.inventory.service import nice_step
from opsloom.kit.errors import InvalidInput

MOST_COUNTED: Final = 100_000
_MOST_CHOICES: Final = 30
_LIMIT: Final = text("set local statement_timeout = '10s'")
_EVENTS: Final = Event.__table__
_FIELDS: Final = {"type": "types", "source": "sources", "severity": "severities", "subject": "subjects"}
_LONGEST: Final = timedelta(days=3660)
_EPOCH: Final = text("timestamptz '2000-01-01'")


async def summarise(session: AsyncSession, scope: Scope, query: EventSummaryQuery, now: datetime) -> EventSummary:
    """Raises InvalidInput for a range that ends before it begins."""
    end = query.end or now
    start = query.start or end - timedelta(days=1)
    if not timedelta() < end - start <= _LONGEST:
        raise InvalidInput("The range must end after it begins, and be no longer than ten years.")
    given = query.model_copy(update={"start": start, "end": query.end}).filter()
    await session.execute(_LIMIT)
    step_s = max(int(nice_step((end - start).total_seconds(), query.slots)), 1)
    slots = await _slots(session, scope, given, step_s)
    complete, choices = await _choices(session, scope, given)
    return EventSummary(
        start=start,
        end=end,
        step_s=step_s,
        total=sum(count for slot in slots for count in slot.counts.values()),
        slots=slots,
        complete=complete,
        **choices,
    )


async def _slots(session: AsyncSession, scope: Scope, wanted: EventFilter, step_s: int) -> list[EventSlot]:
    of = _EVENTS.c
    at = func.date_bin(func.make_interval(0, 0, 0, 0, 0, 0, step_s), of.time, _EPOCH).label("at")
    severity = func.coalesce(of.severity, NO_SEVERITY)
    query = select(at, severity, func.count()).where(of.tenant_id == scope.tenant_id, *wanted.conditions(of))
    found: dict[datetime, dict[str, int]] = defaultdict(dict)
    for moment, level, count in await session.execute(query.group_by(at, severity).order_by(at)):
        found[moment][level] = count
    return [EventSlot(at=moment, counts=counts) for moment, counts in found.items()]


async def _choices(
    session: AsyncSession, scope: Scope, wanted: EventFilter
) -> tuple[bool, dict[str, list[EventChoice]]]:
    """Whether all events of the range were looked at, and the choices of each field; its own choice does not narrow it."""
    newest = (
        select(_EVENTS)
        .where(_EVENTS.c.tenant_id == scope.tenant_id, *wanted.spanned(_EVENTS.c))
        .order_by(_EVENTS.c.time.desc(), _EVENTS.c.id.desc())
        .limit(MOST_COUNTED + 1)
        .subquery("newest")
    )
    of = newest.c
    found = _all(wanted.searched(of))
    base = select(of.type, of.source, of.severity, of.subject, found.label("found")).select_from(newest).cte("base")
    total = select(literal("").label("field"), literal("").label("value"), func.count().label("n"))
    query: CompoundSelect[Any] = union_all(
        total.select_from(base), *(_counted(name, base.c, wanted) for name in _FIELDS)
    )
    rows = (await session.execute(query)).all()
    choices: dict[str, list[EventChoice]] = {name: [] for name in _FIELDS.values()}
    for field, value, count in rows[1:]:
        choices[_FIELDS[field]].append(EventChoice(value=value, count=count))
    return int(rows[0][2]) <= MOST_COUNTED, choices


def _all(conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    found: ColumnElement[bool] = literal(True)
    for each in conditions:
        found = found & each
    return found


def _counted(name: str, of: Columns, wanted: EventFilter) -> Select[Any]:
    value = func.coalesce(of.severity, NO_SEVERITY) if name == "severity" else of[name]
    others = [condition for field, condition in wanted.chosen(of).items() if field != name]
    query = (
        select(literal(name).label("field"), value.label("value"), func.count().label("n"))
        .where(of.found, value.is_not(None), *others)
        .group_by(value)
        .order_by(func.count().desc(), value)
        .limit(_MOST_CHOICES)
    )
    return select(query.subquery(f"of_{name}"))
