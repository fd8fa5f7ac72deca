"""Steps as SQL over the `data` views: pure. Metric steps go through the inventory's own builder."""

from __future__ import annotations

from opsloom.ask.plan import AlertsStep, EventsStep, ItemsStep, MetricStep, RelationsStep
from opsloom.inventory.schemas import MetricQuery, ParameterType, Query
from opsloom.inventory.service import Values, metric_sql


def metric(step: MetricStep) -> Query:
    """A value, a row for each item, or a row for each bucket."""
    return metric_sql(
        MetricQuery(
            metric=step.metric,
            start=step.window.start,
            end=step.window.end,
            item_ids=tuple(step.item_ids),
            item_types=tuple(step.item_types),
            aggregate=step.aggregate,
            by_item=step.shape == "by_item",
            step_s=step.step_s if step.shape == "series" else None,
            having=step.having,
            ascending=step.ascending,
            limit=step.limit,
        )
    )


def items(step: ItemsStep) -> Query:
    """Items, or their number."""
    values, parts = Values(), ["true"]
    if step.item_ids:
        parts.append(f"id = any({values.add(ParameterType.UUIDS, [str(one) for one in step.item_ids])})")
    if step.item_types:
        parts.append(f"type = any({values.add(ParameterType.TEXTS, list(step.item_types))})")
    where = _where(parts)
    if step.mode == "count":
        return Query(sql=f"select count(*) as value from data.items\n{where}", parameters=values.parameters)
    columns = "name, type, name_en, name_ko, aliases, addresses, id"
    sql = f"select {columns}, count(*) over () as total from data.items\n{where}\norder by name limit "
    return Query(sql=sql + values.add(ParameterType.INTEGER, step.limit), parameters=values.parameters)


def relations(step: RelationsStep) -> Query:
    """Direct relations of items, in both directions."""
    values = Values()
    ids = values.add(ParameterType.UUIDS, [str(one) for one in step.item_ids])
    limit = values.add(ParameterType.INTEGER, step.limit)
    sql = (
        "select source, type, target, source_type, target_type, count(*) over () as total from data.relations\n"
        f"where source_id = any({ids}) or target_id = any({ids})\norder by type, source, target limit {limit}"
    )
    return Query(sql=sql, parameters=values.parameters)


def alerts(step: AlertsStep) -> Query:
    """Alerts that were told (not those only pending), by when they fired."""
    values, parts = Values(), ["fired_at is not null"]
    if step.states:
        parts.append(f"state = any({values.add(ParameterType.TEXTS, list(step.states))})")
    if step.severities:
        parts.append(f"severity = any({values.add(ParameterType.TEXTS, list(step.severities))})")
    if step.item_ids:
        parts.append(f"item_id = any({values.add(ParameterType.UUIDS, [str(one) for one in step.item_ids])})")
    if step.window is not None:
        parts.append(f"fired_at >= {values.time(step.window.start)}")
        parts.append(f"fired_at < {values.time(step.window.end)}")
    where = _where(parts)
    if step.mode == "count":
        return Query(sql=f"select count(*) as value from data.alerts\n{where}", parameters=values.parameters)
    limit = values.add(ParameterType.INTEGER, step.limit)
    if step.mode in ("by_rule", "by_item"):
        column = (
            "rule" if step.mode == "by_rule" else "coalesce((select name from data.items i where i.id = item_id), key)"
        )
        sql = (
            f"select {column} as name, count(*) as value, max(fired_at) as last_fired_at from data.alerts\n{where}\n"
            f"group by 1 order by value desc, name limit {limit}"
        )
    else:
        sql = (
            "select title, severity, state, rule, key, fired_at, resolved_at, count(*) over () as total from data.alerts\n"
            f"{where}\norder by fired_at desc, id limit {limit}"
        )
    return Query(sql=sql, parameters=values.parameters)


_EVENT_GROUPS = {"by_type": "type", "by_subject": "subject", "by_source": "source"}


def events(step: EventsStep) -> Query:
    """Events of an interval: their number, the newest, or how many of each kind."""
    values = Values()
    parts = [f"time >= {values.time(step.window.start)}", f"time < {values.time(step.window.end)}"]
    if step.severities:
        parts.append(f"severity = any({values.add(ParameterType.TEXTS, list(step.severities))})")
    if step.subjects:
        parts.append(f"subject = any({values.add(ParameterType.TEXTS, list(step.subjects))})")
    where = _where(parts)
    if step.mode == "count":
        return Query(sql=f"select count(*) as value from data.events\n{where}", parameters=values.parameters)
    limit = values.add(ParameterType.INTEGER, step.limit)
    if step.mode in _EVENT_GROUPS:
        sql = (
            f"select coalesce({_EVENT_GROUPS[step.mode]}, '-') as name, count(*) as value, max(time) as last_time\n"
            f"from data.events\n{where}\ngroup by 1 order by value desc, name limit {limit}"
        )
    else:
        sql = (
            "select time, severity, type, subject, source, message, count(*) over () as total from data.events\n"
            f"{where}\norder by time desc, id limit {limit}"
        )
    return Query(sql=sql, parameters=values.parameters)


def _where(parts: list[str]) -> str:
    return "where " + "\n  and ".join(parts)
