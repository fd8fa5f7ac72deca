"""What a tenant has published of a kind, kept in this process's memory in the form its domain uses.

Invariant: a table is used only while this process hears of changes (`opsloom_assets`); when the listening connection is away, every
call looks into the database. A table that was being read while a change came in is thrown away.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar
from uuid import UUID

from opsloom.assets.service import Load, settle_faults
from opsloom.identity.scope import Scope
from opsloom.infra.db import Database
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.infra.wakeups import ASSETS, Wakeups
from opsloom.kit.errors import ConnectionLost

T = TypeVar("T")
log = get_logger(__name__)


class PublishedTables(Generic[T]):
    """The tables of this process, one a tenant; `load` reads one."""

    def __init__(self, wakeups: Wakeups, kind: str, load: Callable[[UUID], Awaitable[T]]) -> None:
        self._wakeups = wakeups
        self._kind = kind
        self._load = load
        self._tables: dict[UUID, T] = {}
        self._generation = 0
        self._loading: dict[UUID, asyncio.Lock] = {}
        wakeups.subscribe(ASSETS, self._heard)

    async def of(self, tenant_id: UUID) -> T:
        """All that a tenant has published; read once for all who ask at the same time."""
        table = self._tables.get(tenant_id)
        if table is not None and self._wakeups.listening.is_set():
            return table
        async with self._loading.setdefault(tenant_id, asyncio.Lock()):
            again = self._tables.get(tenant_id)
            if again is not None and again is not table and self._wakeups.listening.is_set():
                return again
            generation = self._generation
            loaded = await self._load(tenant_id)
            if generation == self._generation:
                self._tables[tenant_id] = loaded
            return loaded

    def forget(self, tenant_id: UUID) -> None:
        """Something of the tenant's changed."""
        self._generation += 1
        self._tables.pop(tenant_id, None)

    def _heard(self, payload: str | None) -> None:
        if payload is None:
            self._generation += 1
            self._tables.clear()
            return
        tenant, _, kind = payload.partition(":")
        if kind == self._kind:
            self.forget(UUID(tenant))


async def note_loads(db: Database, kind: str, tenant_id: UUID, loads: Sequence[Load], where: str) -> None:
    """Write down which assets could be loaded and which could not, for people to see; `where` names this in logs and counters."""
    scope = Scope.system(tenant_id)
    try:
        async with db.transaction(scope) as session:
            await settle_faults(session, scope, kind, loads)
    except ConnectionLost as error:  # what was loaded serves; that it could not be noted is told to the operator
        note_failure(where, error)
        log.warning(f"{where}_not_noted", tenant=str(tenant_id), cause=error.message)
