"""What may run next: pure bookkeeping over a workflow and what became of its nodes so far.

A node waits until all edges into it are settled. It runs when at least one of them was taken, else it is skipped; an edge is taken
when its source ended at the edge's port. So branches join again without either side waiting for what never comes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from opsloom.apis.workflow import ERROR, OUT, Edge, Node, OnError, WorkflowLogic


class NodeState(StrEnum):
    RUNNING = "running"
    WAITING = "waiting"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


SETTLED = frozenset({NodeState.SUCCEEDED, NodeState.FAILED, NodeState.SKIPPED})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a node. `error` is a code and a sentence."""

    state: NodeState
    output: Any = None
    port: str = OUT
    error: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Next:
    """`ready` may start now, `skipped` never will; both in the order of the drawing."""

    ready: tuple[str, ...]
    skipped: tuple[str, ...]


class Graph:
    """A workflow, looked up by node."""

    def __init__(self, logic: WorkflowLogic) -> None:
        self.logic = logic
        self.nodes: dict[str, Node] = {node.id: node for node in logic.nodes}
        self._into: dict[str, list[Edge]] = {node_id: [] for node_id in self.nodes}
        self._outof: dict[str, list[Edge]] = {node_id: [] for node_id in self.nodes}
        for edge in logic.edges:
            self._into[edge.target].append(edge)
            self._outof[edge.source].append(edge)

    @property
    def last(self) -> tuple[str, ...]:
        """Nodes that nothing follows."""
        return tuple(node_id for node_id in self.nodes if not self._outof[node_id])

    def catches(self, node_id: str) -> bool:
        """Whether a failure of this node is drawn to go somewhere, or is let pass."""
        drawn = any(edge.port == ERROR for edge in self._outof[node_id])
        return drawn or self.nodes[node_id].on_error is OnError.CONTINUE

    def next(self, outcomes: Mapping[str, Outcome]) -> Next:
        """Which nodes start, and which are passed over because of what is known now (also those behind them)."""
        known = dict(outcomes)
        skipped: list[str] = []
        while True:
            more = [node_id for node_id in self._undecided(known) if not self._is_reached(node_id, known)]
            if not more:
                break
            skipped += more
            known |= {node_id: Outcome(NodeState.SKIPPED) for node_id in more}
        return Next(tuple(self._undecided(known)), tuple(skipped))

    def behind(self, node_id: str) -> frozenset[str]:
        """The node and everything that can follow it."""
        found, look = {node_id}, [node_id]
        while look:
            for edge in self._outof[look.pop()]:
                if edge.target not in found:
                    found.add(edge.target)
                    look.append(edge.target)
        return frozenset(found)

    def begun_at(self, start: str | None, known: Mapping[str, Outcome]) -> "tuple[Graph, dict[str, Outcome]]":
        """For a trial that begins at a node: the graph and what is taken as done. What follows the node is done anew; what leads to it
        is done where nothing is known of it; the rest is passed over. With all known that leads to it, it runs whatever that says."""
        if start is None or start not in self.nodes:
            return self, {node_id: outcome for node_id, outcome in known.items() if node_id in self.nodes}
        again = self.behind(start)
        before = self._before(start)
        kept = {
            node_id: outcome for node_id, outcome in known.items() if node_id in self.nodes and node_id not in again
        }
        passed = self.nodes.keys() - again - (before - kept.keys()) - kept.keys()
        graph = self
        if before <= kept.keys():
            edges = [edge for edge in self.logic.edges if edge.target != start]
            graph = Graph(self.logic.model_copy(update={"edges": edges}))
        return graph, kept | {node_id: Outcome(NodeState.SKIPPED) for node_id in passed}

    def _before(self, node_id: str) -> set[str]:
        found, look = set[str](), [node_id]
        while look:
            for edge in self._into[look.pop()]:
                if edge.source not in found:
                    found.add(edge.source)
                    look.append(edge.source)
        return found

    def _undecided(self, known: Mapping[str, Outcome]) -> list[str]:
        return [
            node_id
            for node_id, into in self._into.items()
            if node_id not in known and all(_is_settled(known.get(edge.source)) for edge in into)
        ]

    def _is_reached(self, node_id: str, known: Mapping[str, Outcome]) -> bool:
        into = self._into[node_id]
        return not into or any(self._is_taken(edge, known[edge.source]) for edge in into)

    def _is_taken(self, edge: Edge, source: Outcome) -> bool:
        if source.state is NodeState.SUCCEEDED:
            return edge.port == source.port
        if source.state is NodeState.FAILED:
            drawn = any(each.port == ERROR for each in self._outof[edge.source])
            return edge.port == ERROR if drawn else self.nodes[edge.source].on_error is OnError.CONTINUE
        return False


def outputs(outcomes: Mapping[str, Outcome], of: Iterable[str] | None = None) -> dict[str, Any]:
    """What ended nodes gave, by id; a failure that was let pass gives its error."""
    wanted = outcomes.keys() if of is None else of
    given: dict[str, Any] = {}
    for node_id in wanted:
        outcome = outcomes.get(node_id)
        if outcome is None or outcome.state not in (NodeState.SUCCEEDED, NodeState.FAILED):
            continue
        code, message = outcome.error or ("", "")
        given[node_id] = outcome.output if outcome.error is None else {"error": {"code": code, "message": message}}
    return given


def _is_settled(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.state in SETTLED
