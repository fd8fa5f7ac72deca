"""SQLite files by the standard library: opened for reading, with an authorizer that lets nothing but reading through."""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from sqlalchemy import Connection, CursorResult, Engine, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from opsloom.connections.content import Limits
from opsloom.connections.errors import QueryRefused, StatementTooLong, TargetFailed
from opsloom.connections.results import Layer
from opsloom.connections.sql.statement import Style
from opsloom.kit.errors import OpsloomError

_STEPS_BETWEEN_LOOKS = 20_000
_READING = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE, sqlite3.SQLITE_TRANSACTION}
_ASKING_PRAGMAS = {
    "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list", "database_list",
}  # fmt: skip
_PLAIN_PRAGMAS = {"read_uncommitted", "encoding", "page_count", "page_size", "schema_version", "user_version"}
_CHANGING = {sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE}
_OURS = "opsloom_writes"
_REFUSED_FUNCTIONS = {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"}


class Sqlite:
    """One SQLite file; `locate` finds it anew for each connection, so that what it became is checked again."""

    name: ClassVar[str] = "SQLite"
    grammar: ClassVar[str] = "sqlite"
    style: ClassVar[Style] = Style.COLON
    limits_time: ClassVar[bool] = True
    endless: ClassVar[str] = "with recursive n(x) as (select 1 union all select x + 1 from n) select count(*) from n"

    def __init__(self, locate: Callable[[], Path]) -> None:
        self.locate = locate

    @property
    def place(self) -> tuple[str, int] | None:
        return None

    def engine(self, limits: Limits) -> Engine:
        return create_engine(
            "sqlite://",
            creator=lambda: self._open(limits),
            poolclass=QueuePool,
            pool_size=limits.pool,
            max_overflow=0,
            pool_timeout=limits.connect_s,
        )

    def _open(self, limits: Limits) -> sqlite3.Connection:
        uri = f"file:{quote(str(self.locate()))}?mode=ro"
        raw = sqlite3.connect(uri, uri=True, check_same_thread=False, timeout=limits.connect_s)
        raw.execute("pragma query_only = on")
        raw.execute("pragma trusted_schema = off")
        raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max(limits.bytes, 1_000_000))
        raw.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        raw.set_authorizer(_allowed)
        return raw

    def begin(self, connection: Connection, seconds: float, *, reading: bool = True) -> None:
        raw: Any = connection.connection.dbapi_connection
        end = time.monotonic() + seconds
        raw.set_progress_handler(lambda: time.monotonic() > end, _STEPS_BETWEEN_LOOKS)

    def check(self, sql: str) -> None:
        """The authorizer refuses everything that does not read."""

    def close(self) -> None:
        """It holds nothing."""

    def leave(self, connection: Connection, result: CursorResult[Any], *, complete: bool) -> None:
        result.close()

    def interrupt(self, raw: Any) -> None:
        raw.interrupt()

    def cut(self, raw: Any) -> None:
        """There is nothing to hang up on."""

    def judge(self, error: DBAPIError) -> OpsloomError:
        message = str(error.orig)
        if message == "interrupted":
            return StatementTooLong("SQLite stopped the statement: it took too long.")
        if "unable to open" in message or "not a database" in message or "malformed" in message:
            return TargetFailed(f"SQLite says: {message}.")
        return QueryRefused(f"SQLite says: {message}.")

    def version(self, connection: Connection) -> str:
        return f"SQLite {connection.exec_driver_sql('select sqlite_version()').scalar_one()}"

    def type_name(self, description: Sequence[Any]) -> str:
        del description  # SQLite's values have types, its results' columns have none
        return ""

    def writing(self, connection: Connection) -> AbstractContextManager[None]:
        """Nothing is written here."""
        return nullcontext()

    def write_attempt(self, connection: Connection) -> str | None:
        return "create table opsloom_write_attempt (x integer)"

    def layers(self, connection: Connection) -> list[Layer]:
        return [
            Layer("read_only_file", True, "The file is opened for reading."),
            Layer("statements_judged", True, "Only reading passes; other files cannot be attached."),
            Layer("statement_timeout", True, "A statement is interrupted when its time is over."),
        ]


def _allowed(action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None) -> int:
    if action in _READING:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if (second or "").lower() in _REFUSED_FUNCTIONS else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA:
        name = (first or "").lower()
        asks = name in _ASKING_PRAGMAS or (name in _PLAIN_PRAGMAS and second is None)
        return sqlite3.SQLITE_OK if asks else sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_DENY


class WritingSqlite(Sqlite):
    """The same file for statements that change rows of its tables: they define nothing, and reach nothing of Opsloom's own."""

    def _open(self, limits: Limits) -> sqlite3.Connection:
        uri = f"file:{quote(str(self.locate()))}?mode=rw"
        raw = sqlite3.connect(uri, uri=True, check_same_thread=False, timeout=limits.connect_s, isolation_level=None)
        raw.execute("pragma trusted_schema = off")
        raw.execute("pragma foreign_keys = on")
        raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, max(limits.bytes, 1_000_000))
        raw.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        return raw

    def begin(self, connection: Connection, seconds: float, *, reading: bool = True) -> None:
        super().begin(connection, seconds, reading=reading)
        connection.exec_driver_sql("begin immediate")

    @contextmanager
    def writing(self, connection: Connection) -> Iterator[None]:
        """While the user's statement runs, the file lets nothing through but reading and changing rows."""
        raw: Any = connection.connection.dbapi_connection
        raw.set_authorizer(_may_change)
        try:
            yield
        finally:
            raw.set_authorizer(None)


def _may_change(action: int, first: str | None, second: str | None, database: str | None, trigger: str | None) -> int:
    table = (first or "").lower()
    if action in _CHANGING:
        own = table == _OURS or (table.startswith("sqlite_") and table != "sqlite_sequence")
        return sqlite3.SQLITE_DENY if own else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ and table == _OURS:
        return sqlite3.SQLITE_DENY
    return _allowed(action, first, second, database, trigger)
