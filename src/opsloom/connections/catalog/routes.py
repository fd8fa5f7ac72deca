"""HTTP of catalogs: scans and what they found. The catalog itself is an asset; its words are saved as its draft."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, status

from opsloom.connections.catalog import repository, service
from opsloom.connections.catalog.diff import Diff
from opsloom.connections.catalog.facts import TableKind
from opsloom.connections.catalog.repository import Sought
from opsloom.connections.catalog.schemas import (
    CatalogOverview,
    DiagramShown,
    DiffShown,
    ScanRequest,
    ScanShown,
    TableDetail,
    TableShown,
)
from opsloom.connections.catalog.showing import scan_shown, table_detail, table_shown
from opsloom.connections.catalog.words import worded
from opsloom.identity.access import Work, work
from opsloom.identity.permissions import Permission
from opsloom.kit.model import Text
from opsloom.kit.paging import Cursor, Limit, Page, decode_cursor, page_of

router = APIRouter(prefix="/api/v1/catalogs/{asset_id}", tags=["catalogs"])

Reading = Annotated[Work, Depends(work(Permission.CONNECTIONS_READ), scope="function")]
Writing = Annotated[Work, Depends(work(Permission.CONNECTIONS_WRITE), scope="function")]
TablePath = Annotated[Text, Query(min_length=1, max_length=600)]


@router.get("")
async def get_catalog(w: Reading, asset_id: UUID) -> CatalogOverview:
    """Where a catalog stands: its scans, how much it holds, words that lost what they were about."""
    return await service.get_overview(w.session, asset_id)


@router.post("/scans", status_code=status.HTTP_202_ACCEPTED)
async def start_catalog_scan(w: Writing, asset_id: UUID, request: ScanRequest) -> ScanShown:
    """Read the schema in the background; follow it here or on the stream's topic `catalogs`.

    Tables that have not changed since the last scan are not read again, unless `whole` asks for it.
    """
    now = w.core.clock.now()
    return scan_shown(await service.start_scan(w.session, w.scope, asset_id, now, whole=request.whole))


@router.get("/scans")
async def list_catalog_scans(w: Reading, asset_id: UUID, limit: Limit = 50, cursor: Cursor = None) -> Page[ScanShown]:
    """Scans, newest first; the last 100 are kept."""
    await service.get_catalog(w.session, asset_id)
    before = decode_cursor(cursor, UUID)[0] if cursor else None
    assert before is None or isinstance(before, UUID)
    found = await repository.scans(w.session, asset_id, limit=limit, before=before)
    return page_of([scan_shown(each) for each in found], limit, lambda scan: (scan.id,))


@router.get("/scans/{scan_id}")
async def get_catalog_scan(w: Reading, asset_id: UUID, scan_id: UUID) -> ScanShown:
    """One scan and how far it is."""
    return scan_shown(await service.get_scan(w.session, asset_id, scan_id))


@router.post("/scans/{scan_id}/cancel")
async def cancel_catalog_scan(w: Writing, asset_id: UUID, scan_id: UUID) -> ScanShown:
    """Stop it. A running one ends after the table it is at; what earlier scans found stays."""
    return scan_shown(await service.cancel_scan(w.session, w.scope, asset_id, scan_id, w.core.clock.now()))


@router.get("/scans/{scan_id}/diff")
async def get_catalog_scan_diff(w: Reading, asset_id: UUID, scan_id: UUID) -> DiffShown:
    """What it found changed since the scan before it; nothing for one that did not end well."""
    scan, against = await service.get_diff(w.session, asset_id, scan_id)
    diff = Diff.model_validate(scan.diff or {})
    return DiffShown(**dict(diff), scan_id=scan.id, against=against)


def table_filters(
    q: Annotated[Text | None, Query(max_length=200, description="In names, comments and words.")] = None,
    kind: TableKind | None = None,
    problem: Annotated[bool, Query(description="Only those of which something is missing.")] = False,
) -> Sought:
    """Which tables are asked for."""
    return Sought(q, (), kind, problem)


@router.get("/tables")
async def list_catalog_tables(
    w: Reading,
    asset_id: UUID,
    filters: Annotated[Sought, Depends(table_filters)],
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[TableShown]:
    """Tables by name, with the words of the draft."""
    _, content = await service.get_catalog(w.session, asset_id)
    after = decode_cursor(cursor, str)[0] if cursor else None
    assert after is None or isinstance(after, str)
    sought = replace(filters, worded=worded(content, filters.text)) if filters.text else filters
    found = await service.list_tables(w.session, asset_id, sought, limit=limit, after=after)
    return page_of([table_shown(each, content) for each in found], limit, lambda table: (table.path,))


@router.get("/tables/{table:path}")
async def get_catalog_table(w: Reading, asset_id: UUID, table: str) -> TableDetail:
    """One table, written `schema.table` as in the list: columns, keys, what refers to it, a masked sample."""
    _, content = await service.get_catalog(w.session, asset_id)
    found, leading = await service.get_table(w.session, asset_id, table)
    return table_detail(found, leading, content)


@router.get("/diagram")
async def get_catalog_diagram(
    w: Reading,
    asset_id: UUID,
    tables: Annotated[
        list[TablePath] | None, Query(max_length=100, description="Repeat for several. None: the most connected.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many tables at most.")] = 60,
) -> DiagramShown:
    """Tables and the foreign keys between them: the chosen ones and their neighbours."""
    return await service.get_diagram(w.session, asset_id, tables or [], limit)
