"""The tree of a trace, what each span did itself, and which of them the whole waited for. Pure.

Invariants, for any list of spans, also with unknown parents, loops and clocks that disagree: every span stands in the tree exactly
once; a span's own time is between nothing and its duration; the parts of the critical path do not overlap and add up to at most
the time from the first beginning to the last end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Timed:
    """A span as the tree needs it."""

    id: str
    parent_id: str
    name: str
    began_ns: int
    ended_ns: int
    error: str = ""


@dataclass(slots=True)
class Node:
    """A span in its place. Times in nanoseconds; `critical_ns` is how long everything waited for this very span."""

    span: Timed
    depth: int = 0
    own_ns: int = 0
    critical_ns: int = 0
    children: list["Node"] = field(default_factory=list)

    @property
    def end_ns(self) -> int:
        """Never before the beginning, whatever the clocks say."""
        return max(self.span.began_ns, self.span.ended_ns)


def build(spans: Sequence[Timed]) -> list[Node]:
    """The trees' tops, by time. A span whose parent is unknown is a top; of a loop, the span that began first is."""
    nodes: dict[str, Node] = {}
    for span in spans:
        nodes.setdefault(span.id, Node(span))
    tops: list[Node] = []
    for node in nodes.values():
        parent = nodes.get(node.span.parent_id) if node.span.parent_id != node.span.id else None
        (tops if parent is None else parent.children).append(node)
    reached = {each.span.id for each in walk(tops)}
    for node in sorted(nodes.values(), key=_began):
        if node.span.id not in reached:
            nodes[node.span.parent_id].children.remove(node)
            tops.append(node)
            reached |= {each.span.id for each in walk([node])}
    tops.sort(key=_began)
    for node in walk(tops):
        node.children.sort(key=_began)
        for child in node.children:
            child.depth = node.depth + 1
        node.own_ns = node.end_ns - node.span.began_ns - _covered(node)
    _mark_critical(tops)
    return tops


def walk(tops: Sequence[Node]) -> Iterator[Node]:
    """Every node, a parent before its children."""
    waiting = list(reversed(tops))
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.children))


def _began(node: Node) -> tuple[int, str]:
    return node.span.began_ns, node.span.id


def _covered(node: Node) -> int:
    """How much of a span its children cover together."""
    covered, until = 0, node.span.began_ns
    for child in node.children:
        begin, end = max(child.span.began_ns, until), min(child.end_ns, node.end_ns)
        if end > begin:
            covered += end - begin
            until = end
    return covered


def _mark_critical(tops: Sequence[Node]) -> None:
    """Backwards from the end: whoever ended last is what was waited for, then whoever ended last before that one began."""
    until = max((top.end_ns for top in tops), default=0)
    waiting: list[tuple[Node, int, int]] = []
    for top in sorted(tops, key=lambda each: each.end_ns, reverse=True):
        if min(top.end_ns, until) > top.span.began_ns:
            waiting.append((top, top.span.began_ns, min(top.end_ns, until)))
            until = top.span.began_ns
    while waiting:
        node, since, until = waiting.pop()
        for child in sorted(node.children, key=lambda each: each.end_ns, reverse=True):
            begin, end = max(child.span.began_ns, since), min(child.end_ns, until)
            if end > begin:
                node.critical_ns += until - end
                waiting.append((child, begin, end))
                until = begin
        node.critical_ns += max(0, until - since)
