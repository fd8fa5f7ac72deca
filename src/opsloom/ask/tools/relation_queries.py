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
LOCATED: Final = ("LOCATED_IN",)
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
    "dependencies": Walk(NEEDS, _NONE),
    "dependants": Walk(_NONE, NEEDS),
    # A failing part disturbs the whole, a failing place what stands in it; a whole does not break its parts.
    "impact": Walk(PART_OF, (*NEEDS, *LOCATED, *HAS)),
    "composition": Walk(HAS, (*PART_OF, *LOCATED)),
}


# Along the dependencies, against them, and last over any relations whichever way they point.
PATHS: Final = (Walk(None, _NONE), Walk(_NONE, None), Walk(None, None))


def relations(step: RelationsStep) -> Query:
    """What is reached from the items, each once, with its distance and a relation by which it was reached."""
    values, walk = Values(), WALKS[step.view]
    start = uuids(values, step.item_ids)
    depth = values.add(ParameterType.INTEGER, step.depth or DEPTHS[step.view])
    ways = _ways(walk, values)
    types = f" and i.type = any({values.add(ParameterType.TEXTS, list(step.item_types))})" if step.item_types else ""
    limit = values.add(ParameterType.INTEGER, step.limit)
    value = "\n       count(*) over () as value," if step.count else ""
    sql = (
        f"with recursive {ways},\n"
        "hops as (\n"
        f"  select i.id as item_id, 0::bigint as depth from data.items i where i.id = any({start})\n"
        f"  union\n  select w.there, h.depth + 1 from hops h join ways w on w.here = h.item_id where h.depth < {depth}\n"
        "), reached as (select item_id, min(depth) as depth from hops group by item_id)\n"
        "select i.name as item, i.id as item_id, i.type as item_type, r.depth as hop, via.source, via.type, via.target,"
        f"{value}\n       count(*) over () as total, count(*) filter (where r.depth = 1) over () as direct\n"
        "from reached r join data.items i on i.id = r.item_id\n"
        "join lateral (\n"
        "  select w.source, w.type, w.target from ways w join reached p on p.item_id = w.here and p.depth = r.depth - 1\n"
        "  where w.there = r.item_id order by w.source, w.type, w.target limit 1\n) as via on true\n"
        f"where r.depth > 0{types}\norder by r.depth, i.type, i.name limit {limit}"
    )
    return Query(sql=sql, parameters=values.parameters)


def path(step: RelationsStep, walk: Walk) -> Query:
    """A shortest way from any of the items to any of `to_ids`, one row a node; of several the first by the names on it.

    Distances are taken from the goal, so that the way can be chosen name by name from its beginning.
    """
    values = Values()
    start, goal = uuids(values, step.item_ids), uuids(values, step.to_ids)
    depth = values.add(ParameterType.INTEGER, step.depth or DEPTHS["path"])
    sql = (
        f"with recursive {_ways(walk, values)},\n"
        "hops as (\n"
        f"  select i.id as item_id, 0::bigint as togo from data.items i where i.id = any({goal})\n"
        f"  union\n  select w.here, h.togo + 1 from hops h join ways w on w.there = h.item_id where h.togo < {depth}\n"
        "), reached as (select item_id, min(togo) as togo from hops group by item_id),\n"
        "way as (\n"
        "  (select r.item_id, r.togo, 0::bigint as hop, null::text as source, null::text as type, null::text as target, r.togo as hops\n"
        "   from reached r join data.items i on i.id = r.item_id\n"
        f"   where r.item_id = any({start}) order by r.togo, i.name limit 1)\n"
        "  union all\n"
        "  select next.there, way.togo - 1, way.hop + 1, next.source, next.type, next.target, way.hops from way\n"
        "  join lateral (\n"
        "    select w.there, w.source, w.type, w.target from ways w\n"
        "    join reached p on p.item_id = w.there and p.togo = way.togo - 1\n"
        "    where w.here = way.item_id order by w.there_name, w.type limit 1\n"
        "  ) as next on way.togo > 0\n"
        ")\n"
        "select i.name as item, i.id as item_id, i.type as item_type, way.hop, way.source, way.type, way.target, way.hops\n"
        "from way join data.items i on i.id = way.item_id order by way.hop"
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
    for here, there, types in (("source", "target", walk.forward), ("target", "source", walk.backward)):
        if types is None or types:
            only = f" where type = any({values.add(ParameterType.TEXTS, list(types))})" if types else ""
            columns = f"{here}_id as here, {there}_id as there, {there} as there_name, source, type, target"
            parts.append(f"  select {columns} from data.relations{only}")
    return "ways as materialized (\n" + "\n  union all\n".join(parts) + "\n)"
