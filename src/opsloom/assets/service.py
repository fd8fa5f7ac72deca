"""The life of an asset: draft, publish, roll back, unpublish, archive.

Each change is one audit record and one stream message in the caller's transaction, and wakes every process that keeps
published assets in memory (`opsloom_assets`). The kind is passed in: this module knows none.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import repository
from opsloom.assets.content import content_hash, slug_of
from opsloom.assets.errors import (
    Archived,
    AssetNotFound,
    NameTaken,
    NotPublished,
    RevisionRequired,
    StaleDraft,
    VersionNotFound,
)
from opsloom.assets.kinds import Kind
from opsloom.assets.models import Asset, AssetState, AssetVersion
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.infra import stream
from opsloom.kit.errors import FieldProblem, InvalidInput
from opsloom.kit.ids import new_id

__all__ = ["Asset", "AssetState", "AssetVersion", "content_hash"]  # what a kind is handed belongs to this interface

LIVE = (AssetState.DRAFT, AssetState.PUBLISHED)
_WAKE = text("select pg_notify('opsloom_assets', :payload)")


def read_content(kind: Kind, content: Mapping[str, Any]) -> BaseModel:
    """Content in the kind's own type. Raises InvalidInput that names every field."""
    try:
        return kind.model.model_validate(content)
    except ValidationError as error:
        details = [
            FieldProblem(pointer="/" + "/".join(str(p) for p in each["loc"]), detail=each["msg"], code=each["type"])
            for each in error.errors(include_url=False)
        ]
        raise InvalidInput(f"This is not a valid {kind.name}.", details=details, hint="See `errors`.") from None


async def create_draft(session: AsyncSession, scope: Scope, kind: Kind, name: str, content: Mapping[str, Any]) -> Asset:
    """A new asset that is not in force yet. Raises NameTaken, InvalidInput."""
    stored = read_content(kind, content).model_dump(mode="json")
    slug = slug_of(name)
    if await repository.named(session, kind.name, slug) is not None:
        raise NameTaken(f"There is already a {kind.name} named “{name}”.", hint="Choose another name.")
    now = datetime.now(UTC)
    asset = Asset(
        tenant_id=scope.tenant_id,
        id=new_id(),
        kind=kind.name,
        name=name,
        slug=slug,
        state=AssetState.DRAFT,
        draft=stored,
        draft_revision=1,
        published_version=None,
        created_at=now,
        created_by=scope.actor.name,
        updated_at=now,
        updated_by=scope.actor.name,
    )
    session.add(asset)
    await _tell(session, scope, asset, "created", {"name": name})
    return asset


async def save_draft(
    session: AsyncSession,
    scope: Scope,
    kind: Kind,
    asset_id: UUID,
    change: tuple[str, Mapping[str, Any]],
    *,
    if_revision: int | None,
) -> Asset:
    """Replace name and draft. `if_revision` is the revision that was edited. Raises StaleDraft, RevisionRequired."""
    if if_revision is None:
        raise RevisionRequired("Send `If-Match` with the revision you edited.", hint="Read the asset first; see ETag.")
    name, content = change
    asset = await _live(session, kind, asset_id)
    if asset.draft_revision != if_revision:
        raise StaleDraft(
            f"{asset.updated_by} saved revision {asset.draft_revision}; you edited revision {if_revision}.",
            hint="Load it again, bring your change in, and save with the new revision.",
        )
    slug = slug_of(name)
    other = await repository.named(session, kind.name, slug)
    if other is not None and other.id != asset.id:
        raise NameTaken(f"There is already a {kind.name} named “{name}”.", hint="Choose another name.")
    asset.draft = read_content(kind, content).model_dump(mode="json")
    asset.name, asset.slug = name, slug
    asset.draft_revision += 1
    await _tell(session, scope, asset, "saved", {"revision": asset.draft_revision})
    return asset


async def publish(session: AsyncSession, scope: Scope, kind: Kind, asset_id: UUID, comment: str = "") -> AssetVersion:
    """Make the draft a new version and put it in force; unchanged content keeps its version."""
    asset = await _live(session, kind, asset_id)
    content = read_content(kind, asset.draft)
    await kind.check(session, scope, asset, content)
    stored = content.model_dump(mode="json")
    digest = content_hash(stored)
    last = await repository.last_version(session, asset.id)
    newest = await repository.version_of(session, asset.id, last) if last else None
    if newest is not None and newest.content_hash == digest and newest.name == asset.name:
        version = newest
    else:
        version = AssetVersion(
            tenant_id=asset.tenant_id,
            asset_id=asset.id,
            version=last + 1,
            name=asset.name,
            content=stored,
            content_hash=digest,
            comment=comment,
            created_at=datetime.now(UTC),
            created_by=scope.actor.name,
        )
        session.add(version)
    await _put_in_force(session, scope, kind, asset, version)
    await _tell(session, scope, asset, "published", {"version": version.version, "hash": digest, "comment": comment})
    return version


async def rollback(session: AsyncSession, scope: Scope, kind: Kind, asset_id: UUID, version: int) -> AssetVersion:
    """Put an earlier version in force again, and its content into the draft."""
    asset = await _live(session, kind, asset_id)
    target = await get_version(session, asset.id, version)
    content = read_content(kind, target.content)
    await kind.check(session, scope, asset, content)
    asset.draft = dict(target.content)
    asset.draft_revision += 1
    await _put_in_force(session, scope, kind, asset, target)
    await _tell(session, scope, asset, "rolled_back", {"version": version, "hash": target.content_hash})
    return target


async def unpublish(session: AsyncSession, scope: Scope, kind: Kind, asset_id: UUID) -> Asset:
    """Take it out of force; the draft and all versions stay."""
    asset = await _live(session, kind, asset_id)
    if asset.published_version is None:
        raise NotPublished(f"“{asset.name}” is not published.")
    was = asset.published_version
    asset.state, asset.published_version = AssetState.DRAFT, None
    await kind.withdrawn(session, scope, asset)
    await _tell(session, scope, asset, "unpublished", {"version": was})
    return asset


async def archive(session: AsyncSession, scope: Scope, kind: Kind, asset_id: UUID) -> Asset:
    """Take it out of force and out of the lists; its name becomes free, its versions stay."""
    asset = await _live(session, kind, asset_id)
    asset.state, asset.published_version = AssetState.ARCHIVED, None
    await kind.withdrawn(session, scope, asset)
    await _tell(session, scope, asset, "archived", {})
    return asset


async def get(session: AsyncSession, kind: Kind, asset_id: UUID) -> Asset:
    """One asset, archived ones included. Raises AssetNotFound."""
    asset = await repository.load(session, kind.name, asset_id)
    if asset is None:
        raise AssetNotFound(f"There is no such {kind.name}.")
    return asset


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


async def list_versions(
    session: AsyncSession, kind: Kind, asset_id: UUID, *, limit: int, below: int | None = None
) -> list[AssetVersion]:
    """Newest first, one more than `limit`. Raises AssetNotFound."""
    asset = await get(session, kind, asset_id)
    return await repository.versions_of(session, asset.id, limit=limit, below=below)


async def list_published(session: AsyncSession, kind: Kind) -> list[tuple[Asset, AssetVersion]]:
    """Everything of a kind that is in force, for engines that keep it in memory."""
    return await repository.published(session, kind.name)


def parse_if_match(header: str | None) -> int | None:
    """The revision in an `If-Match` header (`"3"`, `W/"3"` or `3`). Raises InvalidInput."""
    if header is None:
        return None
    plain = header.strip().removeprefix("W/").strip('"')
    if not (plain.isascii() and plain.isdigit()) or len(plain) > 18:
        raise InvalidInput("If-Match is not a revision.", hint='Send the ETag you were given, e.g. If-Match: "3".')
    return int(plain)


def etag(asset: Asset) -> str:
    """The draft's revision as an entity tag."""
    return f'"{asset.draft_revision}"'


async def _live(session: AsyncSession, kind: Kind, asset_id: UUID) -> Asset:
    asset = await repository.load(session, kind.name, asset_id, lock=True)
    if asset is None:
        raise AssetNotFound(f"There is no such {kind.name}.")
    if asset.state == AssetState.ARCHIVED:
        raise Archived(f"“{asset.name}” is archived.")
    return asset


async def _put_in_force(session: AsyncSession, scope: Scope, kind: Kind, asset: Asset, version: AssetVersion) -> None:
    asset.state, asset.published_version = AssetState.PUBLISHED, version.version
    await session.flush()
    await kind.published(session, scope, asset, read_content(kind, version.content))


async def _tell(session: AsyncSession, scope: Scope, asset: Asset, what: str, detail: Mapping[str, object]) -> None:
    asset.updated_at = datetime.now(UTC)
    asset.updated_by = scope.actor.name
    await session.flush()
    await audit.record(session, scope, f"{asset.kind}.{what}", asset.kind, asset.id, detail)
    message = {"type": f"asset.{what}", "kind": asset.kind, "id": str(asset.id), "name": asset.name}
    await stream.publish(session, scope.tenant_id, "assets", message)
    await session.execute(_WAKE, {"payload": f"{scope.tenant_id}:{asset.kind}"})
