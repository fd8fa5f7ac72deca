"""Running tools: the one way in for the page, programs, language models, questions and rules.

Invariant: each run ends in exactly one row of the history, arguments fit the input schema before anything runs, and a result
that does not fit the output schema is a failure. Who calls is the scope's actor, never an argument.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import orjson

from opsloom.assets import service as assets
from opsloom.assets.errors import NotPublished
from opsloom.assets.kinds import Kind
from opsloom.assets.service import content_hash
from opsloom.identity.errors import PermissionMissing
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra import recording
from opsloom.infra.core import Core
from opsloom.infra.parts import AssetUsed, TraceKind
from opsloom.infra.telemetry import note_failure, span
from opsloom.kit.errors import NotFound, OpsloomError
from opsloom.kit.ids import new_id
from opsloom.kit.json_schema import Checker
from opsloom.kit.masking import masked
from opsloom.kit.resilience import deadline as deadlines
from opsloom.tools.builtins import Builtin, Builtins
from opsloom.tools.errors import ArgumentsInvalid, OutputInvalid, ToolNotFound, ToolUnusable
from opsloom.tools.history import Ended, History
from opsloom.tools.published import InForce, PublishedTools
from opsloom.tools.runners import Runner, Runners, ToolCall
from opsloom.tools.schemas import BuiltinLogic, Json, ToolContent

__all__ = ["Builtin", "Builtins"]  # what bringing abilities along needs belongs to this interface


class CalledFrom(StrEnum):
    """Where a call came in."""

    PAGE = "page"
    API = "api"
    MCP = "mcp"
    QUESTION = "question"
    RULE = "rule"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a run gave; `run_id` is its row in the history. `version` 0 is the draft."""

    content: Json
    ms: float
    run_id: UUID
    version: int


@dataclass(slots=True)
class _Progress:
    """What is known of a run so far, for its row."""

    code: str = "internal"
    detail: str = ""
    size: int = 0


class Tools:
    """The tools of one process; a part of the core."""

    def __init__(self, core: Core, kind: Kind, published: PublishedTools, runners: Runners) -> None:
        self._core = core
        self._kind = kind
        self._published = published
        self._runners = runners
        self._builtins = core.part(Builtins)
        self._history = core.part(History)
        self._checker = core.part(Checker)

    async def offers(self, scope: Scope) -> list[InForce]:
        """Every tool this caller may run, by key: the tenant's published ones, and builtins whose names are not taken."""
        if not scope.allows(Permission.TOOLS_RUN):
            return []
        table = await self._published.table(scope.tenant_id)
        wrapped = {each.name: as_tool(each) for each in self._builtins} | table
        found = [each for _, each in sorted(wrapped.items()) if isinstance(each, InForce)]
        return [each for each in found if self._permits(scope, each)]

    async def run(
        self,
        scope: Scope,
        key: str,
        arguments: Mapping[str, Json],
        *,
        caller: CalledFrom,
        deadline_s: float = 120.0,
    ) -> ToolResult:
        """Run the published tool (or the builtin) with this key.

        Raises ToolNotFound, ToolUnusable, PermissionMissing, ArgumentsInvalid, OutputInvalid and what its logic raises.
        """
        try:
            tool = await self._published.find(scope.tenant_id, key)
        except ToolNotFound:
            builtin = self._builtins.find(key)
            if builtin is None:
                raise
            tool = as_tool(builtin)
        return await self._run(scope, tool, arguments, caller, deadline_s)

    async def run_asset(
        self, scope: Scope, asset_id: UUID, arguments: Mapping[str, Json], *, draft: bool, caller: CalledFrom
    ) -> ToolResult:
        """Run one asset's published version or its draft, the same way. Raises as `run` does."""
        tool = await self.load(scope, asset_id, draft=draft)
        return await self.run_loaded(scope, tool, arguments, caller=caller)

    async def run_loaded(
        self,
        scope: Scope,
        tool: InForce,
        arguments: Mapping[str, Json],
        *,
        caller: CalledFrom,
        deadline_s: float = 120.0,
    ) -> ToolResult:
        """Run what `load` gave. Raises as `run` does."""
        return await self._run(scope, tool, arguments, caller, deadline_s)

    async def load(self, scope: Scope, asset_id: UUID, *, draft: bool) -> InForce:
        """The published version or the draft of an asset. Raises ToolNotFound, NotPublished, InvalidInput."""
        async with self._core.db.transaction(scope) as session:
            try:
                asset = await assets.get(session, self._kind, asset_id)
            except NotFound:
                raise ToolNotFound("There is no such tool.") from None
            if draft:
                content = assets.read_content(self._kind, asset.draft)
                assert isinstance(content, ToolContent)
                digest = content_hash(content.model_dump(mode="json"))
                return InForce(asset.id, asset.key, asset.name, 0, digest, content)
            if asset.published_version is None:
                raise NotPublished(f"“{asset.name}” is not published.", hint="Publish it, or run the draft.")
            version = await assets.get_version(session, asset.id, asset.published_version)
            content = assets.read_content(self._kind, version.content)
            assert isinstance(content, ToolContent)
            return InForce(asset.id, asset.key, version.name, version.version, version.content_hash, content)

    async def _run(
        self, scope: Scope, tool: InForce, arguments: Mapping[str, Json], caller: CalledFrom, deadline_s: float
    ) -> ToolResult:
        run_id, at, began, progress = new_id(), self._core.clock.now(), time.perf_counter(), _Progress()
        try:
            with span("tool.run", owner=scope, tool=tool.key, type=tool.content.logic.type):
                recording.about(TraceKind.TOOL, tool.name, AssetUsed("tool", tool.asset_id, tool.name, tool.version))
                recording.keep(input=masked(tool.content.input_schema, arguments))
                content = await self._answer(scope, tool, arguments, deadline_s)
            progress.code, progress.size = "", _size(content)
            return ToolResult(content, _since(began), run_id, tool.version)
        except OpsloomError as error:
            progress.code, progress.detail = error.code, error.message
            raise
        except Exception as error:  # boundary: whatever a runner raises, the run has its row before it goes on up
            note_failure(f"tools.{tool.content.logic.type}", error)
            raise
        finally:
            kept = masked(tool.content.input_schema, arguments)
            ended = Ended(
                id=run_id,
                at=at,
                tool_id=tool.asset_id,
                tool_key=tool.key,
                version=tool.version,
                type=tool.content.logic.type,
                caller=caller,
                code=progress.code,
                detail=progress.detail,
                arguments=kept,
                bytes=progress.size,
                total_ms=_since(began),
            )
            await self._history.add(scope, ended)

    async def _answer(self, scope: Scope, tool: InForce, arguments: Mapping[str, Json], deadline_s: float) -> Json:
        if not scope.allows(Permission.TOOLS_RUN) or not self._permits(scope, tool):
            raise PermissionMissing(
                "You may not run this tool.", hint="Ask an administrator for a role or key that may run it."
            )
        problems = self._checker.problems(tool.content.input_schema, dict(arguments))
        if problems:
            raise ArgumentsInvalid(f"{len(problems)} of the arguments cannot be used.", details=problems)
        runner = self._runner(tool)
        call = ToolCall(
            scope, tool.asset_id, tool.key, tool.name, tool.version, tool.content_hash, tool.content, arguments
        )
        async with deadlines.within(min(deadline_s, tool.content.limits.timeout_ms / 1e3)):
            result = await runner.run(call)
        if tool.content.output_schema is not None:
            wrong = self._checker.problems(tool.content.output_schema, result)
            if wrong:
                raise OutputInvalid(
                    f"The result does not fit the output schema in {len(wrong)} places.",
                    details=wrong,
                    hint="Correct the tool's output schema or its logic.",
                )
        return result

    def _runner(self, tool: InForce) -> Runner:
        runner = self._runners.get(tool.content.logic.type)
        if runner is None:
            raise ToolUnusable(f"Nothing here runs tools of type {tool.content.logic.type}.")
        return runner

    def _permits(self, scope: Scope, tool: InForce) -> bool:
        runner = self._runners.get(tool.content.logic.type)
        return runner is not None and runner.permits(scope, tool.content)


def as_tool(builtin: Builtin) -> InForce:
    """A builtin as if an asset wrapped it."""
    content = ToolContent(
        description=builtin.description,
        when_to_use=builtin.when_to_use,
        input_schema=builtin.input_schema,
        output_schema=builtin.output_schema,
        logic=BuiltinLogic(type="builtin", name=builtin.name),
        capabilities=sorted(builtin.capabilities),
    )
    return InForce(None, builtin.name, builtin.title, 1, "", content)


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1e3, 3)


def _size(content: Json) -> int:
    return len(orjson.dumps(content, default=str))
