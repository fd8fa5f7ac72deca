"""The tools that are always there: metrics, items, relations, alerts and events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar, cast
from uuid import UUID

from opsloom.ask.plan import RelationsStep, Step
from opsloom.ask.tools import relation_queries
from opsloom.ask.tools.alert_queries import alerts
from opsloom.ask.tools.contract import Evidence, Tool, ToolContext, ToolResult, ToolStatus
from opsloom.ask.tools.event_queries import events
from opsloom.ask.tools.item_queries import items
from opsloom.ask.tools.metric_queries import metric
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
        """The rows of the step's query; no rows, or only an empty aggregate, is `no_data`. Zero is a value."""
        return self.judged(step, await fetch(context, self.build(cast("S", step))))

    def judged(self, step: Step, evidence: Evidence) -> ToolResult:
        counted = getattr(step, "mode", "") == "count"
        empty = not counted and all(row.get("value", row) is None for row in evidence.rows)
        status = ToolStatus.NO_DATA if not evidence.rows or empty else ToolStatus.SUCCESS
        return ToolResult(self.name, step.id, status, evidence)


class RelationsTool(QueryTool[RelationsStep]):
    """The walk, and the relations among what it reached, which a drawing needs."""

    async def run(self, context: ToolContext, step: Step) -> ToolResult:
        """Also with `parts["edges"]`."""
        assert isinstance(step, RelationsStep)
        if step.view == "path":
            return await self._path(context, step)
        result = await super().run(context, step)
        if result.status is not ToolStatus.SUCCESS or result.evidence is None:
            return result
        reached = [UUID(str(row["item_id"])) for row in result.evidence.rows]
        edges = await fetch(context, relation_queries.edges_among([*step.item_ids, *reached]))
        return replace(result, parts={"edges": edges})

    async def _path(self, context: ToolContext, step: RelationsStep) -> ToolResult:
        """A way along the dependencies where there is one; else one against them, or any."""
        for walk in relation_queries.PATHS:
            result = self.judged(step, await fetch(context, relation_queries.path(step, walk)))
            if result.status is ToolStatus.SUCCESS:
                break
        return result


BUILT_IN: Sequence[Tool] = (
    QueryTool("metric_query", "metric", Permission.INVENTORY_READ, metric),
    QueryTool("item_lookup", "items", Permission.INVENTORY_READ, items),
    RelationsTool("item_relations", "relations", Permission.INVENTORY_READ, relation_queries.relations),
    QueryTool("alerts_list", "alerts", Permission.ALERTS_READ, alerts),
    QueryTool("events_count", "events", Permission.EVENTS_READ, events),
)
