"""Databases of other people: one of each kind, with the same shop in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import Engine, NullPool, create_engine
from tests.connections.catalog import databases

from fixtures.mariadb import MISSING, ROOT, ROOT_PASSWORD, MariaDb
from opsloom.infra.db.embedded import EmbeddedPostgres
from opsloom.kit.ids import new_id

MakeEngine = Callable[[], Engine]


def postgres_database(server: EmbeddedPostgres) -> str:
    """A fresh, empty database; returns its name."""
    name = f"shop_{new_id().hex[-12:]}"
    with psycopg.connect(**server.dsn.psycopg(), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    return name


def postgres_engine(server: EmbeddedPostgres, database: str, user: str | None = None) -> Engine:
    """An engine on one database of the embedded server."""
    dsn = server.dsn.as_role(user or server.dsn.user, database=database)
    return create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(**dsn.psycopg()), poolclass=NullPool)


@pytest.fixture(scope="session")
def mariadb() -> Iterator[MariaDb]:
    """A running MariaDB of this worker's own."""
    if MISSING:
        pytest.skip("MariaDB is not installed: apt-get install mariadb-server")
    server = MariaDb()
    server.make()
    yield server
    server.remove()


@pytest.fixture
def shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """The shop in the database the test is parametrised with."""
    match request.param:
        case "postgresql":
            server = request.getfixturevalue("postgres")
            engine = postgres_engine(server, postgres_database(server))
            databases.fill(engine, databases.POSTGRES)
        case "mariadb":
            engine = mariadb_engine(request.getfixturevalue("mariadb"))
            databases.fill(engine, databases.MARIADB)
        case "sqlite":
            engine = create_engine(f"sqlite:///{tmp_path / 'shop.db'}", poolclass=NullPool)
            databases.fill(engine, databases.SQLITE)
        case _:
            engine = create_engine(f"duckdb:///{tmp_path / 'shop.duckdb'}")
            databases.fill(engine, databases.DUCKDB)
    yield engine
    engine.dispose()


def mariadb_engine(server: MariaDb) -> Engine:
    """An engine on a fresh, empty database."""
    name = f"shop_{new_id().hex[-12:]}"
    server.run(f"create database {name}")
    url = f"mysql+pymysql://{ROOT}:{ROOT_PASSWORD.replace('/', '%2F').replace('@', '%40')}@{server.host}:{server.port}/{name}"
    return create_engine(url, poolclass=NullPool, connect_args={"charset": "utf8mb4"})
