"""Steps about events as SQL over `data.events`: pure. Changes, maintenance works, deployments and incidents are events too."""

from __future__ import annotations

from typing import Final

from opsloom.ask.plan import EventsStep
from opsloom.ask.tools.alert_queries import MOST_DAYS, page
from opsloom.ask.tools.conditions import contains, number_in, on_events, one_of, uuids, where, within
from opsloom.inventory.schemas import Aggregate, ParameterType, Query
from opsloom.inventory.service import Values, aggregate_sql
from opsloom.kit.errors import PlanningFailed

# Names are not unique; the same one is always taken.
_ITEM: Final = "(select i.id from data.items i where i.name = {name} order by i.id limit 1)"
_GROUPS: Final = {
    "by_type": "coalesce(type, '-')",
    "by_subject": "coalesce(subject, '-')",
    "by_source": "coalesce(source, '-')",
    "by_severity": "coalesce(severity, '-')",
}
_TIMES: Final = {"by_day": "YYYY-MM-DD", "by_hour": "HH24"}


def events(step: EventsStep) -> Query:
    """Events of an interval: the newest, their number, groups of them, or an aggregate over a number of their data."""
    values = Values()
    parts = [*within(values, "time", step.window), *_types(values, step), *one_of(values, "severity", step.severities)]
    parts += _about(values, step)
    parts += on_events(values, step.filters)
    parts += contains(values, step.text, "message", "data->>'title'", "data->>'title_ko'")
    condition = where(parts)
    match step.mode:
        case "count":
            sql = f"select count(*) as value from data.events\n{condition}"
        case "aggregate":
            sql = _aggregate(step, condition, values)
        case "list":
            sql = _list(step, condition, values)
        case _:
            sql = _groups(step, condition, values)
    return Query(sql=sql, parameters=values.parameters)


def _types(values: Values, step: EventsStep) -> list[str]:
    """Whole types, or prefixes that end in a full stop."""
    whole = [one for one in step.types if not one.endswith(".")]
    prefixes = [one for one in step.types if one.endswith(".")]
    parts = one_of(values, "type", whole)
    if prefixes:
        place = values.add(ParameterType.TEXTS, prefixes)
        parts.append(f"exists (select from unnest({place}) as prefix where starts_with(type, prefix))")
    return ["(" + " or ".join(parts) + ")"] if parts else []


def _about(values: Values, step: EventsStep) -> list[str]:
    """Events are about an item by its name."""
    about = one_of(values, "subject", step.subjects)
    if step.item_ids:
        about.append(f"subject in (select i.name from data.items i where i.id = any({uuids(values, step.item_ids)}))")
    parts = ["(" + " or ".join(about) + ")"] if about else []
    if step.item_types:
        types = values.add(ParameterType.TEXTS, list(step.item_types))
        parts.append(f"subject in (select i.name from data.items i where i.type = any({types}))")
    return parts


def _list(step: EventsStep, condition: str, values: Values) -> str:
    direction = "asc" if step.ascending else "desc"
    order = f"time {direction}, id {direction}"
    if step.order_by is not None:
        key = values.add(ParameterType.TEXT, step.order_by.removeprefix("data:"))
        order = f"{number_in('data', key)} {direction} nulls last, {order}"
    return (
        "select found.*, " + _ITEM.format(name="found.subject") + " as item_id from (\n"
        "  select time, severity, type, subject, source, message, data->>'title' as title, data->>'title_ko' as title_ko,\n"
        "         data->>'result' as result, data->>'team' as team, data->>'cause' as cause, data->'duration_min' as duration_min,\n"
        f"         count(*) over () as total, id\n  from data.events\n  {condition}\n"
        f"  order by {order} {page(step.nth, step.limit, values)}\n) as found"
    )


def _groups(step: EventsStep, condition: str, values: Values) -> str:
    direction = "asc" if step.ascending else "desc"
    column, limit = _column(step, values)
    inner = (
        f"  select {column} as name, count(*) as value, max(time) as last_time,\n"
        f"         sum(count(*)) over ()::bigint as whole, count(*) over () as total\n  from data.events\n  {condition}\n"
        f"  group by 1 order by value {direction}, name {page(step.nth, limit, values)}"
    )
    if step.mode in ("by_subject", "by_field"):
        return f"select found.*, {_ITEM.format(name='found.name')} as item_id from (\n{inner}\n) as found"
    return inner.replace("\n  ", "\n").strip()


def _column(step: EventsStep, values: Values) -> tuple[str, int]:
    if step.mode in _TIMES:
        zone = values.add(ParameterType.TEXT, step.window.zone)
        return f"to_char(time at time zone {zone}, '{_TIMES[step.mode]}')", MOST_DAYS
    if step.mode == "by_field":
        if not step.field:
            raise PlanningFailed("a grouping by a field needs the field")
        return f"coalesce(data->>{values.add(ParameterType.TEXT, step.field)}, '-')", step.limit
    return _GROUPS[step.mode], step.limit


def _aggregate(step: EventsStep, condition: str, values: Values) -> str:
    """An aggregate over a number of the data; a rate counts events a second."""
    aggregate = step.aggregate or Aggregate.AVG
    if aggregate is Aggregate.RATE:
        seconds = values.add(ParameterType.FLOAT, (step.window.end - step.window.start).total_seconds())
        return f"select count(*) / {seconds} as value, count(*) as samples, '1/s' as unit from data.events\n{condition}"
    if not step.field:
        raise PlanningFailed("an aggregate over events needs a field of their data")
    number = number_in("data", values.add(ParameterType.TEXT, step.field))
    return (
        f"select {aggregate_sql(aggregate)} as value, count(*) as samples, min(value) as lowest, max(value) as highest\n"
        f"from (select time, {number} as value from data.events\n{condition}) as numbers where value is not null"
    )
