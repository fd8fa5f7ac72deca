"""Putting a draft in force, or asking for what is missing: for pages and imports where saving is meant to be all there is to do."""

from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import reviews, service
from opsloom.assets.errors import ReviewNeeded, ReviewOpen
from opsloom.assets.kinds import Kind
from opsloom.assets.models import Asset
from opsloom.identity.scope import Scope


def is_in_force(asset: Asset) -> bool:
    """Whether publishing the draft would put nothing else in force than what is."""
    published = (asset.published_hash, asset.published_name)
    return asset.published_version is not None and (asset.draft_hash, asset.name) == published


async def publish_or_ask(session: AsyncSession, scope: Scope, kind: Kind, asset: Asset, comment: str = "") -> bool:
    """Publish the draft; where a policy wants others to agree first, ask them to look at it. Tells whether it is in force.

    Raises what `publish` raises, less ReviewNeeded.
    """
    if is_in_force(asset):
        return True
    try:
        await service.publish(session, scope, kind, asset.id, comment)
    except ReviewNeeded:
        with suppress(ReviewOpen):  # somebody has asked about this very draft
            await reviews.request(session, scope, asset, comment)
        return False
    return True
