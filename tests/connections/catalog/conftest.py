"""Databases of other people, one of each kind with the same shop in it, and a tenant that catalogues them."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, NullPool, create_engine
from tests.connections.catalog import databases

from fixtures.external_postgres import ADMIN, ExternalPostgres
from fixtures.linked import Linked
from fixtures.mariadb import ROOT, ROOT_PASSWORD, MariaDb
from fixtures.shops import READER, READER_PASSWORD
from opsloom.assets import service as assets
from opsloom.connections.catalog import jobs, repository, service
from opsloom.connections.catalog.content import CatalogContent
from opsloom.connections.catalog.diff import Diff
from opsloom.connections.catalog.facts import TableFacts
from opsloom.connections.catalog.kind import KIND
from opsloom.connections.catalog.models import CatalogScan, CatalogTable
from opsloom.connections.catalog.repository import Sought
from opsloom.kit.ids import new_id


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """The shop in the database the test is parametrised with, as its administrator sees it."""
    match request.param:
        case "postgresql":
            server = request.getfixturevalue("shop_postgres")
            made = postgres_engine(server, postgres_database(server))
            databases.fill(made, databases.POSTGRES)
        case "mariadb":
            made = mariadb_engine(request.getfixturevalue("shop_mariadb"))
            databases.fill(made, databases.MARIADB)
        case "sqlite":
            made = create_engine(f"sqlite:///{tmp_path / 'shop.db'}", poolclass=NullPool)
            databases.fill(made, databases.SQLITE)
        case _:
            made = create_engine(f"duckdb:///{tmp_path / 'shop.duckdb'}")
            databases.fill(made, databases.DUCKDB)
    yield made
    made.dispose()


def postgres_database(server: ExternalPostgres) -> str:
    """A fresh, empty database; returns its name."""
    name = f"shop_{new_id().hex[-12:]}"
    with psycopg.connect(**server.dsn(ADMIN, "postgres").psycopg(), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    return name


def postgres_engine(server: ExternalPostgres, database: str) -> Engine:
    """Its administrator's engine on one database."""
    dsn = server.dsn(ADMIN, database)
    return create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(**dsn.psycopg()), poolclass=NullPool)


def mariadb_engine(server: MariaDb, name: str | None = None) -> Engine:
    """The administrator's engine on a fresh, empty database."""
    name = name or f"shop_{new_id().hex[-12:]}"
    server.run(f"create database {name}")
    secret = ROOT_PASSWORD.replace("/", "%2F").replace("@", "%40")
    url = f"mysql+pymysql://{ROOT}:{secret}@{server.host}:{server.port}/{name}"
    return create_engine(url, poolclass=NullPool, connect_args={"charset": "utf8mb4"})


@dataclass
class Library:
    """One tenant's catalogs, as the product drives them."""

    linked: Linked

    async def catalog(self, connection: str, name: str = "Shop", *, publish: bool = True, **content: Any) -> UUID:
        """A new catalog; returns its id."""
        scope = self.linked.tenant.scope
        async with self.linked.core.db.transaction(scope) as session:
            draft = {"connection": connection, **content}
            asset = await assets.create_draft(session, scope, KIND, name, draft)
            if publish:
                await assets.publish(session, scope, KIND, asset.id)
            return asset.id

    async def change(self, catalog_id: UUID, **content: Any) -> None:
        """Another content, in force."""
        scope = self.linked.tenant.scope
        async with self.linked.core.db.transaction(scope) as session:
            asset = await assets.get(session, KIND, catalog_id)
            change = (asset.name, {**asset.draft, **content})
            await assets.save_draft(session, scope, KIND, catalog_id, change, if_revision=asset.draft_revision)
            await assets.publish(session, scope, KIND, catalog_id)

    async def start(self, catalog_id: UUID, *, whole: bool = False) -> UUID:
        """Queue a scan."""
        scope, core = self.linked.tenant.scope, self.linked.core
        async with core.db.transaction(scope) as session:
            scan = await service.start_scan(session, scope, catalog_id, core.clock.now(), whole=whole)
            return scan.id

    async def run(self, catalog_id: UUID, scan_id: UUID) -> CatalogScan:
        """The job, as the worker runs it."""
        tenant_id = str(self.linked.tenant.id)
        await jobs.scan(self.linked.core, tenant_id=tenant_id, catalog_id=str(catalog_id), scan_id=str(scan_id))
        return await self.scan(catalog_id, scan_id)

    async def scanned(self, catalog_id: UUID, *, whole: bool = False) -> CatalogScan:
        """A scan from the beginning to its end."""
        return await self.run(catalog_id, await self.start(catalog_id, whole=whole))

    async def scan(self, catalog_id: UUID, scan_id: UUID) -> CatalogScan:
        """As it is now."""
        async with self.linked.core.db.transaction(self.linked.tenant.scope) as session:
            return await service.get_scan(session, catalog_id, scan_id)

    async def diff(self, catalog_id: UUID, scan_id: UUID) -> Diff:
        """What a scan found changed."""
        async with self.linked.core.db.transaction(self.linked.tenant.scope) as session:
            scan, _ = await service.get_diff(session, catalog_id, scan_id)
            return Diff.model_validate(scan.diff or {})

    async def tables(self, catalog_id: UUID) -> dict[str, CatalogTable]:
        """What is stored, by table name."""
        async with self.linked.core.db.transaction(self.linked.tenant.scope) as session:
            found = await repository.tables(session, catalog_id, Sought(), limit=10_000, after=None)
            return {each.name: each for each in found}

    async def facts(self, catalog_id: UUID) -> dict[str, TableFacts]:
        """The structures, by table name."""
        return {name: TableFacts.model_validate(each.facts) for name, each in (await self.tables(catalog_id)).items()}

    async def let_go(self) -> None:
        """Close what is open: DuckDB lets nobody write to a file that this process reads."""
        await self.linked.connections.lines.close()


@pytest.fixture
def library(linked: Linked) -> Library:
    return Library(linked)


@dataclass
class Shelf:
    """A catalogued database: `engine` is its administrator's, `key` the connection of a user who may only read."""

    engine: Engine
    key: str


@pytest.fixture
async def shelf(request: pytest.FixtureRequest, linked: Linked) -> Shelf:
    """The shop in the database the test is parametrised with."""
    match request.param:
        case "postgresql":
            return await postgres_shelf(request.getfixturevalue("shop_postgres"), linked)
        case "mariadb":
            return await mariadb_shelf(request.getfixturevalue("shop_mariadb"), linked)
        case kind:
            return await file_shelf(kind, linked)


async def postgres_shelf(server: ExternalPostgres, linked: Linked, **limits: float) -> Shelf:
    database = postgres_database(server)
    engine = postgres_engine(server, database)
    databases.fill(engine, databases.POSTGRES)
    grants = [f"grant usage on schema {schema} to {READER}" for schema in ("public", "sales", "empty")]
    grants += [f"grant select on all tables in schema {schema} to {READER}" for schema in ("public", "sales")]
    databases.fill(engine, grants)
    password = await linked.secret("shop/reader", READER_PASSWORD)
    place = {"host": "127.0.0.1", "port": server.port, "database": database}
    key = await linked.publish("Shop", {"type": "postgresql", **place, "user": READER, "password": password}, **limits)
    return Shelf(engine, key)


async def mariadb_shelf(server: MariaDb, linked: Linked, **limits: float) -> Shelf:
    database = f"shop_{new_id().hex[-12:]}"
    engine = mariadb_engine(server, database)
    databases.fill(engine, databases.MARIADB)
    server.run(f"grant select, show view on {database}.* to {READER}@'%'")
    password = await linked.secret("shop/reader", READER_PASSWORD)
    place = {"host": "127.0.0.1", "port": server.port, "database": database}
    key = await linked.publish("Shop", {"type": "mysql", **place, "user": READER, "password": password}, **limits)
    return Shelf(engine, key)


async def file_shelf(kind: str, linked: Linked) -> Shelf:
    linked.folder.mkdir(parents=True, exist_ok=True)
    path = linked.folder / f"shop.{kind}"
    if kind == "sqlite":
        sqlite3.connect(path).close()
    engine = create_engine(f"{kind}:///{path}", poolclass=NullPool)
    databases.fill(engine, databases.SQLITE if kind == "sqlite" else databases.DUCKDB)
    engine.dispose()
    return Shelf(engine, await linked.publish("Shop", {"type": kind, "path": path.name}))


def content_of(**content: Any) -> CatalogContent:
    """Content around a connection that need not exist."""
    return CatalogContent.model_validate({"connection": "shop", **content})
