"""The kind `catalog` of the asset registry."""

from collections.abc import Sequence
from typing import Final

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.kinds import Link, PlainKind
from opsloom.assets.service import Asset
from opsloom.connections.catalog import repository
from opsloom.connections.catalog.content import CatalogContent
from opsloom.connections.kind import NAME as CONNECTION
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope

NAME: Final = "catalog"


class CatalogKind(PlainKind):
    """A catalog uses its connection. What was scanned is kept beside the versions: it is a fact, nobody's wording."""

    name = NAME
    model: type[BaseModel] = CatalogContent
    read = Permission.CONNECTIONS_READ
    write = Permission.CONNECTIONS_WRITE

    def links(self, content: BaseModel) -> Sequence[Link]:
        assert isinstance(content, CatalogContent)
        return (Link(CONNECTION, content.connection, "describes", "/connection"),)

    async def withdrawn(self, session: AsyncSession, scope: Scope, asset: Asset) -> None:
        """A scan that still runs for it stops."""
        live = await repository.live_scan(session, asset.id)
        if live is not None:
            live.cancelled_by = live.cancelled_by or scope.actor.name


KIND: Final = CatalogKind()
