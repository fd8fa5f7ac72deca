"""Runs that outlive the process, as people and programs see them: begun, cancelled, decided, repeated.

Invariant: a node's row is committed before anything behind it starts, and a run is worked on by one process at a time (its turn).
So a process that is killed loses only what it was in the middle of: its runs are taken over, and go on from the rows. A node that was
cut off is done again, with the same idempotency key (run and node) where it tells others. Waiting takes no worker: the turn waits for
its moment, or for the person who decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis.engines.protocol import EngineCall, EngineResult
from opsloom.apis.errors import ApiUnservable, RunKeyReused, WorkflowRunEnded, WorkflowRunNotFound
from opsloom.apis.schemas import Limits
from opsloom.apis.workflow import WorkflowLogic
from opsloom.apis.workflows import given as given_values
from opsloom.apis.workflows import links, store, turns
from opsloom.apis.workflows.calls import graph_of
from opsloom.apis.workflows.engine import scope_of
from opsloom.apis.workflows.graph import NodeState
from opsloom.apis.workflows.ledger import Ledger
from opsloom.apis.workflows.models import ENDED, TOPIC, RunKind, RunState, WorkflowRun
from opsloom.apis.workflows.words import Saying, Words
from opsloom.identity import audit
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra import stream
from opsloom.infra.core import Core
from opsloom.kit.ids import new_id

Json = Any


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
        """Its columns; what they hold is not copied, as `asdict` would."""
        return {each.name: getattr(self, each.name) for each in fields(self)} | {"sensitive": list(self.sensitive)}


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
    """Begins, cancels, decides and repeats runs."""

    def __init__(self, core: Core, ledger: Ledger) -> None:
        self._core = core
        self._ledger = ledger

    async def start(
        self, call: EngineCall, logic: WorkflowLogic, limits: Limits, given: tuple[Mapping[str, Json], tuple[str, ...]]
    ) -> EngineResult:
        """A run, or the one that this idempotency key has already; answered with 202 and where to look. `given` are the parameters, and
        which of them are shown to nobody."""
        asker, (params, hidden) = call.asker, given
        if asker is None or asker.api_id is None:
            raise ApiUnservable("A durable workflow is started by a call of its own.", hint="Call it at /runtime.")
        scope = scope_of(call)
        wanted = Wanted(
            RunKind.WORKFLOW, asker.api_id, asker.api, asker.version, dict(params), limits.model_dump(mode="json"),
            logic.model_dump(mode="json"), asker.idempotency_key, hidden,
        )  # fmt: skip
        begun = await self.begin_alone(scope, wanted)
        return EngineResult(
            begun.body, 1, truncated=False, queue_ms=0.0, database_ms=0.0, whole=True, status=202,
            headers={"Location": begun.href},
        )  # fmt: skip

    async def begin_alone(self, scope: Scope, wanted: Wanted) -> Begun:
        """A run, or the one that its key has already; many that begin at once share a transaction. Raises RunKeyReused."""
        run_id, stored = new_id(), wanted
        if wanted.sensitive:
            async with self._core.db.transaction(scope) as session:
                stored = await self._stored(session, scope, wanted)
        row, told = self._columns(scope, run_id, stored), _message(run_id, RunState.QUEUED)
        found = await self._ledger.write(Words(Saying.BEGIN, scope.tenant_id, run_id, row, told))
        if found != run_id:
            async with self._core.db.transaction(scope) as session:
                await self._refuse_other(session, found, wanted)
        return Begun(found, is_new=found == run_id)

    async def begin(self, session: AsyncSession, scope: Scope, wanted: Wanted) -> Begun:
        """The same in the caller's transaction."""
        run_id = new_id()
        stored = await self._stored(session, scope, wanted)
        values = self._columns(scope, run_id, stored) | {"tenant_id": scope.tenant_id, "state": RunState.QUEUED}
        found = await store.add(session, values)
        if found == run_id:
            await turns.want(session, scope.tenant_id, run_id)
            await _told(session, scope, run_id, RunState.QUEUED)
        else:
            await self._refuse_other(session, found, wanted)
        return Begun(found, is_new=found == run_id)

    async def cancel(self, session: AsyncSession, scope: Scope, run_id: UUID) -> WorkflowRun:
        """Ask a run to end; one that nobody works on ends now. Raises WorkflowRunNotFound, WorkflowRunEnded."""
        run = await self._live(session, run_id)
        await store.change(session, run_id, cancel_asked=True)
        if await turns.stop_waiting(session, run_id):
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
        decision = {"output": output, "port": port, "decided_by": scope.actor.name, "comment": comment}
        await store.settle(session, run_id, node_id, {"state": NodeState.SUCCEEDED, "ended_at": now, **decision})
        await links.close(session, run_id, node_id, now)
        await turns.want(session, run.tenant_id, run_id)
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
        await turns.want(session, run.tenant_id, run_id)
        await audit.record(session, scope, "workflow.retried", "workflow_run", run_id, {"from": from_node})
        await _told(session, scope, run_id, RunState.QUEUED)
        return await self.get(session, run_id)

    async def get_for(self, session: AsyncSession, scope: Scope, run_id: UUID) -> WorkflowRun:
        """A run that the caller began, or any for whoever may read the log. Raises WorkflowRunNotFound."""
        run, actor = await self.get(session, run_id), scope.actor
        if (run.actor_kind, run.actor_id) != (actor.kind, actor.id) and not scope.allows(Permission.APIS_READ):
            raise WorkflowRunNotFound("There is no such run of yours.")
        return run

    async def get(self, session: AsyncSession, run_id: UUID, *, lock: bool = False) -> WorkflowRun:
        """Raises WorkflowRunNotFound."""
        run = await store.load(session, run_id, lock=lock)
        if run is None:
            raise WorkflowRunNotFound("There is no such run.")
        return run

    async def _end(self, session: AsyncSession, scope: Scope, run: WorkflowRun, state: RunState) -> None:
        now = self._core.clock.now()
        await store.change(session, run.id, state=state, ended_at=now, wake_at=None)
        await store.cancel_rest(session, run.id, now)
        await _told(session, scope, run.id, state)

    async def _stored(self, session: AsyncSession, scope: Scope, wanted: Wanted) -> Wanted:
        params = await given_values.sealed(session, self._core, scope, (wanted.kind, wanted.params, wanted.sensitive))
        return replace(wanted, params=params)

    async def _refuse_other(self, session: AsyncSession, run_id: UUID, wanted: Wanted) -> None:
        """Raises RunKeyReused."""
        if await given_values.opened(session, self._core, await self.get(session, run_id)) != wanted.params:
            raise RunKeyReused(
                "This idempotency key has started a run with other parameters.",
                hint="Choose a new key for each request.",
            )

    def _columns(self, scope: Scope, run_id: UUID, wanted: Wanted) -> dict[str, Json]:
        actor = scope.actor
        who = {"asked_by": actor.name, "actor_kind": actor.kind, "actor_id": actor.id, "trace_id": scope.trace_id}
        return {"id": run_id, "created_at": self._core.clock.now(), "cancel_asked": False, **who, **wanted.values()}

    async def _live(self, session: AsyncSession, run_id: UUID) -> WorkflowRun:
        run = await self.get(session, run_id, lock=True)
        if run.state in ENDED:
            raise WorkflowRunEnded(f"The run has {run.state} already.")
        return run


def _message(run_id: UUID, state: RunState) -> dict[str, object]:
    return {"type": "workflow.run", "run_id": str(run_id), "state": state}


async def _told(session: AsyncSession, scope: Scope, run_id: UUID, state: RunState) -> None:
    await stream.publish(session, scope.tenant_id, TOPIC, _message(run_id, state))
