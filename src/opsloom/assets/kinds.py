"""What a kind of asset brings along. Domains above implement it and pass it to the registry's functions."""

from typing import Protocol

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.models import Asset
from opsloom.identity.scope import Scope


class Kind(Protocol):
    """`name` is stored with each asset; `model` reads and writes its content."""

    @property
    def name(self) -> str: ...

    @property
    def model(self) -> type[BaseModel]: ...

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Before publishing: raise if this content could not work (InvalidInput with pointers, Conflict)."""
        ...

    async def published(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """After the pointer moved (publish, rollback), in the same transaction."""
        ...

    async def withdrawn(self, session: AsyncSession, scope: Scope, asset: Asset) -> None:
        """After it was unpublished or archived, in the same transaction."""
        ...
