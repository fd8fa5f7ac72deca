"""Steps about alerts as SQL over `data.alerts`: pure. Alerts that were told count, not those that are only pending."""

from __future__ import annotations

from typing import Final

from opsloom.ask.plan import AlertsStep
from opsloom.ask.tools.conditions import contains, one_of, uuids, where, within
from opsloom.inventory.schemas import ParameterType, Query
from opsloom.inventory.service import Values

_ITEM: Final = "(select i.name from data.items i where i.id = item_id)"
_GROUPS: Final = {
    "by_rule": "rule",
    "by_item": f"coalesce({_ITEM}, key)",
    "by_severity": "severity",
    "by_state": "state",
}
MOST_DAYS: Final = 400


def alerts(step: AlertsStep) -> Query:
    """Alerts by when they fired: the newest, their number, groups of them, or how long they lasted."""
    values, parts = Values(), ["fired_at is not null"]
    parts += one_of(values, "state", step.states)
    parts += one_of(values, "severity", step.severities)
    if step.item_ids:
        parts.append(f"item_id = any({uuids(values, step.item_ids)})")
    if step.item_types:
        types = values.add(ParameterType.TEXTS, list(step.item_types))
        parts.append(f"item_id in (select i.id from data.items i where i.type = any({types}))")
    parts += contains(values, step.text, "rule", "title")
    parts += within(values, "fired_at", step.window)
    condition = where(parts)
    match step.mode:
        case "count":
            sql = f"select count(*) as value from data.alerts\n{condition}"
        case "average_duration":
            sql = _duration(condition)
        case "list":
            sql = _list(step, condition, values)
        case _:
            sql = _groups(step, condition, values)
    return Query(sql=sql, parameters=values.parameters)


def _duration(condition: str) -> str:
    lasted = "extract(epoch from resolved_at - fired_at)::float8"
    return (
        f"select avg({lasted}) as value, count(*) as samples, min({lasted}) as shortest, max({lasted}) as longest, 's' as unit\n"
        f"from data.alerts\n{condition}\n  and resolved_at is not null"
    )


def _list(step: AlertsStep, condition: str, values: Values) -> str:
    direction = "asc" if step.ascending else "desc"
    return (
        f"select title, severity, state, rule, key, fired_at, resolved_at, item_id, {_ITEM} as item, id as alert_id,\n"
        f"       count(*) over () as total\nfrom data.alerts\n{condition}\n"
        f"order by fired_at {direction}, id {page(step.nth, step.limit, values)}"
    )


def _groups(step: AlertsStep, condition: str, values: Values) -> str:
    direction = "asc" if step.ascending else "desc"
    if step.mode == "by_day":
        zone = values.add(ParameterType.TEXT, step.window.zone if step.window else "UTC")
        column, limit = f"to_char(fired_at at time zone {zone}, 'YYYY-MM-DD')", MOST_DAYS
    else:
        column, limit = _GROUPS[step.mode], step.limit
    item = "item_id" if step.mode == "by_item" else "null::uuid"
    return (
        f"select {column} as name, count(*) as value, max(fired_at) as last_fired_at, {item} as item_id,\n"
        f"       sum(count(*)) over ()::bigint as whole, count(*) over () as total\nfrom data.alerts\n{condition}\n"
        f"group by 1, 4 order by value {direction}, name {page(step.nth, limit, values)}"
    )


def page(nth: int | None, limit: int, values: Values) -> str:
    """The first rows, or only the n-th."""
    if nth is None:
        return f"limit {values.add(ParameterType.INTEGER, limit)}"
    return f"limit 1 offset {values.add(ParameterType.INTEGER, nth - 1)}"
