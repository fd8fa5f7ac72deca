"""What runs one type of a tool's logic. One `Runner` each; the composition root fills `Runners`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity.scope import Scope
from opsloom.tools.schemas import Json, ToolContent


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One run of one version (0: the draft): by whom, with which arguments. They fit the input schema already.

    `asset_id` is None for a builtin that no asset wraps. `deadline.remaining()` says how much time is left.
    """

    scope: Scope
    asset_id: UUID | None
    key: str
    name: str
    version: int
    content_hash: str
    content: ToolContent
    arguments: Mapping[str, Json]


class Runner(Protocol):
    """Runs one type of logic."""

    @property
    def type(self) -> str: ...

    async def check(self, session: AsyncSession, scope: Scope, content: ToolContent) -> None:
        """Before publishing: could this logic be loaded? Raises ToolRefused (or another OpsloomError) if not."""
        ...

    def permits(self, scope: Scope, content: ToolContent) -> bool:
        """Whether this caller may run this logic; that he may run tools at all has been seen to."""
        ...

    async def run(self, call: ToolCall) -> Json:
        """The result as a JSON value. Raises OpsloomError; never answers a failure as a result."""
        ...


class Runners(dict[str, Runner]):
    """The runners by type of logic; a class of its own so that it can be found among the core's parts."""

    def add(self, runner: Runner) -> None:
        """Called by the wiring of the domain that brings it."""
        if runner.type in self:
            raise ValueError(f"a runner for {runner.type} is there already")
        self[runner.type] = runner
