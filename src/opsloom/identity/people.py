"""Who there is in a tenant, for domains that let people be chosen: no more of a person than a name to choose by."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity.models import Membership
from opsloom.identity.permissions import Permission, Role, permissions_of
from opsloom.identity.scope import Scope


@dataclass(frozen=True, slots=True)
class Person:
    """A member who can sign in."""

    id: UUID
    name: str


async def able(session: AsyncSession, scope: Scope, permission: Permission) -> list[Person]:
    """Everybody of the tenant who may do something, by name."""
    roles = [role.value for role in Role if permission in permissions_of(role)]
    query = select(Membership.user_id, Membership.name).where(Membership.tenant_id == scope.tenant_id)
    query = query.where(Membership.active, Membership.role.in_(roles))
    rows = await session.execute(query.order_by(func.lower(Membership.name), Membership.user_id))
    return [Person(user_id, name) for user_id, name in rows.all()]


async def find(session: AsyncSession, scope: Scope, permission: Permission, user_id: UUID) -> Person | None:
    """One of them, or None when there is no such person or they may not."""
    return next((each for each in await able(session, scope, permission) if each.id == user_id), None)
