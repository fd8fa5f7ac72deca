"""Finding assets among all kinds: filters, counts by filter, pages in the order of the last change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from opsloom.assets.links import WITHOUT_DRAFT
from opsloom.assets.models import Asset, AssetFault, AssetState

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
    """How many assets each value would leave; a filter's own choice does not narrow its counts."""
    return {
        Facet.KINDS: await _counted(session, Asset.kind, wanted, Facet.KINDS),
        Facet.STATES: await _counted(session, Asset.state, wanted, Facet.STATES),
        Facet.TAGS: await _tags(session, wanted),
        Facet.FAULTS: await _faults(session, wanted),
    }


async def _counted(
    session: AsyncSession, column: InstrumentedAttribute[str], wanted: Wanted, facet: Facet
) -> list[tuple[str, int]]:
    number = func.count()
    query = select(column, number).where(*_conditions(wanted, facet)).group_by(column)
    rows = await session.execute(query.order_by(number.desc(), column))
    return [(value, count) for value, count in rows.all()]


async def _tags(session: AsyncSession, wanted: Wanted) -> list[tuple[str, int]]:
    tag, number = func.unnest(Asset.tags).label("tag"), func.count()
    tagged = select(tag).where(*_conditions(wanted)).subquery()
    query = select(tagged.c.tag, number).group_by(tagged.c.tag).order_by(number.desc(), tagged.c.tag).limit(200)
    return [(value, count) for value, count in (await session.execute(query)).all()]


async def _faults(session: AsyncSession, wanted: Wanted) -> list[tuple[str, int]]:
    query = (
        select(func.count())
        .select_from(Asset)
        .join(AssetFault, AssetFault.asset_id == Asset.id)
        .where(*_conditions(wanted, Facet.FAULTS))
    )
    count = (await session.execute(query)).scalar_one()
    return [("true", count)] if count else []


def _conditions(wanted: Wanted, but: Facet | None = None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.hidden:
        found.append(Asset.kind.not_in(sorted(wanted.hidden)))
    if wanted.kinds and but is not Facet.KINDS:
        found.append(Asset.kind.in_(wanted.kinds))
    if wanted.states and but is not Facet.STATES:
        found.append(Asset.state.in_(wanted.states))
    elif but is not Facet.STATES:
        found.append(Asset.state != AssetState.ARCHIVED)
    if wanted.tags:
        found.append(Asset.tags.contains(list(wanted.tags)))
    if wanted.faulty is not None and but is not Facet.FAULTS:
        theirs = and_(AssetFault.tenant_id == Asset.tenant_id, AssetFault.asset_id == Asset.id)
        faulty = select(AssetFault.asset_id).where(theirs).correlate(Asset).exists()
        found.append(faulty if wanted.faulty else ~faulty)
    found += [_has(word) for word in wanted.text.split()[:10]]
    return found


def _has(word: str) -> ColumnElement[bool]:
    """Both sides are folded by the database, so that they are folded alike."""
    plain = word.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return Asset.words.like(func.lower(f"%{plain}%"), escape="/")
