"""Tools behind a circuit breaker, one for each tenant and tool: what keeps failing is not asked again for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import asyncpg

from opsloom.ask.plan import Step
from opsloom.ask.tools.contract import Tool, ToolContext, ToolResult
from opsloom.identity.permissions import Permission
from opsloom.kit.errors import DeadlinePassed
from opsloom.kit.resilience import deadline
from opsloom.kit.resilience.breakers import Breakers


@dataclass(frozen=True)
class Guarded:
    """A tool that is paused after repeated failures, and never runs past its deadline."""

    tool: Tool
    breakers: Breakers

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
        """Raises CircuitOpen, DeadlinePassed and what the tool raises."""
        async with self.breakers.guard(f"ask:{context.scope.tenant_id}:{self.name}"):
            try:
                async with deadline.within(context.deadline_s):
                    return await self.tool.run(context, step)
            except asyncpg.QueryCanceledError as error:
                raise DeadlinePassed("The query was cancelled at its deadline.") from error


def guarded(tools: Sequence[Tool], breakers: Breakers) -> list[Tool]:
    return [Guarded(one, breakers) for one in tools]
