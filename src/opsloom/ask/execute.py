"""Runs a plan's steps as a graph: what does not depend on each other runs together, the same call runs once, each under its deadline.

Invariant: every step gets exactly one result. A failing step is a result with its family of error, never an exception, so that what did
work can still be answered with the gap named. Only losing the database altogether is raised.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

import asyncpg

from opsloom.ask.derive import compare, correlate
from opsloom.ask.plan import CompareStep, CorrelateStep, Plan, Step, inputs_of
from opsloom.ask.tools.contract import ErrorFamily, Registry, ToolContext, ToolResult, ToolStatus
from opsloom.infra import recording
from opsloom.infra.telemetry import get_logger, note_failure, span
from opsloom.kit.errors import CircuitOpen, ConnectionLost, DeadlinePassed, OpsloomError, PlanningFailed

log = get_logger(__name__)

AT_ONCE = 4
_ROWS_RECORDED = 50
MOST_ITEMS = 1000  # that one step hands to the next


@dataclass(frozen=True)
class Execution:
    results: Mapping[str, ToolResult]
    merged: int  # calls saved because an earlier step asked the same


async def execute(plan: Plan, tools: Registry, context: ToolContext, deadline_s: float = 10.0) -> Execution:
    """A result for every step of a validated plan. Raises ConnectionLost when no step could reach the database."""
    running: dict[str, asyncio.Task[ToolResult]] = {}
    calls: dict[str, asyncio.Task[ToolResult]] = {}
    gate = asyncio.Semaphore(AT_ONCE)
    merged = 0
    ends_at = asyncio.get_running_loop().time() + deadline_s
    async with asyncio.TaskGroup() as group:
        for step in plan.steps:
            needed = {one: running[one] for one in inputs_of(step)}
            key = _key(step)
            if key in calls:
                merged += 1
            else:
                calls[key] = group.create_task(_after(needed, step, _Run(tools, context, gate, ends_at)))
            running[step.id] = calls[key]
    results = {step.id: replace(running[step.id].result(), step_id=step.id) for step in plan.steps}
    if all(result.family is ErrorFamily.DATABASE and result.detail == _LOST for result in results.values()):
        raise ConnectionLost("The database cannot be reached.", hint="Ask again in a moment.", retry_after_s=2)
    return Execution(results, merged)


_LOST = "the database cannot be reached"


def _key(step: Step) -> str:
    """Equal for steps that would run the same call."""
    return step.model_dump_json(exclude={"id", "scope_name"})


@dataclass(frozen=True)
class _Run:
    tools: Registry
    context: ToolContext
    gate: asyncio.Semaphore
    ends_at: float  # on the loop's clock: the whole question's deadline


async def _after(needed: Mapping[str, asyncio.Task[ToolResult]], step: Step, run: _Run) -> ToolResult:
    inputs = {name: await task for name, task in needed.items()}
    if isinstance(step, CompareStep):
        return compare(step, inputs)
    if isinstance(step, CorrelateStep):
        return correlate(step, inputs)
    blocked = next((one for one in inputs.values() if one.status is not ToolStatus.SUCCESS), None)
    if blocked is not None:
        return _without(step, blocked)
    if step.items_from is not None:
        ids = items_of(inputs[step.items_from])
        if not ids:
            return ToolResult(step.kind, step.id, ToolStatus.NO_DATA, detail=f"{step.items_from} names no items")
        step = _about(step, ids)
    async with run.gate:
        return await _call(step, run)


def _without(step: Step, blocked: ToolResult) -> ToolResult:
    """Nothing to look for is no data; an input that failed is a failure."""
    if blocked.status is ToolStatus.NO_DATA:
        return ToolResult(step.kind, step.id, ToolStatus.NO_DATA, detail=f"its input {blocked.step_id} has no data")
    detail = f"its input {blocked.step_id} failed"
    return ToolResult(step.kind, step.id, ToolStatus.ERROR, family=ErrorFamily.PLANNING, detail=detail)


def items_of(result: ToolResult) -> list[UUID]:
    """The items that a result is about, in its order."""
    rows = result.evidence.rows if result.evidence is not None else ()
    named = (row.get("item_id") for row in rows)
    return [UUID(one) for one in dict.fromkeys(str(each) for each in named if each)][:MOST_ITEMS]


def _about(step: Step, ids: list[UUID]) -> Step:
    """The step over the items of another; where it names items itself, over those that are in both."""
    if hasattr(step, "item_ids"):
        named = [one for one in step.item_ids if one in ids] if step.item_ids else ids
        return step.model_copy(update={"item_ids": named or [_NOBODY]})
    return step.model_copy(update={"item_id": ids[0]}) if hasattr(step, "item_id") else step


_NOBODY = UUID(int=0)


async def _call(step: Step, run: _Run) -> ToolResult:
    tool, context = run.tools[step.kind], run.context
    if not context.scope.allows(tool.permission):
        return ToolResult(
            tool.name,
            step.id,
            ToolStatus.FORBIDDEN,
            family=ErrorFamily.POLICY,
            detail=f"needs the permission {tool.permission}",
        )
    with span("ask.tool", tool=tool.name, step=step.id) as current:
        try:
            async with asyncio.timeout_at(min(asyncio.get_running_loop().time() + context.deadline_s, run.ends_at)):
                result = await tool.run(context, step)
        except Exception as error:  # boundary: whatever a tool does wrong costs its own step only
            family, detail = _family(error)
            note_failure(f"ask.tool.{tool.name}", error)
            log.warning(
                "ask.tool_failed", tool=tool.name, step=step.id, family=family.value, cause=str(error), exc_info=True
            )
            result = ToolResult(tool.name, step.id, ToolStatus.ERROR, family=family, detail=detail)
        current.set_attribute("status", result.status.value)
        if result.evidence is not None:
            current.set_attribute("rows", len(result.evidence.rows))
        _record(step, result)
    return result


def _record(step: Step, result: ToolResult) -> None:
    """What the call was given and gave, for the inspector."""
    evidence = result.evidence
    ran = None if evidence is None else {"sql": evidence.query.sql, "parameters": evidence.query.parameters}
    rows = [] if evidence is None else evidence.rows[:_ROWS_RECORDED]
    output = {"status": result.status, "detail": result.detail, "rows": rows, "derived": result.derived}
    recording.keep(input=step, query=ran, output=output)


def _family(error: Exception) -> tuple[ErrorFamily, str]:
    """Which family an error belongs to, and what may be told about it."""
    match error:
        case TimeoutError() | DeadlinePassed() | asyncpg.QueryCanceledError():
            return ErrorFamily.DEADLINE, "it took too long"
        case CircuitOpen():
            return ErrorFamily.CIRCUIT, "paused after repeated failures"
        case ConnectionLost():
            return ErrorFamily.DATABASE, _LOST
        case asyncpg.PostgresError():
            return ErrorFamily.DATABASE, "the database refused the query"
        case PlanningFailed():
            return ErrorFamily.PLANNING, error.message
        case OpsloomError():
            return ErrorFamily.TOOL, error.message
        case _:
            return ErrorFamily.TOOL, "the tool failed"
