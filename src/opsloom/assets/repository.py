"""Every query of the registry. Row security already limits each to the session's tenant."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.models import Asset, AssetState, AssetVersion


async def load(session: AsyncSession, kind: str, asset_id: UUID, *, lock: bool = False) -> Asset | None:
    """One asset of a kind; `lock` holds it until the transaction ends."""
    query = select(Asset).where(Asset.kind == kind, Asset.id == asset_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def named(session: AsyncSession, kind: str, slug: str) -> Asset | None:
    """The live asset that has a slug."""
    query = select(Asset).where(Asset.kind == kind, Asset.slug == slug, Asset.state != AssetState.ARCHIVED)
    return (await session.execute(query)).scalar_one_or_none()


async def called(session: AsyncSession, kind: str, name: str) -> Asset | None:
    """The live asset that has a name, in whatever case."""
    query = select(Asset).where(Asset.kind == kind, func.lower(Asset.name) == func.lower(name))
    return (await session.execute(query.where(Asset.state != AssetState.ARCHIVED).limit(1))).scalar_one_or_none()


async def of_any_kind(session: AsyncSession, asset_id: UUID, *, lock: bool = False) -> Asset | None:
    """One asset, whatever its kind."""
    query = select(Asset).where(Asset.id == asset_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def page(
    session: AsyncSession, kind: str, *, limit: int, after: UUID | None, text: str | None, states: Sequence[str]
) -> list[Asset]:
    """Newest first; one more than `limit`, so that the caller sees whether there is more."""
    query = select(Asset).where(Asset.kind == kind, Asset.state.in_(states)).order_by(Asset.id.desc()).limit(limit + 1)
    if after is not None:
        query = query.where(Asset.id < after)
    if text:
        query = query.where(Asset.name.icontains(text, autoescape=True))
    return list((await session.execute(query)).scalars())


async def published(session: AsyncSession, kind: str) -> list[tuple[Asset, AssetVersion]]:
    """Every published asset of a kind with the version in force."""
    joined = tuple_(AssetVersion.tenant_id, AssetVersion.asset_id, AssetVersion.version) == tuple_(
        Asset.tenant_id, Asset.id, Asset.published_version
    )
    query = select(Asset, AssetVersion).join(AssetVersion, joined)
    rows = await session.execute(
        query.where(Asset.kind == kind, Asset.state == AssetState.PUBLISHED).order_by(Asset.id)
    )
    return [(asset, version) for asset, version in rows.all()]


async def version_of(session: AsyncSession, asset_id: UUID, version: int) -> AssetVersion | None:
    """One version."""
    query = select(AssetVersion).where(AssetVersion.asset_id == asset_id, AssetVersion.version == version)
    return (await session.execute(query)).scalar_one_or_none()


async def versions_of(session: AsyncSession, asset_id: UUID, *, limit: int, below: int | None) -> list[AssetVersion]:
    """Newest first, one more than `limit`."""
    query = select(AssetVersion).where(AssetVersion.asset_id == asset_id).order_by(AssetVersion.version.desc())
    if below is not None:
        query = query.where(AssetVersion.version < below)
    return list((await session.execute(query.limit(limit + 1))).scalars())


async def last_version(session: AsyncSession, asset_id: UUID) -> int:
    """The highest version number, 0 if nothing was published yet."""
    query = select(func.coalesce(func.max(AssetVersion.version), 0)).where(AssetVersion.asset_id == asset_id)
    return int((await session.execute(query)).scalar_one())
