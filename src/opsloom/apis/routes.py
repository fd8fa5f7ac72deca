"""Management of APIs over HTTP, and the document of what a tenant has published."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Response, status

from opsloom.apis import repository, service
from opsloom.apis.kind import ApiKind
from opsloom.apis.learned import row_schema
from opsloom.apis.models import ApiRun
from opsloom.apis.schemas import (
    ApiDefinition,
    ApiDraft,
    ApiShown,
    CheckRequest,
    CheckShown,
    FindingShown,
    LogLineShown,
    RelationShown,
    RunLogShown,
    RunRequest,
    RunShown,
    TimesShown,
    VersionShown,
)
from opsloom.assets import service as assets
from opsloom.assets.schemas import Force, PublishRequest, RollbackRequest, WithdrawRequest
from opsloom.assets.service import Asset, AssetState, AssetVersion, Step
from opsloom.identity.access import Caller, Work, allowed, core_of, work
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of

router = APIRouter(prefix="/api/v1", tags=["apis"])

CoreOf = Annotated[Core, Depends(core_of)]
Reading = Annotated[Work, Depends(work(Permission.APIS_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.APIS_WRITE), scope="function")]
Running = Annotated[Caller, Depends(allowed(Permission.APIS_READ, Permission.APIS_RUN))]
Building = Annotated[Caller, Depends(allowed(Permission.APIS_WRITE))]
IfMatch = Annotated[str | None, Header(description="The revision that was edited, as in the ETag.")]


@router.get("/apis")
async def list_apis(
    w: Reading,
    limit: Limit = 50,
    cursor: Cursor = None,
    text: Annotated[str | None, Query(max_length=200, description="Part of the name.")] = None,
    state: Annotated[AssetState | None, Query(description="Only APIs in this state.")] = None,
) -> Page[ApiShown]:
    """APIs, newest first."""
    after = decode_cursor(cursor, UUID)[0] if cursor else None
    assert after is None or isinstance(after, UUID)
    states = assets.LIVE if state is None else (state,)
    found = await assets.list_assets(
        w.session, w.core.part(ApiKind), limit=limit, after=after, text=text, states=states
    )
    page = page_of(found, limit, lambda asset: (asset.id,))
    readable = await assets.readable(w.session, w.scope, w.core.part(ApiKind), page.items)
    return Page[ApiShown](items=[_shown(w.core, asset) for asset, _ in readable], next_cursor=page.next_cursor)


@router.post("/apis", status_code=status.HTTP_201_CREATED)
async def create_api(w: Writing, draft: ApiDraft, response: Response) -> ApiShown:
    """Make a draft. It answers at its path once it is published."""
    asset = await assets.create_draft(w.session, w.scope, w.core.part(ApiKind), draft.name, draft.content())
    response.headers["ETag"] = assets.etag(asset)
    return _shown(w.core, asset)


@router.post("/apis/check")
async def check_api(caller: Building, core: CoreOf, request: CheckRequest) -> CheckShown:
    """Judge logic without saving it: every reason against it with its place, or the columns it gives."""
    found = await service.check(core, caller.scope, request)
    return CheckShown(
        passes=not found.findings,
        findings=[
            FindingShown(code=each.code, message=each.message, line=each.line, column=each.column, pointer=each.pointer)
            for each in found.findings
        ],
        output=list(found.output),
        row_schema=found.row_schema,
        parameters_used=list(found.parameters_used),
    )


@router.get("/apis/relations")
async def list_relations_for_apis(w: Reading) -> Page[RelationShown]:
    """The relations that SQL logic may read, with their columns."""
    relations: dict[str, RelationShown] = {}
    for relation, column, kind in await repository.readable_columns(w.session):
        relations.setdefault(relation, RelationShown(name=relation, columns=[])).add(column, kind)
    return Page[RelationShown](items=list(relations.values()))


@router.get("/apis/{api_id}")
async def get_api(w: Reading, api_id: UUID, response: Response) -> ApiShown:
    """One API with its draft; the ETag is the draft's revision."""
    asset = await assets.get(w.session, w.core.part(ApiKind), api_id)
    response.headers["ETag"] = assets.etag(asset)
    return _shown(w.core, asset)


@router.put("/apis/{api_id}")
async def save_api(w: Writing, api_id: UUID, draft: ApiDraft, response: Response, if_match: IfMatch = None) -> ApiShown:
    """Save the draft; what is published stays as it is."""
    kind, revision = w.core.part(ApiKind), assets.parse_if_match(if_match)
    change = (draft.name, draft.content())
    asset = await assets.save_draft(w.session, w.scope, kind, api_id, change, if_revision=revision)
    response.headers["ETag"] = assets.etag(asset)
    return _shown(w.core, asset)


@router.delete("/apis/{api_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_api(w: Writing, api_id: UUID, force: Force = False) -> None:
    """Take it out of force and out of the lists; its versions and log stay."""
    await assets.archive(w.session, w.scope, w.core.part(ApiKind), api_id, force=force)


@router.post("/apis/{api_id}/publish")
async def publish_api(w: Writing, api_id: UUID, request: PublishRequest) -> VersionShown:
    """Make the draft a version and serve it at its path. Refused with every reason when the logic is not safe."""
    kind = w.core.part(ApiKind)
    version = await assets.publish(w.session, w.scope, kind, api_id, request.comment, force=request.force)
    return _version(version, version.version)


@router.post("/apis/{api_id}/unpublish")
async def unpublish_api(w: Writing, api_id: UUID, request: WithdrawRequest | None = None) -> ApiShown:
    """Stop serving it."""
    asked = request or WithdrawRequest()
    how = Step(comment=asked.comment, force=asked.force)
    return _shown(w.core, await assets.unpublish(w.session, w.scope, w.core.part(ApiKind), api_id, **how))


@router.post("/apis/{api_id}/rollback")
async def rollback_api(w: Writing, api_id: UUID, request: RollbackRequest) -> VersionShown:
    """Serve an earlier version again."""
    kind, how = w.core.part(ApiKind), Step(comment=request.comment, force=request.force)
    version = await assets.rollback(w.session, w.scope, kind, api_id, request.version, **how)
    return _version(version, version.version)


@router.post("/apis/{api_id}/run")
async def run_api(caller: Running, core: CoreOf, api_id: UUID, request: RunRequest) -> RunShown:
    """Run the draft or a version on the production path."""
    served, run = await service.try_out(core, caller.scope, api_id, request)
    times = TimesShown(total_ms=run.total_ms, queue_ms=run.result.queue_ms, database_ms=run.result.database_ms)
    rows = service.rows_of(run)
    return RunShown(
        items=rows,
        row_count=run.result.rows,
        truncated=run.result.truncated,
        bytes=len(run.result.body),
        cache=run.cache,
        version=served.version,
        times=times,
        row_schema=None if served.definition.output else row_schema(rows),
        status=run.result.status,
        headers=dict(run.result.headers),
        log=[
            LogLineShown(at=each.at, level=each.level, message=each.message, fields=dict(each.fields))
            for each in run.result.log
        ],
    )


@router.get("/apis/{api_id}/versions")
async def list_api_versions(w: Reading, api_id: UUID, limit: Limit = 50, cursor: Cursor = None) -> Page[VersionShown]:
    """Versions, newest first."""
    kind = w.core.part(ApiKind)
    below = decode_cursor(cursor, int)[0] if cursor else None
    assert below is None or isinstance(below, int)
    asset = await assets.get(w.session, kind, api_id)
    found = await assets.list_versions(w.session, kind, api_id, limit=limit, below=below)
    page = page_of(found, limit, lambda version: (version.version,))
    shown = [_version(version, asset.published_version) for version in page.items]
    return Page[VersionShown](items=shown, next_cursor=page.next_cursor)


@router.get("/apis/{api_id}/runs")
async def list_api_runs(
    w: Reading,
    api_id: UUID,
    limit: Limit = 50,
    cursor: Cursor = None,
    failed: Annotated[bool, Query(description="Only runs that failed.")] = False,
) -> Page[RunLogShown]:
    """The log of runs, newest first; a run appears within a second."""
    await assets.get(w.session, w.core.part(ApiKind), api_id)
    before: Any = decode_cursor(cursor, datetime, UUID) if cursor else None
    found = await repository.runs_of(w.session, api_id, limit=limit, before=before, failed=failed)
    page: Page[ApiRun] = page_of(found, limit, lambda run: (run.at, run.id))
    return Page[RunLogShown](
        items=[RunLogShown.model_validate(run) for run in page.items], next_cursor=page.next_cursor
    )


def _shown(core: Core, asset: Asset) -> ApiShown:
    definition = service.definition_of(asset.draft)
    return ApiShown(
        id=asset.id,
        name=asset.name,
        slug=asset.slug,
        state=asset.state,
        revision=asset.draft_revision,
        published_version=asset.published_version,
        url=f"{core.settings.origin}/runtime/{definition.path}",
        definition=definition,
        created_at=asset.created_at,
        created_by=asset.created_by,
        updated_at=asset.updated_at,
        updated_by=asset.updated_by,
    )


def _version(version: AssetVersion, published: int | None) -> VersionShown:
    definition, fault = assets.read_or_why("api", ApiDefinition, version.content)
    return VersionShown.of(version, published, definition=definition, fault=fault)
