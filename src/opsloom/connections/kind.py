"""The kind `connection` of the asset registry."""

from collections.abc import Sequence

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets.kinds import Breaking, PlainKind
from opsloom.assets.service import Asset
from opsloom.connections import repository, vault
from opsloom.connections.checks import check_config
from opsloom.connections.content import ConnectionContent, secrets_of
from opsloom.identity.permissions import Permission
from opsloom.identity.scope import Scope
from opsloom.infra.addresses import EgressPolicy

NAME = "connection"


class ConnectionKind(PlainKind):
    """A connection may be saved half done; in force it must be callable as far as that shows without calling."""

    name = NAME
    model: type[BaseModel] = ConnectionContent
    read = Permission.CONNECTIONS_READ
    write = Permission.CONNECTIONS_WRITE

    def __init__(self, policy: EgressPolicy) -> None:
        self._policy = policy

    def breaking(self, before: BaseModel, after: BaseModel) -> Sequence[Breaking]:
        """What is written for one type of system cannot run on another."""
        assert isinstance(before, ConnectionContent)
        assert isinstance(after, ConnectionContent)
        if before.config.type is after.config.type:
            return ()
        return [Breaking("type", f"It was of type {before.config.type} and becomes {after.config.type}.")]

    async def check(self, session: AsyncSession, scope: Scope, asset: Asset, content: BaseModel) -> None:
        """Raises EgressRefused, FileRefused, DriverUnknown, SecretMissing, InvalidInput."""
        del scope, asset
        assert isinstance(content, ConnectionContent)
        check_config(content.config, self._policy)
        named = {name: pointer for pointer, name in secrets_of(content.config)}
        held = await repository.secrets_named(session, list(named))
        vault.require(named, [row.name for row in held], named)
