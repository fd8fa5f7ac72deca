"""Calls in the background as the nodes of a drawing: one call is one node, a list of calls is a node each, with nothing between them.

So what holds for a workflow's nodes holds for them: what ended has a row and is not done again, and each can be repeated. A call takes
the way of every other call: its limits, breaker, bulkhead and log. Where it is told to wait (too many calls, all places taken), it
waits; every other refusal is its outcome.
"""

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

import orjson

from opsloom.apis import service as apis
from opsloom.apis.execute import Executor, Run, Way
from opsloom.apis.params import Values
from opsloom.apis.published import Published, Served
from opsloom.apis.workflow import ApiNode, Node, OnError, WorkflowLogic
from opsloom.apis.workflows.graph import Graph, NodeState, Outcome
from opsloom.apis.workflows.models import RunKind, WorkflowRun
from opsloom.assets import service as assets
from opsloom.identity.permissions import ALL_PERMISSIONS
from opsloom.identity.scope import Actor, ActorKind, Scope
from opsloom.infra.core import Core
from opsloom.kit.errors import OpsloomError

_TRIES: Final = 20
_LONGEST_PAUSE_S: Final = 30.0


class Calls:
    """The calls of one run."""

    def __init__(self, core: Core, run: WorkflowRun) -> None:
        self._core = core
        self._run = run
        self._served: Served | None = None
        self._loading = asyncio.Lock()
        self._items = items_of(run)
        self.place = asyncio.Semaphore(run.params.get("concurrency", 1) if run.kind == RunKind.BATCH else 1)
        self.graph = graph_of(run)

    async def act(self, node: Node) -> Outcome:
        """One call. A script's own status becomes the port. Raises what a call at /runtime raises."""
        run = await self._called(int(node.id[1:]))
        status = run.result.status
        return Outcome(NodeState.SUCCEEDED, orjson.loads(run.body), "" if status == 200 else str(status))

    def answer(self, found: Mapping[str, Outcome]) -> bytes:
        """What the run gives: the one call's answer; of a list how many went well. The items are its nodes."""
        if self._run.kind == RunKind.CALL:
            return orjson.dumps(found["i0"].output)
        failed = sum(outcome.state is NodeState.FAILED for outcome in found.values())
        return orjson.dumps({"items": len(found), "succeeded": len(found) - failed, "failed": failed})

    async def _called(self, index: int) -> Run:
        served, values = await self._version(), self._items[index]
        how = "SCHEDULE" if self._run.schedule_id else self._run.kind.upper()
        way = Way(how, served.path, lambda: values, True, f"{self._run.id}:i{index}")
        tried = 0
        while True:
            tried += 1
            try:
                return await self._core.part(Executor).run(served, _caller(self._run), way)
            except OpsloomError as error:
                pause = error.retry_after_s
                if not error.retryable or pause is None or pause > _LONGEST_PAUSE_S or tried >= _TRIES:
                    raise
                await asyncio.sleep(max(pause, 0.05))

    async def _version(self) -> Served:
        """The version that the run began with."""
        async with self._loading:
            if self._served is None:
                run, scope = self._run, Scope.system(self._run.tenant_id)
                async with self._core.db.transaction(scope) as session:
                    version = await assets.get_version(session, run.api_id, run.version)
                terms = (version.version, version.content_hash, apis.definition_of(version.content))
                self._served = await self._core.part(Published).prepare(run.tenant_id, run.api_id, run.api_name, terms)
            return self._served


def graph_of(run: WorkflowRun) -> Graph:
    """The nodes of a run, whatever it is of."""
    if run.kind == RunKind.WORKFLOW:
        return _drawn(orjson.dumps(run.logic))
    passes = OnError.CONTINUE if run.kind == RunKind.BATCH and not run.params.get("stop") else OnError.FAIL
    count = len(items_of(run))
    nodes: list[Node] = [ApiNode(type="api", id=f"i{index}", api="self", on_error=passes) for index in range(count)]
    return Graph(WorkflowLogic.model_construct(type="workflow", nodes=nodes, edges=[], output=None, durable=True))


@lru_cache(maxsize=256)
def _drawn(logic: bytes) -> Graph:
    """Runs of one version have the same drawing; reading it costs more than a node."""
    return Graph(WorkflowLogic.model_validate_json(logic))


def items_of(run: WorkflowRun) -> list[Values]:
    """The values of each call."""
    if run.kind == RunKind.WORKFLOW:
        return []
    return list(run.params["items"]) if run.kind == RunKind.BATCH else [run.params]


def shown_params(run: WorkflowRun) -> dict[str, Any]:
    """What a run was given, without what is shown to nobody."""
    hidden = frozenset(run.sensitive)
    if not hidden:
        return run.params
    if run.kind == RunKind.BATCH:
        return run.params | {"items": [_masked(each, hidden) for each in run.params["items"]]}
    return _masked(run.params, hidden)


def _masked(values: Mapping[str, Any], hidden: frozenset[str]) -> dict[str, Any]:
    return {name: "***" if name in hidden and value is not None else value for name, value in values.items()}


def _caller(run: WorkflowRun) -> Scope:
    """Whoever asked, for rates and the log; what he may was settled when he asked."""
    return Scope(
        run.tenant_id, Actor(ActorKind(run.actor_kind), run.actor_id, run.asked_by), ALL_PERMISSIONS, run.trace_id
    )
