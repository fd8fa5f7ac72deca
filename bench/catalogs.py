"""A schema of 2,000 tables scanned: the first time, again with nothing changed, and again with samples.

Times are seconds on the clock and CPU seconds of this process. Beside them stands the way SQLAlchemy's users read a schema
(`MetaData.reflect`), in the same run on the same database.

    python bench/catalogs.py [--tables 2000] [--only postgresql]
"""

import argparse
import asyncio
import json
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, MetaData, NullPool, create_engine

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT)]

from fixtures.external_postgres import ADMIN, PASSWORDS, ExternalPostgres  # noqa: E402
from fixtures.linked import Linked, linked_core  # noqa: E402
from fixtures.mariadb import MISSING, ROOT_PASSWORD, MariaDb  # noqa: E402
from fixtures.mariadb import ROOT as DBA  # noqa: E402
from fixtures.tenants import make_tenant  # noqa: E402
from opsloom.assets import service as assets  # noqa: E402
from opsloom.connections.catalog import jobs, service  # noqa: E402
from opsloom.connections.catalog.kind import KIND  # noqa: E402
from opsloom.connections.catalog.repository import Sought  # noqa: E402
from opsloom.infra.db import bootstrap, migrate  # noqa: E402
from opsloom.infra.db.embedded import BIN, EmbeddedPostgres  # noqa: E402
from opsloom.settings import Settings  # noqa: E402

LIMIT_S = 60
COLUMNS = (
    "id integer primary key, code varchar(20) not null, parent_id integer, total numeric(10,2) default 0, "
    + ", ".join(f"field_{number} varchar(50)" for number in range(11))
)


def tables(count: int) -> Iterator[str]:
    """Fifteen columns each, a key to another table, an index, a row."""
    for number in range(count):
        foreign = f", foreign key (parent_id) references table_{number // 10} (id)" if number >= 10 else ""
        yield f"create table table_{number} ({COLUMNS}{foreign})"
        yield f"create index table_{number}_code on table_{number} (code)"
        yield f"insert into table_{number} (id, code, field_1) values (1, 'A', 'plain text')"


@contextmanager
def postgresql(statements: Sequence[str], _folder: Path) -> Iterator[tuple[dict[str, Any], str, Engine]]:
    server = ExternalPostgres(BIN)
    server.make()
    try:
        dsn = server.dsn(ADMIN, "postgres")
        with psycopg.connect(**dsn.psycopg(), autocommit=True) as connection:
            for start in range(0, len(statements), 300):
                connection.execute(";".join(statements[start : start + 300]))
        place = {"host": "127.0.0.1", "port": server.port, "database": "postgres", "user": ADMIN}
        engine = create_engine(
            "postgresql+psycopg://", creator=lambda: psycopg.connect(**dsn.psycopg()), poolclass=NullPool
        )
        yield {"type": "postgresql", **place}, PASSWORDS[ADMIN], engine
    finally:
        server.remove()


@contextmanager
def mariadb(statements: Sequence[str], _folder: Path) -> Iterator[tuple[dict[str, Any], str, Engine]]:
    server = MariaDb()
    server.make()
    try:
        server.run("create database bench")
        server.run(*statements, database="bench")
        place = {"host": "127.0.0.1", "port": server.port, "database": "bench", "user": DBA}
        secret = ROOT_PASSWORD.replace("/", "%2F").replace("@", "%40")
        engine = create_engine(f"mysql+pymysql://{DBA}:{secret}@127.0.0.1:{server.port}/bench", poolclass=NullPool)
        yield {"type": "mysql", **place}, ROOT_PASSWORD, engine
    finally:
        server.remove()


@contextmanager
def sqlite(statements: Sequence[str], folder: Path) -> Iterator[tuple[dict[str, Any], str, Engine]]:
    with closing(sqlite3.connect(folder / "bench.db", isolation_level=None)) as made:
        made.executescript("begin;" + ";".join(statements) + ";commit")
    yield (
        {"type": "sqlite", "path": "bench.db"},
        "",
        create_engine(f"sqlite:///{folder / 'bench.db'}", poolclass=NullPool),
    )


DATABASES = {"postgresql": postgresql, "mariadb": mariadb, "sqlite": sqlite}


class Bench:
    """One tenant that catalogues one database after the other."""

    def __init__(self, linked: Linked) -> None:
        self.linked = linked
        self.core, self.scope = linked.core, linked.tenant.scope

    async def catalog(self, name: str, connection: str, content: dict[str, Any]) -> Any:
        async with self.core.db.transaction(self.scope) as session:
            draft = {"connection": connection, **content}
            return (await assets.create_draft(session, self.scope, KIND, name, draft)).id

    async def scan(self, catalog: Any, *, whole: bool = False) -> tuple[tuple[float, float], Any, float]:
        """Seconds and CPU seconds, the scan, and the longest the process's loop was held meanwhile, in milliseconds."""
        async with self.core.db.transaction(self.scope) as session:
            queued = await service.start_scan(session, self.scope, catalog, self.core.clock.now(), whole=whole)
        gaps: list[float] = []
        watch = asyncio.create_task(gaps_of(gaps))
        began, worked = time.perf_counter(), time.process_time()
        tenant, scan_id = str(self.linked.tenant.id), str(queued.id)
        await jobs.scan(self.core, tenant_id=tenant, catalog_id=str(catalog), scan_id=scan_id)
        took = round(time.perf_counter() - began, 2), round(time.process_time() - worked, 2)
        watch.cancel()
        async with self.core.db.transaction(self.scope) as session:
            scan = await service.get_scan(session, catalog, queued.id)
        assert scan.status == "succeeded", scan.cause
        return took, scan, max(gaps, default=0) * 1000

    async def read(self, catalog: Any) -> dict[str, float]:
        """Milliseconds of what pages ask for, medians of ten."""
        times: dict[str, list[float]] = {"list": [], "search": [], "diagram": [], "overview": [], "vocabulary": []}
        for _ in range(10):
            async with self.core.db.transaction(self.scope) as session:
                work = {
                    "list": service.list_tables(session, catalog, Sought(), limit=50, after=None),
                    "search": service.list_tables(session, catalog, Sought("field_7"), limit=50, after="main.table_5"),
                    "diagram": service.get_diagram(session, catalog, [], 60),
                    "overview": service.get_overview(session, catalog),
                    "vocabulary": service.vocabulary(session, self.scope),
                }
                for name, each in work.items():
                    began = time.perf_counter()
                    await each
                    times[name].append((time.perf_counter() - began) * 1000)
        return {name: round(statistics.median(each), 1) for name, each in times.items()}


async def gaps_of(gaps: list[float]) -> None:
    """How long the loop is held between two ticks of 5 ms."""
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.005)
        gaps.append(time.perf_counter() - began - 0.005)


def typical(engine: Engine) -> tuple[float, float]:
    """Seconds and CPU seconds of `MetaData.reflect`."""
    began, worked = time.perf_counter(), time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        MetaData().reflect(engine)
    return round(time.perf_counter() - began, 2), round(time.process_time() - worked, 2)


async def measure(bench: Bench, kind: str, count: int) -> dict[str, Any]:
    """The figures of one database."""
    bench.linked.folder.mkdir(parents=True, exist_ok=True)
    with DATABASES[kind](list(tables(count)), bench.linked.folder) as (config, password, engine):
        if password:
            config["password"] = await bench.linked.secret(f"{kind}/password", password)
        key = await bench.linked.publish(kind, config)
        plain = await bench.catalog(f"{kind} plain", key, {})
        first, scan, held_ms = await bench.scan(plain)
        again, unchanged, _ = await bench.scan(plain)
        assert (scan.tables_read, unchanged.tables_read) == (count, 0)
        sampled = await bench.catalog(f"{kind} sampled", key, {"samples": {"rows": 5}})
        samples, _, samples_held_ms = await bench.scan(sampled)
        async with bench.core.db.transaction(bench.scope) as session:
            await assets.publish(session, bench.scope, KIND, plain)
        read_ms = await bench.read(plain)
        return {
            "database": kind,
            "tables": count,
            "first": first,
            "nothing_changed": again,
            "with_samples": samples,
            "typical_reflect": await asyncio.to_thread(typical, engine),
            "loop_held_ms": round(max(held_ms, samples_held_ms)),
            "read_ms": read_ms,
            "peak_rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }


async def run(kinds: Sequence[str], count: int) -> list[dict[str, Any]]:
    """Every database in turn, catalogued by one process."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder) / "own")
        server.start()
        try:
            owner = bootstrap.bootstrap_embedded(server.dsn)
            migrate.upgrade(owner)
            settings = Settings(_env_file=None, data_dir=Path(folder) / "own")
            async with linked_core(settings, owner.as_role(bootstrap.APP)) as core:
                for kind in kinds:
                    bench = Bench(Linked(core, await make_tenant(core)))
                    found += [await measure(bench, kind, count)]
        finally:
            server.leave()
    return found


def main() -> int:
    """Print the figures; fails when a first scan takes longer than the limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=2000)
    parser.add_argument("--only", choices=DATABASES, action="append")
    options = parser.parse_args()
    kinds = options.only or [kind for kind in DATABASES if kind != "mariadb" or not MISSING]
    found = asyncio.run(run(kinds, options.tables))
    for each in found:
        print(json.dumps(each))
    return 0 if all(each["first"][0] <= LIMIT_S for each in found) else 1


if __name__ == "__main__":
    sys.exit(main())
