"""Who acts, in which tenant, with which rights. Every service call is given one; there is no optional scope."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self
from uuid import UUID

from opsloom.identity.permissions import ALL_PERMISSIONS, Permission

NIL_TENANT: Final = UUID(int=0)
"""Owns no row of any tenant. Work that happens before a tenant is known (log-in, set-up) runs in it."""


class ActorKind(StrEnum):
    USER = "user"
    KEY = "key"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` is the user's or key's id. A key acts for the member who made it: `on_behalf_of` is that user."""

    kind: ActorKind
    id: UUID | None
    name: str
    on_behalf_of: UUID | None = None

    @property
    def user_id(self) -> UUID | None:
        """The person behind the action, if there is one."""
        return self.id if self.kind is ActorKind.USER else self.on_behalf_of


SYSTEM: Final = Actor(ActorKind.SYSTEM, None, "system")
ANONYMOUS: Final = Actor(ActorKind.SYSTEM, None, "anonymous")


@dataclass(frozen=True, slots=True)
class Scope:
    tenant_id: UUID
    actor: Actor
    permissions: frozenset[Permission]
    trace_id: str = ""

    @property
    def user_id(self) -> UUID | None:
        """The person whose own rows (memberships, sessions) the transaction may see beside the tenant's."""
        return self.actor.user_id

    def allows(self, permission: Permission) -> bool:
        return permission in self.permissions

    @classmethod
    def system(cls, tenant_id: UUID, *, trace_id: str = "") -> Self:
        """Background work inside one tenant."""
        return cls(tenant_id, SYSTEM, ALL_PERMISSIONS, trace_id)

    @classmethod
    def outside(cls, *, trace_id: str = "") -> Self:
        """Work of the server before a tenant is known: sees no tenant's rows and holds no permission."""
        return cls(NIL_TENANT, ANONYMOUS, frozenset(), trace_id)

    @classmethod
    def claimed(cls, tenant_id: UUID, *, trace_id: str = "") -> Self:
        """A tenant named by a credential that is still to be looked up in it: its rows, and no permission."""
        return cls(tenant_id, ANONYMOUS, frozenset(), trace_id)
