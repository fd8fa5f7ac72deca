"""Runs a plan's steps as a graph: what does not depend on each other runs together, the same call runs once, each under its deadline.

Invariant: every step gets exactly one result. A failing step is a result with its family of error, never an exception, so that what did
work can still be answered with the gap named. Only losing the database altogether is raised.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

import asyncpg

from opsloom.ask.plan import CompareStep, Plan, Step
from opsloom.ask.tools.contract import ErrorFamily, Registry, Row, ToolContext, ToolResult, ToolStatus
from opsloom.infra.telemetry import get_logger, note_failure, span
from opsloom.kit.errors import CircuitOpen, ConnectionLost, DeadlinePassed, OpsloomError, PlanningFailed

log = get_logger(__name__)

AT_ONCE = 4
COMPARE_TOOL = "compare"


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
            needed = {one: running[one] for one in _needs(step)}
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


def _needs(step: Step) -> list[str]:
    return list(dict.fromkeys([*step.needs, *((step.left, step.right) if isinstance(step, CompareStep) else ())]))


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
        return _compare(step, inputs)
    blocked = [name for name, result in inputs.items() if result.status is not ToolStatus.SUCCESS]
    if blocked:
        return ToolResult(
            step.kind,
            step.id,
            ToolStatus.ERROR,
            family=ErrorFamily.PLANNING,
            detail=f"its input {blocked[0]} has no data",
        )
    async with run.gate:
        return await _call(step, run)


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
    return result


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


def _compare(step: CompareStep, inputs: Mapping[str, ToolResult]) -> ToolResult:
    left, right = _number(inputs[step.left]), _number(inputs[step.right])
    if left is None or right is None:
        return ToolResult(COMPARE_TOOL, step.id, ToolStatus.NO_DATA, detail="one side has no data")
    ratio = (right - left) / abs(left) * 100 if left else None
    derived: Row = {"left": left, "right": right, "difference": right - left, "percent": ratio}
    return ToolResult(COMPARE_TOOL, step.id, ToolStatus.SUCCESS, derived=derived)


def _number(result: ToolResult) -> float | None:
    if result.status is not ToolStatus.SUCCESS or result.evidence is None:
        return None
    value = result.evidence.rows[0].get("value")
    return float(value) if isinstance(value, int | float) else None
