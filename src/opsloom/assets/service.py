"""The life of an asset: draft, publish, roll back, unpublish, archive, restore.

Each change is one audit record and one stream message in the caller's transaction, and wakes every process that keeps
published assets in memory (`opsloom_assets`). The kind is passed in: this module knows none. What a change would break for
others is asked before it is made (`impact`), whether others must agree to it too (`reviews`).
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import drafts, impact, links, repository, reviews
from opsloom.assets.content import (
    content_hash,
    read_content,
    read_or_why,
    read_stored,
    read_stored_as,
    slug_of,
    source_hash,
    why,
)
from opsloom.assets.errors import (
    Archived,
    AssetNotFound,
    AssetProtected,
    KeyTaken,
    NotArchived,
    NotPublished,
    ReviewNeeded,
    RevisionRequired,
)
from opsloom.assets.faults import Load
from opsloom.assets.faults import clear as clear_fault
from opsloom.assets.faults import report as report_fault
from opsloom.assets.faults import settle as settle_faults
from opsloom.assets.impact import Dependant, who_notices
from opsloom.assets.kinds import Kind
from opsloom.assets.models import Asset, AssetFault, AssetState, AssetVersion
from opsloom.assets.reading import (
    LIVE,
    by_key,
    get,
    get_version,
    in_force,
    is_in_force,
    list_assets,
    list_published,
    list_versions,
    readable,
)
from opsloom.assets.reviews import lacking_cases
from opsloom.assets.reviews import need as review_need
from opsloom.identity import audit
from opsloom.identity.scope import ActorKind, Scope
from opsloom.infra import stream
from opsloom.kit.errors import InvalidInput, OpsloomError
from opsloom.kit.ids import new_id

__all__ = [  # what a kind is handed belongs to this interface, and so does reading
    "LIVE",
    "Asset",
    "AssetFault",
    "AssetState",
    "AssetVersion",
    "Dependant",
    "Load",
    "by_key",
    "clear_fault",
    "content_hash",
    "get",
    "get_version",
    "in_force",
    "is_in_force",
    "lacking_cases",
    "list_assets",
    "list_published",
    "list_versions",
    "read_content",
    "read_or_why",
    "read_stored",
    "read_stored_as",
    "readable",
    "report_fault",
    "review_need",
    "settle_faults",
    "slug_of",
    "source_hash",
    "who_notices",
    "why",
]

_WAKE = text("select pg_notify('opsloom_assets', :payload)")


class About(TypedDict, total=False):
    """What is said about an asset beside its content; it is not versioned. `key` is for creation only."""

    key: str | None
    description: str
    tags: Sequence[str]
    protected: bool


class Step(TypedDict, total=False):
    """How a step is taken: why, and whether dependants may break by it."""

    comment: str
    force: bool


async def create_draft(
    session: AsyncSession, scope: Scope, kind: Kind, name: str, content: Mapping[str, Any], **about: Unpack[About]
) -> Asset:
    """A new asset that is not in force yet. Raises NameTaken, KeyTaken, KeyInvalid, InvalidInput, ReferenceInvalid."""
    key = await drafts.new_key(session, kind, name, about.get("key"))
    now = datetime.now(UTC)
    asset = Asset(
        tenant_id=scope.tenant_id,
        id=new_id(),
        kind=kind.name,
        name=name,
        slug=key,
        description=about.get("description", ""),
        tags=drafts.plain_tags(about.get("tags", ())),
        protected=about.get("protected", False),
        state=AssetState.DRAFT,
        draft_revision=1,
        published_version=None,
        published_hash=None,
        published_name=None,
        latest_version=0,
        created_at=now,
        created_by=scope.actor.name,
        updated_at=now,
        updated_by=scope.actor.name,
    )
    found = await drafts.write(session, scope, kind, asset, content)
    session.add(asset)
    await session.flush()
    await links.store(session, asset, links.DRAFT, found)
    await _tell(session, scope, asset, "created", {"name": name, "key": key})
    return asset


async def save_draft(
    session: AsyncSession,
    scope: Scope,
    kind: Kind,
    asset_id: UUID,
    change: tuple[str, Mapping[str, Any]],
    *,
    if_revision: int | None,
    **about: Unpack[About],
) -> Asset:
    """Replace name and draft; the key stays. `if_revision` is the revision that was edited.

    Raises StaleDraft with both sides, RevisionRequired, NameTaken, AssetProtected, InvalidInput, ReferenceInvalid.
    """
    if if_revision is None:
        raise RevisionRequired("Send `If-Match` with the revision you edited.", hint="Read the asset first; see ETag.")
    name, content = change
    asset = await _live(session, kind, asset_id)
    _refuse_protected(scope, asset)
    if asset.draft_revision != if_revision:
        raise drafts.stale(asset, if_revision, change, about)
    if name != asset.name:
        await drafts.free_name(session, kind, name, asset)
    found = await drafts.write(session, scope, kind, asset, content)
    asset.name = name
    asset.description = about.get("description", asset.description)
    asset.tags = drafts.plain_tags(about.get("tags", asset.tags))
    asset.draft_revision += 1
    await links.store(session, asset, links.DRAFT, found)
    await settle_faults(session, scope, kind.name, [Load(asset, links.DRAFT, None)])
    await _tell(session, scope, asset, "saved", {"revision": asset.draft_revision, "hash": asset.draft_hash})
    return asset


async def label(session: AsyncSession, scope: Scope, kind: Kind, asset_id: UUID, tags: Sequence[str]) -> Asset:
    """Set the tags alone: nobody's edit of the draft gets stale by it. Raises AssetProtected."""
    asset = await _live(session, kind, asset_id)
    _refuse_protected(scope, asset)
    if asset.tags != (wanted := drafts.plain_tags(tags)):
        asset.tags = wanted
        await _tell(session, scope, asset, "tagged", {"tags": wanted})
    return asset


async def publish(
    session: AsyncSession, scope: Scope, kind: Kind, asset_id: UUID, comment: str = "", *, force: bool = False
) -> AssetVersion:
    """Make the draft a new version and put it in force; unchanged content keeps its version.

    Raises ReviewNeeded, BreaksDependants (unless forced), LinksCyclic, and what the kind's check raises.
    """
    asset = await _live(session, kind, asset_id)
    content = read_content(kind, asset.draft)
    await reviews.require(session, scope, asset)
    await kind.check(session, scope, asset, content)
    found = links.extract(kind, content)
    await links.hold(session, found)
    await links.refuse_cycle(session, asset, found)
    forced = await impact.guard(session, scope, kind, asset, (content, force))
    stored = content.model_dump(mode="json")
    digest = content_hash(stored)
    last = await repository.last_version(session, asset.id)
    newest = await repository.version_of(session, asset.id, last) if last else None
    if newest is not None and newest.content_hash == digest and newest.name == asset.name:
        version = newest
    else:
        version = _version(scope, asset, stored, last + 1, comment)
        session.add(version)
        asset.latest_version = version.version
        await session.flush()
        await links.store(session, asset, version.version, found)
    await _put_in_force(session, scope, kind, asset, version)
    detail = {"version": version.version, "hash": digest, "comment": comment}
    await _tell(session, scope, asset, "published", detail | dict(forced))
    return version


async def publish_or_ask(session: AsyncSession, scope: Scope, kind: Kind, asset: Asset, comment: str = "") -> bool:
    """Publish, or where a policy wants others to agree first, ask them. Tells whether the draft is in force."""
    if is_in_force(asset):
        return True
    try:
        await publish(session, scope, kind, asset.id, comment)
    except ReviewNeeded:
        await reviews.ask(session, scope, asset, comment)
        return False
    return True


async def rollback(
    session: AsyncSession, scope: Scope, kind: Kind, asset_id: UUID, version: int, **how: Unpack[Step]
) -> AssetVersion:
    """Put an earlier version in force again, and its content into the draft. Raises as `publish`, less ReviewNeeded."""
    asset = await _live(session, kind, asset_id)
    _refuse_protected(scope, asset)
    target = await get_version(session, asset.id, version)
    content = read_content(kind, target.content)
    await kind.check(session, scope, asset, content)
    used = links.extract(kind, content)
    await links.hold(session, used)
    await links.refuse_cycle(session, asset, used)
    forced = await impact.guard(session, scope, kind, asset, (content, how.get("force", False)))
    written = await drafts.write(session, scope, kind, asset, target.content)
    asset.draft_revision += 1
    await links.store(session, asset, links.DRAFT, written)
    await _put_in_force(session, scope, kind, asset, target)
    detail = {"version": version, "hash": target.content_hash, "comment": how.get("comment", "")}
    await _tell(session, scope, asset, "rolled_back", detail | dict(forced))
    return target


async def unpublish(session: AsyncSession, scope: Scope, kind: Kind, asset_id: UUID, **how: Unpack[Step]) -> Asset:
    """Take it out of force; the draft and all versions stay. Raises NotPublished, BreaksDependants, AssetProtected."""
    asset = await _live(session, kind, asset_id)
    _refuse_protected(scope, asset)
    if asset.published_version is None:
        raise NotPublished(f"“{asset.name}” is not published.")
    was = asset.published_version
    forced = await impact.guard(session, scope, kind, asset, (None, how.get("force", False)))
    await _withdraw(session, scope, kind, asset, AssetState.DRAFT)
    await _tell(session, scope, asset, "unpublished", {"version": was, "comment": how.get("comment", ""), **forced})
    return asset


async def archive(session: AsyncSession, scope: Scope, kind: Kind, asset_id: UUID, **how: Unpack[Step]) -> Asset:
    """Take it out of force and out of the lists; its name and key become free, its versions stay."""
    asset = await _live(session, kind, asset_id)
    _refuse_protected(scope, asset)
    forced = await impact.guard(session, scope, kind, asset, (None, how.get("force", False)))
    await _withdraw(session, scope, kind, asset, AssetState.ARCHIVED)
    await _tell(session, scope, asset, "archived", {"comment": how.get("comment", ""), **forced})
    return asset


async def restore(session: AsyncSession, scope: Scope, kind: Kind, asset_id: UUID) -> Asset:
    """Bring an archived asset back as a draft, with its key. Raises NotArchived, KeyTaken, NameTaken."""
    asset = await _locked(session, kind, asset_id)
    if asset.state != AssetState.ARCHIVED:
        raise NotArchived(f"“{asset.name}” is not archived.")
    holder = await repository.named(session, kind.name, asset.slug)
    if holder is not None:
        raise KeyTaken(
            f"“{holder.name}” has its key {asset.slug} now.", hint="Archive that one first, or make a new asset."
        )
    await drafts.free_name(session, kind, asset.name, asset)
    asset.state = AssetState.DRAFT
    await _tell(session, scope, asset, "restored", {})
    return asset


async def retry(session: AsyncSession, scope: Scope, kind: Kind, asset_id: UUID) -> str | None:
    """Load what is in force once more; answers why it fails again, None when it does not. Raises NotPublished."""
    asset = await _live(session, kind, asset_id)
    if asset.published_version is None:
        raise NotPublished(f"“{asset.name}” is not published.")
    version = await get_version(session, asset.id, asset.published_version)
    cause = None
    try:
        async with session.begin_nested():
            content = read_content(kind, version.content)
            await kind.check(session, scope, asset, content)
            await kind.published(session, scope, asset, content)
            await clear_fault(session, scope, asset)
    except OpsloomError as error:
        if error.status >= 500 and error.retryable:
            raise
        cause = why(error)
        await report_fault(session, scope, asset, version.version, cause)
    await _tell(session, scope, asset, "retried", {"version": version.version, "cause": cause})
    return cause


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


async def _locked(session: AsyncSession, kind: Kind, asset_id: UUID) -> Asset:
    asset = await repository.load(session, kind.name, asset_id, lock=True)
    if asset is None:
        raise AssetNotFound(f"There is no such {kind.name}.")
    return asset


async def _live(session: AsyncSession, kind: Kind, asset_id: UUID) -> Asset:
    asset = await _locked(session, kind, asset_id)
    if asset.state == AssetState.ARCHIVED:
        raise Archived(f"“{asset.name}” is archived.", hint="Restore it first.")
    return asset


def _refuse_protected(scope: Scope, asset: Asset) -> None:
    if asset.protected and scope.actor.kind is not ActorKind.SYSTEM:
        raise AssetProtected(f"“{asset.name}” belongs to Opsloom itself.", hint="Make a copy and change that.")


def _version(scope: Scope, asset: Asset, stored: dict[str, Any], number: int, comment: str) -> AssetVersion:
    return AssetVersion(
        tenant_id=asset.tenant_id,
        asset_id=asset.id,
        version=number,
        name=asset.name,
        content=stored,
        content_hash=content_hash(stored),
        comment=comment,
        created_at=datetime.now(UTC),
        created_by=scope.actor.name,
    )


async def _put_in_force(session: AsyncSession, scope: Scope, kind: Kind, asset: Asset, version: AssetVersion) -> None:
    asset.state, asset.published_version = AssetState.PUBLISHED, version.version
    asset.published_hash, asset.published_name = source_hash(kind, version.content), version.name
    await session.flush()
    await links.mark(session, asset, version.version)
    await kind.published(session, scope, asset, read_content(kind, version.content))
    await clear_fault(session, scope, asset)


async def _withdraw(session: AsyncSession, scope: Scope, kind: Kind, asset: Asset, state: AssetState) -> None:
    asset.state, asset.published_version = state, None
    asset.published_hash, asset.published_name = None, None
    await session.flush()
    await links.mark(session, asset, None)
    await kind.withdrawn(session, scope, asset)
    await clear_fault(session, scope, asset)


async def _tell(session: AsyncSession, scope: Scope, asset: Asset, what: str, detail: Mapping[str, object]) -> None:
    asset.updated_at = datetime.now(UTC)
    asset.updated_by = scope.actor.name
    await session.flush()
    await audit.record(session, scope, f"{asset.kind}.{what}", asset.kind, asset.id, detail)
    message = {"type": f"asset.{what}", "kind": asset.kind, "id": str(asset.id), "name": asset.name}
    await stream.publish(session, scope.tenant_id, "assets", message)
    await session.execute(_WAKE, {"payload": f"{scope.tenant_id}:{asset.kind}"})
