"""Background work: scans, and the sweep that says which of them will never end."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from opsloom.connections.catalog import repository, scanning
from opsloom.connections.catalog.progress import interrupt
from opsloom.connections.catalog.service import SCAN, SILENT_S
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.jobs import Schedule, Task
from opsloom.infra.telemetry import get_logger

log = get_logger(__name__)


async def scan(core: Core, tenant_id: str, catalog_id: str, scan_id: str) -> None:
    """One scan of one catalog."""
    await scanning.scan(core, Scope.system(UUID(tenant_id)), UUID(catalog_id), UUID(scan_id))


async def sweep(core: Core) -> None:
    """Mark the scans of processes that are gone."""
    tenants = await core.db.tenant_ids()
    since = core.clock.now() - timedelta(seconds=SILENT_S)
    for tenant_id in tenants:
        async with core.db.transaction(Scope.system(tenant_id)) as session:
            for each in await repository.silent_scans(session, since):
                await interrupt(session, each, core.clock.now())
                log.warning("catalog.scan_interrupted", tenant=str(tenant_id), scan=str(each.id))


TASKS: Final = (Task(SCAN, scan), Task("catalogs.sweep", sweep))
SCHEDULES: Final = (Schedule("* * * * *", TASKS[1]),)
