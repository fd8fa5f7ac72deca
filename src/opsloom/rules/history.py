"""Stored facts of a rule, in order of their time: what previews and explanations run over.

They are read through the views of the schema `data`, which are a contract, as the tenant sees them.
"""

from typing import Any, Final, NamedTuple

import orjson

from opsloom.rules.facts import Fact
from opsloom.rules.feeds import Connection, series_name
from opsloom.rules.model import FactSource, MetricSource
from opsloom.rules.moments import to_datetime, to_micros

MAX_FACTS: Final = 200_000

_SAMPLES: Final = """
select time, value, unit, item, item_id, labels from data.metrics
where metric = $1 and time > $2 and time <= $3 order by time desc limit $4
"""
_EVENTS: Final = """
select id, time, source, type, subject, severity, attributes, data from data.events
where ($1::text is null or type = $1) and ($2::text is null or source = $2) and time > $3 and time <= $4
order by time desc limit $5
"""


class Stretch(NamedTuple):
    """Facts oldest first; `truncated` when older ones of the window were left out."""

    facts: list[Fact]
    truncated: bool


async def read(
    connection: Connection, source: FactSource, start_us: int, end_us: int, limit: int = MAX_FACTS
) -> Stretch:
    """The newest facts in (start, end], oldest first."""
    start, end = to_datetime(start_us), to_datetime(end_us)
    if isinstance(source, MetricSource):
        rows = await connection.fetch(_SAMPLES, source.metric, start, end, limit + 1)
        facts = [_sample(row, source.metric) for row in rows[:limit]]
    else:
        rows = await connection.fetch(_EVENTS, source.event_type, source.source, start, end, limit + 1)
        facts = [event_fact(row) for row in rows[:limit]]
    facts.reverse()
    return Stretch(facts, len(rows) > limit)


def _sample(row: Any, metric: str) -> Fact:
    labels = decoded(row["labels"])
    return Fact(
        time=to_micros(row["time"]),
        ref=f"sample:{row['time'].isoformat()}",
        metric=metric,
        value=row["value"],
        item=row["item"],
        unit=row["unit"],
        attrs=labels,
        series=series_name(row["item_id"], labels),
        item_id=row["item_id"],
    )


def event_fact(row: Any) -> Fact:
    """An event as the view has it."""
    return Fact(
        time=to_micros(row["time"]),
        ref=f"event:{row['id']}",
        source=row["source"],
        type=row["type"],
        subject=row["subject"],
        severity=row["severity"],
        attrs=decoded(row["attributes"]),
        data=decoded(row["data"]),
    )


def decoded(value: Any) -> Any:
    """JSON, however the driver hands it over."""
    return orjson.loads(value) if isinstance(value, str) else value
