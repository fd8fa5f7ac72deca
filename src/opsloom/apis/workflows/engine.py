"""The workflow engine: judges a drawing before it is published, runs it in the process, or starts a run that outlives it."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID, uuid5

import orjson

from opsloom.apis import service as apis
from opsloom.apis.engines.http.engine import connection_findings
from opsloom.apis.engines.protocol import Engine, EngineCall, EngineResult, LogLine, Validation
from opsloom.apis.engines.trial import taken
from opsloom.apis.errors import LogicRefused, ResultTooLarge, RunTimedOut, WorkflowFailed
from opsloom.apis.logic import HttpLogic, ScriptLogic, SqlLogic, WriteLogic
from opsloom.apis.params import Parameter, ParameterType, Values, hidden_of
from opsloom.apis.schemas import ApiDefinition, Limits
from opsloom.apis.sql.guard import Finding
from opsloom.apis.workflow import (
    ApiNode,
    ApprovalNode,
    BranchNode,
    LogicNode,
    MapNode,
    Node,
    NotifyNode,
    Told,
    ValueNode,
    WaitNode,
    WorkflowLogic,
)
from opsloom.apis.workflows.acts import Acts, Situation
from opsloom.apis.workflows.drive import NodeFailed, drive
from opsloom.apis.workflows.graph import Graph, NodeState, Outcome, outputs
from opsloom.assets import service as assets
from opsloom.assets.errors import AssetNotFound, NotPublished
from opsloom.connections.service import ConnectionType
from opsloom.identity.permissions import ALL_PERMISSIONS
from opsloom.identity.scope import SYSTEM, Scope
from opsloom.infra.aside import Aside, ExpressionUnreadable
from opsloom.infra.core import Core
from opsloom.kit import frozen
from opsloom.kit.errors import DeadlinePassed
from opsloom.kit.ids import new_id
from opsloom.kit.resilience import deadline
from opsloom.notifications.service import send_message

Json = Any
_CALLABLE = frozenset(ConnectionType) - {ConnectionType.REDIS, ConnectionType.SMTP, ConnectionType.MODEL}


class Starter(Protocol):
    """Starts runs that outlive the process."""

    async def start(
        self, call: EngineCall, logic: WorkflowLogic, limits: Limits, given: tuple[Mapping[str, Json], tuple[str, ...]]
    ) -> EngineResult: ...


class WorkflowEngine:
    """`engines` are those of the other types of logic."""

    type = "workflow"

    def __init__(self, core: Core, engines: Mapping[str, Engine], acts: Acts, starter: Starter) -> None:
        self._core = core
        self._engines = engines
        self._acts = acts
        self._starter = starter

    async def validate(self, definition: ApiDefinition, scope: Scope) -> Validation:
        logic = _logic(definition)
        findings: list[Finding] = []
        if logic.durable and definition.cache.ttl_s:
            findings.append(
                Finding("cache", "the answer of a durable workflow is a run, which is not kept", pointer="/cache/ttl_s")
            )
        for pointer, expression in expressions_of(logic):
            try:
                await self._core.part(Aside).check([expression])
            except ExpressionUnreadable as error:
                findings.append(Finding("expression", error.message, 1, max(error.position, 0) + 1, pointer))
        for index, node in enumerate(logic.nodes):
            findings += await self._against(node, f"/logic/nodes/{index}", scope)
        return Validation(tuple(findings), row_schema=definition.row_schema or {})

    async def prepare(self, definition: ApiDefinition, key: str) -> "WorkflowProgram":
        del key
        logic = _logic(definition)
        return WorkflowProgram(self._core, logic, (definition.parameters, definition.limits), self._acts, self._starter)

    async def _against(self, node: Node, pointer: str, scope: Scope) -> list[Finding]:
        match node:
            case MapNode():
                return await self._against(node.do, f"{pointer}/do", scope)
            case ApiNode(api=key):
                return await self._missing(scope, "api", key, f"{pointer}/api")
            case NotifyNode(channel=str(key)):
                return await self._missing(scope, "channel", key, f"{pointer}/channel")
            case ApprovalNode(tell=Told(channel=str(key))):
                return await self._missing(scope, "channel", key, f"{pointer}/tell/channel")
            case LogicNode(logic=logic):
                return await self._against_logic(logic, list(node.arguments), f"{pointer}/logic", scope)
        return []

    async def _against_logic(
        self, logic: SqlLogic | HttpLogic | ScriptLogic, names: list[str], pointer: str, scope: Scope
    ) -> list[Finding]:
        """What types its arguments have is not known before it runs, so PostgreSQL's own verdict comes with the first run."""
        declared = [Parameter(name=name, type=ParameterType.JSON) for name in names]
        definition = ApiDefinition(path="node", method="POST", logic=logic, parameters=declared)
        if isinstance(logic, SqlLogic) and logic.connection is None:
            try:
                await self._engines[logic.type].prepare(definition, "")
            except LogicRefused as error:
                return [Finding(each.code, each.detail, pointer=f"{pointer}/sql") for each in error.details]
            return []
        if isinstance(logic, SqlLogic):
            assert logic.connection is not None
            return await connection_findings(self._core, scope, logic.connection, _CALLABLE)
        found = await self._engines[logic.type].validate(definition, scope)
        return [
            Finding(each.code, each.message, each.line, each.column, each.pointer.replace("/logic", pointer, 1))
            for each in found.findings
        ]

    async def _missing(self, scope: Scope, kind: str, key: str, pointer: str) -> list[Finding]:
        async with self._core.db.looking(scope) as session:
            try:
                _, version = await assets.in_force(session, kind, key)
            except (AssetNotFound, NotPublished) as error:
                return [Finding(error.code, error.message.rstrip("."), pointer=pointer)]
        if kind == "api" and isinstance(apis.definition_of(version.content).logic, WriteLogic):
            why = "it changes rows, which is done by a call of its own and by nothing else"
            return [Finding("api_changes", why, pointer=pointer)]
        return []


class WorkflowProgram:
    """One version's workflow, ready to run."""

    def __init__(
        self, core: Core, logic: WorkflowLogic, terms: tuple[list[Parameter], Limits], acts: Acts, starter: Starter
    ) -> None:
        parameters, self._limits = terms
        self._json_names = frozenset(each.name for each in parameters if each.type is ParameterType.JSON)
        self._hidden = hidden_of(parameters)
        self._core = core
        self._logic = logic
        self._graph = Graph(logic)
        self._acts = acts
        self._starter = starter

    async def run(self, call: EngineCall) -> EngineResult:
        params, trial = self._decoded(call.values), taken()
        if self._logic.durable:
            if frozen.current() is not None:
                raise LogicRefused(
                    "A durable workflow runs by the world's clock.", hint="Try it without `now` and `seed`."
                )
            return await self._starter.start(call, self._logic, self._limits, (params, self._hidden))
        run_id, began = new_id(), time.perf_counter()
        scope = scope_of(call)
        at = Situation(scope, params, context_of(self._core, call, run_id), self._limits, call.asker, run_id)
        notes = _Notes(self._core)
        patience = InProcess(self._core, at)
        given = {node_id: Outcome(NodeState.SUCCEEDED, *each) for node_id, each in trial.known.items()}
        graph, known = self._graph.begun_at(trial.start, given)
        try:
            async with deadline.within(self._limits.timeout_ms / 1e3):
                found = await drive(
                    graph,
                    known,
                    lambda node, given: notes.timed(node, self._acts.act(node, given, at, patience)),
                    notes.record,
                )
                body = await answer_of(self._core, self._graph, found, at)
        except NodeFailed as failed:
            raise meaning(failed) from failed
        except RunTimedOut:
            raise
        except DeadlinePassed as error:
            raise RunTimedOut(
                f"The workflow took longer than {self._limits.timeout_ms} ms.",
                hint="Do less, or raise the API's limit.",
            ) from error
        return EngineResult(
            body,
            1,
            truncated=False,
            queue_ms=0.0,
            database_ms=(time.perf_counter() - began) * 1e3,
            whole=True,
            log=tuple(notes.lines),
        )

    def _decoded(self, values: Values) -> dict[str, Json]:
        names = self._json_names
        return {name: orjson.loads(v) if name in names and isinstance(v, str) else v for name, v in values.items()}


class InProcess:
    """Waiting inside the process: only as long as the call may take."""

    def __init__(self, core: Core, at: Situation) -> None:
        self._core = core
        self._at = at

    async def wait_until(self, node: WaitNode, moment: datetime) -> Outcome:
        if frozen.current() is not None:  # a clock that stands still would never come there
            return Outcome(NodeState.SUCCEEDED, moment.isoformat())
        left = (moment - self._core.clock.now()).total_seconds()
        if left > (deadline.remaining() or 0.0):
            raise RunTimedOut(f"The node {node.id} waits longer than the workflow may take.", hint="Make it durable.")
        await asyncio.sleep(max(left, 0.0))
        return Outcome(NodeState.SUCCEEDED, moment.isoformat())

    async def ask(self, node: ApprovalNode, message: str) -> Outcome:
        del message
        raise LogicRefused(f"The node {node.id} waits for a person: make the workflow durable.")

    async def tell(self, node: NotifyNode, title: str, text: str) -> Json:
        return await tell(self._core, self._at, (node.id, node.channel), (title, text))


async def tell(core: Core, at: Situation, to: tuple[str, str | None], text: tuple[str, str]) -> Json:
    """Send a node's words once for its run to a channel; what was recorded, by channel."""
    node_id, channel = to
    async with core.db.transaction(at.scope) as session:
        sent = await send_message(session, at.scope, channel, text, uuid5(at.run_id, node_id))
        return [{"delivery_id": str(each.id), "channel": each.channel_name} for each in sent]


async def answer_of(core: Core, graph: Graph, found: Mapping[str, Outcome], at: Situation) -> bytes:
    """What the workflow gives, as JSON: its output expression, the only last node's output, or the last ones' by id."""
    if graph.logic.output is not None:
        data = {"params": at.params, "nodes": outputs(found), "ctx": at.context}
        value = (await core.part(Aside).evaluate([graph.logic.output], orjson.dumps(data)))[0]
    else:
        last = outputs(found, graph.last)
        value = next(iter(last.values()), None) if len(graph.last) == 1 else last
    body = orjson.dumps(value)
    if len(body) > at.limits.max_bytes:
        raise ResultTooLarge(
            f"The result has {len(body)} bytes; the limit is {at.limits.max_bytes}.", hint="Return less."
        )
    return body


def scope_of(call: EngineCall) -> Scope:
    """Nodes act as the tenant, for whoever asked: who published the workflow had the right to what it uses."""
    asker = call.asker
    actor, trace = (asker.actor, asker.trace_id) if asker else (SYSTEM, "")
    return Scope(call.tenant_id, actor, ALL_PERMISSIONS, trace)


def context_of(core: Core, call: EngineCall, run_id: UUID) -> dict[str, Json]:
    """`ctx` in expressions."""
    asker, held = call.asker, frozen.current()
    return {
        "tenant": str(call.tenant_id),
        "run": str(run_id),
        "now": (held.now if held else core.clock.now()).isoformat(),
        "caller": {"kind": asker.actor.kind.value, "name": asker.actor.name} if asker else None,
    }


def meaning(failed: NodeFailed) -> WorkflowFailed:
    """A node's failure as the workflow's."""
    return WorkflowFailed(
        f"The node {failed.node_id} failed: {failed.error.message}",
        hint=failed.error.hint,
        details=failed.error.details,
    )


def expressions_of(logic: WorkflowLogic) -> Iterator[tuple[str, str]]:
    """Every expression with its place."""
    for index, node in enumerate(logic.nodes):
        yield from _of_node(node, f"/logic/nodes/{index}")
    if logic.output is not None:
        yield "/logic/output", logic.output


def _of_node(node: Node, pointer: str) -> Iterator[tuple[str, str]]:
    match node:
        case ApiNode() | LogicNode():
            yield from ((f"{pointer}/arguments/{name}", text) for name, text in node.arguments.items())
            if isinstance(node, LogicNode) and node.input is not None:
                yield f"{pointer}/input", node.input
        case ValueNode():
            yield f"{pointer}/value", node.value
        case BranchNode():
            yield from ((f"{pointer}/cases/{at}/when", case.when) for at, case in enumerate(node.cases))
        case MapNode():
            yield f"{pointer}/over", node.over
            yield from _of_node(node.do, f"{pointer}/do")
        case WaitNode():
            yield from ((f"{pointer}/{name}", text) for name in ("seconds", "until") if (text := getattr(node, name)))
        case ApprovalNode():
            yield f"{pointer}/message", node.message
        case NotifyNode():
            yield f"{pointer}/title", node.title
            yield f"{pointer}/text", node.text


class _Notes:
    """What a run in the process leaves: a line a node, with its state and time."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.lines: list[LogLine] = []
        self._ms: dict[str, float] = {}

    async def timed(self, node: Node, act: Any) -> Outcome:
        began = time.perf_counter()
        try:
            outcome: Outcome = await act
            return outcome
        finally:
            self._ms[node.id] = round((time.perf_counter() - began) * 1e3, 3)

    async def record(self, node_id: str, outcome: Outcome) -> None:
        fields = {"state": outcome.state.value, "port": outcome.port, "ms": self._ms.get(node_id, 0.0)}
        shown = {"output": _short(outcome.output)} if outcome.error is None else {"error": outcome.error[1]}
        self.lines.append(LogLine(self._core.clock.now(), "node", node_id, fields | shown))


def _short(output: Json) -> Json:
    """Outputs that are small enough to be shown while drawing."""
    return output if len(orjson.dumps(output)) <= 20_000 else {"left_out": "the output is larger than 20 kB"}


def _logic(definition: ApiDefinition) -> WorkflowLogic:
    if not isinstance(definition.logic, WorkflowLogic):
        raise LogicRefused("This is not a workflow.")
    return definition.logic
