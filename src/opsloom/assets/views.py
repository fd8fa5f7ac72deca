"""Saved views: a list's filters under a name, one's own or shared with everybody of the tenant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.errors import ViewNameTaken, ViewNotFound
from opsloom.assets.models import AssetView
from opsloom.identity import audit
from opsloom.identity.scope import NIL_TENANT, Scope
from opsloom.kit.ids import new_id

__all__ = ["AssetView"]

ASSETS: Final = "assets"


@dataclass(frozen=True, slots=True)
class ViewDraft:
    """What a view says, and of which list."""

    name: str
    filters: Mapping[str, Any]
    shared: bool
    subject: str = ASSETS


def owner_of(scope: Scope) -> UUID:
    """Whose views the caller's are; the system's belong to nobody."""
    return scope.user_id or NIL_TENANT


async def visible(session: AsyncSession, scope: Scope, subject: str = ASSETS) -> list[AssetView]:
    """The caller's own and the shared ones of one list, by name."""
    query = select(AssetView).where(or_(AssetView.owner_id == owner_of(scope), AssetView.shared))
    query = query.where(AssetView.subject == subject)
    return list((await session.execute(query.order_by(func.lower(AssetView.name), AssetView.id))).scalars())


async def create(session: AsyncSession, scope: Scope, draft: ViewDraft) -> AssetView:
    """A new view of the caller's. Raises ViewNameTaken."""
    await _free_name(session, scope, draft, None)
    now = datetime.now(UTC)
    view = AssetView(
        tenant_id=scope.tenant_id,
        id=new_id(),
        owner_id=owner_of(scope),
        owner_name=scope.actor.name,
        name=draft.name,
        filters=dict(draft.filters),
        shared=draft.shared,
        subject=draft.subject,
        created_at=now,
        updated_at=now,
    )
    session.add(view)
    await _tell(session, scope, view, "created")
    return view


async def save(session: AsyncSession, scope: Scope, view_id: UUID, draft: ViewDraft) -> AssetView:
    """Replace a view of the caller's. Raises ViewNotFound, ViewNameTaken."""
    view = await _own(session, scope, view_id, draft.subject)
    await _free_name(session, scope, draft, view)
    view.name, view.filters, view.shared = draft.name, dict(draft.filters), draft.shared
    view.updated_at = datetime.now(UTC)
    await _tell(session, scope, view, "saved")
    return view


async def remove(session: AsyncSession, scope: Scope, view_id: UUID, subject: str = ASSETS) -> None:
    """Forget a view of the caller's. Raises ViewNotFound."""
    view = await _own(session, scope, view_id, subject)
    await _tell(session, scope, view, "deleted")
    await session.delete(view)
    await session.flush()


async def _own(session: AsyncSession, scope: Scope, view_id: UUID, subject: str) -> AssetView:
    query = select(AssetView).where(AssetView.id == view_id, AssetView.owner_id == owner_of(scope))
    query = query.where(AssetView.subject == subject)
    view = (await session.execute(query)).scalar_one_or_none()
    if view is None:
        raise ViewNotFound("There is no such view, or it is not yours.")
    return view


async def _free_name(session: AsyncSession, scope: Scope, draft: ViewDraft, view: AssetView | None) -> None:
    query = select(AssetView.id).where(
        AssetView.owner_id == owner_of(scope),
        AssetView.subject == draft.subject,
        func.lower(AssetView.name) == func.lower(draft.name),
    )
    found = (await session.execute(query)).scalar_one_or_none()
    if found is not None and (view is None or found != view.id):
        raise ViewNameTaken(f"You have a view named “{draft.name}”.", hint="Choose another name, or change that one.")


async def _tell(session: AsyncSession, scope: Scope, view: AssetView, what: str) -> None:
    await session.flush()
    detail = {"name": view.name, "shared": view.shared}
    await audit.record(session, scope, f"asset_view.{what}", "asset_view", view.id, detail)
