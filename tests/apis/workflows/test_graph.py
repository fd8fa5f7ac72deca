"""The bookkeeping of a workflow: order, branches that join again, failures that are caught, and what never runs."""

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from opsloom.apis.workflow import WorkflowLogic
from opsloom.apis.workflows.graph import Graph, NodeState, Outcome, outputs


def logic(nodes: list[dict[str, Any]], edges: list[tuple[str, ...]], **more: Any) -> WorkflowLogic:
    drawn = [{"source": each[0], "target": each[1], "port": each[2] if len(each) > 2 else ""} for each in edges]
    return WorkflowLogic.model_validate({"nodes": nodes, "edges": drawn, **more})


def value(node_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "value", "id": node_id, "value": "1", **more}


def branch(node_id: str, *ports: str) -> dict[str, Any]:
    return {"type": "branch", "id": node_id, "cases": [{"port": port, "when": "true"} for port in ports]}


DONE = Outcome(NodeState.SUCCEEDED)
FAILED = Outcome(NodeState.FAILED, error=("x", "went wrong"))


def test_nodes_start_when_all_before_them_have_ended() -> None:
    graph = Graph(logic([value("a"), value("b"), value("c")], [("a", "c"), ("b", "c")]))
    assert graph.next({}).ready == ("a", "b")
    assert graph.next({"a": DONE}).ready == ("b",)
    assert graph.next({"a": DONE, "b": DONE}).ready == ("c",)
    assert graph.next({"a": DONE, "b": Outcome(NodeState.RUNNING)}).ready == ()


def test_a_branch_skips_the_other_side_and_joins_again() -> None:
    nodes = [branch("if", "yes"), value("a"), value("a2"), value("b"), value("end")]
    graph = Graph(logic(nodes, [("if", "a", "yes"), ("a", "a2"), ("if", "b", "else"), ("a2", "end"), ("b", "end")]))
    taken = {"if": Outcome(NodeState.SUCCEEDED, port="else")}
    step = graph.next(taken)
    assert (step.ready, step.skipped) == (("b",), ("a", "a2"))
    known = taken | {node_id: Outcome(NodeState.SKIPPED) for node_id in step.skipped} | {"b": DONE}
    assert graph.next(known).ready == ("end",)


def test_a_failure_goes_where_it_is_drawn_to_go() -> None:
    graph = Graph(logic([value("a"), value("then"), value("rescue")], [("a", "then"), ("a", "rescue", "error")]))
    assert graph.catches("a")
    step = graph.next({"a": FAILED})
    assert (step.ready, step.skipped) == (("rescue",), ("then",))
    step = graph.next({"a": DONE})
    assert (step.ready, step.skipped) == (("then",), ("rescue",))


def test_a_failure_may_be_let_pass_and_is_seen_by_those_behind() -> None:
    graph = Graph(logic([value("a", on_error="continue"), value("b")], [("a", "b")]))
    assert graph.catches("a")
    assert graph.next({"a": FAILED}).ready == ("b",)
    assert outputs({"a": FAILED}) == {"a": {"error": {"code": "x", "message": "went wrong"}}}


def test_a_failure_nobody_catches_skips_everything_behind() -> None:
    graph = Graph(logic([value("a"), value("b"), value("c")], [("a", "b"), ("b", "c")]))
    assert not graph.catches("a")
    assert graph.next({"a": FAILED}).skipped == ("b", "c")


def test_what_is_behind_a_node() -> None:
    graph = Graph(logic([value("a"), value("b"), value("c"), value("d")], [("a", "b"), ("b", "c"), ("a", "d")]))
    assert graph.behind("b") == {"b", "c"}
    assert graph.last == ("c", "d")


@pytest.mark.parametrize(
    ("nodes", "edges", "why"),
    [
        ([value("a"), value("a")], [], "same id"),
        ([value("a")], [("a", "b")], "not there"),
        ([value("a"), value("b")], [("a", "b", "yes")], "no port"),
        ([value("a"), value("b")], [("a", "b"), ("b", "a")], "circle"),
        ([value("a")], [("a", "a")], "circle"),
        ([{"type": "approval", "id": "ok", "message": "'x'"}], [], "durable"),
        ([{"type": "wait", "id": "w"}], [], "either"),
        ([{"type": "wait", "id": "w", "seconds": "1", "until": "1"}], [], "either"),
        ([], [], "at least 1"),
        ([value("A b")], [], "match"),
    ],
)
def test_what_is_no_workflow_is_refused_in_words(nodes: list[Any], edges: list[Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        logic(nodes, edges)


@st.composite
def graphs(draw: st.DrawFn) -> WorkflowLogic:
    count = draw(st.integers(1, 12))
    nodes = [branch(f"n{i}", "yes") if draw(st.booleans()) else value(f"n{i}") for i in range(count)]
    edges = []
    for target in range(1, count):
        for source in draw(st.sets(st.integers(0, target - 1), max_size=3)):
            ports = ("yes", "else", "error") if nodes[source]["type"] == "branch" else ("", "error")
            edges.append((f"n{source}", f"n{target}", draw(st.sampled_from(ports))))
    return logic(nodes, edges)


@given(graphs(), st.randoms(use_true_random=False))
def test_every_graph_comes_to_its_end_whatever_happens(drawn: WorkflowLogic, chance: random.Random) -> None:
    """No node starts twice or before its sources, and at the end every node has run or was skipped."""
    graph, known = Graph(drawn), dict[str, Outcome]()
    sources = {node_id: {edge.source for edge in drawn.edges if edge.target == node_id} for node_id in graph.nodes}
    while True:
        step = graph.next(known)
        known |= {node_id: Outcome(NodeState.SKIPPED) for node_id in step.skipped}
        if not step.ready:
            break
        node_id = chance.choice(step.ready)
        assert node_id not in known
        assert sources[node_id] <= known.keys()
        port = chance.choice(["yes", "else"]) if graph.nodes[node_id].type == "branch" else ""
        known[node_id] = chance.choice([Outcome(NodeState.SUCCEEDED, port=port), FAILED])
    assert known.keys() == graph.nodes.keys()
