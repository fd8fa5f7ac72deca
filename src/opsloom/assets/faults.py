"""Assets in force that cannot be loaded: whoever loads them reports it here, where people see it, and goes on with the rest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.models import Asset, AssetFault
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.infra import stream

WAKE_KIND = "asset_fault"
"""Sent where a kind stands, so that only those who count faults wake."""
_WAKE = text("select pg_notify('opsloom_assets', :payload)")
_LONGEST = 2_000
DRAFT = 0


@dataclass(frozen=True, slots=True)
class Load:
    """One version (0: the draft) that somebody tried to load; `cause` says why it could not be, None if it could."""

    asset: Asset
    version: int
    cause: str | None


async def settle(session: AsyncSession, scope: Scope, kind: str, loads: Iterable[Load]) -> None:
    """Report what failed and clear what did not; writes only what is new, so it may be called at every load."""
    known = await of_kind(session, kind)
    for each in loads:
        fault = known.get(each.asset.id)
        if each.cause is None:
            if fault is not None and fault.version == each.version:
                await clear(session, scope, each.asset)
        elif fault is None or (
            each.version != DRAFT and (fault.version, fault.cause) != (each.version, _said(each.cause))
        ):
            await report(session, scope, each.asset, each.version, each.cause)


async def report(session: AsyncSession, scope: Scope, asset: Asset, version: int, cause: str) -> None:
    """Note that a version could not be loaded. The same cause again is counted, not told again."""
    now, cause = datetime.now(UTC), _said(cause)
    known = await of(session, asset.id)
    row = insert(AssetFault).values(
        tenant_id=asset.tenant_id, asset_id=asset.id, version=version, cause=cause, since=now, seen_at=now, times=1
    )
    again = {"version": version, "cause": cause, "seen_at": now, "times": AssetFault.times + 1}
    await session.execute(row.on_conflict_do_update(index_elements=["tenant_id", "asset_id"], set_=again))
    if known is None or (known.version, known.cause) != (version, cause):
        detail = {"version": version, "cause": cause}
        await _tell(session, scope, asset, "faulty", detail)


async def clear(session: AsyncSession, scope: Scope, asset: Asset) -> bool:
    """It loads again, or is no longer in force. Tells whether there was a fault."""
    gone = delete(AssetFault).where(AssetFault.asset_id == asset.id).returning(AssetFault.version)
    if (await session.execute(gone.execution_options(synchronize_session=False))).first() is None:
        return False
    await _tell(session, scope, asset, "repaired", {})
    return True


async def of(session: AsyncSession, asset_id: UUID) -> AssetFault | None:
    """An asset's fault, as it is in the database now."""
    query = select(AssetFault).where(AssetFault.asset_id == asset_id).execution_options(populate_existing=True)
    return (await session.execute(query)).scalar_one_or_none()


async def of_kind(session: AsyncSession, kind: str) -> dict[UUID, AssetFault]:
    """The faults of a kind's assets."""
    query = select(AssetFault).join(Asset, Asset.id == AssetFault.asset_id).where(Asset.kind == kind)
    return {each.asset_id: each for each in (await session.execute(query)).scalars()}


async def counts(session: AsyncSession) -> dict[str, int]:
    """How many assets of each kind have a fault."""
    query = select(Asset.kind, func.count()).join(AssetFault, Asset.id == AssetFault.asset_id).group_by(Asset.kind)
    return {kind: count for kind, count in (await session.execute(query)).all()}


def _said(cause: str) -> str:
    return cause.replace("\x00", "")[:_LONGEST]


async def _tell(session: AsyncSession, scope: Scope, asset: Asset, what: str, detail: dict[str, object]) -> None:
    await audit.record(session, scope, f"{asset.kind}.{what}", asset.kind, asset.id, detail)
    message = {"type": f"asset.{what}", "kind": asset.kind, "id": str(asset.id), "name": asset.name}
    await stream.publish(session, scope.tenant_id, "assets", message | detail)
    await session.execute(_WAKE, {"payload": f"{scope.tenant_id}:{WAKE_KIND}"})
