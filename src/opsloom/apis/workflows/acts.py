"""What each type of node does. Values are JSONata over the parameters and the outputs so far, evaluated where they can be killed."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from uuid import UUID

import orjson

from opsloom.apis import service as apis
from opsloom.apis.engines.adhoc import AdHocPrograms, plain_type
from opsloom.apis.engines.protocol import Asker, EngineCall, Pace
from opsloom.apis.errors import RunTimedOut, WorkflowTooDeep
from opsloom.apis.logic import HttpLogic, ScriptLogic, SqlLogic
from opsloom.apis.params import ParameterType, Value
from opsloom.apis.schemas import Limits
from opsloom.apis.workflow import (
    ApiNode,
    ApprovalNode,
    BranchNode,
    LogicNode,
    MapNode,
    Node,
    NotifyNode,
    ValueNode,
    WaitNode,
)
from opsloom.apis.workflows.graph import NodeState, Outcome
from opsloom.identity.scope import Scope
from opsloom.infra.aside import Aside
from opsloom.infra.core import Core
from opsloom.kit import frozen
from opsloom.kit.errors import DeadlinePassed, InvalidInput, OpsloomError, ToolFailed
from opsloom.kit.resilience import deadline

Json = Any
_DEEPEST: Final = 8
_depth: ContextVar[int] = ContextVar("opsloom_workflow_depth", default=0)


@dataclass(frozen=True, slots=True)
class Situation:
    """One run, as its nodes see it. `limits` are those of the API: a node takes no more rows and bytes than the whole may."""

    scope: Scope
    params: Mapping[str, Json]
    context: Mapping[str, Json]
    limits: Limits
    asker: Asker | None
    run_id: UUID


class Patience(Protocol):
    """What a run does where it has to wait, or to tell somebody."""

    async def wait_until(self, node: WaitNode, moment: datetime) -> Outcome: ...

    async def ask(self, node: ApprovalNode, message: str) -> Outcome: ...

    async def tell(self, node: NotifyNode, title: str, text: str) -> Json: ...


class Acts:
    """Does what nodes say; shared by all runs of a process."""

    def __init__(self, core: Core, programs: AdHocPrograms) -> None:
        self._core = core
        self._programs = programs

    async def act(self, node: Node, given: Mapping[str, Json], at: Situation, patience: Patience) -> Outcome:
        """The node's outcome, tried again as it says. Raises OpsloomError."""
        tried = 0
        while True:
            tried += 1
            try:
                return await self._timed(node, given, at, patience)
            except OpsloomError as error:
                if tried >= node.retry.tries or isinstance(error, InvalidInput):
                    raise
                pause = node.retry.wait_s * node.retry.factor ** (tried - 1) * random.uniform(0.75, 1.25)  # noqa: S311
                left = deadline.remaining()
                if left is not None and pause >= left:
                    raise
                await asyncio.sleep(pause)

    async def _timed(self, node: Node, given: Mapping[str, Json], at: Situation, patience: Patience) -> Outcome:
        if isinstance(node, WaitNode | ApprovalNode):  # they take the time they say, not the time of a call
            return await self._once(node, given, at, patience)
        try:
            async with deadline.within(node.timeout_ms / 1e3):
                return await self._once(node, given, at, patience)
        except DeadlinePassed as error:
            if isinstance(error, RunTimedOut):
                raise
            raise RunTimedOut(
                f"The node {node.id} took longer than {node.timeout_ms} ms.", hint="Do less, or raise its limit."
            ) from error

    async def _once(self, node: Node, given: Mapping[str, Json], at: Situation, patience: Patience) -> Outcome:
        data = {"params": at.params, "nodes": given, "ctx": at.context}
        match node:
            case ApiNode() | LogicNode() | ValueNode():
                return Outcome(NodeState.SUCCEEDED, await self._value(node, data, at))
            case BranchNode():
                held = await self._evaluated([case.when for case in node.cases], data)
                port = next((case.port for case, holds in zip(node.cases, held, strict=True) if holds is True), "else")
                return Outcome(NodeState.SUCCEEDED, port, port)
            case MapNode():
                return Outcome(NodeState.SUCCEEDED, await self._mapped(node, data, at))
            case WaitNode():
                return await patience.wait_until(node, await self._moment(node, data))
            case ApprovalNode():
                return await patience.ask(node, _text((await self._evaluated([node.message], data))[0]))
            case NotifyNode():
                title, text = await self._evaluated([node.title, node.text], data)
                return Outcome(NodeState.SUCCEEDED, await patience.tell(node, _text(title), _text(text)))

    async def _value(self, node: ApiNode | LogicNode | ValueNode, data: Mapping[str, Json], at: Situation) -> Json:
        if isinstance(node, ValueNode):
            return (await self._evaluated([node.value], data))[0]
        names = list(node.arguments)
        found = await self._evaluated([node.arguments[name] for name in names], data)
        arguments = {name: value for name, value in zip(names, found, strict=True) if value is not None}
        if isinstance(node, ApiNode):
            return await self._called(node.api, arguments, at)
        inner = None if node.input is None else (await self._evaluated([node.input], data))[0]
        return await self._run(node.logic, arguments, inner, at)

    async def _called(self, key: str, arguments: dict[str, Json], at: Situation) -> Json:
        depth = _depth.get() + 1
        if depth > _DEEPEST:
            raise WorkflowTooDeep(f"Workflows call each other more than {_DEEPEST} deep.", hint="Look for a circle.")
        token = _depth.set(depth)
        try:
            run = await apis.run_by_key(self._core, at.scope, key, arguments, f"workflow/{at.run_id}")
        finally:
            _depth.reset(token)
        return orjson.loads(run.result.body)

    async def _run(
        self, logic: SqlLogic | HttpLogic | ScriptLogic, arguments: dict[str, Json], inner: Json, at: Situation
    ) -> Json:
        types = {name: plain_type(value) or ParameterType.JSON for name, value in arguments.items()}
        values: dict[str, Value] = {
            name: orjson.dumps(value).decode() if types[name] is ParameterType.JSON else value
            for name, value in arguments.items()
        }
        program = await self._programs.of(logic, types, at.limits)
        call = EngineCall(at.scope.tenant_id, values, Pace(), at.asker, inner)
        return orjson.loads((await program.run(call)).body)

    async def _mapped(self, node: MapNode, data: Mapping[str, Json], at: Situation) -> list[Json]:
        found = (await self._evaluated([node.over], data))[0]
        items = found if isinstance(found, list) else [] if found is None else [found]
        if len(items) > node.max_items:
            raise ToolFailed(
                f"The node {node.id} has {len(items)} items; it takes {node.max_items}.",
                hint="Ask for fewer, or raise its limit.",
            )
        places = asyncio.Semaphore(node.concurrency)

        async def one(index: int, item: Json) -> Json:
            async with places:
                return await self._value(node.do, {**data, "item": item, "index": index}, at)

        tasks = [asyncio.create_task(one(index, item)) for index, item in enumerate(items)]
        try:
            return list(await asyncio.gather(*tasks))
        finally:
            for task in tasks:
                task.cancel()

    async def _moment(self, node: WaitNode, data: Mapping[str, Json]) -> datetime:
        held = frozen.current()
        now = held.now if held else self._core.clock.now()
        value = (await self._evaluated([node.seconds or node.until or "null"], data))[0]
        if node.seconds is not None and isinstance(value, int | float) and 0 <= value <= 366 * 86_400:
            return datetime.fromtimestamp(now.timestamp() + value, UTC)
        try:
            moment = datetime.fromisoformat(str(value)) if node.until is not None else None
        except ValueError:
            moment = None
        if moment is None:
            raise InvalidInput(f"The node {node.id} cannot wait for {str(value)[:100]!r}: give seconds, or a moment.")
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    async def _evaluated(self, expressions: Sequence[str], data: Mapping[str, Json]) -> list[Json]:
        if not expressions:
            return []
        return await self._core.part(Aside).evaluate(expressions, orjson.dumps(data))


def _text(value: Json) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
