"""Finding assets among all kinds: filters, counts by filter, pages in the order of the last change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, and_, func, literal, select, true, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.links import WITHOUT_DRAFT
from opsloom.assets.models import Asset, AssetFault, AssetState

_MOST_VALUES = 200
Place = tuple[datetime, UUID]
"""When the last asset of a page was changed, and its id."""


class Facet(StrEnum):
    """What a list can be narrowed by, beside words."""

    KINDS = "kinds"
    STATES = "states"
    TAGS = "tags"
    FAULTS = "faults"


@dataclass(frozen=True, slots=True)
class Wanted:
    """All given filters must hold; of several values of one filter any (tags: all). `hidden` kinds are never shown."""

    text: str = ""
    kinds: Sequence[str] = ()
    states: Sequence[str] = ()
    tags: Sequence[str] = ()
    faulty: bool | None = None
    hidden: frozenset[str] = frozenset()


async def page(
    session: AsyncSession, wanted: Wanted, *, limit: int, after: Place | None
) -> list[tuple[Asset, AssetFault | None]]:
    """Last changed first; one more than `limit`, so that the caller sees whether there is more."""
    query = (
        select(Asset, AssetFault)
        .options(WITHOUT_DRAFT)
        .outerjoin(AssetFault, AssetFault.asset_id == Asset.id)
        .where(*_conditions(wanted))
        .order_by(Asset.updated_at.desc(), Asset.id.desc())
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(tuple_(Asset.updated_at, Asset.id) < after)
    return [(asset, fault) for asset, fault in (await session.execute(query)).all()]


async def facets(session: AsyncSession, wanted: Wanted) -> dict[Facet, list[tuple[str, int]]]:
    """How many assets each value would leave; a filter's own choice does not narrow its counts.

    The table is read once: what all counts have in common is kept with a mark for each of the other filters.
    """
    found = _marked(wanted)
    of_kind, of_state, of_fault, faulty = found.c.of_kind, found.c.of_state, found.c.of_fault, found.c.faulty
    tags = select(func.unnest(found.c.tags).label("value")).where(of_kind, of_state, of_fault).subquery()
    counted = union_all(
        _counts(Facet.KINDS, found.c.kind, of_state, of_fault),
        _counts(Facet.STATES, found.c.state, of_kind, of_fault),
        select(literal(Facet.TAGS.value).label("facet"), tags.c.value, func.count()).group_by(tags.c.value),
        select(literal(Facet.FAULTS.value), literal("true"), func.count())
        .where(of_kind, of_state, faulty)
        .having(func.count() > 0),
    )
    counts: dict[Facet, list[tuple[str, int]]] = {facet: [] for facet in Facet}
    for facet, value, count in (await session.execute(counted)).all():
        counts[Facet(facet)].append((value, count))
    return {facet: sorted(rows, key=lambda row: (-row[1], row[0]))[:_MOST_VALUES] for facet, rows in counts.items()}


def _marked(wanted: Wanted) -> CTE:
    """What fits the words, the tags and the caller, and whether it fits each of the filters that have counts of their own."""
    theirs = and_(AssetFault.tenant_id == Asset.tenant_id, AssetFault.asset_id == Asset.id)
    faulty = AssetFault.asset_id.is_not(None)
    of_fault = true() if wanted.faulty is None else faulty if wanted.faulty else ~faulty
    marks = (_of_kind(wanted), _of_state(wanted), of_fault, faulty)
    names = ("of_kind", "of_state", "of_fault", "faulty")
    return (
        select(
            Asset.kind, Asset.state, Asset.tags, *(mark.label(name) for mark, name in zip(marks, names, strict=True))
        )
        .outerjoin(AssetFault, theirs)
        .where(*_common(wanted))
        .cte("found")
    )


def _counts(facet: Facet, value: ColumnElement[str], *conditions: ColumnElement[bool]) -> Select[str, str, int]:
    return (
        select(literal(facet.value).label("facet"), value.label("value"), func.count())
        .where(*conditions)
        .group_by(value)
    )


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [*_common(wanted), _of_kind(wanted), _of_state(wanted)]
    if wanted.faulty is not None:
        theirs = and_(AssetFault.tenant_id == Asset.tenant_id, AssetFault.asset_id == Asset.id)
        faulty = select(AssetFault.asset_id).where(theirs).correlate(Asset).exists()
        found.append(faulty if wanted.faulty else ~faulty)
    return found


def _common(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What narrows every count alike."""
    found: list[ColumnElement[bool]] = []
    if wanted.hidden:
        found.append(Asset.kind.not_in(sorted(wanted.hidden)))
    if wanted.tags:
        found.append(Asset.tags.contains(list(wanted.tags)))
    return [*found, *(_has(word) for word in wanted.text.split()[:10])]


def _of_kind(wanted: Wanted) -> ColumnElement[bool]:
    return Asset.kind.in_(wanted.kinds) if wanted.kinds else true()


def _of_state(wanted: Wanted) -> ColumnElement[bool]:
    return Asset.state.in_(wanted.states) if wanted.states else Asset.state != AssetState.ARCHIVED


def _has(word: str) -> ColumnElement[bool]:
    """Both sides are folded by the database, so that they are folded alike."""
    plain = word.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return Asset.words.like(func.lower(f"%{plain}%"), escape="/")
