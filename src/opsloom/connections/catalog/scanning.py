"""One scan, from the queue to its end.

The invariant: what is stored is what one whole scan found. Everything is read first, without a transaction of our own open;
then one transaction compares it with what was known and puts it in its place, and only if the scan is still the one that may.
A scan that was cancelled, that failed, or whose process went away leaves the facts as they were.
"""

import asyncio
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from opsloom.assets import service as assets
from opsloom.connections.catalog import repository
from opsloom.connections.catalog.content import CatalogContent
from opsloom.connections.catalog.diff import Diff, compare
from opsloom.connections.catalog.errors import CatalogTooLarge
from opsloom.connections.catalog.facts import TableFacts, path_of
from opsloom.connections.catalog.kind import KIND
from opsloom.connections.catalog.marks import digest
from opsloom.connections.catalog.models import CatalogScan, ScanStatus
from opsloom.connections.catalog.packing import Taken, pack
from opsloom.connections.catalog.progress import announce, interrupt
from opsloom.connections.catalog.reading import Listing, list_tables, read_batch
from opsloom.connections.catalog.repository import Known
from opsloom.connections.catalog.selection import Selection
from opsloom.connections.catalog.survey import Found
from opsloom.connections.service import Connections
from opsloom.identity.scope import Scope
from opsloom.infra.core import Core
from opsloom.infra.telemetry import get_logger, note_failure
from opsloom.kit.errors import ConnectionLost, DeadlinePassed, OpsloomError

log = get_logger(__name__)

MAX_TABLES: Final = 10_000
BATCH: Final = 100
SAMPLED_BATCH: Final = 25
"""Tables read in one go; with samples each takes longer, and a connection has a deadline."""
PULSE_S: Final = 2.0
SLOW_TABLES: Final = 5
"""After so many tables that did not answer in time the scan gives up."""
KEPT_SCANS: Final = 100


@dataclass
class Run:
    """A scan under way. `stop` is set when it should not go on; the reading thread looks at it between two tables."""

    core: Core
    scope: Scope
    catalog_id: UUID
    scan_id: UUID
    connection: str
    content: CatalogContent
    whole: bool
    known: dict[str, Known]
    stop: threading.Event = field(default_factory=threading.Event)
    slow: int = 0


@dataclass
class Result:
    """What was found: every table, and of those that had to be read what came of it."""

    listing: Listing
    unchanged: list[Found]
    taken: dict[str, Taken] = field(default_factory=dict)


async def scan(core: Core, scope: Scope, catalog_id: UUID, scan_id: UUID) -> None:
    """Run a queued scan to its end; the outcome is in its row. Raises what nobody foresaw, after it was written down."""
    run = await _begin(core, scope, catalog_id, scan_id)
    if run is None:
        return
    try:
        async with _pulse(run):
            result = await _read_everything(run)
        await _finish(run, result)
    except OpsloomError as error:
        log.warning("catalog.scan_failed", scan=str(scan_id), code=error.code, cause=error.message)
        await _fail(run, error.code, error.message)
    except Exception:
        await _fail(run, "internal", "Something failed inside Opsloom; the server's log has the cause.")
        raise


async def _begin(core: Core, scope: Scope, catalog_id: UUID, scan_id: UUID) -> Run | None:
    """Take the scan from the queue. One that runs already lost its process: the queue gives a job out twice only then."""
    now = core.clock.now()
    async with core.db.transaction(scope) as session:
        row = await repository.scan(session, catalog_id, scan_id, lock=True)
        if row is None:
            return None
        if row.status == ScanStatus.RUNNING:
            await interrupt(session, row, now)
        if row.status != ScanStatus.QUEUED:
            return None
        if row.cancelled_by is not None:  # its catalog was archived meanwhile
            row.status, row.finished_at = ScanStatus.CANCELLED, now
            await announce(session, row)
            return None
        row.status, row.started_at, row.seen_at = ScanStatus.RUNNING, now, now
        content = await _content(session, row)
        known = await repository.known(session, catalog_id)
        await announce(session, row)
        return Run(core, scope, catalog_id, scan_id, row.connection, content, row.whole, known)


async def _content(session: AsyncSession, row: CatalogScan) -> CatalogContent:
    """What the catalog says: the version the scan was asked for, or the draft as it is now."""
    if row.version:
        return CatalogContent.model_validate((await assets.get_version(session, row.catalog_id, row.version)).content)
    return CatalogContent.model_validate((await assets.get(session, KIND, row.catalog_id)).draft)


@asynccontextmanager
async def _pulse(run: Run) -> AsyncIterator[None]:
    """Give signs of life while the body runs, and hear of a cancellation."""
    beating = asyncio.create_task(_beat(run))
    try:
        yield
    finally:
        beating.cancel()


async def _beat(run: Run) -> None:
    while not run.stop.is_set():
        await asyncio.sleep(PULSE_S)
        try:
            async with run.core.db.transaction(run.scope) as session:
                if not await repository.note_life(session, run.scan_id, run.core.clock.now()):
                    run.stop.set()
        except ConnectionLost as error:  # the scan itself finds out whether it can be stored
            note_failure("catalog.pulse", error)


async def _read_everything(run: Run) -> Result:
    selection = Selection(run.content.include, run.content.exclude)
    connections = run.core.part(Connections)
    listing = await connections.inspect(run.scope, run.connection, partial(list_tables, selection=selection))
    if len(listing.found) > MAX_TABLES:
        raise CatalogTooLarge(
            f"The database shows more than {MAX_TABLES:,} tables.",
            hint="Narrow the catalog with `include` and `exclude`.",
        )
    wishes = run.content.samples
    settings = wishes.model_dump_json() if wishes else ""
    found = [_with_settings(each, settings) for each in listing.found]
    unchanged = [] if run.whole else [each for each in found if _is_known(run, each)]
    result = Result(Listing(found, listing.problems), unchanged)
    skipped = {each.path for each in unchanged}
    to_read = [each for each in found if each.path not in skipped]
    await _advance(run, result, len(to_read))
    for batch in _batches(to_read, SAMPLED_BATCH if wishes else BATCH):
        for taken in await _read(run, batch):
            result.taken[taken.path] = taken
        if not await _advance(run, result, len(to_read)):
            break
    return result


def _with_settings(found: Found, settings: str) -> Found:
    """Another wish for samples is a reason to read a table again."""
    return (
        found
        if found.mark is None
        else Found(found.schema, found.name, found.kind, digest(found.mark, settings), found.rows)
    )


def _is_known(run: Run, found: Found) -> bool:
    before = run.known.get(found.path)
    return before is not None and before.mark is not None and before.mark == found.mark


def _batches(found: Sequence[Found], size: int) -> list[list[Found]]:
    """Tables of one schema at a time."""
    by_schema: dict[str, list[Found]] = defaultdict(list)
    for each in found:
        by_schema[each.schema].append(each)
    return [each[start : start + size] for each in by_schema.values() for start in range(0, len(each), size)]


async def _read(run: Run, batch: Sequence[Found]) -> list[Taken]:
    """What came of a batch. If it takes too long, halves of it are tried; a single table that does is its own problem."""
    if run.stop.is_set():
        return []
    work = partial(read_batch, found=batch, wishes=run.content.samples, stop=run.stop)
    try:
        return await run.core.part(Connections).inspect(run.scope, run.connection, work)
    except DeadlinePassed as error:
        if len(batch) > 1:
            half = len(batch) // 2
            return [*await _read(run, batch[:half]), *await _read(run, batch[half:])]
        run.slow += 1
        if run.slow >= SLOW_TABLES:
            raise
        return [pack(batch[0], None, None, error.message)]


async def _advance(run: Run, result: Result, to_read: int) -> bool:
    """Write down how far the scan is; False when it should not go on."""
    async with run.core.db.transaction(run.scope) as session:
        row = await repository.scan(session, run.catalog_id, run.scan_id, lock=True)
        if row is None or row.status != ScanStatus.RUNNING or row.cancelled_by is not None:
            run.stop.set()
            return False
        row.seen_at = run.core.clock.now()
        row.tables_total = len(result.listing.found)
        row.tables_read = to_read
        row.tables_done = len(result.listing.found) - to_read + len(result.taken)
        row.tables_failed = sum(taken.problem is not None for taken in result.taken.values())
        row.problems = dict(result.listing.problems)
        await session.flush()
        await announce(session, row)
    return True


async def _finish(run: Run, result: Result) -> None:
    diff = None if run.stop.is_set() else await _compare(run, result)
    now = run.core.clock.now()
    async with run.core.db.transaction(run.scope) as session:
        row = await repository.scan(session, run.catalog_id, run.scan_id, lock=True)
        if row is None or row.status != ScanStatus.RUNNING:
            log.warning("catalog.scan_superseded", scan=str(run.scan_id))
            return
        row.finished_at = now
        if diff is None or row.cancelled_by is not None:
            row.status = ScanStatus.CANCELLED
        else:
            row.status, row.tables_done = ScanStatus.SUCCEEDED, row.tables_total
            row.diff = diff.model_dump(mode="json")
            lost = {path: each.problem or "" for path, each in result.taken.items() if _is_lost(run, each)}
            await repository.store(session, row, [each for each in result.taken.values() if each.path not in lost], now)
            await repository.note_problems(session, run.catalog_id, lost)
            rows = {each.path: each.rows.model_dump_json() for each in result.unchanged if each.rows}
            await repository.count_rows(session, run.catalog_id, rows)
            await repository.remove(session, run.catalog_id, _gone(run, result))
            await repository.forget_old_scans(session, run.catalog_id, KEPT_SCANS)
        await session.flush()
        await announce(session, row)


def _is_lost(run: Run, taken: Taken) -> bool:
    """Whether a table that was known could not be read: what is known of it stays."""
    return taken.fingerprint is None and taken.path in run.known


def _gone(run: Run, result: Result) -> list[str]:
    """Tables that are no longer there. A schema that could not be looked into keeps its tables."""
    there = {each.path for each in result.unchanged} | result.taken.keys()
    unseen = tuple(path_of(schema, "") for schema in result.listing.problems)
    return [path for path in run.known if path not in there and not path.startswith(unseen)]


async def _compare(run: Run, result: Result) -> Diff:
    """What has changed since the scan before: only what differs is looked at."""
    gone = _gone(run, result)
    differing = [
        path
        for path, taken in result.taken.items()
        if path in run.known and taken.fingerprint and taken.fingerprint != run.known[path].fingerprint
    ]
    new = [taken for path, taken in result.taken.items() if path not in run.known]
    async with run.core.db.transaction(run.scope) as session:
        before = await repository.facts_of(session, run.catalog_id, [*gone, *differing])

    def work() -> Diff:
        after = {path: TableFacts.model_validate_json(result.taken[path].facts) for path in differing}
        for taken in new:  # only where something went away its columns matter: it may be that under a new name
            facts = TableFacts.model_validate_json(taken.facts) if gone else None
            after[taken.path] = facts or TableFacts(schema_name=taken.found.schema, name=taken.found.name)
        return compare(before, after)

    return await asyncio.to_thread(work)


async def _fail(run: Run, code: str, cause: str) -> None:
    async with run.core.db.transaction(run.scope) as session:
        row = await repository.scan(session, run.catalog_id, run.scan_id, lock=True)
        if row is None or row.status != ScanStatus.RUNNING:
            return
        row.status = ScanStatus.FAILED if row.cancelled_by is None else ScanStatus.CANCELLED
        row.code, row.cause, row.finished_at = code, cause, run.core.clock.now()
        await session.flush()
        await announce(session, row)
