"""What each role may do. The map is the single source: routes ask for a permission, never for a role."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Permission(StrEnum):
    EVENTS_READ = "events.read"
    EVENTS_WRITE = "events.write"
    RULES_READ = "rules.read"
    RULES_WRITE = "rules.write"
    ALERTS_READ = "alerts.read"
    ALERTS_WRITE = "alerts.write"
    CHANNELS_READ = "channels.read"
    CHANNELS_WRITE = "channels.write"
    NOTIFICATIONS_READ = "notifications.read"
    NOTIFICATIONS_WRITE = "notifications.write"
    ASSETS_READ = "assets.read"
    ASSETS_WRITE = "assets.write"
    ASSETS_REVIEW = "assets.review"
    ASSETS_FORCE = "assets.force"
    CONNECTIONS_READ = "connections.read"
    CONNECTIONS_WRITE = "connections.write"
    TOOLS_READ = "tools.read"
    TOOLS_WRITE = "tools.write"
    TOOLS_RUN = "tools.run"
    APIS_READ = "apis.read"
    APIS_WRITE = "apis.write"
    APIS_RUN = "apis.run"
    APIS_CHANGE = "apis.change"
    ASK_USE = "ask.use"
    SCREENS_READ = "screens.read"
    SCREENS_WRITE = "screens.write"
    INVENTORY_READ = "inventory.read"
    INVENTORY_WRITE = "inventory.write"
    USERS_READ = "users.read"
    USERS_WRITE = "users.write"
    KEYS_READ = "keys.read"
    KEYS_WRITE = "keys.write"
    AUDIT_READ = "audit.read"
    TRACES_READ = "traces.read"
    SYSTEM_READ = "system.read"
    SYSTEM_WRITE = "system.write"
    TENANTS_WRITE = "tenants.write"


class Role(StrEnum):
    """Ordered from the least to the most powerful; each role may do all that the one before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    BUILDER = "builder"
    ADMIN = "admin"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        return list(Role).index(self)


_ADDED: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.VIEWER: frozenset(
        {
            Permission.EVENTS_READ,
            Permission.RULES_READ,
            Permission.ALERTS_READ,
            Permission.CHANNELS_READ,
            Permission.NOTIFICATIONS_READ,
            # Marking one's own notifications as read changes nothing for anybody else.
            Permission.NOTIFICATIONS_WRITE,
            Permission.ASSETS_READ,
            Permission.TOOLS_READ,
            Permission.APIS_READ,
            Permission.ASK_USE,
            Permission.SCREENS_READ,
            Permission.INVENTORY_READ,
        }
    ),
    Role.OPERATOR: frozenset(
        {
            Permission.ALERTS_WRITE,
            Permission.EVENTS_WRITE,
            Permission.APIS_RUN,
            Permission.TOOLS_RUN,
            Permission.CONNECTIONS_READ,
            Permission.INVENTORY_WRITE,
            Permission.TRACES_READ,
            Permission.SYSTEM_READ,
        }
    ),
    Role.BUILDER: frozenset(
        {
            Permission.RULES_WRITE,
            Permission.CHANNELS_WRITE,
            Permission.APIS_WRITE,
            Permission.APIS_CHANGE,
            Permission.ASSETS_WRITE,
            Permission.ASSETS_REVIEW,
            Permission.TOOLS_WRITE,
            Permission.SCREENS_WRITE,
            Permission.CONNECTIONS_WRITE,
            Permission.KEYS_READ,
            Permission.KEYS_WRITE,
        }
    ),
    Role.ADMIN: frozenset(
        {
            Permission.USERS_READ,
            Permission.USERS_WRITE,
            Permission.AUDIT_READ,
            Permission.ASSETS_FORCE,
            Permission.SYSTEM_WRITE,
        }
    ),
    Role.OWNER: frozenset({Permission.TENANTS_WRITE}),
}


def _accumulated() -> Mapping[Role, frozenset[Permission]]:
    granted: dict[Role, frozenset[Permission]] = {}
    so_far: frozenset[Permission] = frozenset()
    for role in Role:
        so_far = so_far | _ADDED[role]
        granted[role] = so_far
    return MappingProxyType(granted)


PERMISSIONS: Final = _accumulated()
ALL_PERMISSIONS: Final = frozenset(Permission)


def permissions_of(role: Role) -> frozenset[Permission]:
    return PERMISSIONS[role]


def roles() -> list[tuple[Role, list[Permission]]]:
    """Every role with its permissions in the order they are declared, from the least powerful role on."""
    return [(role, [one for one in Permission if one in PERMISSIONS[role]]) for role in Role]
