"""Tells results of steps while others still run, and what can be said with them already."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, replace

from opsloom.ask.compose.composer import compose, present
from opsloom.ask.execute import Execution, execute
from opsloom.ask.plan import Plan, Step, inputs_of
from opsloom.ask.stages import SoFar, StepDone
from opsloom.ask.tools.contract import Registry, Tool, ToolContext, ToolResult, ToolStatus
from opsloom.identity.permissions import Permission

EARLY_S = 0.25
"""A plan that is done sooner than this tells its answer at once."""


@dataclass(frozen=True)
class _Watched:
    """A tool that tells what it found, and is otherwise the tool it wraps."""

    tool: Tool
    heard: asyncio.Queue[ToolResult | None]

    @property
    def name(self) -> str:
        return self.tool.name

    @property
    def kind(self) -> str:
        return self.tool.kind

    @property
    def permission(self) -> Permission:
        return self.tool.permission

    async def run(self, context: ToolContext, step: Step) -> ToolResult:
        result = await self.tool.run(context, step)
        self.heard.put_nowait(replace(result, step_id=step.id))
        return result


async def run_telling(
    plan: Plan, tools: Registry, context: ToolContext, deadline_s: float, early_s: float = EARLY_S
) -> AsyncGenerator[StepDone | SoFar | Execution, None]:
    """Runs the plan; each step's result as it comes, what can be said after a while, and the execution last.

    Closing the generator ends what still runs. Raises ConnectionLost.
    """
    heard: asyncio.Queue[ToolResult | None] = asyncio.Queue()
    watched = {kind: _Watched(tool, heard) for kind, tool in tools.items()}
    loop = asyncio.get_running_loop()
    began = loop.time()
    running = asyncio.ensure_future(execute(plan, watched, context, deadline_s))
    running.add_done_callback(lambda _done: heard.put_nowait(None))
    done: dict[str, ToolResult] = {}
    try:
        while (result := await heard.get()) is not None:
            done[result.step_id] = result
            rows = len(result.evidence.rows) if result.evidence is not None else 0
            yield StepDone(result.step_id, result.tool, result.status.value, rows)
            if loop.time() - began > early_s and len(done) < len(plan.steps):
                said = _so_far(plan, done)
                if said is not None:
                    yield said
        yield await running
    finally:
        if not running.done():
            running.cancel()
            await asyncio.wait([running])


def _so_far(plan: Plan, done: Mapping[str, ToolResult]) -> SoFar | None:
    """The answer of the steps that have ended, without those that only prepare others."""
    steps = [step for step in plan.steps if step.id in done and set(inputs_of(step)) <= done.keys()]
    if not any(done[step.id].status is ToolStatus.SUCCESS for step in steps):
        return None
    part = plan.model_copy(update={"steps": steps, "notes": []})
    answer, withheld = present(compose(part, Execution(done, 0)))
    return None if withheld else SoFar(answer)
