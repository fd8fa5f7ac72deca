"""The tools that are always there: metrics, items, relations, alerts, events, and the comparison of two results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from opsloom.ask.plan import Step
from opsloom.ask.tools import queries
from opsloom.ask.tools.contract import Tool, ToolContext, ToolResult, ToolStatus
from opsloom.ask.tools.reading import fetch
from opsloom.identity.permissions import Permission
from opsloom.inventory.schemas import Query

S = TypeVar("S")


@dataclass(frozen=True)
class QueryTool(Generic[S]):
    """A tool that is one query over the `data` views."""

    name: str
    kind: str
    permission: Permission
    build: Callable[[S], Query]

    async def run(self, context: ToolContext, step: Step) -> ToolResult:
        """The rows of the step's query; no rows, or only an empty aggregate, is `no_data`."""
        evidence = await fetch(context, self.build(cast("S", step)))
        counted = getattr(step, "mode", "") == "count"
        empty = not counted and all(row.get("value", row) is None for row in evidence.rows)
        status = ToolStatus.NO_DATA if not evidence.rows or empty else ToolStatus.SUCCESS
        return ToolResult(self.name, step.id, status, evidence)


BUILT_IN: Sequence[Tool] = (
    QueryTool("metric_query", "metric", Permission.INVENTORY_READ, queries.metric),
    QueryTool("item_lookup", "items", Permission.INVENTORY_READ, queries.items),
    QueryTool("item_relations", "relations", Permission.INVENTORY_READ, queries.relations),
    QueryTool("alerts_list", "alerts", Permission.ALERTS_READ, queries.alerts),
    QueryTool("events_count", "events", Permission.EVENTS_READ, queries.events),
)
