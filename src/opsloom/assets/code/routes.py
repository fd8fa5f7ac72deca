"""HTTP of assets as code."""

from collections.abc import Mapping
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError
from starlette.requests import ClientDisconnect

from opsloom.assets import service as assets
from opsloom.assets.code import service, showing
from opsloom.assets.code.bundle import Filling, source_name
from opsloom.assets.code.errors import FilesTooLarge, FilesUnreadable
from opsloom.assets.code.planner import Goal
from opsloom.assets.code.schemas import (
    MAX_BODY,
    ApplyRequest,
    ApplyShown,
    ExportRequest,
    ExportShown,
    FilesRequest,
    InstantiateRequest,
    PlanRequest,
    PlanShown,
    body_of,
)
from opsloom.assets.code.service import Doing, Workshop
from opsloom.assets.code.template import TemplateContent, TemplateKind
from opsloom.assets.errors import NotPublished
from opsloom.identity.access import Caller, allowed, core_of
from opsloom.identity.permissions import Permission
from opsloom.infra.core import Core
from opsloom.infra.problems import read_validation
from opsloom.kit.model import Wire

router = APIRouter(prefix="/api/v1", tags=["assets as code"])

CoreOf = Annotated[Core, Depends(core_of)]
Reading = Annotated[Caller, Depends(allowed(Permission.ASSETS_READ))]
Writing = Annotated[Caller, Depends(allowed(Permission.ASSETS_WRITE))]
R = TypeVar("R", bound=Wire)
_SIZE = f"At most {MAX_BODY // 1_000_000} MB."


@router.post("/assets/export")
async def export_assets(caller: Reading, core: CoreOf, asked: ExportRequest) -> ExportShown:
    """Assets as YAML files, one each: what is in force, or the draft of what never was. Secrets stay where they are."""
    return await service.export(core.part(Workshop), caller.scope, asked)


@router.post("/assets/plan", openapi_extra=body_of(PlanRequest, _SIZE))
async def plan_assets(caller: Reading, core: CoreOf, request: Request) -> PlanShown:
    """What applying these files would do, and what somebody changed on the server since they were applied. Changes nothing."""
    asked, shop = await _body(request, PlanRequest), core.part(Workshop)
    wanted = await service.read(shop, asked.files, Filling(asked.parameters, asked.prefix), _goal(asked))
    found = await service.plan(shop, caller.scope, wanted)
    return showing.plan(found, wanted.goal, texts=asked.texts)


@router.post("/assets/apply", openapi_extra=body_of(ApplyRequest, _SIZE))
async def apply_assets(caller: Writing, core: CoreOf, request: Request) -> ApplyShown:
    """Make the server say what the files say, in one transaction: all of it or nothing."""
    asked, shop = await _body(request, ApplyRequest), core.part(Workshop)
    wanted = await service.read(shop, asked.files, Filling(asked.parameters, asked.prefix), _goal(asked))
    done = await service.apply(shop, caller.scope, wanted, Doing(asked.force, asked.comment))
    return showing.applied(done, wanted.goal)


@router.post("/templates/{asset_id}/instantiate")
async def instantiate_template(caller: Writing, core: CoreOf, asset_id: UUID, asked: InstantiateRequest) -> ApplyShown:
    """Use a published template: its files with these values are applied, or with `dry_run` only planned."""
    shop = core.part(Workshop)
    content = await _template(core, caller, asset_id)
    goal = Goal(publish=asked.publish, prune=True, source=source_name(content.manifest, asked.prefix))
    wanted = await service.use(shop, content.read, Filling(asked.parameters, asked.prefix), goal)
    if asked.dry_run:
        return showing.planned(await service.plan(shop, caller.scope, wanted), goal)
    return showing.applied(await service.apply(shop, caller.scope, wanted, Doing(asked.force)), goal)


async def _template(core: Core, caller: Caller, asset_id: UUID) -> TemplateContent:
    async with core.db.transaction(caller.scope) as session:
        asset = await assets.get(session, core.part(TemplateKind), asset_id)
        if asset.published_version is None:
            raise NotPublished(f"The template “{asset.name}” is not published.", hint="Publish it first.")
        version = await assets.get_version(session, asset_id, asset.published_version)
    return TemplateContent.model_validate(version.content)


def _goal(asked: FilesRequest) -> Goal:
    return Goal(publish=asked.publish, prune=asked.prune, source=asked.source)


async def _body(request: Request, model: type[R]) -> R:
    """The request, read with a limit of its own while it arrives: a folder of files is larger than other bodies.

    Raises FilesTooLarge, FilesUnreadable, MalformedRequest, InvalidInput.
    """
    too_large = FilesTooLarge(f"The body is larger than {MAX_BODY} bytes.", hint="Apply fewer files at once.")
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared) > MAX_BODY:
        raise too_large
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                raise too_large
    except ClientDisconnect:
        raise FilesUnreadable("The connection ended before the body did.") from None
    try:
        return model.model_validate_json(bytes(body))
    except ValidationError as error:
        found = [_at_body(dict(each)) for each in error.errors(include_url=False, include_input=False)]
        raise read_validation(found) from None


def _at_body(found: dict[str, object]) -> Mapping[str, object]:
    location = found["loc"]
    assert isinstance(location, tuple)
    return found | {"loc": ("body", *location)}
