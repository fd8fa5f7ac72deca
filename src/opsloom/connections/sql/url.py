"""SQLAlchemy URLs, read into the config of the database they name, so that they pass the same doors as any other."""

from opsloom.connections.content import DuckdbConfig, MysqlConfig, PostgresqlConfig, SqlalchemyConfig, SqliteConfig
from opsloom.connections.errors import DriverUnknown
from opsloom.kit.errors import FieldProblem, InvalidInput

DRIVERS = (
    "postgresql", "postgresql+psycopg", "mysql", "mysql+pymysql", "mariadb", "mariadb+pymysql", "sqlite", "sqlite+pysqlite",
    "duckdb",
)  # fmt: skip
_POINTER = "/config/url"


def config_of(config: SqlalchemyConfig) -> PostgresqlConfig | MysqlConfig | SqliteConfig | DuckdbConfig:
    """Raises DriverUnknown, and InvalidInput for a URL that holds a password, options, or no database."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(config.url)
    except (ArgumentError, ValueError):
        raise _wrong("This is not a SQLAlchemy URL.") from None
    if url.drivername not in DRIVERS:
        raise DriverUnknown(
            f"The driver {url.drivername[:50]} is not installed or not known to be safe.",
            hint=f"Use one of: {', '.join(DRIVERS)}.",
        )
    if url.password is not None:
        raise _wrong("The password must not be in the URL; save it in the vault and name it in `password`.")
    if url.query:
        raise _wrong("Options in the URL are not taken.")
    if not url.database:
        raise _wrong("The URL names no database.")
    kind = url.drivername.split("+")[0]
    if kind in {"sqlite", "duckdb"}:
        if url.host or url.username:
            raise _wrong("A file has neither host nor user; write three slashes before its path.")
        return SqliteConfig(path=url.database) if kind == "sqlite" else DuckdbConfig(path=url.database)
    if not url.host or not url.username:
        raise _wrong("The URL names no host or no user.")
    server = PostgresqlConfig if kind == "postgresql" else MysqlConfig
    port = (5432 if kind == "postgresql" else 3306) if url.port is None else url.port
    if not 0 < port < 65_536:
        raise _wrong(f"There is no port {port}.")
    return server(
        host=url.host, port=port, database=url.database, user=url.username,
        password=config.password, tls=config.tls, ca=config.ca,
    )  # fmt: skip


def _wrong(sentence: str) -> InvalidInput:
    return InvalidInput(sentence, details=[FieldProblem(pointer=_POINTER, detail=sentence)], hint="See `errors`.")
