"""Which tables an entity diagram shows: the chosen ones and what they touch by foreign keys, up to a cap."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opsloom.connections.catalog.facts import ForeignKey


@dataclass(frozen=True)
class Edge:
    """A foreign key from one shown table to another (or to itself)."""

    source: str
    key: ForeignKey


@dataclass(frozen=True)
class Drawing:
    """Paths to show, chosen ones first; `truncated`: there is more than was asked to be shown at once."""

    tables: list[str]
    edges: list[Edge]
    missing: list[str]
    truncated: bool


def draw(keys: Mapping[str, Sequence[ForeignKey]], chosen: Sequence[str], limit: int) -> Drawing:
    """`keys` holds every table's foreign keys by path. Without a choice the most connected tables are shown."""
    near: dict[str, set[str]] = defaultdict(set)
    for path, each in keys.items():
        for key in each:
            if key.target in keys:
                near[path].add(key.target)
                near[key.target].add(path)
    wanted = list(dict.fromkeys(path for path in chosen if path in keys))
    if chosen:
        around = {other for path in wanted for other in near[path]} - set(wanted)
        wanted += sorted(around, key=lambda path: (-len(near[path] & set(wanted)), path))
    else:
        wanted = sorted(keys, key=lambda path: (-len(near[path]), path))
    shown = wanted[:limit]
    inside = set(shown)
    edges = [Edge(path, key) for path in shown for key in keys[path] if key.target in inside]
    missing = [path for path in dict.fromkeys(chosen) if path not in keys]
    return Drawing(shown, edges, missing, len(wanted) > limit)
