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
BEFORE: Final = timedelta(minutes=10)
FEWEST: Final = 8  # values from which one can tell how much something varies
CHANGES_BEFORE: Final = timedelta(hours=1, minutes=10)
MOST_ROWS: Final = 3000
MOST_STEPS: Final = 720
DAYS: Final = 3  # that tell what is to be expected at a time of the day
_KINDS: Final = ["change.", "deployment.", "deploy.", "maintenance."]


@dataclass(frozen=True)
class Stretch:
    """When the symptom was there. `step_s` is how far apart what is measured lies, at least that of a bucket."""

    start: datetime
    end: datetime
    step_s: float = BUCKET_S

    @property
    def before(self) -> timedelta:
        """Causes begin before their symptoms."""
        return max(BEFORE, timedelta(seconds=self.step_s))

    @property
    def baseline(self) -> timedelta:
        """Long enough to know how much something varies, however seldom it is measured."""
        return max(BASELINE, timedelta(seconds=FEWEST * 1.5 * self.step_s))


def _expected(values: Values, item_ids: Sequence[UUID], span: tuple[datetime, datetime, float]) -> str:
    """`judged`: every step of each item's metrics beside what was to be expected: the median of the same time of the days before.

    A metric without that history is expected to stay where its median of the whole span is.
    """
    begin, end, step_s = span
    items, step = uuids(values, item_ids), values.add(ParameterType.FLOAT, step_s)
    days = []
    for day in range(DAYS + 1):
        back = timedelta(days=day)
        first, last = values.time(begin - back), values.time(end - back)
        days.append(
            f"  select {day} as day, item_id, metric, min(item) as item, min(item_type) as item_type, min(unit) as unit,\n"
            f"         floor(extract(epoch from time - {first}) / {step})::bigint as place, avg(value) as value\n"
            f"  from data.metrics where item_id = any({items}) and time >= {first} and time < {last} group by 2, 3, 7"
        )
    start = values.time(begin)
    # Grouped, not joined: the planner cannot know how few rows these are, and would compare each with each.
    return (
        "with measured as (\n" + "\n  union all\n".join(days) + "\n), placed as (\n"
        "  select item_id, metric, place, min(item) as item, min(item_type) as item_type, min(unit) as unit,\n"
        "         max(value) filter (where day = 0) as value, count(*) filter (where day > 0) as days,\n"
        "         percentile_cont(0.5) within group (order by value) filter (where day > 0) as before\n"
        "  from measured group by 1, 2, 3\n"
        "), judged as materialized (\n"
        f"  select item_id, item, item_type, metric, unit, {start} + place * make_interval(secs => {step}) as time, value,\n"
        "         case when days >= 2 then before else avg(value) over (partition by item_id, metric) end as expected\n"
        "  from placed where value is not null\n)"
    )


def course(item_id: UUID, stretch: Stretch) -> Query:
    """The symptom's own metrics in steps beside what was to be expected, with a time before to know how much they vary."""
    values = Values()
    step_s = max(BUCKET_S, (stretch.end - stretch.start).total_seconds() / MOST_STEPS)
    sql = (
        _expected(values, [item_id], (stretch.start - 2 * BASELINE, stretch.end, step_s))
        + "\nselect item, item_type, metric, unit, time, value, expected from judged order by metric, time"
    )
    return Query(sql=sql, parameters=values.parameters)


def deviations(item_ids: Sequence[UUID], stretch: Stretch) -> Query:
    """For each item and metric: how much it varies around what is to be expected, how far it went from it, and when it first did."""
    values = Values()
    start = stretch.start - stretch.before
    expected = _expected(values, item_ids, (start - stretch.baseline, stretch.end, stretch.step_s))
    begin = values.time(start)
    sql = (
        expected + ", usual as (\n"
        "  select item_id, metric, percentile_cont(0.5) within group (order by value - expected) as shift\n"
        f"  from judged where time < {begin} group by 1, 2 having count(*) >= {FEWEST}\n"
        "), spreads as (\n"
        "  select j.item_id, j.metric, u.shift, greatest(\n"
        "    1.4826 * percentile_cont(0.5) within group (order by abs(j.value - j.expected - u.shift)),\n"
        "    0.02 * abs(percentile_cont(0.5) within group (order by j.expected)), 1e-6) as spread\n"
        f"  from judged j join usual u on u.item_id = j.item_id and u.metric = j.metric where j.time < {begin} group by 1, 2, 3\n"
        "), scored as (\n"
        "  select j.*, j.expected + s.shift as usual, s.spread, (j.value - j.expected - s.shift) / s.spread as z\n"
        "  from judged j join spreads s on s.item_id = j.item_id and s.metric = j.metric\n"
        f"  where j.time >= {begin}\n"
        ")\n"
        "select item_id, metric, min(unit) as unit, max(z) as up, -min(z) as down,\n"
        "       (array_agg(value order by z desc))[1] as highest, (array_agg(usual order by z desc))[1] as usual_then,\n"
        "       (array_agg(value order by z))[1] as lowest, (array_agg(usual order by z))[1] as usual_low,\n"
        "       min(time) filter (where z > 4) as rose_at, min(time) filter (where z < -4) as fell_at\n"
        f"from scored group by 1, 2 order by 1, 2 limit {values.add(ParameterType.INTEGER, MOST_ROWS)}"
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
    begin, end = values.time(stretch.start - stretch.before), values.time(stretch.end)
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
