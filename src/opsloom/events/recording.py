"""Events that Opsloom itself brings in, in the transaction of what they belong to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg

from opsloom.events import repository
from opsloom.events.commit import id_at
from opsloom.events.errors import EventsRejected
from opsloom.events.event import NewEvent
from opsloom.identity.scope import Scope


async def record(connection: Any, scope: Scope, now: datetime, events: Sequence[NewEvent]) -> int:
    """Store events in the driver's open transaction and wake the engine at its commit; how many were new. A sender's id is
    stored once. Raises EventsRejected when PostgreSQL refuses one of them."""
    if not events:
        return 0
    try:
        await connection.execute(repository.SET_TENANT, str(scope.tenant_id))
        known = await repository.insert(connection, scope.tenant_id, now, id_at(now), events)
    except (asyncpg.DataError, repository.Misaligned) as error:
        raise EventsRejected(f"A row cannot be stored as an event: {error}") from error
    return len(events) - len(known)
