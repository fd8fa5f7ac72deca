"""DuckDB files, opened for reading, without a way to other files or to the network."""

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import Connection, CursorResult, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from opsloom.connections.content import Limits
from opsloom.connections.errors import QueryRefused, StatementTooLong, TargetFailed
from opsloom.connections.results import Layer
from opsloom.connections.sql.statement import Style
from opsloom.kit.errors import OpsloomError

_SEALED = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "256MB",
    "threads": "2",
    "lock_configuration": "true",
}


class Duckdb:
    """One DuckDB file."""

    name: ClassVar[str] = "DuckDB"
    grammar: ClassVar[str] = "duckdb"
    style: ClassVar[Style] = Style.DOLLAR
    limits_time: ClassVar[bool] = False
    endless: ClassVar[str] = (
        "select count(*) from range(10000000) a, range(10000000) b where a.range % 7 = b.range % 11"
    )

    def __init__(self, locate: Callable[[], Path]) -> None:
        self._locate = locate

    @property
    def place(self) -> tuple[str, int] | None:
        return None

    def engine(self, limits: Limits) -> Engine:
        import duckdb_engine

        def opened() -> Any:
            import duckdb

            config: dict[str, Any] = dict(_SEALED)
            return duckdb_engine.ConnectionWrapper(duckdb.connect(str(self._locate()), read_only=True, config=config))

        return create_engine(
            "duckdb://",
            creator=opened,
            poolclass=QueuePool,
            pool_size=limits.pool,
            max_overflow=0,
            pool_timeout=limits.connect_s,
        )

    def begin(self, connection: Connection, seconds: float, *, reading: bool = True) -> None:
        """DuckDB has no limit of time of its own; it is interrupted."""

    def check(self, sql: str) -> None:
        """The sealed configuration refuses everything that does not read."""

    def close(self) -> None:
        """It holds nothing."""

    def leave(self, connection: Connection, result: CursorResult[Any], *, complete: bool) -> None:
        result.close()

    def interrupt(self, raw: Any) -> None:
        raw.interrupt()

    def cut(self, raw: Any) -> None:
        """There is nothing to hang up on."""

    def judge(self, error: DBAPIError) -> OpsloomError:
        message = str(error.orig).strip()[:1000]
        if "INTERRUPT" in message.upper():
            return StatementTooLong("DuckDB stopped the statement: it took too long.")
        if message.startswith(("IO Error", "Fatal", "Internal")):
            return TargetFailed(f"DuckDB says: {message}.")
        return QueryRefused(f"DuckDB says: {message}.")

    def version(self, connection: Connection) -> str:
        return f"DuckDB {connection.exec_driver_sql('select version()').scalar_one()}"

    def type_name(self, description: Sequence[Any]) -> str:
        return str(description[1]).lower()

    def writing(self, connection: Connection) -> contextlib.AbstractContextManager[None]:
        """The user's rights are the wall."""
        return contextlib.nullcontext()

    def write_attempt(self, connection: Connection) -> str | None:
        return "create table opsloom_write_attempt (x integer)"

    def layers(self, connection: Connection) -> list[Layer]:
        sealed = connection.exec_driver_sql(
            "select current_setting('enable_external_access'), current_setting('lock_configuration')"
        ).one()
        return [
            Layer("read_only_file", True, "The file is opened for reading."),
            Layer("no_files", sealed[0] is False, "Neither other files nor the network can be reached."),
            Layer("settings_locked", sealed[1] is True, "No statement can change the settings."),
        ]
