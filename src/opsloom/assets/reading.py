"""Reading assets of a kind: one, by id or by key, lists, versions, what is in force."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import links, repository
from opsloom.assets.content import read_stored
from opsloom.assets.errors import AssetNotFound, AssetUnreadable, NotPublished, VersionNotFound
from opsloom.assets.faults import Load
from opsloom.assets.faults import settle as settle_faults
from opsloom.assets.kinds import Kind
from opsloom.assets.models import Asset, AssetState, AssetVersion
from opsloom.identity.scope import Scope

LIVE = (AssetState.DRAFT, AssetState.PUBLISHED)


def is_in_force(asset: Asset) -> bool:
    """Whether publishing the draft would put nothing else in force than what is."""
    published = (asset.published_hash, asset.published_name)
    return asset.published_version is not None and (asset.draft_hash, asset.name) == published


async def get(session: AsyncSession, kind: Kind, asset_id: UUID) -> Asset:
    """One asset, archived ones included. Raises AssetNotFound."""
    asset = await repository.load(session, kind.name, asset_id)
    if asset is None:
        raise AssetNotFound(f"There is no such {kind.name}.")
    return asset


async def by_key(session: AsyncSession, kind: Kind | str, key: str) -> Asset | None:
    """The live asset that has a key."""
    return await repository.named(session, kind if isinstance(kind, str) else kind.name, key)


async def in_force(session: AsyncSession, kind_name: str, key: str) -> tuple[Asset, AssetVersion]:
    """An asset by key with the version in force. Raises AssetNotFound, NotPublished."""
    asset = await repository.named(session, kind_name, key)
    if asset is None:
        raise AssetNotFound(f"There is no {kind_name} “{key[:100]}”.", hint="Its key may be misspelt; see the list.")
    if asset.published_version is None:
        raise NotPublished(f"The {kind_name} “{asset.name}” is not published.", hint="Publish it first.")
    return asset, await get_version(session, asset.id, asset.published_version)


async def get_version(session: AsyncSession, asset_id: UUID, version: int) -> AssetVersion:
    """One version. Raises VersionNotFound."""
    found = await repository.version_of(session, asset_id, version)
    if found is None:
        raise VersionNotFound(f"There is no version {version}.")
    return found


async def list_assets(
    session: AsyncSession,
    kind: Kind,
    *,
    limit: int,
    after: UUID | None = None,
    text: str | None = None,
    states: Sequence[AssetState] = LIVE,
) -> list[Asset]:
    """Newest first, one more than `limit`."""
    return await repository.page(session, kind.name, limit=limit, after=after, text=text, states=states)


async def readable(
    session: AsyncSession, scope: Scope, kind: Kind, found: Sequence[Asset]
) -> list[tuple[Asset, BaseModel]]:
    """Assets with their drafts in the kind's own type. One that cannot be read is reported, and hides no other."""
    read: list[tuple[Asset, BaseModel]] = []
    for asset in found:
        try:
            read.append((asset, read_stored(kind, asset.draft)))
        except AssetUnreadable as error:
            await settle_faults(session, scope, kind.name, [Load(asset, links.DRAFT, error.message)])
    return read


async def list_versions(
    session: AsyncSession, kind: Kind, asset_id: UUID, *, limit: int, below: int | None = None
) -> list[AssetVersion]:
    """Newest first, one more than `limit`. Raises AssetNotFound."""
    asset = await get(session, kind, asset_id)
    return await repository.versions_of(session, asset.id, limit=limit, below=below)


async def list_published(session: AsyncSession, kind: Kind) -> list[tuple[Asset, AssetVersion]]:
    """Everything of a kind that is in force, for engines that keep it in memory."""
    return await repository.published(session, kind.name)
