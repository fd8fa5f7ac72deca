"""The tools that are in force, by tenant and key, in this process's memory.

Invariant: as with published APIs, a table is used only while this process hears of changes (`opsloom_assets`), and one that
was being read while a change came in is thrown away. A version that cannot be read is kept with its reason.
"""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from opsloom.assets import service as assets
from opsloom.assets.kinds import Kind
from opsloom.assets.service import Asset, AssetVersion, Load
from opsloom.identity.scope import Scope
from opsloom.infra.db import Database
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.infra.wakeups import ASSETS, Wakeups
from opsloom.kit.errors import ConnectionLost, OpsloomError
from opsloom.tools.errors import ToolNotFound, ToolUnusable
from opsloom.tools.schemas import ToolContent

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class InForce:
    """One tool that may be called. `asset_id` is None for a builtin that no asset wraps; `version` 0 is a draft."""

    asset_id: UUID | None
    key: str
    name: str
    version: int
    content_hash: str
    content: ToolContent


Table = dict[str, InForce | str]
"""By key; text is the reason why it cannot be used."""


class PublishedTools:
    """The tables of this process."""

    def __init__(self, db: Database, wakeups: Wakeups, kind: Kind) -> None:
        self._db = db
        self._wakeups = wakeups
        self._kind = kind
        self._tables: dict[UUID, Table] = {}
        self._generation = 0
        self._loading: dict[UUID, asyncio.Lock] = {}
        wakeups.subscribe(ASSETS, self._heard)

    async def find(self, tenant_id: UUID, key: str) -> InForce:
        """Raises ToolNotFound, ToolUnusable."""
        found = (await self.table(tenant_id)).get(key)
        if found is None:
            raise ToolNotFound("There is no published tool with this key.", hint="See GET /api/v1/tools.")
        if isinstance(found, str):
            raise ToolUnusable(f"The published version cannot run: {found}", hint="Publish a repaired version.")
        return found

    async def table(self, tenant_id: UUID) -> Table:
        """All that a tenant has published, in the order of keys."""
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
        if kind == self._kind.name:
            self.forget(UUID(tenant))

    async def _load(self, tenant_id: UUID) -> Table:
        async with self._db.transaction(Scope.system(tenant_id)) as session:
            rows = await assets.list_published(session, self._kind)
        table: Table = {}
        faults: list[Load] = []
        for asset, version in sorted(rows, key=lambda row: row[0].key):
            found = self._read(asset, version)
            table[asset.key] = found
            if isinstance(found, str):
                faults.append(Load(asset, version.version, found))
        if faults:
            await self._report(tenant_id, faults)
        return table

    def _read(self, asset: Asset, version: AssetVersion) -> InForce | str:
        """One tool, or the reason why it cannot be used: it must not hide the others."""
        try:
            content = assets.read_stored(self._kind, version.content)
        except OpsloomError as error:
            note_failure("tools.load", error)
            log.error("tools.unreadable_version", tool=str(asset.id), version=version.version, cause=error.message)
            return error.message
        assert isinstance(content, ToolContent)
        return InForce(asset.id, asset.key, version.name, version.version, version.content_hash, content)

    async def _report(self, tenant_id: UUID, faults: list[Load]) -> None:
        """Only what failed: what loads may have faults of another sort, which are not ours to clear."""
        scope = Scope.system(tenant_id)
        try:
            async with self._db.transaction(scope) as session:
                await assets.settle_faults(session, scope, self._kind.name, faults)
        except ConnectionLost as error:  # what was loaded serves; that it could not be noted is told to the operator
            note_failure("tools.faults", error)
            log.warning("tools.faults_not_noted", tenant=str(tenant_id), cause=error.message)
