"""Documents of published APIs over HTTP: OpenAPI, the reference page's data, changes between versions."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from opsloom.apis import reference
from opsloom.apis.compatibility import Change
from opsloom.apis.document import ERRORS, answer_of, answer_schema, describe, gives_rows, row_schema_of
from opsloom.apis.formats import MEDIA_TYPES
from opsloom.apis.kind import ApiKind
from opsloom.apis.reference import DRAFT, Release
from opsloom.apis.reference_schemas import (
    ApiChangeShown,
    ApiChangesShown,
    ConsumerShown,
    EntryShown,
    ErrorShown,
    ExampleShown,
    ReferenceShown,
    ReleaseShown,
)
from opsloom.apis.schemas import ApiDefinition
from opsloom.assets import service as assets
from opsloom.assets.service import Asset, AssetVersion, Dependant
from opsloom.identity.access import Caller, Work, allowed, core_of, work
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of

router = APIRouter(prefix="/api/v1", tags=["apis"])

CoreOf = Annotated[Core, Depends(core_of)]
Reading = Annotated[Work, Depends(work(Permission.APIS_READ), scope="function")]
Looking = Annotated[Caller, Depends(allowed(Permission.APIS_READ))]
From = Annotated[
    int | None, Query(alias="from", ge=0, le=2**31, description="A version; 0 is the draft. Default: in force.")
]
To = Annotated[int, Query(alias="to", ge=0, le=2**31, description="A version; 0 is the draft.")]


@router.get("/runtime/openapi.json")
async def describe_published_apis(w: Reading) -> dict[str, Any]:
    """The OpenAPI 3.1 document of the APIs this tenant has published."""
    found = await reference.described(w.session, w.core.part(ApiKind))
    return describe(str(w.scope.tenant_id), w.core.settings.origin, found)


@router.get("/runtime/reference")
async def list_reference(w: Reading) -> Page[EntryShown]:
    """Every published API, by name, for a reader who looks for one."""
    found = await reference.published(w.session, w.core.part(ApiKind))
    shown = [EntryShown(**_entry(*each)) for each in found]
    return Page[EntryShown](items=sorted(shown, key=lambda each: each.name.casefold()))


@router.get("/runtime/reference/{api_id}")
async def read_reference(w: Reading, api_id: UUID) -> ReferenceShown:
    """What a caller needs to know of one published API, with examples that hold no secrets."""
    asset, version, definition = await reference.one(w.session, w.core.part(ApiKind), api_id)
    used_by, hidden = await reference.consumers(w.core, w.session, w.scope, asset)
    rows = gives_rows(definition)
    return ReferenceShown(
        **_entry(asset, version, definition),
        url=f"{w.core.settings.origin}/runtime/{definition.path}",
        parameters=definition.parameters,
        answer_schema=answer_schema(definition) if rows else row_schema_of(definition),
        media_types=[each.partition(";")[0] for each in MEDIA_TYPES.values()] if rows else ["application/json"],
        limits=definition.limits,
        cache_s=definition.cache.ttl_s,
        errors=[ErrorShown(status=int(status), code=code, text=text) for status, (code, text) in ERRORS.items()],
        examples=[
            ExampleShown(
                name=each.name,
                source=each.source,
                parameters=each.parameters,
                answer=answer_of(definition, each),
                status=each.status,
            )
            for each in await reference.examples(w.session, api_id, definition)
        ],
        used_by=[_consumer(each) for each in used_by],
        used_by_hidden=hidden,
    )


@router.get("/apis/{api_id}/changes")
async def compare_api_versions(
    caller: Looking, core: CoreOf, api_id: UUID, from_: From = None, to: To = DRAFT
) -> ApiChangesShown:
    """What changed from one version to another, what of it breaks callers, and who they are."""
    found = await reference.compare(core, caller.scope, api_id, (from_, to))
    return ApiChangesShown(
        from_version=found.from_version,
        to_version=to,
        breaks=any(each.breaks for each in found.changes),
        changes=[_change(each) for each in found.changes],
        consumers=[_consumer(each) for each in found.consumers],
        hidden=found.hidden,
    )


@router.get("/apis/{api_id}/changelog")
async def list_api_releases(w: Reading, api_id: UUID, limit: Limit = 50, cursor: Cursor = None) -> Page[ReleaseShown]:
    """Versions, newest first, each with what it changed."""
    kind = w.core.part(ApiKind)
    below = decode_cursor(cursor, int)[0] if cursor else None
    assert below is None or isinstance(below, int)
    asset = await assets.get(w.session, kind, api_id)
    found = await reference.releases(w.session, kind, api_id, limit=limit, below=below)
    page = page_of(found, limit, lambda release: (release.version.version,))
    shown = [_release(each, asset.published_version) for each in page.items]
    return Page[ReleaseShown](items=shown, next_cursor=page.next_cursor)


def _entry(asset: Asset, version: AssetVersion, definition: ApiDefinition) -> dict[str, Any]:
    return {
        "id": asset.id,
        "name": version.name,
        "path": definition.path,
        "method": definition.method,
        "version": version.version,
        "tags": definition.tags,
        "description": definition.description,
        "logic": definition.logic.type,
    }


def _release(release: Release, published: int | None) -> ReleaseShown:
    version = release.version
    return ReleaseShown(
        version=version.version,
        at=version.created_at,
        by=version.created_by,
        comment=version.comment,
        is_published=version.version == published,
        breaks=any(each.breaks for each in release.changes),
        changes=[_change(each) for each in release.changes],
    )


def _change(change: Change) -> ApiChangeShown:
    return ApiChangeShown(part=change.part, reason=change.reason, breaks=change.breaks)


def _consumer(each: Dependant) -> ConsumerShown:
    asset = each.asset
    return ConsumerShown(
        id=asset.id, kind=asset.kind, key=asset.slug, name=asset.name, breaks=bool(each.reasons), reasons=each.reasons
    )
