"""Scans asked for, looked at and cancelled; what they found, in people's words."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from pydantic import Field
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.assets.errors import Archived
from opsloom.assets.service import Asset, AssetState
from opsloom.connections.catalog import repository
from opsloom.connections.catalog.content import CatalogContent
from opsloom.connections.catalog.diagram import draw
from opsloom.connections.catalog.errors import CatalogTableNotFound, ScanFinished, ScanNotFound, ScanRunning
from opsloom.connections.catalog.facts import TableFacts
from opsloom.connections.catalog.kind import KIND
from opsloom.connections.catalog.models import LIVE, CatalogScan, CatalogTable, ScanStatus
from opsloom.connections.catalog.progress import announce, interrupt
from opsloom.connections.catalog.repository import Sought
from opsloom.connections.catalog.schemas import CatalogOverview, DiagramShown, ReferencedBy
from opsloom.connections.catalog.showing import diagram_shown, scan_shown
from opsloom.connections.catalog.words import SpokenTable, orphans, spoken, worded, words_of
from opsloom.identity import audit
from opsloom.identity.scope import Scope
from opsloom.infra.jobs import defer
from opsloom.kit.ids import new_id
from opsloom.kit.model import Shown

SCAN: Final = "catalogs.scan"
SILENT_S: Final = 60.0
"""How long a running scan may give no sign of life before it counts as interrupted."""


class SpokenCatalog(Shown):
    """What questions may use of one database."""

    catalog: str
    connection: str
    tables: list[SpokenTable] = Field(default_factory=list)


async def get_catalog(session: AsyncSession, asset_id: UUID) -> tuple[Asset, CatalogContent]:
    """A catalog with its draft. Raises AssetNotFound."""
    asset = await assets.get(session, KIND, asset_id)
    return asset, CatalogContent.model_validate(asset.draft)


async def start_scan(
    session: AsyncSession, scope: Scope, asset_id: UUID, now: datetime, *, whole: bool = False
) -> CatalogScan:
    """Queue a scan of the version in force, or of the draft of a catalog that was never published.

    Raises AssetNotFound, Archived, ScanRunning.
    """
    asset, content = await get_catalog(session, asset_id)
    if asset.state == AssetState.ARCHIVED:
        raise Archived(f"“{asset.name}” is archived.", hint="Restore it first.")
    if asset.published_version is not None:
        version = await assets.get_version(session, asset.id, asset.published_version)
        content = CatalogContent.model_validate(version.content)
    await _make_room(session, asset, now)
    scan = CatalogScan(
        tenant_id=scope.tenant_id,
        id=new_id(),
        catalog_id=asset.id,
        version=asset.published_version or 0,
        connection=content.connection,
        whole=whole,
        status=ScanStatus.QUEUED,
        requested_at=now,
        requested_by=scope.actor.name,
        tables_total=0,
        tables_done=0,
        tables_read=0,
        tables_failed=0,
        problems={},
    )
    try:
        async with session.begin_nested():
            session.add(scan)
    except IntegrityError as error:  # somebody else was faster
        raise _running(asset) from error
    args = {"tenant_id": scope.tenant_id, "catalog_id": asset.id, "scan_id": scan.id}
    await defer(session, SCAN, args, lock=f"{SCAN}:{asset.id}")
    detail = {"scan": scan.id, "version": scan.version, "connection": scan.connection, "whole": whole}
    await audit.record(session, scope, "catalog.scan_requested", KIND.name, asset.id, detail)
    await announce(session, scan)
    return scan


async def _make_room(session: AsyncSession, asset: Asset, now: datetime) -> None:
    """A scan whose process is gone does not stand in the way of the next."""
    live = await repository.live_scan(session, asset.id)
    if live is None:
        return
    if live.status == ScanStatus.QUEUED or (live.seen_at or now) >= now - timedelta(seconds=SILENT_S):
        raise _running(asset)
    await interrupt(session, live, now)
    await session.flush()


def _running(asset: Asset) -> ScanRunning:
    return ScanRunning(f"“{asset.name}” is being scanned already.", hint="Wait for that scan, or cancel it.")


async def cancel_scan(session: AsyncSession, scope: Scope, asset_id: UUID, scan_id: UUID, now: datetime) -> CatalogScan:
    """End a scan that waits; ask one that runs to stop at the next table. Raises ScanNotFound, ScanFinished."""
    scan = await _scan(session, asset_id, scan_id, lock=True)
    if scan.status not in LIVE:
        raise ScanFinished("The scan has ended.", hint="There is nothing to cancel.")
    scan.cancelled_by = scope.actor.name
    if scan.status == ScanStatus.QUEUED:
        scan.status, scan.finished_at = ScanStatus.CANCELLED, now
    await session.flush()
    await audit.record(session, scope, "catalog.scan_cancelled", KIND.name, asset_id, {"scan": scan.id})
    await announce(session, scan)
    return scan


async def get_scan(session: AsyncSession, asset_id: UUID, scan_id: UUID) -> CatalogScan:
    """One scan. Raises AssetNotFound, ScanNotFound."""
    return await _scan(session, asset_id, scan_id)


async def _scan(session: AsyncSession, asset_id: UUID, scan_id: UUID, *, lock: bool = False) -> CatalogScan:
    await assets.get(session, KIND, asset_id)
    scan = await repository.scan(session, asset_id, scan_id, lock=lock)
    if scan is None:
        raise ScanNotFound("The catalog has no such scan.")
    return scan


async def get_diff(session: AsyncSession, asset_id: UUID, scan_id: UUID) -> tuple[CatalogScan, UUID | None]:
    """A scan with what it found changed, and the scan it was compared with. Raises AssetNotFound, ScanNotFound."""
    await assets.get(session, KIND, asset_id)
    scan = await repository.scan_with_diff(session, asset_id, scan_id)
    if scan is None:
        raise ScanNotFound("The catalog has no such scan.")
    before = await repository.last_success(session, asset_id, scan.id)
    return scan, before.id if before else None


async def get_table(session: AsyncSession, asset_id: UUID, path: str) -> tuple[CatalogTable, list[ReferencedBy]]:
    """One table, and the foreign keys that lead to it. Raises CatalogTableNotFound."""
    found = await repository.table(session, asset_id, path)
    if found is None:
        raise CatalogTableNotFound("No scan has found such a table.", hint="Write it as schema.table, as in the list.")
    keys = await repository.foreign_keys(session, asset_id)
    leading = [
        ReferencedBy(table=other, columns=key.columns, referred_columns=key.referred_columns)
        for other, each in sorted(keys.items())
        for key in each
        if key.target == path
    ]
    return found, leading


async def list_tables(
    session: AsyncSession, asset_id: UUID, sought: Sought, *, limit: int, after: str | None
) -> list[CatalogTable]:
    """By path, one more than `limit`."""
    return await repository.tables(session, asset_id, sought, limit=limit, after=after)


async def get_diagram(session: AsyncSession, asset_id: UUID, chosen: Sequence[str], limit: int) -> DiagramShown:
    """Chosen tables with their neighbours, or the most connected ones. Raises AssetNotFound."""
    _, content = await get_catalog(session, asset_id)
    drawing = draw(await repository.foreign_keys(session, asset_id), chosen, limit)
    facts = await repository.facts_of(session, asset_id, drawing.tables)
    return diagram_shown(drawing, facts, content, chosen)


async def vocabulary(
    session: AsyncSession, scope: Scope, *, about: Sequence[str] = (), limit: int | None = None
) -> list[SpokenCatalog]:
    """Enabled tables and columns of the tenant's published catalogs, with the words people use for them.

    With `about` only tables in whose names, comments or words one of these texts is; `limit` counts tables.
    """
    del scope  # row security keeps to its tenant; given so that no caller forgets whose words these are
    published = await assets.list_published(session, KIND)
    contents = {asset.id: CatalogContent.model_validate(version.content) for asset, version in published}
    said = {
        asset_id: {path for each in about for path in worded(content, each)} for asset_id, content in contents.items()
    }
    rows = await repository.facts_about(session, said, about, limit)
    tables = await asyncio.to_thread(_spoken_tables, contents, rows)
    return [
        SpokenCatalog(catalog=asset.key, connection=contents[asset.id].connection, tables=tables[asset.id])
        for asset, _ in published
        if tables[asset.id] or not about
    ]


def _spoken_tables(
    contents: Mapping[UUID, CatalogContent], rows: Sequence[tuple[UUID, dict[str, Any]]]
) -> dict[UUID, list[SpokenTable]]:
    """For thousands of tables this takes long enough to be noticed where requests are answered."""
    found: dict[UUID, list[SpokenTable]] = {asset_id: [] for asset_id in contents}
    for asset_id, facts in rows:
        table = spoken(contents[asset_id], TableFacts.model_validate(facts))
        if table is not None:
            found[asset_id].append(table)
    return found


async def get_overview(session: AsyncSession, asset_id: UUID) -> CatalogOverview:
    """Where a catalog stands. Raises AssetNotFound."""
    asset, content = await get_catalog(session, asset_id)
    tables, columns, problems = await repository.counts(session, asset_id)
    present = await repository.columns_by_path(session, asset_id)
    newest = await repository.scans(session, asset_id, limit=1, before=None)
    last = await repository.last_success(session, asset_id)
    current = newest[0] if newest and newest[0].status in LIVE else None
    return CatalogOverview(
        id=asset.id,
        key=asset.key,
        name=asset.name,
        connection=content.connection,
        current=scan_shown(current) if current else None,
        last=scan_shown(last) if last else None,
        tables=tables,
        columns=columns,
        enabled=sum(words_of(content, path).enabled for path in present),
        problems=problems,
        orphans=orphans(content, present) if last else [],
    )
