"""A step looked at before it is taken: what would break for whom, and whether it would go through."""

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import impact, links, reviews, service
from opsloom.assets.content import read_content
from opsloom.assets.errors import Archived, NotPublished
from opsloom.assets.impact import Impact
from opsloom.assets.kinds import Kind
from opsloom.assets.models import Asset, AssetState
from opsloom.identity.scope import Scope
from opsloom.kit.errors import InvalidInput, OpsloomError


class Action(StrEnum):
    """What can be done to an asset that others may notice."""

    PUBLISH = "publish"
    ROLLBACK = "rollback"
    UNPUBLISH = "unpublish"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Preview:
    """`refusal` is what the step would be refused with, without force; None: it would go through."""

    impact: Impact
    refusal: OpsloomError | None


async def of_step(
    session: AsyncSession, scope: Scope, kind: Kind, asset: Asset, step: tuple[Action, int | None]
) -> Preview:
    """What an action, with the version to roll back to, would do. Raises VersionNotFound."""
    action, version = step
    if asset.state == AssetState.ARCHIVED:
        return Preview(Impact((), ()), Archived(f"“{asset.name}” is archived.", hint="Restore it first."))
    if action in (Action.UNPUBLISH, Action.ARCHIVE):
        return await _withdrawal(session, asset, action)
    content = asset.draft
    if action is Action.ROLLBACK:
        content = (await service.get_version(session, asset.id, version or 0)).content
    try:
        after = read_content(kind, content)
    except InvalidInput as refused:
        return Preview(await impact.of_content(session, kind, asset, None), refused)
    refusal = await _refusal(session, scope, kind, asset, (action, after))
    found = await impact.of_content(session, kind, asset, after)
    if refusal is None and found.broken:
        refusal = impact.refusal(asset, found)
    return Preview(found, refusal)


async def _withdrawal(session: AsyncSession, asset: Asset, action: Action) -> Preview:
    found = await impact.of_withdrawal(session, asset)
    if action is Action.UNPUBLISH and asset.published_version is None:
        return Preview(found, NotPublished(f"“{asset.name}” is not published."))
    return Preview(found, impact.refusal(asset, found) if found.broken else None)


async def _refusal(
    session: AsyncSession, scope: Scope, kind: Kind, asset: Asset, step: tuple[Action, BaseModel]
) -> OpsloomError | None:
    """Why the content could not come in force, others aside. Checking fills in what publication derives."""
    action, after = step
    try:
        await kind.check(session, scope, asset, after)
        await links.refuse_cycle(session, asset, links.extract(kind, after))
        if action is Action.PUBLISH:
            await reviews.require(session, scope, asset)
    except OpsloomError as refused:
        if refused.status >= 500:
            raise
        return refused
    return None
