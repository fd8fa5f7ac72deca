"""Two traces span by span. Pure.

Spans are the same when their paths are: the names from the top down, each with its place among its namesakes. Every span of
either trace is in exactly one row; comparing a trace with itself finds nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from opsloom.traces.tree import Node

_RATIO: Final = 1.5
_LEAST_NS: Final = 2_000_000


class Change(StrEnum):
    """What became of a span."""

    SAME = "same"
    SLOWER = "slower"
    FASTER = "faster"
    FAILED = "failed"
    RECOVERED = "recovered"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Pair:
    """A span's path in both traces; one side may lack it."""

    depth: int
    name: str
    change: Change
    before: Node | None
    after: Node | None


def compare(before: Sequence[Node], after: Sequence[Node]) -> Iterator[Pair]:
    """The rows, a parent before its children, in the order of `before`, what is new after what it stands beside."""
    waiting = list(reversed(_paired(before, after, 0)))
    while waiting:
        pair = waiting.pop()
        yield pair
        left = pair.before.children if pair.before else []
        right = pair.after.children if pair.after else []
        waiting.extend(reversed(_paired(left, right, pair.depth + 1)))


def _paired(before: Sequence[Node], after: Sequence[Node], depth: int) -> list[Pair]:
    left, right = _numbered(before), _numbered(after)
    keys = [*left, *(key for key in right if key not in left)]
    return [
        Pair(depth, key[0], change_of(left.get(key), right.get(key)), left.get(key), right.get(key)) for key in keys
    ]


def _numbered(nodes: Sequence[Node]) -> dict[tuple[str, int], Node]:
    seen: Counter[str] = Counter()
    found: dict[tuple[str, int], Node] = {}
    for node in nodes:
        found[node.span.name, seen[node.span.name]] = node
        seen[node.span.name] += 1
    return found


def change_of(before: Node | None, after: Node | None) -> Change:
    """What differs most: being there, failing, then time, by half and at least two milliseconds."""
    if before is None or after is None:
        return Change.ADDED if before is None else Change.REMOVED
    if bool(before.span.error) != bool(after.span.error):
        return Change.FAILED if after.span.error else Change.RECOVERED
    old, new = before.end_ns - before.span.began_ns, after.end_ns - after.span.began_ns
    if abs(new - old) < _LEAST_NS:
        return Change.SAME
    if new > old * _RATIO:
        return Change.SLOWER
    return Change.FASTER if old > new * _RATIO else Change.SAME


def changed_values(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Attributes that differ, by name; None where one side has none."""
    names = sorted({*before, *after})
    return [(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)]
