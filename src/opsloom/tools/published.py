"""The tools that are in force, by tenant and key, in this process's memory.

How tables are kept and thrown away is the registry's (`assets.tables`). A version that cannot be read is kept with its reason.
"""

from dataclasses import dataclass
from uuid import UUID

from opsloom.assets import service as assets
from opsloom.assets import tables as registry
from opsloom.assets.kinds import Kind
from opsloom.assets.service import Asset, AssetVersion, Load
from opsloom.identity.scope import Scope
from opsloom.infra.db import Database
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.infra.wakeups import Wakeups
from opsloom.kit.errors import OpsloomError
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
        self._kind = kind
        self._tables: registry.PublishedTables[Table] = registry.PublishedTables(wakeups, kind.name, self._load)

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
        return await self._tables.of(tenant_id)

    def forget(self, tenant_id: UUID) -> None:
        """Something of the tenant's changed."""
        self._tables.forget(tenant_id)

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
            # Only what failed: what loads may have faults of another sort, which are not ours to clear.
            await registry.note_loads(self._db, self._kind.name, tenant_id, faults, "tools.faults")
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
