"""Walks over links, as a property: whatever the graph, they end, find what is there, and nothing else."""

import asyncio
from collections.abc import Collection, Sequence
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from opsloom.assets.graph import MOST_NODES, Edge, Found, walk
from opsloom.assets.links import Node, way_round

nodes = st.sampled_from("abcdefgh").map(lambda key: ("part", key))
pairs = st.frozensets(st.tuples(nodes, nodes), max_size=24)
Pairs = frozenset[tuple[Node, Node]]
START: Node = ("part", "a")


def targets(edges: Pairs, sources: Collection[Node]) -> set[Node]:
    return {target for source, target in edges if source in sources}


def steps_back(edges: Pairs) -> int | None:
    """How many links the shortest way from START to itself has, by trying ever longer ones."""
    reached: set[Node] = {START}
    for length in range(1, 10):
        reached = targets(edges, reached)
        if START in reached:
            return length
    return None


@given(pairs)
def test_a_way_round_is_found_exactly_if_there_is_one(edges: Pairs) -> None:
    asked: list[Node] = []

    async def targets_of(wave: Collection[Node]) -> list[tuple[Node, Node]]:
        asked.extend(wave)
        return [(source, target) for source, target in sorted(edges) if source in wave]

    way = asyncio.run(way_round(START, targets(edges, {START}), targets_of))
    assert len(set(asked)) == len(asked), "nobody is asked twice"
    length = steps_back(edges)
    if length is None:
        assert way == []
        return
    assert way[0] == way[-1] == START
    assert len(way) == length + 1
    assert all(step in edges for step in pairwise(way))


def distances(edges: Pairs, depth: int) -> dict[Node, int]:
    """How far each node is, links taken both ways, by growing one step at a time."""
    found = {START: 0}
    for distance in range(1, depth + 1):
        near = {n for s, t in edges for n in (s, t) if s in found or t in found}
        found |= {node: distance for node in near if node not in found}
    return found


@given(pairs, st.integers(1, 6))
def test_the_graph_holds_everything_near_and_nothing_else(edges: Pairs, depth: int) -> None:
    async def edges_of(wave: Sequence[Node]) -> Found:
        return [Edge(s, t, "uses") for s, t in sorted(edges) if s in wave or t in wave], False

    graph = asyncio.run(walk(START, depth, (), edges_of))
    assert graph.distances == distances(edges, depth)
    known = graph.distances
    assert all(each.source in known and each.target in known for each in graph.edges)
    inner = {node for node, distance in known.items() if distance < depth}
    assert {(each.source, each.target) for each in graph.edges} >= {
        (s, t) for s, t in edges if s in inner or t in inner
    }
    assert not graph.truncated


@given(st.integers(1, 400))
def test_a_graph_never_outgrows_its_limit(leaves: int) -> None:
    async def edges_of(wave: Sequence[Node]) -> Found:
        return [Edge(START, ("part", f"leaf-{n}"), "uses") for n in range(leaves)] if START in wave else [], False

    graph = asyncio.run(walk(START, 3, (), edges_of))
    assert len(graph.distances) == min(leaves + 1, MOST_NODES)
    assert graph.truncated == (leaves + 1 > MOST_NODES)
