"""The rule engine as a component: one owner for each database, every tenant's rules, woken by what comes in.

The owner holds a session-level advisory lock on a connection of its own, so that PostgreSQL lets it go the moment the process
or its connection dies. The lock only spares the work of a second engine; that nothing is decided twice is held by the revision
each tenant's commit checks.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

from prometheus_client import Gauge

from opsloom.infra.core import Core
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.infra.wakeups import ASSETS, INGEST
from opsloom.kit.errors import ConnectionLost
from opsloom.kit.waking import woken
from opsloom.rules.kind import KIND_NAME
from opsloom.rules.tenant_engine import OwnershipLost, TenantEngine

log = get_logger(__name__)
T = TypeVar("T")

LOCK: Final = 7_200_134_077_331_201
POLL_S: Final = 1.0
HOT_POLL_S: Final = 0.03
HOT_FOR_S: Final = 0.5
LIST_TENANTS_S: Final = 10.0

_OWNER = Gauge("opsloom_engine_owner", "1 while this process owns the rule engine.")


class RuleEngine:
    """Evaluates rules while it is the owner; otherwise stands by."""

    name = "rule-engine"

    def __init__(
        self, core: Core, *, poll_s: float = POLL_S, make: Callable[[Core, UUID], TenantEngine] = TenantEngine
    ) -> None:
        self._core = core
        self._poll_s = poll_s
        self._make = make
        self._tenants: dict[UUID, TenantEngine | None] = {}
        self._stale: set[UUID] = set()
        self._awake = asyncio.Event()
        self._hot_until = 0.0
        self._listed_at = float("-inf")
        self.owner = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Stand by for the lock, then evaluate until told to stop or the lock's connection is gone."""
        cancels = [
            self._core.wakeups.subscribe(INGEST, self._ingested),
            self._core.wakeups.subscribe(ASSETS, self._assets_changed),
        ]
        connection = await self._core.db.dedicated()
        try:
            while not stop.is_set():
                if await connection.fetchval("select pg_try_advisory_lock($1)", LOCK):
                    await self._own(stop, connection)
                    return
                await self._wait(stop, self._poll_s)
        finally:
            self._leave()
            for cancel in cancels:
                cancel()
            if not connection.is_closed():
                await connection.close(timeout=2)

    async def _own(self, stop: asyncio.Event, connection: Any) -> None:
        log.info("engine.owner")
        self.owner.set()
        _OWNER.set(1)
        while not stop.is_set():
            if connection.is_closed():
                raise ConnectionLost("The engine's lock went with its connection.")
            more = await self._round()
            if not more:
                hot = self._core.clock.monotonic() < self._hot_until
                await self._wait(stop, HOT_POLL_S if hot else self._poll_s)
        for engine in self._tenants.values():
            if engine is not None:
                await engine.flush()

    def _leave(self) -> None:
        self.owner.clear()
        _OWNER.set(0)
        self._tenants.clear()
        self._listed_at = float("-inf")

    async def _wait(self, stop: asyncio.Event, seconds: float) -> None:
        stopping = asyncio.ensure_future(stop.wait())
        await woken(self._awake, stopping, seconds)
        stopping.cancel()

    def _ingested(self, payload: str | None) -> None:
        # Rows of this commit may still hide behind an older transaction: look often for a while.
        self._hot_until = self._core.clock.monotonic() + HOT_FOR_S
        self._awake.set()

    def _assets_changed(self, payload: str | None) -> None:
        if payload is None:
            self._stale.update(self._tenants)
        elif payload.endswith(f":{KIND_NAME}"):
            self._stale.add(UUID(payload.split(":")[0]))
        self._awake.set()

    async def _round(self) -> bool:
        """Every tenant once; tells whether one of them has more to do."""
        await self._list_tenants()
        stale, self._stale = self._stale, set()
        more = False
        for tenant_id in list(self._tenants):
            engine = None if tenant_id in stale else self._tenants[tenant_id]
            if engine is None:
                engine = await self._guarded(tenant_id, partial(self._load, tenant_id))
            if engine is not None and not engine.idle:
                more = bool(await self._guarded(tenant_id, engine.step)) or more
        return more

    async def _list_tenants(self) -> None:
        now = self._core.clock.monotonic()
        if now - self._listed_at < LIST_TENANTS_S and self._stale <= set(self._tenants):
            return
        listed = set(await self._core.db.tenant_ids())
        self._listed_at = now
        self._stale &= listed
        self._tenants = {tenant_id: self._tenants.get(tenant_id) for tenant_id in listed}

    async def _load(self, tenant_id: UUID) -> TenantEngine:
        engine = self._make(self._core, tenant_id)
        await engine.load()
        self._tenants[tenant_id] = engine
        return engine

    async def _guarded(self, tenant_id: UUID, work: Callable[[], Awaitable[T]]) -> T | None:
        """One tenant's trouble is not another's: forget its memory, load it again in the next round."""
        try:
            return await work()
        except ConnectionLost:
            self._tenants[tenant_id] = None
            raise
        except OwnershipLost as error:
            log.warning("engine.tenant_taken", tenant=str(tenant_id), cause=str(error))
        except Exception as error:  # boundary: whatever broke, the other tenants' rules go on
            note_failure("rule-engine", error)
            log.error("engine.tenant_failed", tenant=str(tenant_id), cause=str(error), exc_info=True)
        self._tenants[tenant_id] = None
        return None
