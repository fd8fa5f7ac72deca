"""Running a workflow's nodes in their order, as many at once as the drawing allows.

Invariant: a node's outcome is given to `record` before anything behind it starts; with a record that keeps it, nothing that ended
is done twice. A failure that nobody catches ends the run: what else is running is cancelled, and nothing more starts.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from opsloom.apis.workflow import Node
from opsloom.apis.workflows.graph import Graph, NodeState, Outcome, outputs
from opsloom.kit.errors import OpsloomError

Act = Callable[[Node, dict[str, Any]], Coroutine[Any, Any, Outcome]]
"""Does what a node says, given the outputs so far by id; WAITING means: not now, ask again later. Raises OpsloomError."""
Record = Callable[[str, Outcome], Awaitable[None]]


class NodeFailed(Exception):
    """A node failed and nothing in the workflow catches it."""

    def __init__(self, node_id: str, error: OpsloomError) -> None:
        super().__init__(f"{node_id}: {error.message}")
        self.node_id = node_id
        self.error = error


async def drive(graph: Graph, known: Mapping[str, Outcome], act: Act, record: Record) -> dict[str, Outcome]:
    """Go on from what is known until nothing more can run; the outcomes, WAITING ones among them. Raises NodeFailed."""
    outcomes = dict(known)
    running: dict[asyncio.Task[Outcome], str] = {}
    try:
        while True:
            step = graph.next(outcomes | {node_id: Outcome(NodeState.RUNNING) for node_id in running.values()})
            for node_id in step.skipped:
                outcomes[node_id] = Outcome(NodeState.SKIPPED)
                await record(node_id, outcomes[node_id])
            for node_id in step.ready:
                task = asyncio.create_task(act(graph.nodes[node_id], outputs(outcomes)), name=f"node {node_id}")
                running[task] = node_id
            if not running:
                return outcomes
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                node_id = running.pop(task)
                outcomes[node_id] = await _settled(graph, node_id, task, record)
    finally:
        await _cancel(list(running))


async def _settled(graph: Graph, node_id: str, task: "asyncio.Task[Outcome]", record: Record) -> Outcome:
    try:
        outcome = task.result()
    except OpsloomError as error:
        outcome = Outcome(NodeState.FAILED, error=(error.code, error.message))
        await record(node_id, outcome)
        if not graph.catches(node_id):
            raise NodeFailed(node_id, error) from error
        return outcome
    await record(node_id, outcome)
    return outcome


async def _cancel(tasks: list["asyncio.Task[Outcome]"]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
        for task in tasks:
            if not task.cancelled():
                task.exception()  # looked at, so that it is not reported as forgotten; the run has ended for another reason
