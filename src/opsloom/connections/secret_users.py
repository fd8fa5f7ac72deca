"""Who names which secret of the vault: connections, and whatever else a kind of asset runs with secrets.

Connections know no kind above them: each domain whose contents name secrets says where they stand in them (`SecretPlaces`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.connections import repository
from opsloom.connections.content import secrets_of
from opsloom.connections.directory import read
from opsloom.connections.errors import SecretInUse
from opsloom.connections.kind import NAME
from opsloom.connections.schemas import SecretPlaces


@dataclass(frozen=True)
class User:
    """An asset that names a secret; `published`: in the version in force."""

    id: UUID
    kind: str
    key: str
    name: str
    published: bool


async def users_of_secrets(session: AsyncSession, places: SecretPlaces) -> Mapping[str, list[User]]:
    """By the secret's name: connections first, then the other kinds, each by key."""
    found: dict[str, list[User]] = defaultdict(list)
    for asset, in_force in await repository.contents(session, NAME):
        published = set() if in_force is None else set(_named(in_force))
        for name in sorted(published | set(_named(asset.draft))):
            found[name].append(User(asset.id, NAME, asset.slug, asset.name, name in published))
    for kind, path in sorted(places.items()):
        for row in await repository.namers_of_secrets(session, kind, path):
            found[row.secret].append(User(row.id, kind, row.slug, row.name, row.published))
    return found


async def require_unused(session: AsyncSession, places: SecretPlaces, name: str) -> None:
    """Raises SecretInUse when something in force names the secret."""
    for user in (await users_of_secrets(session, places)).get(name, ()):
        if user.published:
            raise SecretInUse(
                f"The {user.kind} “{user.name}” needs this secret.", hint=f"Change or unpublish the {user.kind} first."
            )


def _named(content: Mapping[str, object]) -> Iterable[str]:
    found = read(content)
    return [] if isinstance(found, str) else [name for _, name in secrets_of(found.config)]
