"""One step for many assets. Each is taken or refused by itself; what one is refused leaves no trace of it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import preview, repository, service
from opsloom.assets.errors import AssetNotFound
from opsloom.assets.impact import Impact
from opsloom.assets.kinds import Kind, Kinds
from opsloom.assets.models import Asset
from opsloom.assets.preview import Action
from opsloom.identity.errors import PermissionMissing
from opsloom.identity.scope import Scope
from opsloom.kit.errors import OpsloomError


class BulkAction(StrEnum):
    PUBLISH = "publish"
    UNPUBLISH = "unpublish"
    ARCHIVE = "archive"
    RESTORE = "restore"
    TAG = "tag"
    UNTAG = "untag"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done to each."""

    action: BulkAction
    comment: str = ""
    force: bool = False
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one asset; `error` says why it was refused. Looked at beforehand: what it would be for others."""

    asset_id: UUID
    asset: Asset | None
    error: OpsloomError | None
    impact: Impact | None = None


_NOTICED = {
    BulkAction.PUBLISH: Action.PUBLISH,
    BulkAction.UNPUBLISH: Action.UNPUBLISH,
    BulkAction.ARCHIVE: Action.ARCHIVE,
}
"""Steps that others may notice."""


async def look_ahead(
    session: AsyncSession, scope: Scope, kinds: Kinds, ids: Sequence[UUID], action: BulkAction
) -> list[Outcome]:
    """What the step would do to each and to those who use it, each taken by itself; nothing is changed."""
    return [await _ahead(session, scope, kinds, asset_id, action) for asset_id in dict.fromkeys(ids)]


async def _ahead(session: AsyncSession, scope: Scope, kinds: Kinds, asset_id: UUID, action: BulkAction) -> Outcome:
    try:
        asset, kind = await _writable(session, scope, kinds, asset_id, lock=False)
        if action not in _NOTICED:
            return Outcome(asset_id, asset, None)
        found = await preview.of_step(session, scope, kind, asset, (_NOTICED[action], None))
    except OpsloomError as error:
        if error.status >= 500:
            raise
        return Outcome(asset_id, None, error)
    return Outcome(asset_id, asset, found.refusal, found.impact)


async def _writable(
    session: AsyncSession, scope: Scope, kinds: Kinds, asset_id: UUID, *, lock: bool
) -> tuple[Asset, Kind]:
    asset = await repository.of_any_kind(session, asset_id, lock=lock)
    if asset is None:
        raise AssetNotFound("There is no such asset.")
    kind = kinds.named(asset.kind)
    if not scope.allows(kind.write):
        raise PermissionMissing(f"This needs the permission {kind.write.value}.")
    return asset, kind


async def carry_out(
    session: AsyncSession, scope: Scope, kinds: Kinds, ids: Sequence[UUID], order: Order
) -> list[Outcome]:
    """In the order given, each once; all that were not refused become real together."""
    return [await _one(session, scope, kinds, asset_id, order) for asset_id in dict.fromkeys(ids)]


async def _one(session: AsyncSession, scope: Scope, kinds: Kinds, asset_id: UUID, order: Order) -> Outcome:
    asset: Asset | None = None
    try:
        async with session.begin_nested():
            asset, kind = await _writable(session, scope, kinds, asset_id, lock=True)
            await _step(session, scope, kind, asset, order)()
    except OpsloomError as error:
        if error.status >= 500:
            raise
        return Outcome(asset_id, None, error)
    return Outcome(asset_id, asset, None)


def _step(
    session: AsyncSession, scope: Scope, kind: Kind, asset: Asset, order: Order
) -> Callable[[], Awaitable[object]]:
    how = service.Step(comment=order.comment, force=order.force)
    tags = [each for each in asset.tags if each != order.tag]
    steps: dict[BulkAction, Callable[[], Awaitable[object]]] = {
        BulkAction.PUBLISH: partial(service.publish, session, scope, kind, asset.id, order.comment, force=order.force),
        BulkAction.UNPUBLISH: partial(service.unpublish, session, scope, kind, asset.id, **how),
        BulkAction.ARCHIVE: partial(service.archive, session, scope, kind, asset.id, **how),
        BulkAction.RESTORE: partial(service.restore, session, scope, kind, asset.id),
        BulkAction.TAG: partial(service.label, session, scope, kind, asset.id, [*tags, order.tag]),
        BulkAction.UNTAG: partial(service.label, session, scope, kind, asset.id, tags),
    }
    return steps[order.action]
