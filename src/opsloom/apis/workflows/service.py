"""What other domains do with runs in the background."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.apis import service as apis
from opsloom.apis.params import ParameterType
from opsloom.apis.published import Published, Served
from opsloom.apis.workflows import background
from opsloom.apis.workflows.durable import DurableRuns
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core

_PLAIN: Final = frozenset({ParameterType.INTEGER, ParameterType.NUMBER, ParameterType.BOOLEAN})


async def begin_by_key(
    session: AsyncSession, core: Core, scope: Scope, of: tuple[str, Mapping[str, Any]], idempotency_key: str
) -> UUID:
    """A run of a published API, by its key and with these values, in the caller's transaction: the one its idempotency key has
    already, or a new one. Raises ApiNotFound, ParametersInvalid, RunKeyReused."""
    key, given = of
    served = await core.part(Published).by_key(scope.tenant_id, key)
    values = apis.reading(served, typed(served, given))()
    async with session.begin_nested():
        begun = await core.part(DurableRuns).begin(session, scope, background.wanted(served, values, idempotency_key))
    return begun.id


def typed(served: Served, given: Mapping[str, Any]) -> dict[str, Any]:
    """Text that is meant for a parameter of another type is read as JSON; what is no JSON is left for the API to refuse."""
    kinds = {one.name: one.type for one in served.definition.parameters}
    read: dict[str, Any] = {}
    for name, value in given.items():
        read[name] = value
        if isinstance(value, str) and kinds.get(name, ParameterType.STRING) in _PLAIN:
            try:
                read[name] = orjson.loads(value)
            except orjson.JSONDecodeError:
                continue
    return read
