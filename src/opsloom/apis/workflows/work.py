"""One turn at a run: go on from what is known until it ends, has to wait, or is somebody else's."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from opsloom.apis.engines.protocol import Asker, EngineCall, Pace
from opsloom.apis.schemas import Limits
from opsloom.apis.workflow import Node
from opsloom.apis.workflows import given, links
from opsloom.apis.workflows.acts import Acts, Json, Situation
from opsloom.apis.workflows.calls import Calls, graph_of
from opsloom.apis.workflows.drive import NodeFailed, drive
from opsloom.apis.workflows.engine import answer_of, context_of, meaning
from opsloom.apis.workflows.graph import Graph, NodeState, Outcome
from opsloom.apis.workflows.ledger import Ledger, TurnLost
from opsloom.apis.workflows.loading import Loaded
from opsloom.apis.workflows.models import RunKind, WorkflowNode, WorkflowRun
from opsloom.apis.workflows.patience import Patience
from opsloom.apis.workflows.writer import Writer
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import ConnectionLost, OpsloomError

log = get_logger(__name__)


class InternalFailure(OpsloomError):
    """Nobody foresaw how the run failed; the log has it."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one turn needs; `moments` are those that its nodes wait for."""

    graph: Graph
    act: Callable[[Node, dict[str, Json]], Coroutine[Any, Any, Outcome]]
    answer: Callable[[Mapping[str, Outcome]], Awaitable[bytes]]
    moments: Mapping[str, datetime]


class Work:
    """Does turns; shared by all runs of a process."""

    def __init__(self, core: Core, acts: Acts, ledger: Ledger) -> None:
        self._core = core
        self._acts = acts
        self._ledger = ledger

    async def turn(self, loaded: Loaded, end_asked: Callable[[], bool]) -> None:
        """Work until there is nothing more to do now. A cancelled task ends the run when somebody asked for that; else the run stays as
        it is. Raises ConnectionLost and CancelledError, and then it can be taken up again."""
        writer = Writer(self._ledger, self._core.clock, loaded.run)
        try:
            if loaded.cancel_asked:
                await writer.cancelled()
                return
            try:
                await self._go_on(loaded, writer)
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task is None or not end_asked():
                    raise
                task.uncancel()
                await writer.cancelled()
        except TurnLost:
            log.warning("workflow.turn_lost", run=str(loaded.run.id))

    async def _go_on(self, loaded: Loaded, writer: Writer) -> None:
        run = loaded.run
        try:
            if run.sensitive:
                async with self._core.db.transaction(Scope.system(run.tenant_id)) as session:
                    run.params = await given.opened(session, self._core, run)
            plan = await self._plan(run, loaded.nodes, writer)
            known = {row.node_id: _outcome(row) for row in loaded.nodes if row.state != NodeState.WAITING}
            found = await drive(plan.graph, known, plan.act, writer.record)
            if any(outcome.state is NodeState.WAITING for outcome in found.values()):
                await writer.pause(min(plan.moments.values()))
                return
            output = orjson.loads(await plan.answer(found))
        except (ConnectionLost, TurnLost):
            raise
        except NodeFailed as failed:
            await writer.failed(failed.error if run.kind == RunKind.CALL else meaning(failed))
        except OpsloomError as error:
            await writer.failed(error)
        except Exception as error:  # boundary: whatever a node does to us, its run ends and says so
            note_failure("workflows.turn", error)
            log.error("workflow.failed_unforeseen", run=str(run.id), cause=str(error), exc_info=True)
            await writer.failed(InternalFailure("It failed in a way that nobody foresaw; the server's log has more."))
        else:
            await writer.succeeded(output)

    async def _plan(self, run: WorkflowRun, rows: Sequence[WorkflowNode], writer: Writer) -> _Plan:
        return await self._workflow(run, rows, writer) if run.kind == RunKind.WORKFLOW else self._calls(run, writer)

    def _calls(self, run: WorkflowRun, writer: Writer) -> _Plan:
        calls = Calls(self._core, run)

        async def act(node: Node, _given: Mapping[str, Json]) -> Outcome:
            async with calls.place:
                return await writer.timed(node, calls.act(node))

        async def answer(found: Mapping[str, Outcome]) -> bytes:
            return calls.answer(found)

        return _Plan(calls.graph, act, answer, {})

    async def _workflow(self, run: WorkflowRun, rows: Sequence[WorkflowNode], writer: Writer) -> _Plan:
        graph, scope = graph_of(run), Scope.system(run.tenant_id)
        approvals = await self._links(scope, run, links.givers(graph, [row.node_id for row in rows if row.ended_at]))
        caller = {"caller": {"name": run.asked_by}, "approvals": approvals}
        context = context_of(self._core, EngineCall(run.tenant_id, {}, Pace()), run.id) | caller
        asker = Asker(scope.actor, run.api_name, run.version, run.trace_id, None)
        at = Situation(scope, run.params, context, Limits.model_validate(run.limits), asker, run.id)
        patience = Patience(self._core, writer, at, {row.node_id: row for row in rows})

        async def act(node: Node, given: Mapping[str, Json]) -> Outcome:
            return await writer.timed(node, self._acts.act(node, given, at, patience))

        async def answer(found: Mapping[str, Outcome]) -> bytes:
            return await answer_of(self._core, graph, found, at)

        return _Plan(graph, act, answer, patience.moments)

    async def _links(self, scope: Scope, run: WorkflowRun, node_ids: Sequence[str]) -> dict[str, str]:
        if not node_ids:
            return {}
        async with self._core.db.transaction(scope) as session:
            return {node_id: await links.address(session, self._core, run, node_id) for node_id in node_ids}


def _outcome(row: WorkflowNode) -> Outcome:
    error = None if row.error_code is None else (row.error_code, row.error or "")
    return Outcome(NodeState(row.state), row.output, row.port, error)
