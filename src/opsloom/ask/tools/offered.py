"""The tools of questions as builtins that anybody may call: names instead of ids, the last minutes instead of a window.

Each call becomes one step of a plan and runs through the tool that questions use, so both read the same rows with the same
rights and give the query that made them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from opsloom.ask.plan import AlertsStep, EventsStep, ItemsStep, MetricStep, RelationsStep, Step, TimeWindow
from opsloom.ask.tools.builtin import BUILT_IN
from opsloom.ask.tools.contract import Tool, ToolContext
from opsloom.ask.tools.reading import fetch
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.inventory.schemas import Aggregate, ParameterType, Query
from opsloom.inventory.service import METRICS, Values
from opsloom.kit.errors import FieldProblem, InvalidInput
from opsloom.kit.model import Wire
from opsloom.kit.resilience import deadline
from opsloom.tools.service import Builtin

_MOST_S = 30.0
_NAMES: list[str] = Field(default_factory=list, max_length=50, description="Names of items, as item_lookup gives them.")
_MINUTES = Field(60, ge=1, le=527_040, description="How far back to look, in minutes.")
_LIMIT = Field(20, ge=1, le=500, description="How many rows at most.")


class _Windowed(Wire):
    items: list[str] = _NAMES
    last_minutes: int = _MINUTES
    limit: int = _LIMIT


class _Metric(_Windowed):
    metric: str = Field(description="A metric's name, such as " + ", ".join(sorted(METRICS)[:8]) + ".")
    item_types: list[str] = Field(default_factory=list, max_length=50, description="Only items of these types.")
    aggregate: Aggregate = Aggregate.AVG
    shape: Literal["value", "by_item", "series"] = Field("value", description="One number, one an item, or one a step.")
    step_s: int | None = Field(None, ge=1, le=2_678_400, description="Seconds a step, for the shape series.")
    ascending: bool = Field(False, description="The smallest first, for the shape by_item.")


class _Items(Wire):
    name: str = Field("", max_length=200, description="Part of a name or alias; empty for all.")
    item_types: list[str] = Field(default_factory=list, max_length=50)
    limit: int = _LIMIT


class _Relations(Wire):
    items: list[str] = Field(min_length=1, max_length=50, description="Names of items.")
    limit: int = Field(100, ge=1, le=500)


class _Alerts(_Windowed):
    mode: Literal["list", "count", "by_rule", "by_item"] = "list"
    states: list[Literal["firing", "acknowledged", "resolved"]] = Field(default_factory=list, max_length=3)
    severities: list[Literal["info", "warning", "critical"]] = Field(default_factory=list, max_length=3)


class _Events(Wire):
    mode: Literal["list", "count", "by_type", "by_subject", "by_source"] = "list"
    severities: list[str] = Field(default_factory=list, max_length=10)
    subjects: list[str] = Field(default_factory=list, max_length=50)
    last_minutes: int = _MINUTES
    limit: int = _LIMIT


_WORDS: dict[str, tuple[type[Wire], str, str, str]] = {
    "metric": (
        _Metric,
        "Metric query",
        "Reads a metric of items: one value, one an item, or a series over time.",
        "For questions about CPU, memory, disk, network or any other measured value, now or in the past.",
    ),
    "items": (
        _Items,
        "Item lookup",
        "Finds hosts, services and other configuration items by name and type.",
        "First, when an item's exact name or type is not known, or to list what there is.",
    ),
    "relations": (
        _Relations,
        "Item relations",
        "Lists the direct relations of items, in both directions.",
        "To see what an item depends on, runs on, or is used by.",
    ),
    "alerts": (
        _Alerts,
        "Alerts",
        "Lists or counts alerts by when they fired.",
        "For what is wrong now, what fired lately, and which rules or items fire most.",
    ),
    "events": (
        _Events,
        "Events",
        "Lists or counts the newest events.",
        "For deployments, logs and other happenings around a time.",
    ),
}
_OUTPUT: dict[str, Any] = {
    "type": "object",
    "required": ["rows", "truncated", "sql"],
    "properties": {
        "rows": {"type": "array", "items": {"type": "object"}},
        "truncated": {"type": "boolean"},
        "sql": {"type": "string", "description": "The query that gave the rows."},
    },
}


def offered(core: Core) -> Sequence[Builtin]:
    """One builtin for each built-in tool of questions."""
    return [_builtin(core, tool) for tool in BUILT_IN]


def _builtin(core: Core, tool: Tool) -> Builtin:
    model, title, description, when = _WORDS[tool.kind]

    async def run(scope: Scope, arguments: Mapping[str, Any]) -> Any:
        context = ToolContext(core.db, scope, core.clock, deadline.bounded(_MOST_S))
        step = await _step(context, model.model_validate(dict(arguments)))
        result = await tool.run(context, step)
        if result.evidence is None:
            return {"rows": [], "truncated": False, "sql": ""}
        found = result.evidence
        return {"rows": list(found.rows), "truncated": found.truncated, "sql": found.query.sql}

    return Builtin(tool.name, title, description, when, model.model_json_schema(), _OUTPUT, tool.permission, run)


async def _step(context: ToolContext, asked: Wire) -> Step:
    """The step of a plan that answers what was asked. Raises InvalidInput that names items that are not there."""
    match asked:
        case _Metric():
            ids = await _ids(context, asked.items)
            return MetricStep(
                id="s1",
                metric=asked.metric,
                item_ids=ids,
                item_types=asked.item_types,
                window=_window(context, asked.last_minutes),
                aggregate=asked.aggregate,
                shape=asked.shape,
                step_s=(asked.step_s or 60) if asked.shape == "series" else None,
                ascending=asked.ascending,
                limit=asked.limit,
            )
        case _Items():
            ids = await _named_like(context, asked.name) if asked.name else []
            if asked.name and not ids:
                ids = [UUID(int=0)]  # nothing has it: no rows, instead of all
            return ItemsStep(id="s1", item_ids=ids, item_types=asked.item_types, limit=asked.limit)
        case _Relations():
            return RelationsStep(id="s1", item_ids=await _ids(context, asked.items), limit=asked.limit)
        case _Alerts():
            return AlertsStep(
                id="s1",
                mode=asked.mode,
                states=list(asked.states),
                severities=list(asked.severities),
                item_ids=await _ids(context, asked.items),
                window=_window(context, asked.last_minutes),
                limit=asked.limit,
            )
        case _Events():
            window, subjects = _window(context, asked.last_minutes), asked.subjects
            severities = asked.severities
            return EventsStep(
                id="s1", mode=asked.mode, severities=severities, subjects=subjects, window=window, limit=asked.limit
            )
    raise InvalidInput("There is no such question.")


def _window(context: ToolContext, minutes: int) -> TimeWindow:
    end = context.clock.now()
    return TimeWindow(start=end - timedelta(minutes=minutes), end=end, zone="UTC")


async def _ids(context: ToolContext, names: Sequence[str]) -> list[UUID]:
    """The items with exactly these names."""
    if not names:
        return []
    values = Values()
    place = values.add(ParameterType.TEXTS, list(names))
    sql = f"select id, name from data.items where name = any({place})"
    found = (await fetch(context, Query(sql=sql, parameters=values.parameters))).rows
    missing = sorted(set(names) - {str(row["name"]) for row in found})
    if missing:
        problems = [
            FieldProblem(pointer=f"/items/{names.index(name)}", detail="there is no such item", code="unknown")
            for name in missing
        ]
        raise InvalidInput(
            "There are no items with these names.", details=problems, hint="Find the exact name with item_lookup."
        )
    return [UUID(str(row["id"])) for row in found]


async def _named_like(context: ToolContext, part: str) -> list[UUID]:
    """Items whose name or alias holds the text."""
    values = Values()
    place = values.add(ParameterType.TEXT, part.lower())
    sql = (
        f"select id from data.items where strpos(lower(name), {place}) > 0 or strpos(lower(coalesce(name_en, '')), {place}) > 0"
        f" or strpos(lower(coalesce(name_ko, '')), {place}) > 0"
        f" or exists (select from unnest(aliases) a where strpos(lower(a), {place}) > 0) order by name limit 500"
    )
    return [UUID(str(row["id"])) for row in (await fetch(context, Query(sql=sql, parameters=values.parameters))).rows]
