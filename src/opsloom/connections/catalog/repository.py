"""Every query of catalogs. Row security already limits each to the session's tenant."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from opsloom.connections.catalog.facts import ForeignKey, TableFacts, TableKind
from opsloom.connections.catalog.models import LIVE, CatalogScan, CatalogTable, ScanStatus
from opsloom.connections.catalog.packing import Taken

_CHUNK = 200
# The facts come as JSON text made in the thread that read them; going through objects again would cost a multiple.
_STORE = text(
    """
insert into catalog_tables (tenant_id, catalog_id, path, scan_id, schema_name, name, kind, comment, columns, facts, rows,
    samples, mark, fingerprint, problem, search, first_seen_at, changed_at, read_at)
values (:tenant, :catalog, :path, :scan, :schema_name, :name, :kind, :comment, :columns, cast(:facts as jsonb),
    cast(:rows as jsonb), cast(:samples as jsonb), :mark, :fingerprint, :problem, :search, :now, :now, :now)
on conflict (tenant_id, catalog_id, path) do update set
    scan_id = excluded.scan_id, kind = excluded.kind, comment = excluded.comment, columns = excluded.columns,
    facts = excluded.facts, rows = excluded.rows, samples = excluded.samples, mark = excluded.mark,
    fingerprint = excluded.fingerprint, problem = excluded.problem, search = excluded.search, read_at = excluded.read_at,
    changed_at = case when catalog_tables.fingerprint is not distinct from excluded.fingerprint
                      then catalog_tables.changed_at else excluded.changed_at end
"""
)
_COUNTED = text(
    "update catalog_tables set rows = cast(:rows as jsonb) where catalog_id = :catalog and path = :path"
    " and rows is distinct from cast(:rows as jsonb)"
)
_FORGET = text(
    "delete from catalog_scans where catalog_id = :catalog and id in"
    " (select id from catalog_scans where catalog_id = :catalog order by id desc offset :kept)"
)


@dataclass(frozen=True)
class Known:
    """What an earlier scan left of a table."""

    mark: str | None
    fingerprint: str | None


async def live_scan(session: AsyncSession, catalog_id: UUID) -> CatalogScan | None:
    """The catalog's scan that waits or runs, held until the transaction ends."""
    query = select(CatalogScan).where(CatalogScan.catalog_id == catalog_id, CatalogScan.status.in_(LIVE))
    return (await session.execute(query.with_for_update())).scalar_one_or_none()


async def scan(session: AsyncSession, catalog_id: UUID, scan_id: UUID, *, lock: bool = False) -> CatalogScan | None:
    """One scan of a catalog; `lock` holds it until the transaction ends."""
    query = select(CatalogScan).where(CatalogScan.catalog_id == catalog_id, CatalogScan.id == scan_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one_or_none()


async def scan_with_diff(session: AsyncSession, catalog_id: UUID, scan_id: UUID) -> CatalogScan | None:
    """The same with what it found changed."""
    query = select(CatalogScan).options(undefer(CatalogScan.diff))
    query = query.where(CatalogScan.catalog_id == catalog_id, CatalogScan.id == scan_id)
    return (await session.execute(query)).scalar_one_or_none()


async def scans(session: AsyncSession, catalog_id: UUID, *, limit: int, before: UUID | None) -> list[CatalogScan]:
    """Newest first, one more than `limit`."""
    query = select(CatalogScan).where(CatalogScan.catalog_id == catalog_id).order_by(CatalogScan.id.desc())
    if before is not None:
        query = query.where(CatalogScan.id < before)
    return list((await session.execute(query.limit(limit + 1))).scalars())


async def last_success(session: AsyncSession, catalog_id: UUID, before: UUID | None = None) -> CatalogScan | None:
    """The newest whole scan, or the newest before another one."""
    query = select(CatalogScan).where(CatalogScan.catalog_id == catalog_id, CatalogScan.status == ScanStatus.SUCCEEDED)
    if before is not None:
        query = query.where(CatalogScan.id < before)
    return (await session.execute(query.order_by(CatalogScan.id.desc()).limit(1))).scalar_one_or_none()


async def silent_scans(session: AsyncSession, since: datetime) -> list[CatalogScan]:
    """Running scans without a sign of life since then, held until the transaction ends."""
    query = select(CatalogScan).where(CatalogScan.status == ScanStatus.RUNNING, CatalogScan.seen_at < since)
    return list((await session.execute(query.with_for_update(skip_locked=True))).scalars())


async def note_life(session: AsyncSession, scan_id: UUID, now: datetime) -> bool:
    """Say that the scan still runs; False when it should not any more."""
    query = update(CatalogScan).where(CatalogScan.id == scan_id, CatalogScan.status == ScanStatus.RUNNING)
    said = await session.execute(query.values(seen_at=now).returning(CatalogScan.cancelled_by))
    row = said.one_or_none()
    return row is not None and row[0] is None


async def forget_old_scans(session: AsyncSession, catalog_id: UUID, kept: int) -> None:
    """Keep the newest `kept`."""
    await session.execute(_FORGET, {"catalog": catalog_id, "kept": kept})


async def known(session: AsyncSession, catalog_id: UUID) -> dict[str, Known]:
    """What earlier scans found, by path."""
    query = select(CatalogTable.path, CatalogTable.mark, CatalogTable.fingerprint)
    rows = await session.execute(query.where(CatalogTable.catalog_id == catalog_id))
    return {path: Known(mark, fingerprint) for path, mark, fingerprint in rows}


async def facts_of(session: AsyncSession, catalog_id: UUID, paths: Collection[str]) -> dict[str, TableFacts]:
    """The structure of some tables, by path."""
    query = select(CatalogTable.path, CatalogTable.facts)
    query = query.where(CatalogTable.catalog_id == catalog_id, CatalogTable.path.in_(paths))
    return {path: TableFacts.model_validate(facts) for path, facts in await session.execute(query)}


async def store(session: AsyncSession, scan: CatalogScan, taken: Sequence[Taken], now: datetime) -> None:
    """Put what was read in the place of what was known."""
    given = [
        {
            "tenant": scan.tenant_id,
            "catalog": scan.catalog_id,
            "scan": scan.id,
            "path": each.path,
            "schema_name": each.found.schema,
            "name": each.found.name,
            "kind": each.found.kind.value,
            "comment": each.comment,
            "columns": each.columns,
            "facts": each.facts,
            "rows": each.found.rows.model_dump_json() if each.found.rows else None,
            "samples": each.samples,
            "mark": each.mark,
            "fingerprint": each.fingerprint,
            "problem": each.problem,
            "search": each.search,
            "now": now,
        }
        for each in taken
    ]
    for start in range(0, len(given), _CHUNK):  # the process does other things in between
        await session.execute(_STORE, given[start : start + _CHUNK])


async def note_problems(session: AsyncSession, catalog_id: UUID, problems: dict[str, str]) -> None:
    """Tables that could be read before and cannot now keep what is known of them, with the cause."""
    for path, said in problems.items():
        query = update(CatalogTable).where(CatalogTable.catalog_id == catalog_id, CatalogTable.path == path)
        await session.execute(query.values(problem=said, mark=None))


async def count_rows(session: AsyncSession, catalog_id: UUID, rows: dict[str, str]) -> None:
    """New row counts of tables that were not read again, as JSON by path."""
    given = [{"catalog": catalog_id, "path": path, "rows": value} for path, value in rows.items()]
    for start in range(0, len(given), _CHUNK):
        await session.execute(_COUNTED, given[start : start + _CHUNK])


async def remove(session: AsyncSession, catalog_id: UUID, paths: Collection[str]) -> None:
    """Forget tables that are no longer there."""
    if paths:
        query = delete(CatalogTable).where(CatalogTable.catalog_id == catalog_id, CatalogTable.path.in_(paths))
        await session.execute(query)


@dataclass(frozen=True)
class Sought:
    """Which tables are asked for. `worded`: those whose words the text is in."""

    text: str | None = None
    worded: Collection[str] = ()
    kind: TableKind | None = None
    problem: bool = False


async def tables(
    session: AsyncSession, catalog_id: UUID, sought: Sought, *, limit: int, after: str | None
) -> list[CatalogTable]:
    """By path, one more than `limit`, without facts' details being typed."""
    query = select(CatalogTable).where(CatalogTable.catalog_id == catalog_id).order_by(CatalogTable.path)
    if after is not None:
        query = query.where(CatalogTable.path > after)
    if sought.text:
        inside = CatalogTable.search.contains(sought.text.lower(), autoescape=True)
        query = query.where(or_(inside, CatalogTable.path.in_(sought.worded)))
    if sought.kind is not None:
        query = query.where(CatalogTable.kind == sought.kind)
    if sought.problem:
        query = query.where(CatalogTable.problem.is_not(None))
    return list((await session.execute(query.limit(limit + 1))).scalars())


async def table(session: AsyncSession, catalog_id: UUID, path: str) -> CatalogTable | None:
    """One table."""
    query = select(CatalogTable).where(CatalogTable.catalog_id == catalog_id, CatalogTable.path == path)
    return (await session.execute(query)).scalar_one_or_none()


async def facts_about(
    session: AsyncSession, said: Mapping[UUID, Collection[str]], texts: Sequence[str], limit: int | None
) -> list[tuple[UUID, dict[str, Any]]]:
    """Structures of the catalogs' tables in whose search text one of the texts is, or whose path is `said` for its catalog;
    of all tables without texts."""
    query = select(CatalogTable.catalog_id, CatalogTable.facts).where(CatalogTable.catalog_id.in_(said))
    if texts:
        inside = [CatalogTable.search.contains(each.lower(), autoescape=True) for each in texts]
        worded = [
            (CatalogTable.catalog_id == catalog_id) & CatalogTable.path.in_(paths) for catalog_id, paths in said.items()
        ]
        query = query.where(or_(*inside, *worded))
    rows = await session.execute(query.order_by(CatalogTable.catalog_id, CatalogTable.path).limit(limit))
    return [(catalog_id, facts) for catalog_id, facts in rows]


async def foreign_keys(session: AsyncSession, catalog_id: UUID) -> dict[str, list[ForeignKey]]:
    """Every table's foreign keys, by path."""
    query = select(CatalogTable.path, CatalogTable.facts["foreign_keys"])
    rows = await session.execute(query.where(CatalogTable.catalog_id == catalog_id))
    return {path: [ForeignKey.model_validate(key) for key in keys or []] for path, keys in rows}


async def columns_by_path(session: AsyncSession, catalog_id: UUID) -> dict[str, set[str]]:
    """The names of every table's columns."""
    names = func.jsonb_path_query_array(CatalogTable.facts, text("'$.columns[*].name'::jsonpath"))
    rows = await session.execute(select(CatalogTable.path, names).where(CatalogTable.catalog_id == catalog_id))
    return {path: set(found) for path, found in rows}


async def counts(session: AsyncSession, catalog_id: UUID) -> tuple[int, int, int]:
    """How many tables there are, how many columns, and of how many tables something is missing."""
    total: Any = func.coalesce(func.sum(CatalogTable.columns), 0)
    query = select(func.count(), total, func.count(CatalogTable.problem))
    row = (await session.execute(query.where(CatalogTable.catalog_id == catalog_id))).one()
    return int(row[0]), int(row[1]), int(row[2])
