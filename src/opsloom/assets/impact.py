"""What a change would break: the change as its kind sees it, held against what each dependant in force relies on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import links, repository
from opsloom.assets.errors import BreaksDependants
from opsloom.assets.kinds import Breaking, Kind
from opsloom.assets.links import Other
from opsloom.assets.models import Asset
from opsloom.identity.errors import PermissionMissing
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope

_LISTED: Final = 100


@dataclass(slots=True)
class Dependant:
    """An asset in force that uses the changed one; `reasons` say why it would break, none if it would not."""

    asset: Other
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Impact:
    """`breaking` is what changes for users of the asset, `dependants` who they are."""

    breaking: Sequence[Breaking]
    dependants: Sequence[Dependant]

    @property
    def broken(self) -> list[Dependant]:
        """Those that would no longer work."""
        return [each for each in self.dependants if each.reasons]


async def of_content(session: AsyncSession, kind: Kind, asset: Asset, after: BaseModel | None) -> Impact:
    """What happens to others when `after` comes in force; None: what it will be is not known yet, only who they are."""
    breaking = [] if after is None else await breaking_of(session, kind, asset, after)
    return await who_notices(session, asset, breaking)


async def who_notices(session: AsyncSession, asset: Asset, breaking: Sequence[Breaking]) -> Impact:
    """Who uses the asset, and what of these changes each of them would notice."""
    found = await _dependants(session, asset)
    for dependant, needs in found:
        hits = [each.reason for each in breaking if any(each.breaks(one) for one in needs)]
        dependant.reasons += dict.fromkeys(hits)
    return Impact(breaking, _worst_first(found))


async def of_withdrawal(session: AsyncSession, asset: Asset) -> Impact:
    """What happens to others when the asset goes out of force."""
    found = await _dependants(session, asset)
    if asset.published_version is not None:
        for dependant, _ in found:
            dependant.reasons.append(f"It uses “{asset.name}”, which would no longer be in force.")
    return Impact((), _worst_first(found))


async def _dependants(session: AsyncSession, asset: Asset) -> list[tuple[Dependant, list[Sequence[str]]]]:
    """Each asset in force that uses this one, with what each of its links relies on."""
    found: dict[UUID, tuple[Dependant, list[Sequence[str]]]] = {}
    for other, needs in await links.relied_on(session, (asset.kind, asset.slug)):
        if other.id != asset.id:
            found.setdefault(other.id, (Dependant(other), []))[1].append(needs)
    return list(found.values())


def _worst_first(found: Sequence[tuple[Dependant, object]]) -> list[Dependant]:
    return sorted((dependant for dependant, _ in found), key=lambda each: not each.reasons)


async def breaking_of(session: AsyncSession, kind: Kind, asset: Asset, after: BaseModel) -> Sequence[Breaking]:
    """What users of the version in force would notice; nothing, when there is none or it can no longer be read."""
    if asset.published_version is None:
        return []
    version = await repository.version_of(session, asset.id, asset.published_version)
    try:
        before = kind.model.model_validate(version.content if version else {})
    except ValidationError:
        return []
    return kind.breaking(before, after)


async def guard(
    session: AsyncSession, scope: Scope, kind: Kind, asset: Asset, change: tuple[BaseModel | None, bool]
) -> Mapping[str, object]:
    """Let a change (what comes in force, and whether it is forced) pass, or not; the answer belongs into the audit record.

    Raises BreaksDependants with the list of what would break; PermissionMissing when it is forced without the right to.
    """
    after, force = change
    impact = await (of_withdrawal(session, asset) if after is None else of_content(session, kind, asset, after))
    broken = impact.broken
    if not broken:
        return {}
    if not force:
        raise refusal(asset, impact)
    if not scope.allows(Permission.ASSETS_FORCE):
        raise PermissionMissing(
            f"Breaking what relies on “{asset.name}” needs the permission {Permission.ASSETS_FORCE.value}.",
            hint="Ask an administrator, or change the dependants first.",
        )
    return {"forced": True, "breaks": [f"{each.asset.kind}/{each.asset.slug}" for each in broken[:_LISTED]]}


def refusal(asset: Asset, impact: Impact) -> BreaksDependants:
    """The error that lists what would break."""
    broken = impact.broken
    names = ", ".join(f"{each.asset.kind} “{each.asset.name}”" for each in broken[:3])
    more = f" and {len(broken) - 3} more" if len(broken) > 3 else ""
    listed = [
        {
            "id": str(each.asset.id),
            "kind": each.asset.kind,
            "key": each.asset.slug,
            "name": each.asset.name,
            "reasons": each.reasons,
        }
        for each in broken[:_LISTED]
    ]
    return BreaksDependants(
        f"It would break {names}{more}, which rely on “{asset.name}”: {broken[0].reasons[0]}",
        hint="Change those first, or force it if you may.",
        extensions={
            "dependants": listed,
            "dependants_total": len(broken),
            "breaking": [{"part": each.part, "reason": each.reason} for each in impact.breaking],
        },
    )
