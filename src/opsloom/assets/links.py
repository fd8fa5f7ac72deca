"""What uses what. Content names other assets by key; each kind says where, and the registry keeps it beside the content.

Invariant: the links of version 0 are those of the draft as it was last saved, the links of a version those of its content;
both are written in the transaction that writes the content. A link may point at nothing: it is shown as broken, not refused.
Only links of versions in force count when it is asked what would break, and those have no cycles.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Select, and_, delete, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from opsloom.assets.content import is_key, segments
from opsloom.assets.errors import LinksCyclic, ReferenceInvalid
from opsloom.assets.kinds import Kind, Link
from opsloom.assets.models import Asset, AssetLink, AssetState
from opsloom.kit.errors import FieldProblem

Node = tuple[str, str]
"""Kind and key."""
DRAFT = 0
WITHOUT_DRAFT = defer(Asset.draft, raiseload=True)
"""Lists do not read contents: they are most of a row's size."""


class Broken(StrEnum):
    """Why a link does not hold."""

    MISSING = "missing"
    NOT_PUBLISHED = "not_published"


class Stored(NamedTuple):
    """A link as it is stored with version `version` of its source. Hubs have thousands: no objects of the ORM."""

    target_kind: str
    target_key: str
    role: str
    pointer: str
    needs: Sequence[str]
    version: int


class Other(NamedTuple):
    """The asset at the other end of a link."""

    id: UUID
    kind: str
    slug: str
    name: str
    state: str


class Use(NamedTuple):
    """A stored link with the asset at its other end: the target of "uses" (None: there is none), the source of "used by"."""

    link: Stored
    other: Other | None

    @property
    def broken(self) -> Broken | None:
        """Asked of "uses" only."""
        if self.other is None:
            return Broken.MISSING
        return None if self.other.state == AssetState.PUBLISHED else Broken.NOT_PUBLISHED


def extract(kind: Kind, content: BaseModel) -> list[Link]:
    """What the content uses. Raises ReferenceInvalid when something in it could be nobody's key."""
    found = list(kind.links(content))
    wrong = [each for each in found if not is_key(each.key)]
    if wrong:
        details = [
            FieldProblem(pointer=each.pointer, detail=f"“{each.key[:100]}” is not the key of a {each.kind}.")
            for each in wrong[:100]
        ]
        raise ReferenceInvalid("A reference cannot be read.", details=details, hint="Name other assets by their key.")
    return found


async def by_key(session: AsyncSession, content: dict[str, Any], found: Sequence[Link]) -> tuple[dict[str, Any], bool]:
    """The content with assets named by key that it named by id; tells whether there were any."""
    ids = {each.key: UUID(each.key) for each in found if _is_id(each.key)}
    if not ids:
        return content, False
    rows = (await session.execute(select(Asset.kind, Asset.id, Asset.slug).where(Asset.id.in_(ids.values())))).all()
    keys = {(row.kind, row.id): row.slug for row in rows}
    changed = False
    for each in found:
        key = keys.get((each.kind, ids[each.key])) if each.key in ids else None
        if key is not None:
            changed = _put(content, segments(each.pointer), each.key, key) or changed
    return content, changed


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _put(content: Any, path: list[str], old: str, new: str) -> bool:
    """Replace what stands at a place, if it is there as the kind said."""
    for part in path[:-1]:
        content = content[int(part)] if isinstance(content, list) else content.get(part)
    last: str | int = int(path[-1]) if isinstance(content, list) else path[-1]
    if content[last] != old:
        return False
    content[last] = new
    return True


async def store(session: AsyncSession, asset: Asset, version: int, found: Sequence[Link]) -> None:
    """Make these the links of a version; 0 is the draft."""
    if version == DRAFT:
        gone = delete(AssetLink).where(AssetLink.source_id == asset.id, AssetLink.version == DRAFT)
        await session.execute(gone.execution_options(synchronize_session=False))
    rows = [
        {
            "tenant_id": asset.tenant_id,
            "source_id": asset.id,
            "version": version,
            "position": position,
            "in_force": False,
            "target_kind": each.kind,
            "target_key": each.key,
            "role": each.role,
            "pointer": each.pointer,
            "needs": list(each.needs),
        }
        for position, each in enumerate(found)
    ]
    if rows:
        await session.execute(insert(AssetLink), rows)


async def hold(session: AsyncSession, found: Sequence[Link]) -> None:
    """Keep what is used as it is until the transaction ends: whoever takes it out of force meanwhile waits, and then sees
    the new dependant."""
    if found:
        nodes = tuple_(Asset.kind, Asset.slug).in_(sorted({(each.kind, each.key) for each in found}))
        query = select(Asset.id).where(nodes, Asset.state != AssetState.ARCHIVED).order_by(Asset.id)
        await session.execute(query.with_for_update(read=True))


async def mark(session: AsyncSession, asset: Asset, version: int | None) -> None:
    """Note which version's links are in force; None: none of them."""
    changed = AssetLink.in_force if version is None else AssetLink.in_force != (AssetLink.version == version)
    query = update(AssetLink).where(AssetLink.source_id == asset.id, changed).values(in_force=~AssetLink.in_force)
    await session.execute(query.execution_options(synchronize_session=False))


_LINK = (
    AssetLink.target_kind,
    AssetLink.target_key,
    AssetLink.role,
    AssetLink.pointer,
    AssetLink.needs,
    AssetLink.version,
)
_OTHER = (Asset.id, Asset.kind, Asset.slug, Asset.name, Asset.state)


async def uses(session: AsyncSession, asset: Asset, version: int) -> list[Use]:
    """What a version uses, in the order of its content."""
    target = and_(
        Asset.kind == AssetLink.target_kind, Asset.slug == AssetLink.target_key, Asset.state != AssetState.ARCHIVED
    )
    query = select(*_LINK, *_OTHER).select_from(AssetLink).outerjoin(Asset, target).order_by(AssetLink.position)
    return await _uses(session, query.where(AssetLink.source_id == asset.id, AssetLink.version == version))


async def used_by(session: AsyncSession, node: Node, *, drafts: bool, limit: int | None = None) -> list[Use]:
    """Who uses it: versions in force, and with `drafts` drafts too where they say something else than what is in force."""
    draft = and_(
        AssetLink.version == DRAFT,
        Asset.state != AssetState.ARCHIVED,
        Asset.draft_hash.is_distinct_from(Asset.published_hash),
    )
    query = (
        select(*_LINK, *_OTHER)
        .select_from(AssetLink)
        .join(Asset, and_(Asset.tenant_id == AssetLink.tenant_id, Asset.id == AssetLink.source_id))
        .where(AssetLink.target_kind == node[0], AssetLink.target_key == node[1])
        .where(or_(AssetLink.in_force, AssetLink.version == DRAFT) if drafts else AssetLink.in_force)
        .where(or_(AssetLink.in_force, draft))
        .limit(limit)
    )
    found = await _uses(session, query)
    return sorted(found, key=lambda use: (use.other[1:4] if use.other else (), -use.link.version, use.link.pointer))


async def relied_on(session: AsyncSession, node: Node) -> list[tuple[Other, Sequence[str]]]:
    """Who uses it in force, by kind and key, each link with what it relies on. A hub has thousands: no more than that is read."""
    query = (
        select(*_OTHER, AssetLink.needs)
        .select_from(AssetLink)
        .join(Asset, and_(Asset.tenant_id == AssetLink.tenant_id, Asset.id == AssetLink.source_id))
        .where(AssetLink.target_kind == node[0], AssetLink.target_key == node[1], AssetLink.in_force)
    )
    rows: Sequence[Any] = (await session.execute(query)).all()
    return sorted(((Other(*row[:-1]), row[-1]) for row in rows), key=lambda each: each[0][1:4])


async def _uses(session: AsyncSession, query: Select[*tuple[Any, ...]]) -> list[Use]:
    rows = (await session.execute(query)).all()
    cut = len(_LINK)
    return [Use(Stored(*row[:cut]), None if row[cut] is None else Other(*row[cut:])) for row in rows]


async def refuse_cycle(session: AsyncSession, asset: Asset, found: Iterable[Link]) -> None:
    """Walk down what would be in force. Raises LinksCyclic that names the way round."""

    async def targets_of(wave: Collection[Node]) -> Iterable[tuple[Node, Node]]:
        return await targets_in_force(session, wave)

    way = await way_round((asset.kind, asset.slug), [(each.kind, each.key) for each in found], targets_of)
    if way:
        said = " → ".join(f"{kind}/{key}" for kind, key in way)
        raise LinksCyclic(f"“{asset.name}” would use itself: {said}.", hint="Take one of these references away.")


async def way_round(
    start: Node,
    targets: Iterable[Node],
    targets_of: Callable[[Collection[Node]], Awaitable[Iterable[tuple[Node, Node]]]],
) -> list[Node]:
    """A shortest way from `start` over its `targets` back to it; empty, if there is none. Each node is asked about once."""
    wave = set(targets)
    came_from: dict[Node, Node] = dict.fromkeys(wave, start)
    while wave and start not in came_from:
        reached, wave = await targets_of(wave), set()
        for source, target in reached:
            if target not in came_from:
                came_from[target] = source
                wave.add(target)
    if start not in came_from:
        return []
    way = [start]
    while len(way) == 1 or way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]


async def targets_in_force(session: AsyncSession, nodes: Collection[Node]) -> list[tuple[Node, Node]]:
    """What the versions in force of some assets use, as pairs."""
    query = (
        select(Asset.kind, Asset.slug, AssetLink.target_kind, AssetLink.target_key)
        .join(AssetLink, and_(AssetLink.source_id == Asset.id, AssetLink.in_force))
        .where(Asset.state != AssetState.ARCHIVED, tuple_(Asset.kind, Asset.slug).in_(list(nodes)))
    )
    return [((row[0], row[1]), (row[2], row[3])) for row in (await session.execute(query)).all()]
