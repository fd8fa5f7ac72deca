"""Steps about metrics as SQL: pure. They go through the inventory's own builder."""

from __future__ import annotations

from opsloom.ask.plan import MetricStep
from opsloom.ask.tools.conditions import items_where
from opsloom.inventory.schemas import MetricQuery, Query
from opsloom.inventory.service import metric_sql


def metric(step: MetricStep) -> Query:
    """A value, a row for each item or group, or a row for each bucket."""
    query = MetricQuery(
        metric=step.metric,
        start=step.window.start,
        end=step.window.end,
        item_ids=tuple(step.item_ids),
        item_types=tuple(step.item_types),
        aggregate=step.aggregate,
        by_item=step.shape == "by_item",
        group_by=step.group_by if step.shape == "by_group" else None,
        zone=step.window.zone,
        step_s=step.step_s if step.shape == "series" else None,
        having=step.having,
        ascending=step.ascending,
        limit=1 if step.nth else step.limit,
        offset=step.nth - 1 if step.nth else 0,
    )
    if not step.filters:
        return metric_sql(query)
    return metric_sql(query, [lambda values: f"item_id in {items_where(values, (), step.filters)}"])
