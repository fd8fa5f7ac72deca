"""Runs that outlive the process: one job a run, on any worker, with a row for each node that ended.

Invariant: a node's row is committed before anything behind it starts, and a run is worked on by one job at a time (the job's lock).
So a worker that is killed loses only what it was in the middle of: the job is taken over, and goes on from the rows. A node that was
cut off is done again, with the same idempotency key (run and node) where it tells others. Waiting takes no worker: the job ends,
and another is deferred for the moment, or by the person who decides.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis.engines.protocol import Asker, EngineCall, EngineResult, Pace
from opsloom.apis.errors import ApiUnservable, RunKeyReused, WorkflowRunEnded, WorkflowRunNotFound
from opsloom.apis.schemas import Limits
from opsloom.apis.workflow import Node, WorkflowLogic
from opsloom.apis.workflows import links, store
from opsloom.apis.workflows.acts import Acts, Json, Situation
from opsloom.apis.workflows.calls import Calls, graph_of
from opsloom.apis.workflows.drive import NodeFailed, drive
from opsloom.apis.workflows.engine import answer_of, context_of, meaning, scope_of
from opsloom.apis.workflows.graph import Graph, NodeState, Outcome
from opsloom.apis.workflows.models import ENDED, RunKind, RunState, WorkflowNode, WorkflowRun
from opsloom.apis.workflows.patience import TOPIC, Patience, row_of
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.infra import stream
from opsloom.infra.core import Core
from opsloom.infra.jobs import Task, defer
from opsloom.infra.telemetry import get_logger
from opsloom.kit.errors import OpsloomError
from opsloom.kit.ids import new_id

LANES: Final = 4
"""How many runs of one tenant are worked on at once."""
_LOOK_S: Final = 0.5
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A run to begin. `logic` is a workflow's; the others run the version."""

    kind: RunKind
    api_id: UUID
    api_name: str
    version: int
    params: dict[str, Json]
    limits: dict[str, Json]
    logic: dict[str, Json] = field(default_factory=dict)
    idempotency_key: str | None = None
    sensitive: tuple[str, ...] = ()
    schedule_id: UUID | None = None

    def values(self) -> dict[str, Json]:
        """Its columns."""
        return asdict(self) | {"sensitive": list(self.sensitive)}


@dataclass(frozen=True, slots=True)
class Begun:
    """A run, new or found by its key."""

    id: UUID
    is_new: bool

    @property
    def href(self) -> str:
        return f"/api/v1/workflow-runs/{self.id}"

    @property
    def body(self) -> bytes:
        """The answer to whoever began it."""
        shown = {"run_id": str(self.id), "href": self.href, "result": f"{self.href}/result"}
        return orjson.dumps(shown | {"repeated": not self.is_new})


class DurableRuns:
    """Starts, carries on, cancels and repeats runs."""

    def __init__(self, core: Core, acts: Acts) -> None:
        self._core = core
        self._acts = acts

    async def start(
        self, call: EngineCall, logic: WorkflowLogic, limits: Limits, params: Mapping[str, Json]
    ) -> EngineResult:
        """A run, or the one that this idempotency key has already; answered with 202 and where to look."""
        asker = call.asker
        if asker is None or asker.api_id is None:
            raise ApiUnservable("A durable workflow is started by a call of its own.", hint="Call it at /runtime.")
        scope = scope_of(call)
        wanted = Wanted(
            RunKind.WORKFLOW, asker.api_id, asker.api, asker.version, dict(params), limits.model_dump(mode="json"),
            logic.model_dump(mode="json"), asker.idempotency_key,
        )  # fmt: skip
        async with self._core.db.transaction(scope) as session:
            begun = await self.begin(session, scope, wanted)
        return EngineResult(
            begun.body, 1, truncated=False, queue_ms=0.0, database_ms=0.0, whole=True, status=202,
            headers={"Location": begun.href},
        )  # fmt: skip

    async def begin(self, session: AsyncSession, scope: Scope, wanted: Wanted) -> Begun:
        """A run in the caller's transaction, or the one that its key has already. Raises RunKeyReused."""
        run_id, actor = new_id(), scope.actor
        values = {
            "tenant_id": scope.tenant_id, "id": run_id, "state": RunState.QUEUED, "trace_id": scope.trace_id,
            "asked_by": actor.name, "actor_kind": actor.kind, "actor_id": actor.id, "cancel_asked": False,
            "created_at": self._core.clock.now(), **wanted.values(),
        }  # fmt: skip
        found = await store.add(session, values)
        if found == run_id:
            await self._defer(session, scope.tenant_id, run_id)
            await _told(session, scope, run_id, RunState.QUEUED)
            return Begun(run_id, is_new=True)
        if (await self.get(session, found)).params != wanted.params:
            raise RunKeyReused(
                "This idempotency key has started a run with other parameters.",
                hint="Choose a new key for each request.",
            )
        return Begun(found, is_new=False)

    async def advance(self, tenant_id: UUID, run_id: UUID) -> None:
        """The job: go on from what is known until it ends or has to wait."""
        scope = Scope.system(tenant_id)
        now = self._core.clock.now()
        async with self._core.db.transaction(scope) as session:
            run = await store.load(session, run_id, lock=True)
            if run is None or run.state in ENDED:
                return
            if run.cancel_asked:
                await self._end(session, scope, run, RunState.CANCELLED)
                return
            rows = await store.nodes(session, run_id)
            await store.change(session, run_id, state=RunState.RUNNING, started_at=run.started_at or now, wake_at=None)
            await _told(session, scope, run_id, RunState.RUNNING)
        await self._work(scope, run, rows)

    async def wake(self, tenant_id: UUID, run_id: UUID) -> None:
        """The moment that a run waited for has come."""
        async with self._core.db.transaction(Scope.system(tenant_id)) as session:
            await self._defer(session, tenant_id, run_id)

    async def cancel(self, session: AsyncSession, scope: Scope, run_id: UUID) -> WorkflowRun:
        """Ask a run to end; one that nobody works on ends now. Raises WorkflowRunNotFound, WorkflowRunEnded."""
        run = await self._live(session, run_id)
        await store.change(session, run_id, cancel_asked=True)
        if run.state != RunState.RUNNING:
            await self._end(session, scope, run, RunState.CANCELLED)
        await audit.record(session, scope, "workflow.cancelled", "workflow_run", run_id, {"api": run.api_name})
        return await self.get(session, run_id)

    async def decide(
        self, session: AsyncSession, scope: Scope, run_id: UUID, node_id: str, said: tuple[bool, str]
    ) -> WorkflowRun:
        """A person's answer to a node that waits for one. Raises WorkflowRunNotFound, WorkflowRunEnded."""
        run = await self._live(session, run_id)
        node = next((each for each in await store.nodes(session, run_id) if each.node_id == node_id), None)
        if node is None or node.asked is None or node.state != NodeState.WAITING:
            raise WorkflowRunEnded("Nobody waits for an answer there (any more).", hint="Load the run again.")
        approved, comment = said
        port, now = "approved" if approved else "rejected", self._core.clock.now()
        output = {"approved": approved, "by": scope.actor.name, "comment": comment}
        values = row_of(run, node_id, Outcome(NodeState.SUCCEEDED, output, port), now)
        await store.keep(session, values | {"asked": node.asked, "decided_by": scope.actor.name, "comment": comment})
        await links.close(session, run_id, node_id, now)
        await self._defer(session, run.tenant_id, run_id)
        detail = {"api": run.api_name, "node": node_id, "approved": approved, "comment": comment}
        await audit.record(session, scope, "workflow.decided", "workflow_run", run_id, detail)
        return await self.get(session, run_id)

    async def retry(self, session: AsyncSession, scope: Scope, run_id: UUID, from_node: str | None) -> WorkflowRun:
        """Go on with a run that failed or was cancelled: from where it broke, or again from a node and all behind it.

        Raises WorkflowRunNotFound, WorkflowRunEnded.
        """
        run = await self.get(session, run_id, lock=True)
        if run.state not in (RunState.FAILED, RunState.CANCELLED) and not (
            from_node and run.state == RunState.SUCCEEDED
        ):
            raise WorkflowRunEnded("Only a run that ended can go on again; name a node to repeat one that succeeded.")
        graph = graph_of(run)
        if from_node is not None and from_node not in graph.nodes:
            raise WorkflowRunNotFound(f"The run has no node {from_node}.")
        broken = {each.node_id for each in await store.nodes(session, run_id) if each.state in ("failed", "cancelled")}
        starts = {from_node} if from_node else broken
        again = set[str]().union(*(graph.behind(node_id) for node_id in starts if node_id in graph.nodes)) | broken
        await store.forget(session, run_id, again)
        await store.change(
            session,
            run_id,
            state=RunState.QUEUED,
            ended_at=None,
            output=None,
            error=None,
            error_code=None,
            cancel_asked=False,
        )
        await self._defer(session, run.tenant_id, run_id)
        await audit.record(session, scope, "workflow.retried", "workflow_run", run_id, {"from": from_node})
        await _told(session, scope, run_id, RunState.QUEUED)
        return await self.get(session, run_id)

    async def get(self, session: AsyncSession, run_id: UUID, *, lock: bool = False) -> WorkflowRun:
        """Raises WorkflowRunNotFound."""
        run = await store.load(session, run_id, lock=lock)
        if run is None:
            raise WorkflowRunNotFound("There is no such run.")
        return run

    async def _work(self, scope: Scope, run: WorkflowRun, rows: list[WorkflowNode]) -> None:
        job = await self._job(scope, run, rows)
        known = {row.node_id: _outcome(row) for row in rows if row.state != NodeState.WAITING}
        try:
            async with self._unless_cancelled(scope, run.id):
                found = await drive(job.graph, known, job.act, job.record)
                if any(outcome.state is NodeState.WAITING for outcome in found.values()):
                    await self._pause(scope, run, job.moments)
                    return
                body = await job.answer(found)
        except _Cancelled:
            async with self._core.db.transaction(scope) as session:
                await self._end(session, scope, run, RunState.CANCELLED)
            return
        except NodeFailed as failed:
            await self._failed(scope, run, failed.error if run.kind == RunKind.CALL else meaning(failed))
            return
        except OpsloomError as error:
            await self._failed(scope, run, error)
            return
        async with self._core.db.transaction(scope) as session:
            await self._end(session, scope, run, RunState.SUCCEEDED, output=orjson.loads(body))

    async def _job(self, scope: Scope, run: WorkflowRun, rows: list[WorkflowNode]) -> "_Job":
        record = _Record(self._core, scope, run)
        if run.kind != RunKind.WORKFLOW:
            calls = Calls(self._core, run)

            async def call(node: Node, _given: Mapping[str, Json]) -> Outcome:
                async with calls.place:
                    return await record.timed(node, calls.act(node))

            async def sum_up(found: Mapping[str, Outcome]) -> bytes:
                return calls.answer(found)

            return _Job(calls.graph, call, record, sum_up, {})
        graph = graph_of(run)
        approvals = await self._links(scope, run, links.givers(graph, [row.node_id for row in rows if row.ended_at]))
        caller = {"caller": {"name": run.asked_by}, "approvals": approvals}
        context = context_of(self._core, EngineCall(run.tenant_id, {}, Pace()), run.id) | caller
        asker = Asker(scope.actor, run.api_name, run.version, run.trace_id, None)
        at = Situation(scope, run.params, context, Limits.model_validate(run.limits), asker, run.id)
        patience = Patience(self._core, run, at, {row.node_id: row for row in rows})

        async def act(node: Node, given: Mapping[str, Json]) -> Outcome:
            return await record.timed(node, self._acts.act(node, given, at, patience))

        async def answer(found: Mapping[str, Outcome]) -> bytes:
            return await answer_of(self._core, graph, found, at)

        return _Job(graph, act, record, answer, patience.moments)

    async def _links(self, scope: Scope, run: WorkflowRun, node_ids: Sequence[str]) -> dict[str, str]:
        if not node_ids:
            return {}
        async with self._core.db.transaction(scope) as session:
            return {node_id: await links.address(session, self._core, run, node_id) for node_id in node_ids}

    async def _pause(self, scope: Scope, run: WorkflowRun, moments: Mapping[str, datetime]) -> None:
        wake_at = min(moments.values())
        async with self._core.db.transaction(scope) as session:
            await store.change(session, run.id, state=RunState.WAITING, wake_at=wake_at)
            await self._defer(session, run.tenant_id, run.id, at=wake_at)
            await _told(session, scope, run.id, RunState.WAITING)

    async def _failed(self, scope: Scope, run: WorkflowRun, error: OpsloomError) -> None:
        async with self._core.db.transaction(scope) as session:
            await self._end(session, scope, run, RunState.FAILED, error_code=error.code, error=error.message[:4_000])

    async def _end(self, session: AsyncSession, scope: Scope, run: WorkflowRun, state: RunState, **result: Any) -> None:
        now = self._core.clock.now()
        await store.change(session, run.id, state=state, ended_at=now, wake_at=None, **result)
        await store.cancel_rest(session, run.id, now)
        await _told(session, scope, run.id, state)

    async def _defer(self, session: AsyncSession, tenant_id: UUID, run_id: UUID, *, at: datetime | None = None) -> None:
        """One job at a time for a run, and so many for a tenant: a lock is shared by the runs of a lane."""
        args = {"tenant_id": str(tenant_id), "run_id": str(run_id)}
        if at is not None:
            # A job that waits for its moment would keep every later one with its lock from running.
            await defer(session, WAKE, args, at=at)
            return
        await defer(session, ADVANCE, args, lock=f"workflows:{tenant_id}:{run_id.int % LANES}")

    async def _live(self, session: AsyncSession, run_id: UUID) -> WorkflowRun:
        run = await self.get(session, run_id, lock=True)
        if run.state in ENDED:
            raise WorkflowRunEnded(f"The run has {run.state} already.")
        return run

    @asynccontextmanager
    async def _unless_cancelled(self, scope: Scope, run_id: UUID) -> AsyncIterator[None]:
        """Run the body, and end it when somebody asks for that. Raises _Cancelled."""
        body = asyncio.current_task()
        assert body is not None
        asked = False

        async def watch() -> None:
            nonlocal asked
            while not asked:
                await asyncio.sleep(_LOOK_S)
                async with self._core.db.transaction(scope) as session:
                    run = await store.load(session, run_id)
                asked = run is None or run.cancel_asked
            body.cancel()

        watcher = asyncio.create_task(watch(), name=f"workflow {run_id} watch")
        try:
            yield
        except asyncio.CancelledError:
            if not asked:
                raise
            body.uncancel()
            raise _Cancelled from None
        finally:
            watcher.cancel()


class _Cancelled(Exception):
    """Somebody asked the run to end."""


class _Record:
    """Writes what became of a node, in a transaction of its own, and tells whoever watches."""

    def __init__(self, core: Core, scope: Scope, run: WorkflowRun) -> None:
        self._core = core
        self._scope = scope
        self._run = run
        self._began: dict[str, datetime] = {}

    async def timed(self, node: Node, act: Coroutine[Any, Any, Outcome]) -> Outcome:
        """The same, remembering when it began."""
        self._began[node.id] = self._core.clock.now()
        return await act

    async def __call__(self, node_id: str, outcome: Outcome) -> None:
        if outcome.state is NodeState.WAITING:
            return  # what it waits with is written where it began to wait
        async with self._core.db.transaction(self._scope) as session:
            now = self._core.clock.now()
            began = self._began.get(node_id, now)
            await store.keep(session, row_of(self._run, node_id, outcome, now) | {"started_at": began})
            message = {"type": "workflow.node", "run_id": str(self._run.id), "node": node_id, "state": outcome.state}
            await stream.publish(session, self._scope.tenant_id, TOPIC, message)


@dataclass(frozen=True, slots=True)
class _Job:
    """What one turn of work on a run needs; `moments` are those that its nodes wait for."""

    graph: Graph
    act: Callable[[Node, dict[str, Json]], Coroutine[Any, Any, Outcome]]
    record: "_Record"
    answer: Callable[[Mapping[str, Outcome]], Awaitable[bytes]]
    moments: Mapping[str, datetime]


def _outcome(row: WorkflowNode) -> Outcome:
    error = None if row.error_code is None else (row.error_code, row.error or "")
    return Outcome(NodeState(row.state), row.output, row.port, error)


async def _told(session: AsyncSession, scope: Scope, run_id: UUID, state: RunState) -> None:
    await stream.publish(
        session, scope.tenant_id, TOPIC, {"type": "workflow.run", "run_id": str(run_id), "state": state}
    )


async def _advance(core: Core, tenant_id: str, run_id: str) -> None:
    await core.part(DurableRuns).advance(UUID(tenant_id), UUID(run_id))


async def _wake(core: Core, tenant_id: str, run_id: str) -> None:
    await core.part(DurableRuns).wake(UUID(tenant_id), UUID(run_id))


ADVANCE: Final = Task("workflows.advance", _advance, retries=5)
WAKE: Final = Task("workflows.wake", _wake, retries=5)
TASKS: Final = (ADVANCE, WAKE)
