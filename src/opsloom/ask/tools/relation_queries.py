"""Steps about relations as SQL over `data.relations`: pure.

Invariant: a walk keeps one row for each item and distance (`union` drops repetitions), so its cost is bounded by items times depth,
whatever cycles there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from opsloom.ask.plan import RelationsStep
from opsloom.ask.tools.conditions import uuids
from opsloom.inventory.schemas import ParameterType, Query
from opsloom.inventory.service import Values

# The source needs the target: without the target it suffers.
NEEDS: Final = (
    "DEPENDS_ON",
    "RUNS_ON",
    "USES",
    "STORED_ON",
    "DEPLOYED_ON",
    "HOSTED_ON",
    "CONNECTED_TO",
    "PROTECTED_BY",
    "ROUTES_TO",
)
# The source is a piece of the target, or the other way round.
PART_OF: Final = ("PART_OF", "MEMBER_OF")
HAS: Final = ("CONTAINS", "COMPOSED_OF")
DEPTHS: Final = {"neighbours": 1, "dependencies": 3, "dependants": 3, "impact": 4, "composition": 3, "path": 8}
MOST_EDGES: Final = 500


@dataclass(frozen=True)
class Walk:
    """Which relations a view follows, and which way; None: all of them."""

    forward: Sequence[str] | None  # from source to target
    backward: Sequence[str] | None


_NONE: Final[Sequence[str]] = ()
WALKS: Final = {
    "neighbours": Walk(None, None),
    "path": Walk(None, None),
    "dependencies": Walk(NEEDS, _NONE),
    "dependants": Walk(_NONE, NEEDS),
    "impact": Walk(HAS, (*NEEDS, *PART_OF)),
    "composition": Walk(HAS, PART_OF),
}


def relations(step: RelationsStep) -> Query:
    """What is reached from the items, each once, with its distance and a relation by which it was reached."""
    if step.view == "path":
        return path(step)
    values, walk = Values(), WALKS[step.view]
    start = uuids(values, step.item_ids)
    depth = values.add(ParameterType.INTEGER, step.depth or DEPTHS[step.view])
    ways = _ways(walk, values)
    types = f" and i.type = any({values.add(ParameterType.TEXTS, list(step.item_types))})" if step.item_types else ""
    limit = values.add(ParameterType.INTEGER, step.limit)
    sql = (
        f"with recursive {ways},\n"
        "hops as (\n"
        f"  select i.id as item_id, 0::bigint as depth from data.items i where i.id = any({start})\n"
        f"  union\n  select w.there, h.depth + 1 from hops h join ways w on w.here = h.item_id where h.depth < {depth}\n"
        "), reached as (select item_id, min(depth) as depth from hops group by item_id)\n"
        "select i.name as item, i.id as item_id, i.type as item_type, r.depth, via.source, via.type, via.target,\n"
        "       count(*) over () as total\nfrom reached r join data.items i on i.id = r.item_id\n"
        "join lateral (\n"
        "  select w.source, w.type, w.target from ways w join reached p on p.item_id = w.here and p.depth = r.depth - 1\n"
        "  where w.there = r.item_id order by w.source, w.type, w.target limit 1\n) as via on true\n"
        f"where r.depth > 0{types}\norder by r.depth, i.type, i.name limit {limit}"
    )
    return Query(sql=sql, parameters=values.parameters)


def path(step: RelationsStep) -> Query:
    """A shortest way from any of the items to any of `to_ids`, over all relations whichever way they point; one row a node."""
    values, walk = Values(), WALKS["path"]
    start, goal = uuids(values, step.item_ids), uuids(values, step.to_ids)
    depth = values.add(ParameterType.INTEGER, step.depth or DEPTHS["path"])
    sql = (
        f"with recursive {_ways(walk, values)},\n"
        "hops as (\n"
        f"  select i.id as item_id, 0::bigint as depth from data.items i where i.id = any({start})\n"
        f"  union\n  select w.there, h.depth + 1 from hops h join ways w on w.here = h.item_id where h.depth < {depth}\n"
        "), reached as (select item_id, min(depth) as depth from hops group by item_id),\n"
        "goal as (\n"
        "  select r.item_id, r.depth from reached r join data.items i on i.id = r.item_id\n"
        f"  where r.item_id = any({goal}) order by r.depth, i.name limit 1\n"
        "), back as (\n"
        "  select g.item_id, g.depth, null::text as source, null::text as type, null::text as target from goal g\n"
        "  union all\n"
        "  select step.here, b.depth - 1, step.source, step.type, step.target from back b\n"
        "  join lateral (\n"
        "    select w.here, w.source, w.type, w.target from ways w join reached p on p.item_id = w.here and p.depth = b.depth - 1\n"
        "    where w.there = b.item_id order by w.source, w.target, w.type limit 1\n  ) as step on b.depth > 0\n"
        ")\n"
        "select i.name as item, i.id as item_id, i.type as item_type, b.depth, b.source, b.type, b.target,\n"
        "       (select depth from goal) as hops\nfrom back b join data.items i on i.id = b.item_id order by b.depth"
    )
    return Query(sql=sql, parameters=values.parameters)


def edges_among(item_ids: Sequence[UUID]) -> Query:
    """Relations whose ends both are among the items."""
    values = Values()
    ids = uuids(values, item_ids)
    sql = (
        "select source, source_id, source_type, type, target, target_id, target_type from data.relations\n"
        f"where source_id = any({ids}) and target_id = any({ids})\norder by source, type, target limit {MOST_EDGES}"
    )
    return Query(sql=sql, parameters=values.parameters)


def _ways(walk: Walk, values: Values) -> str:
    """The relations that are followed, as steps from here to there."""
    parts = []
    for here, there, types in (("source_id", "target_id", walk.forward), ("target_id", "source_id", walk.backward)):
        if types is None or types:
            only = f" where type = any({values.add(ParameterType.TEXTS, list(types))})" if types else ""
            parts.append(f"  select {here} as here, {there} as there, source, type, target from data.relations{only}")
    return "ways as materialized (\n" + "\n  union all\n".join(parts) + "\n)"
