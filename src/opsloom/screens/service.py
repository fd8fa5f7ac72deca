"""Published screens for those who look at them, and what the gate says of drafts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis.schemas import ApiDefinition
from opsloom.assets import service as assets
from opsloom.assets.errors import AssetNotFound, AssetUnreadable, NotPublished
from opsloom.assets.service import Asset, AssetVersion
from opsloom.identity.scope import Scope
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import InvalidInput
from opsloom.screens.document.screen import Screen
from opsloom.screens.errors import ScreenNotFound
from opsloom.screens.gate.finding import Finding, FindingCode, Level
from opsloom.screens.kind import ScreenKind
from opsloom.screens.links import links
from opsloom.screens.models import ScreenAddress
from opsloom.screens.schemas import ApiAddress, ScreenJudged, ScreenShown, ScreenSummary

log = get_logger(__name__)


async def published(session: AsyncSession, scope: Scope, slug: str) -> ScreenShown:
    """The screen in force at an address. Raises ScreenNotFound, AssetUnreadable."""
    query = (
        select(Asset, AssetVersion)
        .join(ScreenAddress, ScreenAddress.screen_id == Asset.id)
        .join(AssetVersion, (AssetVersion.asset_id == Asset.id) & (AssetVersion.version == Asset.published_version))
        .where(ScreenAddress.slug == slug)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise ScreenNotFound("There is no screen at this address.", hint="It may have been unpublished.")
    asset, version = row
    document = assets.read_stored_as(ScreenKind.name, Screen, version.content)
    return ScreenShown(
        **_summary(asset, version, document).model_dump(),
        document=document,
        permissions=[each for each in document.permissions if scope.allows(each)],
        apis=await _addresses(session, document),
        missing=[each for each in document.permissions if not scope.allows(each)],
    )


async def _addresses(session: AsyncSession, document: Screen) -> dict[str, ApiAddress]:
    found = {}
    for key in sorted({each.key for each in links(document) if each.kind == "api"}):
        try:
            _, version = await assets.in_force(session, "api", key)
        except (AssetNotFound, NotPublished):
            continue  # the page says so where the answer would stand
        definition = assets.read_stored_as("api", ApiDefinition, version.content)
        found[key] = ApiAddress(path=definition.path, method=definition.method)
    return found


async def list_published(session: AsyncSession, kind: ScreenKind) -> list[ScreenSummary]:
    """Every screen in force, by name. One that cannot be read hides no other."""
    found = []
    for asset, version in await assets.list_published(session, kind):
        try:
            document = assets.read_stored_as(kind.name, Screen, version.content)
        except AssetUnreadable as error:
            note_failure("screens.list", error)
            log.warning("screens.unreadable", screen=asset.slug, cause=error.message)
            continue
        found.append(_summary(asset, version, document))
    return sorted(found, key=lambda each: each.name.casefold())


def _summary(asset: Asset, version: AssetVersion, document: Screen) -> ScreenSummary:
    return ScreenSummary(
        id=asset.id,
        key=asset.slug,
        slug=document.slug,
        name=asset.name,
        version=version.version,
        title=document.title,
        description=document.description,
    )


async def judged(kind: ScreenKind, content: Mapping[str, Any]) -> ScreenJudged:
    """What keeps a document from being published, and what is only worth knowing. Raises ExpressionTooCostly."""
    try:
        document = assets.read_content(kind, content)
    except InvalidInput as error:
        found = [
            Finding(level=Level.ERROR, code=FindingCode.SHAPE, pointer=each.pointer, message=each.detail)
            for each in error.details
        ]
    else:
        assert isinstance(document, Screen)
        found = await kind.findings(document)
    return ScreenJudged(publishable=all(each.level is not Level.ERROR for each in found), findings=found)
