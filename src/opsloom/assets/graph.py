"""What is around an asset: uses in both directions, wave by wave. Each asset is visited once, so cycles end the walk."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.links import DRAFT, WITHOUT_DRAFT, Node
from opsloom.assets.models import Asset, AssetLink, AssetState

MOST_NODES: Final = 200
_MOST_LINKS: Final = 2_000

_SHOWN = or_(AssetLink.in_force, and_(AssetLink.version == DRAFT, Asset.published_version.is_(None)))
"""The links in force; those of the draft where nothing is."""


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` uses `target`."""

    source: Node
    target: Node
    role: str


@dataclass(slots=True)
class Graph:
    """Nodes in the order they were reached with their distance; an asset is missing where a link points at nothing."""

    distances: dict[Node, int]
    edges: set[Edge] = field(default_factory=set)
    assets: dict[Node, Asset] = field(default_factory=dict)
    truncated: bool = False


Found = tuple[Sequence[Edge], bool]
"""Edges that touch some assets, and whether there are more than were looked at."""


async def around(session: AsyncSession, start: Node, depth: int, hidden: Collection[str]) -> Graph:
    """Everything within `depth` steps, at most MOST_NODES; kinds in `hidden` are left out."""

    async def edges_of(wave: Sequence[Node]) -> Found:
        return await _edges(session, wave)

    graph = await walk(start, depth, hidden, edges_of)
    graph.assets = await _assets(session, graph.distances)
    return graph


async def walk(
    start: Node, depth: int, hidden: Collection[str], edges_of: Callable[[Sequence[Node]], Awaitable[Found]]
) -> Graph:
    """Follow edges both ways from `start`, breadth first. Knows no database: it is told the edges of each wave."""
    graph = Graph({start: 0})
    wave = [start]
    for distance in range(1, depth + 1):
        reached, more = await edges_of(wave)
        graph.truncated = graph.truncated or more
        wave = []
        for edge in reached:
            if edge.source[0] in hidden or edge.target[0] in hidden:
                continue
            new = [node for node in dict.fromkeys((edge.source, edge.target)) if node not in graph.distances]
            if len(graph.distances) + len(new) > MOST_NODES:
                graph.truncated = True
                continue
            graph.distances |= dict.fromkeys(new, distance)
            graph.edges.add(edge)
            wave += new
        if not wave:
            break
    return graph


async def _edges(session: AsyncSession, wave: Sequence[Node]) -> Found:
    source, target = tuple_(Asset.kind, Asset.slug), tuple_(AssetLink.target_kind, AssetLink.target_key)
    found: dict[Edge, None] = {}
    more = False
    for condition in (source.in_(wave), target.in_(wave)):
        rows = (await session.execute(_links(condition))).all()
        more = more or len(rows) > _MOST_LINKS
        for kind, key, target_kind, target_key, role in rows[:_MOST_LINKS]:
            found[Edge((kind, key), (target_kind, target_key), role)] = None
    return list(found), more


def _links(condition: ColumnElement[bool]) -> Select[str, str, str, str, str]:
    return (
        select(Asset.kind, Asset.slug, AssetLink.target_kind, AssetLink.target_key, AssetLink.role)
        .join(AssetLink, and_(AssetLink.tenant_id == Asset.tenant_id, AssetLink.source_id == Asset.id))
        .where(or_(AssetLink.in_force, AssetLink.version == DRAFT), _SHOWN)
        .where(Asset.state != AssetState.ARCHIVED, condition)
        .order_by(Asset.kind, Asset.slug, AssetLink.position)
        .limit(_MOST_LINKS + 1)
    )


async def _assets(session: AsyncSession, nodes: Collection[Node]) -> dict[Node, Asset]:
    query = (
        select(Asset)
        .options(WITHOUT_DRAFT)
        .where(Asset.state != AssetState.ARCHIVED, tuple_(Asset.kind, Asset.slug).in_(list(nodes)))
    )
    return {(each.kind, each.slug): each for each in (await session.execute(query)).scalars()}
