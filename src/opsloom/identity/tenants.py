"""Tenants: making one with its owner, and listing one's own."""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.identity import audit, repository
from opsloom.identity.claims import inside_tenant
from opsloom.identity.models import Membership, Tenant
from opsloom.identity.permissions import Role
from opsloom.identity.repository import Place
from opsloom.identity.scope import Scope
from opsloom.identity.sessions import user_scope
from opsloom.kit.ids import new_id

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def slug_of(name: str) -> str:
    """Lower-case Latin letters, digits and dashes; `tenant` when nothing is left of the name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "tenant"


def distinct_slug(name: str) -> str:
    """A slug with a random ending, always: an ending only on a clash would tell that another tenant has the name."""
    return f"{slug_of(name)}-{''.join(secrets.choice(_ALPHABET) for _ in range(5))}"


@dataclass(frozen=True, slots=True)
class Person:
    """The account that becomes the owner."""

    user_id: UUID
    email: str
    name: str


async def found(session: AsyncSession, name: str, slug: str, owner: Person, now: datetime) -> Place:
    """Make a tenant and its owner's membership; the account exists. Leaves the transaction in the tenant it was in."""
    tenant = Tenant(id=new_id(), name=name, slug=slug, created_at=now)
    session.add(tenant)
    await session.flush()
    async with inside_tenant(session, tenant.id):
        session.add(
            Membership(
                tenant_id=tenant.id,
                user_id=owner.user_id,
                email=owner.email,
                name=owner.name,
                role=Role.OWNER.value,
                active=True,
                created_at=now,
            )
        )
    return Place(tenant.id, name, slug, Role.OWNER.value, owner.name)


async def create(session: AsyncSession, scope: Scope, name: str, now: datetime) -> Place:
    """A further tenant, owned by the person who acts."""
    assert scope.user_id is not None, "the permission to create tenants is held by people and their keys only"
    own = await repository.membership(session, scope.tenant_id, scope.user_id)
    assert own is not None, "an authenticated person has a membership"
    place = await found(session, name, distinct_slug(name), Person(own.user_id, own.email, own.name), now)
    there = user_scope(place, own.user_id, scope.trace_id)
    await audit.record(session, there, "tenant.created", "tenant", place.tenant_id, {"name": name})
    await audit.record(session, scope, "tenant.created", "tenant", place.tenant_id, {"name": name})
    return place


async def mine(session: AsyncSession, scope: Scope) -> list[Place]:
    """The tenants of the person who acts."""
    return [] if scope.user_id is None else await repository.places_of(session, scope.user_id)
