"""Which database a config means. The whitelist of drivers is here: what is not in it is not used, whatever is installed."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from opsloom.connections.content import (
    DuckdbConfig,
    MysqlConfig,
    PostgresqlConfig,
    SqlalchemyConfig,
    SqlConfig,
    SqliteConfig,
)
from opsloom.connections.dialing import Dialer
from opsloom.connections.files import locate
from opsloom.connections.sql.flavour import Flavour
from opsloom.connections.sql.place import Place
from opsloom.connections.sql.url import config_of
from opsloom.infra.secrets import SecretText


def writing_flavour(flavour: Flavour) -> Flavour | None:
    """The same database opened for writing; None where Opsloom does not write."""
    from opsloom.connections.sql.sqlite import Sqlite, WritingSqlite

    if isinstance(flavour, Sqlite):
        return WritingSqlite(flavour.locate)
    return None if flavour.grammar == "duckdb" else flavour


def flavour_of(config: SqlConfig, secrets: Mapping[str, SecretText], dialer: Dialer, folder: Path) -> Flavour:
    """The database a config means; call it on the event loop. Raises DriverUnknown, InvalidInput."""
    plain = config_of(config) if isinstance(config, SqlalchemyConfig) else config
    if isinstance(plain, SqliteConfig):
        from opsloom.connections.sql.sqlite import Sqlite

        return Sqlite(lambda: locate(folder, plain.path))
    if isinstance(plain, DuckdbConfig):
        from opsloom.connections.sql.duckdb import Duckdb

        return Duckdb(lambda: locate(folder, plain.path))
    place = Place(dialer, asyncio.get_running_loop())
    password = secrets[plain.password.secret] if plain.password is not None else None
    if isinstance(plain, MysqlConfig):
        from opsloom.connections.sql.mysql import Mysql

        return Mysql(plain, password, place)
    assert isinstance(plain, PostgresqlConfig)
    from opsloom.connections.sql.postgres import Postgres

    return Postgres(plain, password, place)
