"""What there is to choose from: counts of alerts by state, severity, rule, label and assignee. Row security limits each query to the
session's tenant."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.alerts.lifecycle import OPEN, AlertState, Origin, Severity
from opsloom.alerts.models import Alert
from opsloom.alerts.repository import Filters, conditions
from opsloom.alerts.schemas import AlertFacets, AlertSummary, FacetCount, LabelFacet, RuleCount

NOBODY: Final = "none"
NO_RULE: Final = UUID(int=0)
"""The rule that posted alerts belong to: none."""
_MOST_RULES: Final = 30
_MOST_NAMES: Final = 12
_MOST_VALUES: Final = 12
_LABELS_OF: Final = 20_000
"""Labels are counted over so many of the newest alerts at most: beyond, counting costs more than it tells."""


async def count(session: AsyncSession, filters: Filters) -> AlertFacets:
    """Every group, counted as if its own filter were not set."""
    states = await _grouped(session, replace(filters, states=tuple(AlertState)), Alert.state)
    severities = await _grouped(session, replace(filters, severities=()), Alert.severity)
    return AlertFacets(
        states=[FacetCount(value=each, label=each, count=states.get(each, 0)) for each in AlertState],
        severities=[FacetCount(value=each, label=each, count=severities.get(each, 0)) for each in Severity],
        rules=await _rules(session, replace(filters, rule_ids=())),
        assignees=await _assignees(session, replace(filters, assignees=(), unassigned=False)),
        labels=await _labels(session, filters),
    )


async def _grouped(session: AsyncSession, filters: Filters, column: object) -> dict[str, int]:
    query = select(column, func.count()).where(*conditions(filters)).group_by(column)  # type: ignore[call-overload]
    return {value: number for value, number in (await session.execute(query)).all()}


async def _rules(session: AsyncSession, filters: Filters) -> list[FacetCount]:
    number = func.count()
    query = select(Alert.rule_id, func.max(Alert.rule_name), number).where(*conditions(filters))
    query = query.where(Alert.origin == Origin.RULE)  # what is posted has a name among its labels
    query = query.group_by(Alert.rule_id).order_by(number.desc(), func.max(Alert.rule_name)).limit(_MOST_RULES)
    rows = (await session.execute(query)).all()
    return [FacetCount(value=str(rule_id), label=name, count=total) for rule_id, name, total in rows]


async def _assignees(session: AsyncSession, filters: Filters) -> list[FacetCount]:
    number = func.count()
    query = select(Alert.assignee_id, func.max(Alert.assignee), number).where(*conditions(filters))
    rows = (await session.execute(query.group_by(Alert.assignee_id).order_by(number.desc()))).all()
    return [
        FacetCount(value=NOBODY if who is None else str(who), label=name or "", count=total)
        for who, name, total in rows
    ]


async def _labels(session: AsyncSession, filters: Filters) -> list[LabelFacet]:
    newest = select(Alert.labels).where(*conditions(filters)).order_by(Alert.id.desc()).limit(_LABELS_OF).subquery()
    pair = func.jsonb_each_text(newest.c.labels).table_valued("key", "value").lateral()
    number = func.count()
    query = select(pair.c.key, pair.c.value, number).select_from(newest).join(pair, true())
    ranked = query.group_by(pair.c.key, pair.c.value).order_by(number.desc(), pair.c.key, pair.c.value).limit(1000)
    return _by_name([(name, value, total) for name, value, total in (await session.execute(ranked)).all()])


def _by_name(rows: Sequence[tuple[str, str, int]]) -> list[LabelFacet]:
    """The names that most alerts have, each with its most frequent values. A name with a value of its own for every alert tells
    nothing and comes last."""
    sizes, kinds = Counter[str](), Counter[str]()
    for name, _, total in rows:
        sizes[name] += total
        kinds[name] += 1
    names = sorted(sizes, key=lambda name: (kinds[name] == sizes[name] and sizes[name] > 1, -sizes[name], name))
    return [
        LabelFacet(
            name=name,
            values=[FacetCount(value=v, label=v, count=total) for of, v, total in rows if of == name][:_MOST_VALUES],
        )
        for name in names[:_MOST_NAMES]
    ]


async def summarise(session: AsyncSession) -> AlertSummary:
    """Counts for the head of the page."""
    states = await _grouped(session, Filters(), Alert.state)
    severities = dict.fromkeys(Severity, 0)
    rules: dict[UUID, RuleCount] = {}
    for rule_id, name, severity, number in await _open_counts(session):
        severities[Severity(severity)] += number
        if rule_id == NO_RULE:
            continue
        rule = rules.setdefault(rule_id, RuleCount(rule_id=rule_id, rule_name=name, count=0))
        rule.count += number
    total = sum(severities.values())
    return AlertSummary(
        states={state: states.get(state, 0) for state in AlertState},
        severities=severities,
        rules=sorted(rules.values(), key=lambda one: (-one.count, one.rule_name)),
        open=total,
        last_fired_at=(await session.execute(select(func.max(Alert.fired_at)))).scalar_one(),
        quiet_since=None if total else await _last_ended(session),
    )


async def _open_counts(session: AsyncSession) -> list[tuple[UUID, str, str, int]]:
    query = select(Alert.rule_id, func.max(Alert.rule_name), Alert.severity, func.count()).where(Alert.state.in_(OPEN))
    rows = await session.execute(query.group_by(Alert.rule_id, Alert.severity))
    return [(rule_id, name, severity, number) for rule_id, name, severity, number in rows.all()]


async def _last_ended(session: AsyncSession) -> datetime | None:
    ended = func.coalesce(Alert.resolved_at, Alert.updated_at)
    query = select(func.max(ended)).where(Alert.fired_at.is_not(None))
    return (await session.execute(query)).scalar_one()
