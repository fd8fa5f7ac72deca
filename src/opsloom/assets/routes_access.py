"""What the generic routes share: the caller's right to an asset is the right to its kind."""

from collections.abc import Collection
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header

from opsloom.assets import faults, repository, reviews, service
from opsloom.assets.errors import AssetNotFound
from opsloom.assets.kinds import Kind, Kinds
from opsloom.assets.models import Asset, AssetFault, AssetState
from opsloom.assets.schemas import AssetDetail, AssetShown, FaultShown, NeedShown
from opsloom.identity.access import Work, work
from opsloom.identity.errors import PermissionMissing
from opsloom.identity.permissions import Permission

Reading = Annotated[Work, Depends(work(Permission.ASSETS_READ), scope="function")]
IfMatch = Annotated[str | None, Header(description="The revision that was edited, as in the ETag.")]


def hidden_kinds(w: Work) -> frozenset[str]:
    """Kinds the caller may not see."""
    return frozenset(each.name for each in w.core.part(Kinds) if not w.scope.allows(each.read))


async def readable(w: Work, asset_id: UUID) -> Asset:
    """An asset the caller may see, of whatever kind. Raises AssetNotFound, PermissionMissing."""
    asset = await repository.of_any_kind(w.session, asset_id)
    if asset is None:
        raise AssetNotFound("There is no such asset.")
    kinds = w.core.part(Kinds)
    if asset.kind in kinds:
        need(w, kinds.named(asset.kind).read)
    return asset


async def readable_kind(w: Work, asset_id: UUID) -> tuple[Asset, Kind]:
    """The same with its kind. Raises KindUnknown."""
    asset = await readable(w, asset_id)
    return asset, w.core.part(Kinds).named(asset.kind)


async def writable(w: Work, asset_id: UUID) -> tuple[Asset, Kind]:
    """An asset the caller may change. Raises AssetNotFound, PermissionMissing, KindUnknown."""
    asset, kind = await readable_kind(w, asset_id)
    need(w, kind.write)
    return asset, kind


def need(w: Work, permission: Permission) -> None:
    """Raises PermissionMissing."""
    if not w.scope.allows(permission):
        raise PermissionMissing(
            f"This needs the permission {permission.value}.", hint="Ask an administrator for a role that has it."
        )


def shown(asset: Asset, fault: AssetFault | None, known: Collection[str] | Kinds) -> AssetShown:
    """An asset as lists show it; one of a kind that no part of this installation brings has that for a fault."""
    answer = AssetShown.model_validate(asset)
    if fault is not None:
        answer.fault = FaultShown.model_validate(fault)
    elif asset.kind not in known:
        cause = f"No part of this installation knows the kind “{asset.kind}”."
        at = asset.updated_at
        answer.fault = FaultShown(version=asset.published_version or 0, cause=cause, since=at, seen_at=at, times=1)
    return answer


async def detail(w: Work, asset: Asset) -> AssetDetail:
    """An asset with its draft."""
    kinds = w.core.part(Kinds)
    plain = shown(asset, await faults.of(w.session, asset.id), kinds)
    can_write = asset.kind in kinds and w.scope.allows(kinds.named(asset.kind).write)
    answer = AssetDetail(**dict(plain), content=asset.draft, can_write=can_write)
    if asset.state != AssetState.ARCHIVED:
        wanted = await reviews.need(w.session, asset)
        answer.review = NeedShown.model_validate(wanted) if wanted.approvals else None
    return answer


async def again(w: Work, kind: Kind, asset_id: UUID) -> AssetDetail:
    """An asset after a change."""
    return await detail(w, await service.get(w.session, kind, asset_id))
