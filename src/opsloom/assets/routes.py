"""HTTP of assets of every kind: lists, drafts, versions, and the steps of their life."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response, status

from opsloom.assets import repository, search, service
from opsloom.assets.kinds import Kind, Kinds
from opsloom.assets.models import AssetState
from opsloom.assets.routes_access import (
    IfMatch,
    Reading,
    again,
    detail,
    hidden_kinds,
    need,
    readable,
    shown,
    writable,
)
from opsloom.assets.schemas import (
    AssetDetail,
    AssetEdit,
    AssetShown,
    CountShown,
    FacetsShown,
    KindName,
    KindShown,
    NewAsset,
    PublishRequest,
    RollbackRequest,
    Tag,
    VersionDetail,
    VersionShown,
    WithdrawRequest,
)
from opsloom.assets.search import Wanted
from opsloom.assets.service import About, Step
from opsloom.identity.access import Work
from opsloom.kit.model import Text
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, encode_cursor, page_of

router = APIRouter(prefix="/api/v1", tags=["assets"])

VersionPath = Annotated[int, Path(ge=1, le=2**31)]


class Filters:
    """The list's filters; all given ones must hold. Without `state` everything but the archived."""

    def __init__(
        self,
        q: Annotated[Text | None, Query(max_length=200, description="Words of name, key, description or tags.")] = None,
        kind: Annotated[list[KindName] | None, Query(max_length=50, description="Any of these kinds.")] = None,
        state: Annotated[list[AssetState] | None, Query(max_length=3, description="Any of these states.")] = None,
        tag: Annotated[list[Tag] | None, Query(max_length=20, description="All of these tags.")] = None,
        fault: Annotated[
            bool | None, Query(description="Only those that cannot be loaded, or only the others.")
        ] = None,
    ) -> None:
        self.wanted = Wanted(q or "", kind or (), state or (), tag or (), fault)


FiltersOf = Annotated[Filters, Depends()]


@router.get("/assets")
async def list_assets(w: Reading, filters: FiltersOf, limit: Limit = 50, cursor: Cursor = None) -> Page[AssetShown]:
    """Assets of every kind the caller may see, last changed first."""
    after: Any = decode_cursor(cursor, datetime, UUID) if cursor else None
    wanted = replace(filters.wanted, hidden=hidden_kinds(w))
    rows = await search.page(w.session, wanted, limit=limit, after=after)
    more = len(rows) > limit
    kinds = w.core.part(Kinds)
    items = [shown(asset, fault, kinds) for asset, fault in rows[:limit]]
    last = encode_cursor(items[-1].updated_at, items[-1].id) if more else None
    return Page[AssetShown](items=items, next_cursor=last)


@router.get("/assets/facets")
async def count_assets(w: Reading, filters: FiltersOf) -> FacetsShown:
    """How many assets each choice of a filter would leave, with the other filters as they are."""
    counts = await search.facets(w.session, replace(filters.wanted, hidden=hidden_kinds(w)))
    told = {
        facet.value: [CountShown(value=value, count=count) for value, count in counted]
        for facet, counted in counts.items()
    }
    return FacetsShown.model_validate(told)


@router.get("/assets/kinds")
async def list_asset_kinds(w: Reading) -> Page[KindShown]:
    """The kinds of this installation, with the JSON Schema of their content."""
    return Page[KindShown](items=[_kind(w, each) for each in w.core.part(Kinds) if w.scope.allows(each.read)])


@router.post("/assets", status_code=status.HTTP_201_CREATED)
async def create_asset(w: Reading, new: NewAsset, response: Response) -> AssetDetail:
    """Make a draft. It is in force once it is published."""
    kind = w.core.part(Kinds).named(new.kind)
    need(w, kind.write)
    about = About(key=new.key, description=new.description, tags=new.tags)
    asset = await service.create_draft(w.session, w.scope, kind, new.name, new.content, **about)
    response.headers["ETag"] = service.etag(asset)
    return await detail(w, asset)


@router.get("/assets/{asset_id}")
async def get_asset(w: Reading, asset_id: UUID, response: Response) -> AssetDetail:
    """One asset with its draft; the ETag is the draft's revision."""
    asset = await readable(w, asset_id)
    response.headers["ETag"] = service.etag(asset)
    return await detail(w, asset)


@router.put("/assets/{asset_id}")
async def save_asset(
    w: Reading, asset_id: UUID, edit: AssetEdit, response: Response, if_match: IfMatch = None
) -> AssetDetail:
    """Save the draft; what is published stays as it is. A stale save gets both sides (`yours`, `theirs`)."""
    _, kind = await writable(w, asset_id)
    about = About()
    if edit.description is not None:
        about["description"] = edit.description
    if edit.tags is not None:
        about["tags"] = edit.tags
    revision, change = service.parse_if_match(if_match), (edit.name, edit.content)
    asset = await service.save_draft(w.session, w.scope, kind, asset_id, change, if_revision=revision, **about)
    response.headers["ETag"] = service.etag(asset)
    return await detail(w, asset)


@router.post("/assets/{asset_id}/publish")
async def publish_asset(w: Reading, asset_id: UUID, request: PublishRequest) -> AssetDetail:
    """Make the draft a version and put it in force. Refused when a review is missing or a dependant would break."""
    _, kind = await writable(w, asset_id)
    await service.publish(w.session, w.scope, kind, asset_id, request.comment, force=request.force)
    return await again(w, kind, asset_id)


@router.post("/assets/{asset_id}/rollback")
async def rollback_asset(w: Reading, asset_id: UUID, request: RollbackRequest) -> AssetDetail:
    """Put an earlier version in force again, and its content into the draft."""
    _, kind = await writable(w, asset_id)
    how = Step(force=request.force, comment=request.comment)
    await service.rollback(w.session, w.scope, kind, asset_id, request.version, **how)
    return await again(w, kind, asset_id)


@router.post("/assets/{asset_id}/unpublish")
async def unpublish_asset(w: Reading, asset_id: UUID, request: WithdrawRequest) -> AssetDetail:
    """Take it out of force; the draft and all versions stay."""
    _, kind = await writable(w, asset_id)
    how = Step(force=request.force, comment=request.comment)
    return await detail(w, await service.unpublish(w.session, w.scope, kind, asset_id, **how))


@router.post("/assets/{asset_id}/archive")
async def archive_asset(w: Reading, asset_id: UUID, request: WithdrawRequest) -> AssetDetail:
    """Take it out of force and out of the lists; its name and key become free."""
    _, kind = await writable(w, asset_id)
    how = Step(force=request.force, comment=request.comment)
    return await detail(w, await service.archive(w.session, w.scope, kind, asset_id, **how))


@router.post("/assets/{asset_id}/restore")
async def restore_asset(w: Reading, asset_id: UUID) -> AssetDetail:
    """Bring an archived asset back as a draft."""
    _, kind = await writable(w, asset_id)
    return await detail(w, await service.restore(w.session, w.scope, kind, asset_id))


@router.post("/assets/{asset_id}/retry")
async def retry_asset(w: Reading, asset_id: UUID) -> AssetDetail:
    """Load what is in force once more; if it fails again, `fault` says why."""
    _, kind = await writable(w, asset_id)
    await service.retry(w.session, w.scope, kind, asset_id)
    return await again(w, kind, asset_id)


@router.get("/assets/{asset_id}/versions")
async def list_asset_versions(
    w: Reading, asset_id: UUID, limit: Limit = 50, cursor: Cursor = None
) -> Page[VersionShown]:
    """Versions, newest first."""
    asset = await readable(w, asset_id)
    below = decode_cursor(cursor, int)[0] if cursor else None
    assert below is None or isinstance(below, int)
    found = await repository.versions_of(w.session, asset.id, limit=limit, below=below)
    page = page_of(found, limit, lambda version: (version.version,))
    items = [VersionShown.of(each, asset.published_version) for each in page.items]
    return Page[VersionShown](items=items, next_cursor=page.next_cursor)


@router.get("/assets/{asset_id}/versions/{version}")
async def get_asset_version(w: Reading, asset_id: UUID, version: VersionPath) -> VersionDetail:
    """One version with its content."""
    asset = await readable(w, asset_id)
    found = await service.get_version(w.session, asset.id, version)
    return VersionDetail.of(found, asset.published_version, content=found.content)


def _kind(w: Work, kind: Kind) -> KindShown:
    schema = kind.model.model_json_schema()
    for name in kind.derived:
        schema.get("properties", {}).pop(name, None)
    return KindShown(
        name=kind.name,
        content_schema=schema,
        read=kind.read.value,
        write=kind.write.value,
        can_write=w.scope.allows(kind.write),
        derived=sorted(kind.derived),
    )
