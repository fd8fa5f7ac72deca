"""The queries behind a case: what the symptom depends on, how its metrics went, what happened and which alerts fired. Pure SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from opsloom.ask.tools.conditions import uuids
from opsloom.inventory.schemas import ParameterType, Query
from opsloom.inventory.service import Values

BUCKET_S: Final = 120
BASELINE: Final = timedelta(hours=3)
BEFORE: Final = timedelta(minutes=10)  # causes begin before their symptoms
CHANGES_BEFORE: Final = timedelta(hours=1, minutes=10)
MOST_ROWS: Final = 3000
_KINDS: Final = ["change.", "deployment.", "deploy.", "maintenance."]


@dataclass(frozen=True)
class Stretch:
    """When the symptom was there."""

    start: datetime
    end: datetime


def course(item_id: UUID, stretch: Stretch) -> Query:
    """The symptom's own metrics in steps, with a time before to know what is usual."""
    values = Values()
    item, begin = uuids(values, [item_id]), values.time(stretch.start - BASELINE)
    end, step = values.time(stretch.end), values.add(ParameterType.FLOAT, float(BUCKET_S))
    sql = (
        f"select metric, min(item) as item, min(item_type) as item_type, min(unit) as unit,\n"
        f"       date_bin(make_interval(secs => {step}), time, {begin}) as time, avg(value) as value\n"
        f"from data.metrics where item_id = any({item}) and time >= {begin} and time < {end}\n"
        f"group by metric, 5 order by metric, 5 limit {values.add(ParameterType.INTEGER, MOST_ROWS * 4)}"
    )
    return Query(sql=sql, parameters=values.parameters)


def deviations(item_ids: Sequence[UUID], stretch: Stretch) -> Query:
    """For each item and metric: what was usual before, how wide it spread, how far it went, and when it first did."""
    values = Values()
    items = uuids(values, item_ids)
    begin, start = values.time(stretch.start - BEFORE - BASELINE), values.time(stretch.start - BEFORE)
    end, step = values.time(stretch.end), values.add(ParameterType.FLOAT, float(BUCKET_S))
    sql = (
        "with measured as materialized (\n"
        f"  select item_id, metric, min(unit) as unit, date_bin(make_interval(secs => {step}), time, {start}) as bucket,\n"
        f"         avg(value) as value from data.metrics\n"
        f"  where item_id = any({items}) and time >= {begin} and time < {end} group by 1, 2, 4\n"
        "), usual as (\n"
        "  select item_id, metric, percentile_cont(0.5) within group (order by value) as usual\n"
        f"  from measured where bucket < {start} group by 1, 2 having count(*) >= 10\n"
        "), spreads as (\n"
        "  select m.item_id, m.metric, u.usual,\n"
        "         greatest(1.4826 * percentile_cont(0.5) within group (order by abs(m.value - u.usual)), 0.02 * abs(u.usual), 1e-6)"
        " as spread\n"
        f"  from measured m join usual u on u.item_id = m.item_id and u.metric = m.metric where m.bucket < {start}\n"
        "  group by 1, 2, 3\n"
        ")\n"
        "select m.item_id, m.metric, min(m.unit) as unit, s.usual, s.spread, max(m.value) as highest, min(m.value) as lowest,\n"
        "       min(m.bucket) filter (where m.value > s.usual + 4 * s.spread) as rose_at,\n"
        "       min(m.bucket) filter (where m.value < s.usual - 4 * s.spread) as fell_at\n"
        "from measured m join spreads s on s.item_id = m.item_id and s.metric = m.metric\n"
        f"where m.bucket >= {start} group by m.item_id, m.metric, s.usual, s.spread\n"
        f"order by m.item_id, m.metric limit {values.add(ParameterType.INTEGER, MOST_ROWS)}"
    )
    return Query(sql=sql, parameters=values.parameters)


def happenings(names: Sequence[str], stretch: Stretch) -> Query:
    """Changes and errors about the items. Records of incidents are left out: they tell the answer afterwards."""
    values = Values()
    subjects, kinds = values.add(ParameterType.TEXTS, list(names)), values.add(ParameterType.TEXTS, _KINDS)
    begin, end = values.time(stretch.start - CHANGES_BEFORE), values.time(stretch.end)
    sql = (
        "select time, type, subject, severity, coalesce(data->>'title', message, type) as title, data->>'title_ko' as title_ko\n"
        f"from data.events where time >= {begin} and time < {end} and subject = any({subjects})\n"
        f"  and not starts_with(type, 'incident.')\n"
        f"  and (severity in ('error', 'critical') or exists (select from unnest({kinds}) as kind where starts_with(type, kind)))\n"
        f"order by time limit {values.add(ParameterType.INTEGER, MOST_ROWS)}"
    )
    return Query(sql=sql, parameters=values.parameters)


def fired(item_ids: Sequence[UUID], stretch: Stretch) -> Query:
    """Alerts of the items that fired around the time."""
    values = Values()
    items = uuids(values, item_ids)
    begin, end = values.time(stretch.start - BEFORE), values.time(stretch.end)
    sql = (
        "select item_id, title, rule, severity, fired_at from data.alerts\n"
        f"where item_id = any({items}) and fired_at >= {begin} and fired_at < {end}\norder by fired_at limit 200"
    )
    return Query(sql=sql, parameters=values.parameters)


def needed(item_id: UUID, depth: int, types: Sequence[str]) -> Query:
    """The relations along which the item depends on others, and the items at their ends."""
    values = Values()
    start, deepest = uuids(values, [item_id]), values.add(ParameterType.INTEGER, depth)
    kinds = values.add(ParameterType.TEXTS, list(types))
    sql = (
        "with recursive edges as materialized (\n"
        f"  select source_id, source, source_type, target_id, target, target_type, type from data.relations where type = any({kinds})\n"
        "), hops as (\n"
        f"  select i.id as item_id, 0::bigint as depth from data.items i where i.id = any({start})\n"
        f"  union\n  select e.target_id, h.depth + 1 from hops h join edges e on e.source_id = h.item_id where h.depth < {deepest}\n"
        "), reached as (select item_id, min(depth) as depth from hops group by item_id)\n"
        "select e.*, r.depth from edges e join reached r on r.item_id = e.source_id\n"
        f"where r.depth < {deepest} order by r.depth, e.source, e.target limit {values.add(ParameterType.INTEGER, MOST_ROWS)}"
    )
    return Query(sql=sql, parameters=values.parameters)


def worst_off(stretch: Stretch, metrics: Sequence[str]) -> Query:
    """Who felt most in an interval, against the time before: the symptom when none is named."""
    values = Values()
    names = values.add(ParameterType.TEXTS, list(metrics))
    begin, start, end = values.time(stretch.start - BASELINE), values.time(stretch.start), values.time(stretch.end)
    sql = (
        "with buckets as (\n"
        "  select item_id, item, item_type, metric, date_bin('5 minutes', time, "
        + start
        + ") as bucket, avg(value) as value\n"
        f"  from data.metrics where metric = any({names}) and time >= {begin} and time < {end} group by 1, 2, 3, 4, 5\n"
        "), usual as (\n"
        "  select item_id, metric, percentile_cont(0.5) within group (order by value) as usual\n"
        f"  from buckets where bucket < {start} group by 1, 2\n"
        ")\n"
        "select b.item_id, b.item, b.item_type, b.metric, max(b.value) as highest, u.usual,\n"
        "       max(b.value) / greatest(u.usual, 1e-6) as times\n"
        "from buckets b join usual u on u.item_id = b.item_id and u.metric = b.metric\n"
        f"where b.bucket >= {start} group by 1, 2, 3, 4, 6 order by times desc, b.item limit 5"
    )
    return Query(sql=sql, parameters=values.parameters)
