"""How a scan's state changes and who hears of it: everybody on the stream's topic `catalogs`."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.connections.catalog.models import CatalogScan, ScanStatus
from opsloom.infra import stream

TOPIC: Final = "catalogs"


async def announce(session: AsyncSession, scan: CatalogScan) -> None:
    """Tell the tenant's open pages where the scan is."""
    message = {
        "type": f"scan.{scan.status}",
        "catalog_id": str(scan.catalog_id),
        "scan_id": str(scan.id),
        "status": scan.status,
        "tables_total": scan.tables_total,
        "tables_done": scan.tables_done,
        "tables_failed": scan.tables_failed,
        "code": scan.code,
    }
    await stream.publish(session, scan.tenant_id, TOPIC, message)


async def interrupt(session: AsyncSession, scan: CatalogScan, now: datetime) -> None:
    """The process that ran it is gone. What earlier scans found is untouched."""
    scan.status, scan.finished_at = ScanStatus.INTERRUPTED, now
    scan.code, scan.cause = "interrupted", "The process that ran the scan ended before it did. Start it again."
    await session.flush()
    await announce(session, scan)
