"""Metric queries as SQL over the view `data.metrics`: pure.

Invariant: values are always bound; the text is made of constants chosen by enums, so that what a reference shows is what ran and can be
run again or copied into an API.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from opsloom.inventory.schemas import Aggregate, MetricQuery, Parameter, ParameterType, Query

_AGGREGATES: Final[dict[Aggregate, str]] = {
    Aggregate.AVG: "avg(value)",
    Aggregate.MIN: "min(value)",
    Aggregate.MAX: "max(value)",
    Aggregate.SUM: "sum(value)",
    Aggregate.COUNT: "count(*)::float8",
    Aggregate.P50: "percentile_cont(0.5) within group (order by value)",
    Aggregate.P90: "percentile_cont(0.9) within group (order by value)",
    Aggregate.P95: "percentile_cont(0.95) within group (order by value)",
    Aggregate.P99: "percentile_cont(0.99) within group (order by value)",
    Aggregate.LATEST: "(array_agg(value order by time desc))[1]",
    Aggregate.FIRST: "(array_agg(value order by time))[1]",
    Aggregate.STDDEV: "stddev_samp(value)",
    Aggregate.RATE: (
        "((array_agg(value order by time desc))[1] - (array_agg(value order by time))[1])"
        " / nullif(extract(epoch from max(time) - min(time)), 0)::float8"
    ),
}
_AT: Final[dict[Aggregate, str]] = {
    Aggregate.MAX: "value desc, time",
    Aggregate.MIN: "value, time",
    Aggregate.LATEST: "time desc",
    Aggregate.FIRST: "time",
}


_EXTREMES: Final = frozenset({Aggregate.MAX, Aggregate.MIN})


class Values:
    """Collects bound values and gives each its place."""

    def __init__(self) -> None:
        self.parameters: list[Parameter] = []

    def add(self, kind: ParameterType, value: Any) -> str:
        self.parameters.append(Parameter(type=kind, value=value))
        return f"${len(self.parameters)}::{kind.value}"

    def time(self, value: datetime) -> str:
        return self.add(ParameterType.TIME, value.isoformat())


Condition = Callable[[Values], str]
"""A further condition over `data.metrics`; binds its values as it is written."""


def aggregate_sql(aggregate: Aggregate) -> str:
    """An aggregate over columns `value` and `time`."""
    return _AGGREGATES[aggregate]


def build(query: MetricQuery, conditions: Sequence[Condition] = ()) -> Query:
    """The SQL of a metric query. Columns: value and samples, with time, item, bucket, name where the shape has them."""
    values = Values()
    where = "\n  and ".join([_where(query, values), *(condition(values) for condition in conditions)])
    if query.raw:
        sql = (
            "select time, value, item, item_id, unit, labels from data.metrics\n"
            f"where {where}\norder by time limit {values.add(ParameterType.INTEGER, query.limit)}"
        )
    elif query.step_s is not None:
        sql = _series(query, where, values)
    elif query.group_by is not None:
        sql = _by_group(query, where, values)
    elif query.by_item:
        sql = _by_item(query, where, values)
    else:
        sql = _one(query, where)
    return Query(sql=sql, parameters=values.parameters)


def _where(query: MetricQuery, values: Values) -> str:
    parts = [
        f"metric = {values.add(ParameterType.TEXT, query.metric)}",
        f"time >= {values.time(query.start)}",
        f"time < {values.time(query.end)}",
    ]
    if query.item_ids:
        parts.append(f"item_id = any({values.add(ParameterType.UUIDS, [str(one) for one in query.item_ids])})")
    if query.item_types:
        parts.append(f"item_type = any({values.add(ParameterType.TEXTS, list(query.item_types))})")
    if query.labels:
        parts.append(f"labels @> {values.add(ParameterType.JSON, query.labels)}")
    return "\n  and ".join(parts)


def _one(query: MetricQuery, where: str) -> str:
    order = _AT.get(query.aggregate)
    if query.aggregate in _EXTREMES:
        # Found in two passes: keeping every row to sort or count it costs far more than reading them twice.
        return (
            f"with found as (select {_AGGREGATES[query.aggregate]} as value, count(*) as samples from data.metrics\nwhere {where})\n"
            "select value, time, item, item_id, unit, (select samples from found) as samples from data.metrics\n"
            f"where {where}\n  and value = (select value from found)\norder by time limit 1"
        )
    if order is not None:
        return (
            "select value, time, item, item_id, unit, count(*) over () as samples from data.metrics\n"
            f"where {where}\norder by {order} limit 1"
        )
    return (
        f"select {_AGGREGATES[query.aggregate]} as value, count(*) as samples, min(unit) as unit,\n"
        "       count(distinct item_id) as items, min(time) as first_time, max(time) as last_time\n"
        f"from data.metrics\nwhere {where}"
    )


def _by_item(query: MetricQuery, where: str, values: Values) -> str:
    value = _AGGREGATES[query.aggregate]
    order = _AT.get(query.aggregate)
    extreme = query.aggregate in _EXTREMES
    at = f", (array_agg(time order by {order}))[1] as time" if order and not extreme else ""
    having = ""
    if query.having is not None:
        bound = values.add(ParameterType.FLOAT, query.having.value)
        having = f"\nhaving {value} {query.having.comparison.value} {bound}"
    direction = "asc" if query.ascending else "desc"
    skip = f" offset {values.add(ParameterType.INTEGER, query.offset)}" if query.offset else ""
    sql = (
        f"select item, item_id, item_type, {value} as value{at}, count(*) as samples, min(unit) as unit,\n"
        f"       count(*) over () as total\n"
        f"from data.metrics\nwhere {where}\ngroup by item, item_id, item_type{having}\n"
        f"order by value {direction} nulls last, item limit {values.add(ParameterType.INTEGER, query.limit)}{skip}"
    )
    if not extreme:
        return sql
    return (
        "select found.item, found.item_id, found.item_type, found.value, (\n"
        f"  select min(time) from data.metrics where {where}\n  and item_id = found.item_id and value = found.value\n"
        f") as time, found.samples, found.unit, found.total from (\n{sql}\n) as found\n"
        f"order by found.value {direction} nulls last, found.item"
    )


def _by_group(query: MetricQuery, where: str, values: Values) -> str:
    """A row for each type, attribute value, hour of the day or day."""
    assert query.group_by is not None
    source, times = "data.metrics", {"hour": "HH24", "day": "YYYY-MM-DD"}
    if query.group_by in times:
        zone = values.add(ParameterType.TEXT, query.zone)
        group = f"to_char(time at time zone {zone}, '{times[query.group_by]}')"
    elif query.group_by == "type":
        group = "item_type"
    else:
        key = values.add(ParameterType.TEXT, query.group_by.removeprefix("attribute:"))
        group = f"coalesce(attributes->>{key}, '-')"
        source = "(select m.*, i.attributes from data.metrics m join data.items i on i.id = m.item_id) as measured"
    direction = "asc" if query.ascending else "desc"
    skip = f" offset {values.add(ParameterType.INTEGER, query.offset)}" if query.offset else ""
    return (
        f"select {group} as name, {_AGGREGATES[query.aggregate]} as value, count(*) as samples, min(unit) as unit,\n"
        f"       count(distinct item_id) as items, count(*) over () as total\n"
        f"from {source}\nwhere {where}\ngroup by 1\n"
        f"order by value {direction} nulls last, name limit {values.add(ParameterType.INTEGER, query.limit)}{skip}"
    )


def _series(query: MetricQuery, where: str, values: Values) -> str:
    step = values.add(ParameterType.FLOAT, float(query.step_s or 1))
    bucket = f"date_bin(make_interval(secs => {step}), time, {values.time(query.start)})"
    return (
        f"select {bucket} as time, {_AGGREGATES[query.aggregate]} as value, item, item_id, min(unit) as unit, labels,\n"
        f"       count(*) as samples\nfrom data.metrics\nwhere {where}\n"
        f"group by 1, item, item_id, labels\norder by 1, item limit {values.add(ParameterType.INTEGER, query.limit)}"
    )


def bound(parameters: list[Parameter]) -> list[Any]:
    """The values as the driver wants them. Raises ValueError for a stored value that does not fit its type."""
    return [_bound(one) for one in parameters]


def _bound(parameter: Parameter) -> Any:
    value = parameter.value
    match parameter.type:
        case ParameterType.TIME:
            return datetime.fromisoformat(str(value))
        case ParameterType.UUID:
            return UUID(str(value))
        case ParameterType.UUIDS:
            return [UUID(str(one)) for one in value] if isinstance(value, list) else []
        case ParameterType.JSON:
            return value
        case _:
            return value


def nice_step(seconds: float, points: int = 120) -> int:
    """A step people read well that cuts an interval into at most `points` buckets."""
    wanted = seconds / max(points, 1)
    steps = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)
    return next((step for step in steps if step >= wanted), max(86_400, int(-(-wanted // 86_400)) * 86_400))


def labels_text(labels: dict[str, str]) -> str:
    """Canonical JSON of labels, equal for equal labels."""
    return orjson.dumps(labels, option=orjson.OPT_SORT_KEYS).decode()
