"""Values that open something, as they are stored: sealed with the tenant's key, each by itself, so that the rest can be read and searched.

Only named values are sealed and opened: a value that merely looks sealed stays what it is.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.infra.secrets import Secrets, SecretText

_MARK: Final = "$sealed"
Json = Any


class SealedValues:
    """Seals for one purpose in one tenant, in the caller's transaction."""

    def __init__(self, secrets: Secrets, session: AsyncSession, tenant_id: UUID, purpose: str) -> None:
        self._secrets = secrets
        self._session = session
        self._of = (tenant_id, purpose)

    async def seal(self, values: Mapping[str, Json], names: Collection[str]) -> dict[str, Json]:
        """The values to be stored."""
        return {name: await self._sealed(each) if name in names else each for name, each in values.items()}

    async def open(self, values: Mapping[str, Json], names: Collection[str]) -> dict[str, Json]:
        """The values as they were. Raises SecretUnreadable, MasterKeyUnusable."""
        return {name: await self._opened(each) if name in names else each for name, each in values.items()}

    async def _sealed(self, value: Json) -> Json:
        if value is None:
            return None
        text = SecretText(orjson.dumps(value).decode())
        return {_MARK: await self._secrets.seal(self._session, *self._of, text)}

    async def _opened(self, value: Json) -> Json:
        if not _is_sealed(value):
            return value  # stored before such values were sealed
        return orjson.loads((await self._secrets.open(self._session, *self._of, value[_MARK])).reveal())


def sealed_names(values: Mapping[str, Json]) -> set[str]:
    """Which of them are sealed."""
    return {name for name, each in values.items() if _is_sealed(each)}


def _is_sealed(value: Json) -> bool:
    return isinstance(value, dict) and value.keys() == {_MARK}
